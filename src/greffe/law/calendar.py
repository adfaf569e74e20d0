"""Clocks and working days: the Eastern stamp, the office's own day, the days it is open.

Source: the stamp shown on a filing is Eastern time; whether it is in time is judged by the local
time of the office that handles the case. A working day is not a Saturday, a Sunday or a day on
which the Board's offices are closed (SOR/2012-256, r. 1; SOR/2012-257, r. 1; SOR/2022-277, r. 1).
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from greffe.law.calendar_rows import Closure
from greffe.law.rows import Text
from greffe.law.ruleset import RuleSet

EASTERN = "America/Toronto"
ONE_DAY = dt.timedelta(days=1)
_SATURDAY, _SUNDAY = 5, 6
_LONGEST_CLOSURE = 366


class NaiveTimeError(ValueError):
    """An instant without its offset was given: nobody can say which day it belongs to."""


class NoSuchTimeError(ValueError):
    """A zone's clocks never show this time, or show it twice: they are changed on that night."""


class NoWorkingDayError(ValueError):
    """The closures leave an office no working day for a year: the rows are wrong."""


def eastern(at: dt.datetime) -> dt.datetime:
    """Give the instant `at` on the Eastern clock, with its offset: the stamp that is shown."""
    return local(at, EASTERN)


def local(at: dt.datetime, zone: str) -> dt.datetime:
    """Give the instant `at` on the clock of `zone`, a name of the time-zone database.

    The result carries the offset of that moment and no zone: in the hour that comes twice in
    autumn a zone's own times compare unequal to the same instant elsewhere (PEP 495).
    NaiveTimeError if `at` has no offset; ZoneInfoNotFoundError for an unknown zone.
    """
    if at.utcoffset() is None:
        raise NaiveTimeError(f"{at.isoformat()} has no offset")
    there = at.astimezone(ZoneInfo(zone))
    return there.replace(tzinfo=dt.timezone(there.utcoffset() or dt.timedelta(0)), fold=0)


def instant(day: dt.date, clock: dt.time, zone: str) -> dt.datetime:
    """Give the instant, in UTC, at which the clocks of `zone` show that day and time.

    NoSuchTimeError on the night of a change, for a time that is left out or comes twice.
    """
    shown = dt.datetime.combine(day, clock, tzinfo=ZoneInfo(zone))
    if shown.utcoffset() != shown.replace(fold=1).utcoffset():  # PEP 495: so in a gap and a fold
        raise NoSuchTimeError(f"{day} {clock} in {zone}")
    return shown.astimezone(dt.UTC)


def date_of_receipt(at: dt.datetime, zone: str) -> dt.date:
    """Give the day of receipt: the office-local date of the instant `at`."""
    return local(at, zone).date()


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A day on which an office is closed, the row that says so, the day that row names."""

    day: dt.date
    named: dt.date
    row: Closure

    @property
    def label(self) -> Text:
        """Give the closure's name in both languages."""
        return self.row.label

    @property
    def moved(self) -> bool:
        """Say whether the closure was moved off a weekend."""
        return self.day != self.named


def closures(rules: RuleSet, office: str, year: int) -> tuple[ClosedDay, ...]:
    """Give the closed days of `office` in `year`, in order, weekends apart."""
    return tuple(closed for _, closed in sorted(_year(_table(rules), office, year).items()))


def closure_on(rules: RuleSet, day: dt.date, office: str) -> ClosedDay | None:
    """Give the closure of `office` on `day`, or None; a plain weekend is no closure."""
    return _year(_table(rules), office, day.year).get(day)


def is_weekend(day: dt.date) -> bool:
    """Say whether `day` is a Saturday or a Sunday."""
    return day.weekday() >= _SATURDAY


def is_sunday(day: dt.date) -> bool:
    """Say whether `day` is a Sunday."""
    return day.weekday() == _SUNDAY


def is_working_day(rules: RuleSet, day: dt.date, office: str) -> bool:
    """Say whether `office` works on `day`."""
    return not is_weekend(day) and closure_on(rules, day, office) is None


def next_working_day(rules: RuleSet, day: dt.date, office: str) -> dt.date:
    """Give `day` itself if `office` works on it, otherwise the first working day after it."""
    return _nearest(rules, day, office, ONE_DAY)


