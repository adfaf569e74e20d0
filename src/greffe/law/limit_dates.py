"""Counting a limit: from the day of an event to the last day on which a document is in time.

Counting is that of the Interpretation Act, R.S.C. 1985, c. I-21: the day of the event is not
counted (s. 27(2), (4), (5)); "at least" and clear days leave out both ends (s. 27(1)). Where the
text of a rule leaves its reading open, the earlier date is used and the later one told. Every date
is a day on the calendar of the office that handles the case; docs/adr/0004 has the reasons.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from greffe.law import calendar
from greffe.law.calendar import ONE_DAY, ClosedDay
from greffe.law.limit_rows import Limit, OpenReading, Rollover
from greffe.law.ruleset import RuleSet

_Reading = tuple[bool, Rollover | Literal["after-holiday"]]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a count: the days counted, or a move off a closed day."""

    kind: Literal["counted", "moved"]
    day: dt.date
    from_day: dt.date
    closure: ClosedDay | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a limit, the later day where a reading is open, and how it was counted.

    `days` and `authority` are those that applied, with the practice notice that varies them.
    `open_readings` names what makes the two dates differ.
    """

    date: dt.date
    later_reading: dt.date | None
    steps: tuple[Step, ...]
    days: int
    authority: str
    open_readings: tuple[OpenReading, ...] = ()


def due_date(rules: RuleSet, row: Limit, *, event: dt.date, office: str) -> Due:
    """Count the limit `row` from the day `event` on the calendar of `office`.

    The date is the earliest that the open readings of the row allow, `later_reading` the latest
    when it differs. Without open readings the rollover of the row is applied as written.
    """
    days, authority = row.days_for(event)
    walks = {reading: _walk(rules, row, event, office, days, reading) for reading in _readings(row)}
    first = min(walks.values(), key=_last_day)
    earliest, latest = _last_day(first), max(map(_last_day, walks.values()))
    return Due(
        date=earliest,
        later_reading=latest if latest != earliest else None,
        steps=first,
        days=days,
        authority=authority,
        open_readings=_what_differs(row, walks),
    )


def _last_day(steps: Sequence[Step]) -> dt.date:
    return steps[-1].day


def _readings(row: Limit) -> list[_Reading]:
    clear = (True, False) if "clear-days" in row.open_readings else (row.clear_days,)
    rollovers: tuple[Rollover | Literal["after-holiday"], ...] = (row.rollover,)
    if "rollover-before" in row.open_readings:
        rollovers = ("next-working-day", "previous-working-day")
    elif "holiday" in row.open_readings:
        rollovers = ("none", "after-holiday")
    return [(counted_clear, rollover) for counted_clear in clear for rollover in rollovers]


def _what_differs(
    row: Limit, walks: Mapping[_Reading, tuple[Step, ...]]
) -> tuple[OpenReading, ...]:
    # A reading matters where changing it alone, with the other one held, changes the date.
    def matters(part: int) -> bool:
        return any(
            one[1 - part] == other[1 - part] and _last_day(walks[one]) != _last_day(walks[other])
            for one in walks
            for other in walks
        )

    return tuple(
        reading for reading in row.open_readings if matters(0 if reading == "clear-days" else 1)
    )


def _walk(
    rules: RuleSet, row: Limit, event: dt.date, office: str, days: int, reading: _Reading
) -> tuple[Step, ...]:
    clear, rollover = reading
    counted = _count(rules, row, event, office, days)
    if clear:
        counted += _sign(row) * ONE_DAY
    moved = _roll(rules, counted, office, rollover)
    steps = [Step("counted", counted, event)]
    if moved != counted:
        closure = calendar.closure_on(rules, counted, office)
        steps.append(Step("moved", moved, counted, closure))
    return tuple(steps)


def _sign(row: Limit) -> int:
    return 1 if row.direction == "after" else -1


def _count(rules: RuleSet, row: Limit, event: dt.date, office: str, days: int) -> dt.date:
    if row.unit == "working":
        return calendar.add_working_days(rules, event, _sign(row) * days, office)
    return event + _sign(row) * days * ONE_DAY


def _roll(rules: RuleSet, day: dt.date, office: str, rollover: str) -> dt.date:
    match rollover:
        case "next-working-day":
            return calendar.next_working_day(rules, day, office)
        case "previous-working-day":
            return calendar.previous_working_day(rules, day, office)
        case "after-holiday":
            return _after_holiday(rules, day, office)
        case _:
            return day


def _after_holiday(rules: RuleSet, day: dt.date, office: str) -> dt.date:
    # Saturday is no holiday under the Act's s. 26 as read; the office's closures stand for the
    # holidays, which were not read. The date is told as the other reading, never as the limit.
    while calendar.is_sunday(day) or calendar.closure_on(rules, day, office):
        day += ONE_DAY
    return day
