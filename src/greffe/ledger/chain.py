"""Walks a chain of links and says what was done to it. Pure: rows in, problems out.

A link's own hash says at which place it was made, after which link, for which event. So a link that
does not fit its place is looked for nearby: one moved alone was reordered; all the following moved
by the same step means that links were added or removed before them.
"""

import uuid
from collections import deque
from dataclasses import dataclass
from typing import Any

from greffe.law.rows import Text
from greffe.ledger.commitments import GENESIS, link_hash
from greffe.ledger.messages import ProblemKind, describe_problem

REACH = 64
"""Places, before and after its own, at which a link that does not fit is looked for."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: what, at which place (`seq` to `through`), with which event if known."""

    kind: ProblemKind
    seq: int | None = None
    event_id: uuid.UUID | None = None
    through: int | None = None

    @property
    def text(self) -> Text:
        """The problem in words, in both languages."""
        event = None if self.event_id is None else str(self.event_id)
        return describe_problem(self.kind, event=event, seq=self.seq, through=self.through)

    def as_json(self) -> dict[str, Any]:
        """Give the problem as a JSON object."""
        return {
            "kind": self.kind,
            "seq": self.seq,
            "through": self.through,
            "event": None if self.event_id is None else str(self.event_id),
            "en": self.text.en,
            "fr": self.text.fr,
        }


@dataclass(frozen=True, slots=True)
class Row:
    """A link as stored, with its event's commitment (None: no such event).

    `intact`: the event's content still gives that commitment.
    """

    seq: int
    event_id: uuid.UUID
    previous: bytes
    hash: bytes
    commitment: bytes | None
    intact: bool = True

    def fits(self, place: int, event: "Row | None" = None) -> bool:
        """Say whether this link was made at `place`, for its own event or another row's."""
        source = event or self
        return source.commitment is not None and self.hash == link_hash(
            place, self.previous, source.event_id, source.commitment
        )


@dataclass(frozen=True, slots=True)
class Gap:
    """A single place without a link, between two links that are there."""

    seq: int
    before: bytes
    after: bytes

    def fits(self, event_id: uuid.UUID, commitment: bytes) -> bool:
        """Say whether it is this event's link that is missing."""
        return link_hash(self.seq, self.before, event_id, commitment) == self.after


class Walk:
    """Takes the rows of a chain in order of place (`feed`), then `finish`; then has `problems`."""

    def __init__(self) -> None:
        self.problems: dict[int, Problem] = {}
        self.gaps: list[Gap] = []
        self.count = 0
        self.last: Row | None = None
        self._step = 0  # how many places later than made the links now stand
        self._moved: Row | None = None  # stands elsewhere; whether alone, the next row tells
        self._moved_to = 0
        self._wandering: set[int] = set()
        self._unfit: list[tuple[Row, int]] = []
        self._recent: deque[Row] = deque(maxlen=REACH + 1)

    @property
    def found(self) -> int:
        """How much is wrong so far."""
        return len(self.problems) + len(self._unfit)

    @property
    def _due(self) -> int:
        """The place that the next row has if none is missing."""
        return 1 if self.last is None else self.last.seq + 1

    @property
    def _head(self) -> bytes:
        """The hash that the next row has as its previous."""
        return GENESIS if self.last is None else self.last.hash

    def feed(self, row: Row) -> None:
        """Take the next row."""
        self._look_for_gap(row)
        if row.commitment is None:
            self._note("removed", row)
        else:
            if not row.intact:
                self._note("altered", row)
            self._place(row)
        self.count += 1
        self.last = row
        self._recent.append(row)

    def finish(self) -> None:
        """Settle what only the end of the chain can tell."""
        moved = self._moved
        if moved is not None:
            between = range(self._moved_to + self._step, moved.seq)
            alone = any(seq in self._wandering for seq in between)
            self._drop_moved() if alone else self._take_step(moved.seq - self._moved_to)
        for row, place in self._unfit:
            swapped = any(row.fits(place, other) for other, _ in self._unfit if other is not row)
            if swapped or row.seq not in self.problems:
                self._note("reordered" if swapped else "altered", row)

    def _look_for_gap(self, row: Row) -> None:
        due = self._due
        if row.seq == due:
            return
        self.problems[due] = Problem("removed", seq=due, through=row.seq - 1)
        if row.seq == due + 1:
            self.gaps.append(Gap(due, self._head, row.previous))

    def _place(self, row: Row) -> None:
        place = row.seq - self._step
        if row.fits(place):
            self._drop_moved()
            self._look_back(row)
            return
        moved_to = self._find(row)
        if moved_to is None:
            self._drop_moved()
            self._unfit.append((row, place))
        elif self._moved is not None and row.seq - moved_to == self._moved.seq - self._moved_to:
            self._take_step(row.seq - moved_to)
            self._look_back(row)
        else:
            self._drop_moved()
            self._moved, self._moved_to = row, moved_to
            self._wandering.add(row.seq)

    def _find(self, row: Row) -> int | None:
        near = range(max(1, row.seq - REACH), row.seq + REACH + 1)
        return next((place for place in near if row.fits(place)), None)

    def _look_back(self, row: Row) -> None:
        """Blame the link before, if this one was not made after it and nothing explains why."""
        if row.seq != self._due or row.previous == self._head:
            return
        blamed = self.last or row
        if blamed.seq not in self.problems and all(blamed is not unfit for unfit, _ in self._unfit):
            self._note("altered", blamed)

    def _drop_moved(self) -> None:
        """Call the moved link reordered: it was moved alone."""
        if self._moved is not None:
            self._note("reordered", self._moved)
            self._moved = None

    def _take_step(self, step: int) -> None:
        """Follow links that all stand elsewhere: links before them were added or removed."""
        moved, before = self._moved, self._step
        self._moved, self._step = None, step
        if moved is None:
            return
        if step < before:
            due = moved.seq - before
            self.problems[moved.seq] = Problem("removed", seq=due, through=moved.seq - step - 1)
        for row in self._recent:
            if moved.seq - (step - before) <= row.seq < moved.seq:
                self._note("added", row)

    def _note(self, kind: ProblemKind, row: Row) -> None:
        self.problems[row.seq] = Problem(kind, seq=row.seq, event_id=row.event_id)
