"""Reads the whole ledger and says what was done to it, if anything was."""

import contextlib
import datetime as dt
import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from greffe.ledger.actors import Actor
from greffe.ledger.chain import Problem, Row, Walk
from greffe.ledger.checkpoint import Anchor, anchors_of
from greffe.ledger.commitments import is_commitment_of

ENOUGH = 1_000
"""Problems after which reading stops: a ledger that wrong needs a person, not a longer list."""

_CHUNK = 2_000

_CHAIN = """
SELECT link.seq, link.event_id, link.previous, link.hash, event.commitment, event.at, event.kind,
    event.subject, event.case_ids, event.body::text, event.salt, event.actor_name,
    event.actor_capacity, event.actor_person_id, event.actor_account_id, event.for_person_id,
    event.for_name
FROM ledger_link AS link LEFT JOIN ledger_event AS event ON event.id = link.event_id
ORDER BY link.seq
"""

# What the sequencer has not taken. It takes in the order of transactions, so that an event of a
# transaction before that of the last link was not there when its turn came: it was added later, or
# its link removed. (Transactions that this server has not given out yet: see `actions`.)
_UNLINKED = """
WITH last AS (
    SELECT event.xid FROM ledger_link AS link JOIN ledger_event AS event ON event.id = link.event_id
    ORDER BY link.seq DESC LIMIT 1
)
SELECT event.id, event.commitment, COALESCE((
    SELECT event.xid < last.xid AND last.xid < pg_snapshot_xmax(pg_current_snapshot()) FROM last
), FALSE)
FROM ledger_event AS event
WHERE NOT EXISTS (SELECT FROM ledger_link AS link WHERE link.event_id = event.id)
"""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. `complete` is False where reading stopped after too many problems.

    `links`: events in the chain; `head_seq`, `head_hash` (hex): its last link; `waiting`: events
    recorded and not chained yet; `checkpoints`: how many the chain was compared with.
    """

    links: int
    head_seq: int
    head_hash: str
    waiting: int
    checkpoints: int
    problems: tuple[Problem, ...]
    complete: bool = True

    @property
    def ok(self) -> bool:
        """Say whether nothing is wrong."""
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        """Give the report as a JSON object."""
        return {
            "ok": self.ok,
            "links": self.links,
            "head": {"seq": self.head_seq, "hash": self.head_hash},
            "waiting": self.waiting,
            "checkpoints": self.checkpoints,
            "complete": self.complete,
            "problems": [problem.as_json() for problem in self.problems],
        }


def verify(
    *,
    checkpoints: Sequence[Mapping[str, Any]] = (),
    published: Mapping[str, Any] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Check every event and link, and the chain against checkpoints; reads only, in one snapshot.

    `checkpoints` are envelopes kept elsewhere, compared beside those that the database keeps;
    `published` the registry's published keys (None: signatures of checkpoints are not checked).
    `progress` is called with the number of links read so far. Memory does not grow with the ledger.

    It finds what was removed, altered, added or reordered without recomputing the chain; what was
    cut off its end or recomputed whole is found by a checkpoint alone.
    """
    with _one_snapshot():
        anchors, problems = anchors_of(checkpoints, published)
        walk = Walk()
        compared, complete = _compare(walk, anchors, progress)
        waiting, loose = _unlinked(walk)
    last = walk.last
    return Report(
        links=walk.count,
        head_seq=last.seq if last else 0,
        head_hash=last.hash.hex() if last else "",
        waiting=waiting,
        checkpoints=len(anchors),
        problems=(*_in_order(walk), *loose, *compared, *problems),
        complete=complete,
    )


@contextlib.contextmanager
def _one_snapshot() -> Iterator[None]:
    """See one state of the database throughout, unless the caller's transaction decides."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _compare(
    walk: Walk, anchors: Sequence[Anchor], progress: Callable[[int], None] | None
) -> tuple[list[Problem], bool]:
    """Walk the chain, compare it with each anchor on the way, and say whether to its end."""
    wanted: dict[int, set[bytes]] = {}
    for anchor in anchors:
        wanted.setdefault(anchor.seq, set()).add(anchor.hash)
    problems = []
    for row in _rows(progress):
        walk.feed(row)
        if wanted.pop(row.seq, {row.hash}) != {row.hash}:
            problems.append(Problem("rewritten", seq=row.seq, event_id=row.event_id))
        if walk.found >= ENOUGH:
            break
    complete = walk.found < ENOUGH
    if complete:
        end = walk.last.seq if walk.last else 0
        problems += [Problem("truncated", seq=seq) for seq in sorted(wanted) if seq > end]
    walk.finish()
    return problems, complete


def _rows(progress: Callable[[int], None] | None) -> Iterator[Row]:
    read = 0
    with connection.chunked_cursor() as cursor:
        cursor.execute(_CHAIN)
        while rows := cursor.fetchmany(_CHUNK):
            yield from (_row(*values) for values in rows)
            read += len(rows)
            if progress is not None:
                progress(read)


def _row(  # the columns of one query
    seq: int,
    event_id: uuid.UUID,
    previous: bytes,
    own: bytes,
    commitment: bytes | None,
    *content: Any,
) -> Row:
    link = (seq, event_id, bytes(previous), bytes(own))
    if commitment is None:
        return Row(*link, None)
    return Row(*link, bytes(commitment), _intact(bytes(commitment), event_id, *content))


def _intact(  # the columns of one query
    commitment: bytes,
    event_id: uuid.UUID,
    at: dt.datetime,
    kind: str,
    subject: uuid.UUID | None,
    case_ids: list[uuid.UUID],
    body: str,
    salt: bytes,
    *actor: Any,
) -> bool:
    """Say whether the content of an event still gives its commitment."""
    return is_commitment_of(
        commitment,
        at,
        event_id=event_id,
        kind=kind,
        by=Actor(*actor),
        subject=subject,
        case_ids=case_ids,
        body=json.loads(body),
        salt=bytes(salt),
    )


def _unlinked(walk: Walk) -> tuple[int, list[Problem]]:
    """Count the events that wait, and find those that nobody will ever chain."""
    waiting, problems = 0, []
    with connection.chunked_cursor() as cursor:
        cursor.execute(_UNLINKED)
        for event_id, commitment, overdue in cursor:
            gap = next((gap for gap in walk.gaps if gap.fits(event_id, bytes(commitment))), None)
            if gap is not None:
                walk.problems[gap.seq] = Problem("removed", seq=gap.seq, event_id=event_id)
            elif overdue:
                problems.append(Problem("added", event_id=event_id))
            else:
                waiting += 1
    return waiting, problems[:ENOUGH]


def _in_order(walk: Walk) -> list[Problem]:
    return [walk.problems[seq] for seq in sorted(walk.problems)]
