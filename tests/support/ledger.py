"""Events for tests, and ways to tamper with them."""

import contextlib
import uuid
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from greffe.ledger.actions import record, sequence
from greffe.ledger.actors import Actor
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.flush import ASIDE

JANE = Actor(
    name="Zoë « Ẑ » Ñandú 李",
    capacity="counsel",
    person_id=uuid.UUID(int=7),
    account_id=12,
    for_person_id=uuid.UUID(int=8),
    for_name="Amal",
)

_OTHERS_STILL_RUN = """
SELECT pg_sleep(0.02) FROM ledger_event, (SELECT pg_current_snapshot()) AS snapshot (now)
WHERE xid >= pg_snapshot_xmin(now) AND xid < pg_snapshot_xmax(now)
LIMIT 1
"""


def filed(**changes: Any) -> Event:
    """Record one event, inside the caller's transaction."""
    known: dict[str, Any] = {
        "kind": Kind.SUBMISSION_RECEIVED,
        "by": JANE,
        "subject": uuid.uuid4(),
        "case_ids": [uuid.uuid4()],
        "body": {"pages": 12, "name": "pièce.pdf", "late": None, "list": [True, {"a": 2**53 - 1}]},
    }
    return record(**(known | changes))


def file_each(count: int) -> list[Event]:
    """Record events, each in its own transaction."""
    events = []
    for _ in range(count):
        with transaction.atomic():
            events.append(filed())
    return events


def settle() -> None:
    """Wait for the transactions of other tests, which share the server: the sequencer does too."""
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS_STILL_RUN)
        while cursor.fetchone() is not None:
            cursor.execute(_OTHERS_STILL_RUN)


def chained(count: int) -> list[Event]:
    """Record events and put them into the chain."""
    events = file_each(count)
    settle()
    sequence()
    return events


@contextlib.contextmanager
def tampering() -> Iterator[Any]:
    """Be the superuser who sets triggers and foreign keys aside; gives a cursor."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ASIDE)
        yield cursor
