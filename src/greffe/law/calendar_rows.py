"""The rows of closures.toml: the days on which the Board's offices are closed."""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from greffe.law.rows import Row, RowId, Text

Rule = Literal["fixed", "weekday", "easter", "date", "open"]
NEEDS: dict[str, tuple[str, ...]] = {
    "fixed": ("month", "day"),
    "weekday": ("month", "weekday"),
    "easter": ("offset",),
    "date": ("date",),
    "open": ("date",),
}
FIELDS = ("month", "day", "weekday", "nth", "on_or_before", "offset", "date")
OPTIONAL = {"weekday": ("nth", "on_or_before")}


class Closure(Row):
    """A closed day, as a rule for every year or as one date.

    `rule` says how the day is found:
    - `fixed`: `month` and `day`, moved to the next working day when on a Saturday or Sunday;
    - `weekday`: `weekday` (1 Monday to 7 Sunday) of `month`, either the `nth` one (1 to 5) or the
      last one `on_or_before` that day of the month;
    - `easter`: Easter Sunday plus `offset` days (-2 is Good Friday, 1 is Easter Monday);
    - `date`: closed on that one `date`;
    - `open`: the offices are open on that `date` although another row closes them.

    `offices` empty means every office; `except_offices` takes some out.
    A rule row is in force in a year if it is on the day that it names.
    """

    label: Text
    rule: Rule
    month: Annotated[int | None, Field(ge=1, le=12)] = None
    day: Annotated[int | None, Field(ge=1, le=31)] = None
    weekday: Annotated[int | None, Field(ge=1, le=7)] = None
    nth: Annotated[int | None, Field(ge=1, le=5)] = None
    on_or_before: Annotated[int | None, Field(ge=7, le=28)] = None
    offset: Annotated[int | None, Field(ge=-60, le=60)] = None
    date: dt.date | None = None
    offices: tuple[RowId, ...] = ()
    except_offices: tuple[RowId, ...] = ()

    @model_validator(mode="after")
    def _has_what_its_rule_needs(self) -> Self:
        given = {field for field in FIELDS if getattr(self, field) is not None}
        needed = set(NEEDS[self.rule])
        missing = sorted(needed - given)
        unused = sorted(given - needed - set(OPTIONAL.get(self.rule, ())))
        if missing or unused:
            message = (
                f"the rule “{self.rule}” needs {', '.join(NEEDS[self.rule])}: "
                f"missing {missing or 'nothing'}, not wanted {unused or 'nothing'}"
            )
            raise ValueError(message)
        if self.rule == "weekday" and (self.nth is None) == (self.on_or_before is None):
            message = "the rule “weekday” needs either nth or on_or_before"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _names_a_day_of_every_year(self) -> Self:
        # 29 February would leave three years in four without the closure, in silence.
        if self.month is not None and self.day is not None:
            dt.date(2001, self.month, self.day)
        return self

    def applies_to(self, office: str) -> bool:
        """Say whether the row speaks of the office `office`."""
        named = not self.offices or office in self.offices
        return named and office not in self.except_offices

    def references(self) -> Iterator[tuple[str, str]]:
        """Name the offices."""
        yield from (("offices", office) for office in self.offices + self.except_offices)
