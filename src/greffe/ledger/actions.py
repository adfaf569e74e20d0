"""The ledger's two writes: record an event, and put recorded events into the chain."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from greffe.ledger.actors import Actor
from greffe.ledger.commitments import GENESIS, SALT_BYTES, halves, link_hash
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event

BATCH = 10_000
"""Events that one call of `sequence` links at most: about a quarter of a second."""

_SEQUENCER = 0x6C65_6467_6572  # "ledger", the advisory lock of the one sequencer at work

# The instant is the database's, written into the bytes of the commitment where it is known.
_INSERT = """
WITH moment AS (SELECT clock_timestamp() AS at)
INSERT INTO ledger_event (
    id, kind, at, actor_name, actor_capacity, actor_person_id, actor_account_id,
    for_person_id, for_name, subject, case_ids, body, salt, commitment
)
SELECT
    %(id)s::uuid, %(kind)s, moment.at, %(name)s, %(capacity)s, %(person)s::uuid,
    %(account)s::bigint, %(for_person)s::uuid, %(for_name)s, %(subject)s::uuid,
    %(case_ids)s::uuid[], %(body)s::jsonb, %(salt)s::bytea,
    sha256(
        %(before)s::bytea
        || convert_to(
            to_char(moment.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'UTF8'
        )
        || %(after)s::bytea
    )
FROM moment
RETURNING at, commitment
"""

# A transaction id that this server has not given out yet belongs to a row restored from another
# server: such a mark says nothing here, and every event is looked at.
_LAST = """
SELECT link.seq, link.hash,
    CASE WHEN event.xid < pg_snapshot_xmax(pg_current_snapshot()) THEN event.xid::text ELSE '0' END
FROM ledger_link AS link JOIN ledger_event AS event ON event.id = link.event_id
ORDER BY link.seq DESC LIMIT 1
"""

# Only events whose transaction is older than every one still running: no earlier event can appear
# afterwards. The second condition is for events restored from another server, long since committed.
_SETTLED = """
SELECT event.id, event.commitment
FROM ledger_event AS event
WHERE event.xid >= %(mark)s::xid8
    AND (
        event.xid < pg_snapshot_xmin(pg_current_snapshot())
        OR event.xid >= pg_snapshot_xmax(pg_current_snapshot())
    )
    AND NOT EXISTS (SELECT FROM ledger_link AS link WHERE link.event_id = event.id)
ORDER BY event.xid, event.at, event.id
LIMIT %(limit)s
"""

_LINK = """
INSERT INTO ledger_link (seq, event_id, previous, hash)
SELECT * FROM unnest(%s::bigint[], %s::uuid[], %s::bytea[], %s::bytea[])
"""


def record(
    *,
    kind: Kind,
    by: Actor,
    subject: uuid.UUID | None,
    case_ids: Sequence[uuid.UUID] = (),
    body: Mapping[str, Any],
) -> Event:
    """Append one event in the transaction of the change that it tells of, in one round trip.

    `subject` is what it happened to (None: nothing with an id), `case_ids` the cases in whose
    history it appears, `body` what else is worth keeping: text, integers, booleans, None, lists and
    objects; never a secret. The instant is the database's clock. Raises
    TransactionManagementError outside a transaction, CanonicalError for a body without a canonical
    form, and the database's error when the event cannot be written: the change is then undone too.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "an event is recorded in the transaction of its change: use transaction.atomic()"
        )
    event = Event(
        kind=kind,
        actor_name=by.name,
        actor_capacity=by.capacity,
        actor_person_id=by.person_id,
        actor_account_id=by.account_id,
        for_person_id=by.for_person_id,
        for_name=by.for_name,
        subject=subject,
        case_ids=sorted(set(case_ids)),
        body=dict(body),
        salt=secrets.token_bytes(SALT_BYTES),
    )
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, _parameters(event))
        event.at, event.commitment = cursor.fetchone()
    event._state.adding = False  # noqa: SLF001  # Django's own mark of a row that is stored
    return event


def sequence(*, limit: int = BATCH) -> int:
    """Put at most `limit` recorded events into the chain; give how many, 0 when none waits.

    Takes only events whose transaction is older than every one still running, so that a slow
    transaction is never overtaken. Two calls at once queue for a lock: no gap, no double. Opens its
    own transaction and refuses to run inside another.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEQUENCER])
        cursor.execute(_LAST)
        seq, previous, mark = cursor.fetchone() or (0, GENESIS, "0")
        cursor.execute(_SETTLED, {"mark": mark, "limit": limit})
        rows = _links(int(seq), bytes(previous), cursor.fetchall())
        if rows:
            cursor.execute(_LINK, [list(column) for column in zip(*rows, strict=True)])
    return len(rows)


def _links(
    seq: int, previous: bytes, events: Sequence[tuple[uuid.UUID, bytes]]
) -> list[tuple[int, uuid.UUID, bytes, bytes]]:
    """Chain events, in order, after the link `seq` whose hash is `previous`."""
    rows = []
    for place, (event_id, commitment) in enumerate(events, start=seq + 1):
        own = link_hash(place, previous, event_id, bytes(commitment))
        rows.append((place, event_id, previous, own))
        previous = own
    return rows


def _parameters(event: Event) -> dict[str, Any]:
    before, after = halves(
        event_id=event.id,
        kind=event.kind,
        by=event.actor,
        subject=event.subject,
        case_ids=event.case_ids,
        body=event.body,
        salt=bytes(event.salt),
    )
    return {
        "id": event.id,
        "kind": str(event.kind),
        "name": event.actor_name,
        "capacity": event.actor_capacity,
        "person": event.actor_person_id,
        "account": event.actor_account_id,
        "for_person": event.for_person_id,
        "for_name": event.for_name,
        "subject": event.subject,
        "case_ids": event.case_ids,
        "body": Jsonb(event.body),
        "salt": event.salt,
        "before": before,
        "after": after,
    }
