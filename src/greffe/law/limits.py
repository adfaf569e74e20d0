"""Time limits: whether a document came in time, and why; what a known event still asks for.

Dates are counted in `limit_dates`, sentences are in `limit_texts`, rows in data/limits.toml. Every
day is one of the office that handles the case; docs/adr/0004 says which readings were chosen.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from greffe.law import limit_texts as words
from greffe.law.limit_dates import Due, Step, due_date
from greffe.law.limit_rows import Limit, TriggerEvent
from greffe.law.rows import Text
from greffe.law.ruleset import RuleSet

__all__ = ["Due", "LimitAhead", "LimitResult", "Step", "due_date", "limits_ahead", "limits_for"]

Status = Literal["met", "late", "unknown"]
Party = Literal["person", "minister"]


@dataclass(frozen=True, slots=True)
class LimitResult:
    """One limit judged for one document received on the office-local day `received`.

    `met` needs the earlier reading; `late` is late on every reading; `unknown` is a missing date
    (`due` is None, `missing` names the rows and events that would give one) or a day of receipt
    between two readings.
    """

    row: Limit
    event: TriggerEvent
    event_date: dt.date | None
    due: dt.date | None
    later_reading: dt.date | None
    status: Status
    received: dt.date
    counted: Due | None = None
    missing: tuple[tuple[Limit, TriggerEvent], ...] = ()

    @property
    def authority(self) -> str:
        """Give who says so, practice notice included."""
        return self.counted.authority if self.counted else self.row.authority

    def text(self, lang: str) -> str:
        """Say it plainly, with the dates in words; the condition of the limit comes last."""
        said = [self._sentence(lang), self._reading(lang), self._variation(lang)]
        return words.join([*said, self._condition(lang)])

    def explain(self, lang: str) -> tuple[str, ...]:
        """Say how the date was counted, one sentence a step."""
        if self.counted is None or self.event_date is None:
            return ()
        period = words.period(self.row, self.counted.days, self.event, lang)
        return tuple(_step_text(step, period, self.event_date, lang) for step in self.counted.steps)

    def as_json(self) -> dict[str, Any]:
        """Give the entry of a receipt's "limits"; it names the limit, for the reader has no row."""
        return {
            "id": self.row.id,
            "due": self.due.isoformat() if self.due else None,
            "status": self.status,
            "event": _event_json(self.event, self.event_date),
            "en": self._named_text("en"),
            "fr": self._named_text("fr"),
            "authority": self.authority,
        }

    def _named_text(self, lang: str) -> str:
        # One answer for several limits cannot bear the name of one of them.
        if len(self.missing) > 1:
            return self.text(lang)
        return f"{self.row.label.get(lang)}. {self.text(lang)}"

    def _condition(self, lang: str) -> str:
        several = len(self.missing) > 1
        return self.row.condition.get(lang) if self.row.condition and not several else ""

    def _variation(self, lang: str) -> str:
        if self.counted is None or self.counted.days == self.row.days:
            return ""
        days = {"days": self.counted.days, "rule_days": self.row.days}
        return words.VARIED.get(lang).format(**days)

    def _sentence(self, lang: str) -> str:
        if self.due is None:
            return _unknown_text(self.missing, self.received, lang)
        days = words.dates(lang, received=self.received, due=self.due, later=self.later_reading)
        verb = words.was(self.due, self.received, lang)
        return self._template().get(lang).format(**days, was=verb)

    def _template(self) -> Text:
        match self.status:
            case "met":
                return words.MET
            case "late":
                return words.LATE_ON_BOTH if self.later_reading else words.LATE
            case _:
                return words.BETWEEN

    def _reading(self, lang: str) -> str:
        if self.later_reading is None or self.counted is None:
            return ""
        why = [words.READINGS[reading].get(lang) for reading in self.counted.open_readings]
        if self.status != "met":
            return words.join(why)
        later = words.dates(lang, later=self.later_reading)
        verb = words.was(self.later_reading, self.received, lang)
        return words.join([words.LATER.get(lang).format(**later, was=verb), *why])


@dataclass(frozen=True, slots=True)
class LimitAhead:
    """What a known event of a case sets for a document not yet filed, as seen on `today`."""

    row: Limit
    event: TriggerEvent
    event_date: dt.date
    due: dt.date
    later_reading: dt.date | None
    today: dt.date
    place: Text
    authority: str

    @property
    def days_left(self) -> int:
        """Give the days from today to the limit: 0 on its last day, negative once passed."""
        return (self.due - self.today).days

    @property
    def passed(self) -> bool:
        """Say whether the limit has passed."""
        return self.days_left < 0

    def text(self, lang: str) -> str:
        """Say it: "Must be received by Tuesday 9 March 2021, Vancouver time: 6 days left."."""
        template = words.PASSED if self.passed else words.AHEAD
        left = words.days_left(self.days_left, lang)
        place = words.place_of(self.place.get(lang), lang)
        return template.get(lang).format(**words.dates(lang, due=self.due), place=place, left=left)