def previous_working_day(rules: RuleSet, day: dt.date, office: str) -> dt.date:
    """Give `day` itself if `office` works on it, otherwise the last working day before it."""
    return _nearest(rules, day, office, -ONE_DAY)


def add_working_days(rules: RuleSet, day: dt.date, count: int, office: str) -> dt.date:
    """Give the `count`-th working day after `day`, or before it if `count` is negative.

    `day` is never counted, working or not; a count of 0 gives `day` back unchanged.
    """
    step = ONE_DAY if count > 0 else -ONE_DAY
    for _ in range(abs(count)):
        day = _nearest(rules, day + step, office, step)
    return day


def _nearest(rules: RuleSet, day: dt.date, office: str, step: dt.timedelta) -> dt.date:
    for _ in range(_LONGEST_CLOSURE):
        if is_working_day(rules, day, office):
            return day
        day += step
    raise NoWorkingDayError(f"no working day for {office} within a year of {day}")


@dataclass(frozen=True, slots=True)
class _Table:
    # Told apart by the hash of the rules alone: hashing every row at each look-up would cost
    # more than the look-up.
    hash: str
    rows: tuple[Closure, ...] = field(compare=False)


def _table(rules: RuleSet) -> _Table:
    return _Table(rules.hash, rules.closures)


@lru_cache(maxsize=1024)
def _year(table: _Table, office: str, year: int) -> Mapping[dt.date, ClosedDay]:
    rows = [row for row in table.rows if row.applies_to(office)]
    # The year before too: a closure at its very end could move into this one.
    named = sorted(_named_days(rows, (year - 1, year)), key=lambda pair: (pair[0], pair[1].id))
    closed = {day: ClosedDay(day, day, row) for day, row in named if not _moves(day, row)}
    for day, row in named:
        if _moves(day, row):
            free = _first_free(day, closed)
            closed[free] = ClosedDay(free, day, row)
    opened = {
        row.date for row in rows if row.rule == "open" and row.date and row.in_force(row.date)
    }
    return MappingProxyType(
        {day: shut for day, shut in closed.items() if day.year == year and day not in opened}
    )


def _moves(day: dt.date, row: Closure) -> bool:
    return is_weekend(day) and row.rule != "date"


def _first_free(day: dt.date, closed: Mapping[dt.date, ClosedDay]) -> dt.date:
    while is_weekend(day) or day in closed:
        day += ONE_DAY
    return day


def _named_days(rows: Iterable[Closure], years: Iterable[int]) -> Iterator[tuple[dt.date, Closure]]:
    for year in years:
        for row in rows:
            day = _day_of(row, year)
            if day is not None and day.year == year and row.in_force(day):
                yield day, row


def _day_of(row: Closure, year: int) -> dt.date | None:
    match row:
        case Closure(rule="fixed", month=int(month), day=int(day)):
            return dt.date(year, month, day)
        case Closure(rule="easter", offset=int(offset)):
            return easter(year) + offset * ONE_DAY
        case Closure(rule="weekday", month=int(month), weekday=int(weekday)):
            return _weekday_of(row, year, month, weekday)
        case Closure(rule="date", date=dt.date() as day):
            return day
        case _:
            return None


def _weekday_of(row: Closure, year: int, month: int, weekday: int) -> dt.date | None:
    if row.on_or_before is not None:
        last = dt.date(year, month, row.on_or_before)
        return last - ((last.isoweekday() - weekday) % 7) * ONE_DAY
    first = dt.date(year, month, 1)
    day = first + ((weekday - first.isoweekday()) % 7 + 7 * ((row.nth or 1) - 1)) * ONE_DAY
    return day if day.month == month else None


def easter(year: int) -> dt.date:
    """Give Easter Sunday of a Gregorian `year`: the Sunday after the paschal full moon."""
    century, golden = year // 100, year % 19
    # Age of the moon on 1 January of the cycle, with the century's solar and lunar corrections.
    epact = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    epact -= (epact == 29) or (epact == 28 and golden > 10)  # noqa: PLR2004 -- the tables' two exceptions
    full_moon = dt.date(year, 3, 21) + epact * ONE_DAY
    return full_moon + (7 - full_moon.isoweekday() % 7) * ONE_DAY
