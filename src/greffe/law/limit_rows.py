"""The rows of limits.toml and events.toml: time limits, and the events from which they run."""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from greffe.law.rows import Frozen, Row, RowId, Text, Words

Unit = Literal["calendar", "working"]
Direction = Literal["before", "after"]
Rollover = Literal["next-working-day", "previous-working-day", "none"]
# rollover-before: counted back from an event, the text of the rule moves a closed day forward,
#   closer to the event; whether the Division reads it so was not found.
# clear-days: one language of the rule counts clear days and the other does not.
# holiday: the rule moves nothing, but the Interpretation Act, s. 26, may move a limit off a
#   Sunday or a holiday; what that Act calls a holiday was not read.
OpenReading = Literal["rollover-before", "clear-days", "holiday"]


class TriggerEvent(Row):
    """Something with a date, from which a limit runs.

    `label` follows a preposition and carries its article ("the hearing", « l'audience »).
    `of_label` is the French genitive (« de l'audience », « du renvoi »).
    `stands_in` names the events whose date serves when this one's is not known, best first.
    `due_of` names the limit of which this event is the last day, where it is one.
    """

    label: Text
    of_label: Text
    stands_in: tuple[RowId, ...] = ()
    due_of: RowId | None = None

    def references(self) -> Iterator[tuple[str, str]]:
        """Name the events that stand in and the limit that ends on this one."""
        yield from (("events", event) for event in self.stands_in)
        if self.due_of is not None:
            yield "limits", self.due_of


class Variation(Frozen):
    """Another number of days for the events of some period, set by a practice notice.

    `events_from` and `events_to` are the first and last day of the event itself.
    """

    days: Annotated[int, Field(ge=1, le=366)]
    authority: Words
    events_from: dt.date
    events_to: dt.date | None = None
    note: str = ""

    def applies_to(self, event: dt.date) -> bool:
        """Say whether an event on that day falls in the period."""
        return self.events_from <= event and (self.events_to is None or event <= self.events_to)


class Limit(Row):
    """A time limit that a filer must meet.

    `days` is counted in `unit`s `before` or `after` the `event`, whose own day is not counted.
    `clear_days` ("at least" N days) leaves out the last day too: Interpretation Act, s. 27(1).
    `rollover` says where a limit on a closed day goes. `open_readings` names what the text leaves
    open: then the earlier date is shown and the later one told.
    `alternatives` names a set of limits of which the event decides which one applies.
    `relieves` names a shorter limit: this one is told only where that one is not met.
    `condition` is told with the limit.
    """

    division: RowId
    label: Text
    document_types: Annotated[tuple[RowId, ...], Field(min_length=1)]
    event: RowId
    days: Annotated[int, Field(ge=0, le=366)]
    unit: Unit = "calendar"
    direction: Direction
    clear_days: bool = False
    rollover: Rollover
    open_readings: tuple[OpenReading, ...] = ()
    alternatives: RowId | None = None
    relieves: RowId | None = None
    condition: Text | None = None
    varied_by: tuple[Variation, ...] = ()

    @model_validator(mode="after")
    def _readings_fit(self) -> Self:
        if "rollover-before" in self.open_readings and (
            self.direction != "before" or self.rollover != "next-working-day"
        ):
            message = "“rollover-before” needs direction before and rollover next-working-day"
            raise ValueError(message)
        if "clear-days" in self.open_readings and not self.clear_days:
            message = "“clear-days” is open only where clear_days is true"
            raise ValueError(message)
        if "holiday" in self.open_readings and self.rollover != "none":
            message = "“holiday” is open only where rollover is none"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _variations_do_not_overlap(self) -> Self:
        for position, one in enumerate(self.varied_by):
            if any(other.applies_to(one.events_from) for other in self.varied_by[:position]):
                message = f"two variations apply to an event on {one.events_from}"
                raise ValueError(message)
        return self

    def days_for(self, event: dt.date) -> tuple[int, str]:
        """Give the number of days for an event on that day, and who says so."""
        for variation in self.varied_by:
            if variation.applies_to(event):
                return variation.days, variation.authority
        return self.days, self.authority

    def references(self) -> Iterator[tuple[str, str]]:
        """Name the division, the document types, the event and the limit that it relieves."""
        yield "divisions", self.division
        yield from (("document_types", kind) for kind in self.document_types)
        yield "events", self.event
        if self.relieves is not None:
            yield "limits", self.relieves
