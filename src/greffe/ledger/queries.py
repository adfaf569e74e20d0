"""Reading the ledger, which knows cases by id only: callers ask their own permissions first."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from greffe.ledger.kinds import Kind
from greffe.ledger.models import Checkpoint, Event

PAGE = 50


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page of history ended: pass it on as `before` to go further back."""

    at: dt.datetime
    event_id: uuid.UUID

    @classmethod
    def of(cls, event: Event) -> "Position":
        """Give the position of an event."""
        return cls(event.at, event.id)

    @classmethod
    def read(cls, text: str) -> "Position | None":
        """Read what `text` wrote, as an address brings it back; None for anything else."""
        at, _, event_id = text.partition("_")
        try:
            position = cls(dt.datetime.fromisoformat(at), uuid.UUID(event_id))
        except ValueError:
            return None
        return position if position.at.tzinfo else None

    @property
    def text(self) -> str:
        """Write it for an address."""
        return f"{self.at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S.%fZ}_{self.event_id}"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the ledger knows of an event that somebody holds an id and a commitment of.

    `known`: there is such an event. `matches`: the commitment is its own. `seq`: its place in the
    chain, None while it waits to be chained. `at`: when it happened, by the database's clock.
    """

    known: bool
    matches: bool = False
    seq: int | None = None
    at: dt.datetime | None = None


def history(
    case_id: uuid.UUID, *, before: Position | None = None, limit: int = PAGE
) -> list[Event]:
    """Give the events of a case, newest first, at most `limit`, older than `before` if given.

    Scoped to the case alone: whether the person may see its history is the caller's to ask.
    """
    events = Event.objects.filter(case_ids__contains=[case_id]).order_by("-at", "-id")
    return list(_older(events, before)[:limit])


def readings(
    *,
    case_id: uuid.UUID | None = None,
    person_id: uuid.UUID | None = None,
    before: Position | None = None,
    limit: int = PAGE,
) -> list[Event]:
    """Give who opened documents, newest first: of a case, by a person, or both; paged as `history`.

    Scoped to what is asked alone: whether somebody may know it is the caller's to ask.
    """
    events = Event.objects.filter(kind=Kind.DOCUMENT_READ).order_by("-at", "-id")
    if case_id is not None:
        events = events.filter(case_ids__contains=[case_id])
    if person_id is not None:
        events = events.filter(actor_person_id=person_id)
    return list(_older(events, before)[:limit])


def _older(events: QuerySet[Event], before: Position | None) -> QuerySet[Event]:
    if before is None:
        return events
    # The first condition says nothing new: it is where an index on `at` begins to be read.
    events = events.filter(at__lte=before.at)
    return events.filter(Q(at__lt=before.at) | Q(at=before.at, id__lt=before.event_id))


def verify_event_in_ledger(event_id: uuid.UUID, commitment: bytes) -> Standing:
    """Say whether the ledger has this event with this commitment, as a receipt claims."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event.commitment = %s::bytea, link.seq, event.at FROM ledger_event AS event"
            " LEFT JOIN ledger_link AS link ON link.event_id = event.id WHERE event.id = %s",
            [commitment, event_id],
        )
        row = cursor.fetchone()
    if row is None:
        return Standing(known=False)
    return Standing(known=True, matches=row[0], seq=row[1], at=row[2])


def latest_checkpoint() -> Checkpoint | None:
    """Give the checkpoint that reaches furthest, or None before the first."""
    return Checkpoint.objects.order_by("-seq").first()