def limits_for(
    rules: RuleSet,
    *,
    division: str,
    document_type: str,
    events: Mapping[str, dt.date],
    office: str,
    received: dt.date,
) -> tuple[LimitResult, ...]:
    """Judge a document received on the office-local day `received` against every limit it meets.

    `events` gives the known days by the ids of events.toml. Empty when no limit in days bears on
    the document. The rows are those in force on the day of receipt. Of limits of which the event
    decides which one applies, those with a known event are told, or all of them as one unknown.
    """
    results = [
        _judge(rules, row, events, office, received)
        for row in rules.limits
        if row.division == division
        and document_type in row.document_types
        and row.in_force(received)
    ]
    return tuple(_without_relief(_one_of_alternatives(results)))


def _judge(
    rules: RuleSet, row: Limit, events: Mapping[str, dt.date], office: str, received: dt.date
) -> LimitResult:
    event, day = _known_event(rules, row, events, office)
    if day is None:
        missing = ((row, event),)
        return LimitResult(row, event, None, None, None, "unknown", received, missing=missing)
    due = due_date(rules, row, event=day, office=office)
    status = _status(due, received)
    return LimitResult(row, event, day, due.date, due.later_reading, status, received, due)


def _known_event(
    rules: RuleSet, row: Limit, events: Mapping[str, dt.date], office: str
) -> tuple[TriggerEvent, dt.date | None]:
    event = rules.event(row.event)
    for name in (event.id, *event.stands_in):
        if name in events:
            return rules.event(name), events[name]
    return event, _end_of_limit(rules, event, events, office)


def _end_of_limit(
    rules: RuleSet, event: TriggerEvent, events: Mapping[str, dt.date], office: str
) -> dt.date | None:
    for row in rules.limits:
        if row.id == event.due_of and row.event in events:
            return due_date(rules, row, event=events[row.event], office=office).date
    return None


def _status(due: Due, received: dt.date) -> Status:
    if received <= due.date:
        return "met"
    if due.later_reading is not None and received <= due.later_reading:
        return "unknown"
    return "late"


def _one_of_alternatives(results: Iterable[LimitResult]) -> list[LimitResult]:
    sets: dict[str, list[LimitResult]] = {}
    for result in results:
        sets.setdefault(result.row.alternatives or result.row.id, []).append(result)
    told: list[LimitResult] = []
    for same in sets.values():
        known = [result for result in same if result.due is not None]
        told.extend(known or [_all_missing(same)])
    return told


def _all_missing(results: Sequence[LimitResult]) -> LimitResult:
    missing = tuple(one for result in results for one in result.missing)
    return replace(results[0], missing=missing)


def _without_relief(results: Sequence[LimitResult]) -> list[LimitResult]:
    failed = {
        result.row.id for result in results if result.due is not None and result.status != "met"
    }
    return [
        result for result in results if result.row.relieves is None or result.row.relieves in failed
    ]


def limits_ahead(
    rules: RuleSet,
    *,
    division: str,
    events: Mapping[str, dt.date],
    office: str,
    today: dt.date,
    party: Party | None = None,
) -> tuple[LimitAhead, ...]:
    """Give what the known events of a case set, the earliest first, passed limits included.

    `today` is the office-local day. With `party`, only the limits of documents that this party
    files. The rows are those in force today.
    """
    place = rules.office(office).label
    ahead = [
        _ahead(rules, row, event, day, office, today, place)
        for row in rules.limits
        if row.division == division and row.in_force(today) and _concerns(rules, row, party)
        for event, day in (_known_event(rules, row, events, office),)
        if day is not None
    ]
    return tuple(sorted(ahead, key=lambda limit: (limit.due, limit.row.id)))


def _ahead(
    rules: RuleSet,
    row: Limit,
    event: TriggerEvent,
    day: dt.date,
    office: str,
    today: dt.date,
    place: Text,
) -> LimitAhead:
    due = due_date(rules, row, event=day, office=office)
    return LimitAhead(row, event, day, due.date, due.later_reading, today, place, due.authority)


def _concerns(rules: RuleSet, row: Limit, party: Party | None) -> bool:
    return party is None or any(
        party in rules.document_type(kind).filed_by for kind in row.document_types
    )


def _event_json(event: TriggerEvent, day: dt.date | None) -> dict[str, str] | None:
    if day is None:
        return None
    return {"en": event.label.en, "fr": event.label.fr, "date": day.isoformat()}


def _unknown_text(
    missing: Sequence[tuple[Limit, TriggerEvent]], received: dt.date, lang: str
) -> str:
    # The event has no day: the notice that varies the limit is the one of the day of receipt.
    periods = [words.period(row, row.days_for(received)[0], event, lang) for row, event in missing]
    if len(missing) > 1:
        several = words.enumerate_periods(periods, lang)
        return words.UNKNOWN_OF_SEVERAL.get(lang).format(periods=several)
    of_event = missing[0][1].of_label.get(lang)
    return words.UNKNOWN.get(lang).format(period=periods[0], of_event=of_event)


def _step_text(step: Step, period: str, event: dt.date, lang: str) -> str:
    days = words.dates(lang, day=step.day, from_day=step.from_day, event=event)
    if step.kind == "counted":
        return words.COUNTED.get(lang).format(period=period, **days)
    why = (step.closure.label if step.closure else words.WEEKEND).get(lang)
    template = words.MOVED if step.day > step.from_day else words.MOVED_BACK
    return template.get(lang).format(why=why, **days)
