"""The statements of the outbox: notices claimed, given back, and marked with what became of them.

Each mark names the lease of whoever claimed: one who comes too late marks nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count

from greffe.notices.models import Notice
from greffe.notices.states import NOTICE

LEASE = timedelta(minutes=5)
"""How long a notice belongs to whoever claimed it; longer than a session can last."""

MAIL = "mail"
"""The medium of a notice that goes by e-mail."""

FIRST_DELAY, LONGEST_DELAY = timedelta(minutes=1), timedelta(hours=4)

_CLAIMS = 0x6E6F_7469_6365  # "notice", the advisory lock of the one who claims

_INSERT = """
INSERT INTO notices_notice (
    id, kind, medium, secret, language, recipient, person_id, case_ids, context, dedupe, digest,
    state, attempts, next_attempt_at, give_up_at, message_id, channel, last_error
) VALUES (
    %(id)s, %(kind)s, %(medium)s, %(secret)s, %(language)s, %(recipient)s, %(person)s,
    %(case_ids)s::uuid[], %(context)s::jsonb, %(dedupe)s, %(digest)s, %(state)s, 0,
    now() + %(wait)s::interval, clock_timestamp() + %(lasts)s::interval, %(message_id)s, '', ''
)
ON CONFLICT (dedupe) DO NOTHING
"""

_DUE = """
WITH due AS (
    SELECT id FROM notices_notice
    WHERE state IN ('queued', 'sending') AND lead_id IS NULL AND medium = %(medium)s
        AND COALESCE(lease_until, next_attempt_at) <= %(now)s
    ORDER BY COALESCE(lease_until, next_attempt_at), id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
UPDATE notices_notice AS notice
SET state = %(state)s, lease_until = %(until)s, attempts = notice.attempts + 1
FROM due WHERE notice.id = due.id
RETURNING notice.id
"""

# One of each digest leads, and takes in all that wait for the same digest. What was tried before
# keeps those it has: a second try is the same e-mail.
_GATHER = """
WITH lead AS (
    SELECT DISTINCT ON (recipient, digest, language) id, recipient, digest, language
    FROM notices_notice
    WHERE id = ANY(%(claimed)s::uuid[]) AND digest <> '' AND attempts = 1
    ORDER BY recipient, digest, language, created_at, id
)
UPDATE notices_notice AS notice
SET lead_id = lead.id
FROM lead
WHERE notice.recipient = lead.recipient AND notice.digest = lead.digest
    AND notice.language = lead.language AND notice.id <> lead.id
    AND notice.lead_id IS NULL AND notice.digest <> ''
    AND (
        (notice.state = 'queued' AND notice.attempts = 0)
        OR (notice.id = ANY(%(claimed)s::uuid[]) AND notice.attempts = 1)
    )
    AND NOT EXISTS (SELECT FROM notices_notice AS other WHERE other.lead_id = notice.id)
"""

_MARK = """
UPDATE notices_notice
SET state = %(state)s::text, lease_until = NULL, last_error = %(error)s, channel = %(channel)s,
    proof = %(proof)s,
    context = CASE WHEN secret AND %(empty)s THEN '{}'::jsonb ELSE context END,
    next_attempt_at = COALESCE(%(next)s::timestamptz, next_attempt_at),
    sent_at = CASE WHEN %(state)s::text = 'sent' THEN clock_timestamp() END
WHERE (id = %(id)s OR lead_id = %(id)s) AND state = 'sending' AND lease_until = %(lease)s
RETURNING set_config('synchronous_commit', 'off', true)
"""

_GIVE_BACK = """
UPDATE notices_notice
SET state = %(state)s, lease_until = NULL, attempts = GREATEST(attempts - 1, 0)
WHERE (id = ANY(%(ids)s::uuid[]) OR lead_id = ANY(%(ids)s::uuid[]))
    AND state = 'sending' AND lease_until = %(lease)s
"""

_ANY_OVER = """
SELECT EXISTS (
    SELECT FROM notices_notice
    WHERE secret AND context <> '{}'::jsonb AND state IN ('sent', 'failed', 'withdrawn')
        AND give_up_at <= clock_timestamp()
)
"""
_EMPTY = """
UPDATE notices_notice SET context = '{}'::jsonb
WHERE secret AND context <> '{}'::jsonb AND state IN ('sent', 'failed', 'withdrawn')
    AND give_up_at <= clock_timestamp()
"""

_CASES = """
SELECT array_agg(DISTINCT case_id), count(DISTINCT notice.id)
FROM notices_notice AS notice LEFT JOIN unnest(notice.case_ids) AS case_id ON true
WHERE notice.id = %(id)s OR notice.lead_id = %(id)s
"""


_FOLLOW = """
UPDATE notices_notice SET state = %(state)s, lease_until = %(until)s
WHERE lead_id = ANY(%(claimed)s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt: the state that follows, why, and when the next one is due."""

    state: str
    channel: str = ""
    error: str = ""
    next: datetime | None = None
    proof: str = ""
    empty: bool = False
    """Whether secret words go now."""


def clock() -> datetime:
    """The database's clock: the one by which notices are due."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    at: datetime = now
    return at


def insert(values: dict[str, Any]) -> bool:
    """Add a notice; False where one of its dedupe key is there already, which stays as it is."""
    plain: dict[str, Any] = {"medium": MAIL, "secret": False, "lasts": None}
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, plain | values)
        return bool(cursor.rowcount)


def claim(*, now: datetime, limit: int, medium: str = MAIL) -> list[Notice]:
    """Take what is due, the oldest first, for one lease: whoever calls may send it, nobody else.

    Gives one notice for each e-mail: those that a digest takes in are not among them. One claim
    after the other, so that two workers do not begin the same digest twice.
    """
    names: dict[str, Any] = {"now": now, "limit": limit, "until": now + LEASE, "state": "sending"}
    names["medium"] = medium
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CLAIMS])
        cursor.execute(_DUE, names)
        claimed = [row[0] for row in cursor.fetchall()]
        if not claimed:
            return []
        cursor.execute(_GATHER, names | {"claimed": claimed})
        cursor.execute(_FOLLOW, names | {"claimed": claimed})
        leading = Notice.objects.filter(id__in=claimed, lead=None)
        counted = leading.annotate(more=Count("followers"))
        return list(counted.order_by("next_attempt_at", "id"))


def mark(notice: Notice, outcome: Outcome) -> bool:
    """Write what became of a notice, with all of its digest; False where our lease was over.

    The commit of what it has written does not wait for the disk.
    """
    names = {
        "id": notice.id,
        "lease": notice.lease_until,
        "state": outcome.state,
        "error": outcome.error,
        "channel": outcome.channel,
        "next": outcome.next,
        "proof": outcome.proof,
        "empty": outcome.empty,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MARK, names)
        return bool(cursor.rowcount)


def give_back(notices: Sequence[Notice]) -> None:
    """Put claimed notices that nobody tried to send back where they were."""
    if not notices:
        return
    names = {
        "ids": [notice.id for notice in notices],
        "lease": notices[0].lease_until,
        "state": NOTICE.after("sending", "delay"),
    }
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, names)


def empty_secrets() -> int:
    """Remove the secret words whose time is over, where the page of a demonstration showed them."""
    with connection.cursor() as cursor:
        cursor.execute(_ANY_OVER)  # nearly always none: nothing is locked for that
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_EMPTY)
        return int(cursor.rowcount)


def has_followers(notice: Notice) -> bool:
    """Whether an e-mail may hold more than this notice. A claim has counted them: no question."""
    return bool(notice.digest) and getattr(notice, "more", 1) > 0


def cases_of(notice: Notice) -> tuple[list[UUID], int]:
    """The cases that an e-mail is about, and how many notices it holds."""
    if not has_followers(notice):
        return notice.case_ids, 1
    with connection.cursor() as cursor:
        cursor.execute(_CASES, {"id": notice.id})
        cases, count = cursor.fetchone()
    return [case for case in cases if case], count


def delay(attempts: int) -> timedelta:
    """How long to wait after so many attempts: a minute, then twice as long each time, to 4 h."""
    doublings = min(attempts - 1, 16)
    return min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)
