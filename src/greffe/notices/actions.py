"""The writes of the outbox: a notice is queued, sent at least once, and tried again by an officer.

A crash between sending and its mark repeats the e-mail with the same Message-ID and the same
bytes; nothing else does.
"""

import logging
import time
import uuid
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from greffe.ledger.actions import record
from greffe.ledger.actors import SYSTEM, Actor
from greffe.ledger.kinds import Kind
from greffe.notices import outbox
from greffe.notices.channels import Channel, Session, channel
from greffe.notices.kinds import KINDS
from greffe.notices.letters import (
    DelayedError,
    Letter,
    MailError,
    RefusedError,
    UnreachableError,
    WordsGoneError,
    letter_of,
    new_message_id,
)
from greffe.notices.models import Notice
from greffe.notices.outbox import Outcome
from greffe.notices.sealed import hidden
from greffe.notices.states import NOTICE
from greffe.notices.text_messages import TEXT, segments, text_of
from greffe.notices.texts import cleaned, one_line

logger = logging.getLogger(__name__)

BATCH = 100
"""Notices that are claimed, and held in memory, at once."""

DIGEST_WINDOW = timedelta(minutes=2)
"""How long a notice of a digest waits for others."""

BUDGET_SECONDS = 60.0
"""After so long a batch begins no further letter; the rest is given back."""

SESSION_SECONDS = 180.0
"""After so long the connection is cut: well before the lease ends."""

ATTEMPTS = 36
"""Tries before giving up: five days, as mail servers do (RFC 5321, 4.5.4.1)."""

PROOF = 64
"""Signs that are kept of the name under which whoever took a message has it."""

_TAKERS = {outbox.MAIL: "the mail server", TEXT: "the service for text messages"}
_SENT = {outbox.MAIL: Kind.NOTICE_SENT, TEXT: Kind.TEXT_SENT}
_FAILED = {outbox.MAIL: Kind.NOTICE_FAILED, TEXT: Kind.TEXT_FAILED}

_WOKEN = """
SELECT set_config('greffe.notices_woken', '1', true)
WHERE current_setting('greffe.notices_woken', true) IS DISTINCT FROM '1'
"""


def queue_notice(
    *,
    kind: str,
    language: str,
    to: str,
    person: uuid.UUID | None,
    case_ids: Collection[uuid.UUID],
    context: Mapping[str, Any],
    dedupe: str,
    digest: str = "",
) -> bool:
    """Owe somebody a notice, in the transaction of the change that it tells of.

    `kind` is a code of `kinds.KINDS` and `context` its fields, as text in `language`; its `link` is
    a path of this registry. `to` may be empty: an officer then finds the notice among those that
    could not be sent. `dedupe` names change, notice and recipient: a second notice of the same key
    is none, and False is given. Notices of one `digest` to one address are sent as one e-mail if
    they come within two minutes. Raises ContextError for a context that is not what the template
    needs, and TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "a notice is queued in the transaction of its change: use transaction.atomic()"
        )
    notice_id = uuid.uuid4()
    made = outbox.insert(
        {
            "id": notice_id,
            "kind": kind,
            "language": language,
            "recipient": one_line(to),
            "person": person,
            "case_ids": sorted(set(case_ids)),
            "context": Jsonb(hidden(cleaned(KINDS[kind], context))),
            "dedupe": dedupe,
            "digest": digest,
            "state": NOTICE.initial,
            "wait": DIGEST_WINDOW if digest else timedelta(0),
            "message_id": new_message_id(notice_id),
        }
    )
    if made and not digest:  # the sweeper finds digests: nobody waits for them at the door
        _wake_worker()
    return made


def _wake_worker(medium: str = outbox.MAIL) -> None:
    """Wake the worker when this transaction commits: once, however many notices it queues."""
    from greffe.notices.tasks import (  # noqa: PLC0415 - the tasks call these actions
        send_notices,
        send_texts,
    )

    if medium == TEXT:
        send_texts.defer()
        return
    with connection.cursor() as cursor:
        cursor.execute(_WOKEN)
        first = cursor.fetchone() is not None
    if first:
        send_notices.defer()


def send_due(*, now: datetime, limit: int = BATCH, medium: str = outbox.MAIL) -> int:
    """Send what is due at `now`: at most `limit` e-mails (or text messages), at most `BATCH`.

    Gives how many were dealt with: 0 when nothing is due, when nobody is there to take it, or takes
    nothing now. Each is claimed and committed before it is sent, and marked by itself after.
    Opens its own transactions and refuses to run inside another.
    """
    way = channel(medium)
    if way is None:
        return 0
    waiting = deque(outbox.claim(now=now, limit=min(limit, BATCH), medium=medium))
    if not waiting:
        return 0
    count = len(waiting)
    begun = time.monotonic()
    try:
        with way.session(SESSION_SECONDS) as session:
            while waiting and time.monotonic() - begun < BUDGET_SECONDS:
                _send(way, session, waiting.popleft(), now)
    except UnreachableError as failure:
        # The first one waits longer, so that it does not stand in the way of the others for ever.
        logger.warning("%s takes nothing: %s", _TAKERS[medium], failure)
        count -= 1
    finally:
        outbox.give_back(waiting)
    return count - len(waiting)


def _send(way: Channel, session: Session, notice: Notice, now: datetime) -> None:
    """Send one notice and mark what became of it; UnreachableError is marked and goes on."""
    try:
        letter = _letter(notice, now)
        proof = session.send(letter) or ""
    except RefusedError as failure:
        _give_up(way, notice, failure)
    except (DelayedError, UnreachableError) as failure:
        later = now + outbox.delay(notice.attempts)
        if notice.attempts >= ATTEMPTS or _is_over(notice, later):
            _give_up(way, notice, failure)
        else:
            state = NOTICE.after("sending", "delay")
            outbox.mark(notice, Outcome(state, way.name, str(failure), later))
        if isinstance(failure, UnreachableError):
            raise
    else:
        _note_sent(way, notice, letter, proof)


def _is_over(notice: Notice, at: datetime) -> bool:
    return notice.give_up_at is not None and notice.give_up_at <= at


def _letter(notice: Notice, now: datetime) -> Letter:
    """The letter of a notice. One that cannot be written must not keep the others: RefusedError."""
    if _is_over(notice, now):
        raise RefusedError("too-late")
    try:
        return text_of(notice) if notice.medium == TEXT else letter_of(notice)
    except MailError:
        raise
    except Exception as error:
        logger.exception("notice %s cannot be written", notice.id)
        raise RefusedError("not-written") from error


def _note_sent(way: Channel, notice: Notice, letter: Letter, proof: str) -> None:
    outcome = Outcome(
        NOTICE.after("sending", "sent"), way.name, proof=proof[:PROOF], empty=not way.shown
    )
    body: dict[str, Any] = {"proof": outcome.proof} if outcome.proof else {}
    if notice.medium == TEXT:
        # Never a hash of what was sent: a million tries would give the code.
        body["segments"] = segments(letter.content.decode())
    else:
        body["sha256"] = letter.sha256
    _note(_SENT[notice.medium], notice, outcome, body)


def _give_up(way: Channel, notice: Notice, failure: MailError) -> None:
    outcome = Outcome(NOTICE.after("sending", "fail"), way.name, str(failure), empty=True)
    _note(_FAILED[notice.medium], notice, outcome, {"error": str(failure)})


@transaction.atomic
def _note(kind: Kind, notice: Notice, outcome: Outcome, body: dict[str, Any]) -> None:
    """Mark a notice and record it; nothing if our lease was over, for then another has it.

    The commit does not wait for the disk: should the whole machine fail within the next half a
    second, mark and event are lost together, and the e-mail is repeated as after any crash.
    """
    if not outbox.mark(notice, outcome):
        logger.warning("notice %s: the lease was over before it was marked", notice.id)
        return
    cases, count = outbox.cases_of(notice)
    known = {"notice": notice.kind, "message_id": notice.message_id, "channel": outcome.channel}
    record(
        kind=kind,
        by=_asked_by(notice),
        subject=notice.id,
        case_ids=cases,
        body=known | {"notices": count, "attempt": notice.attempts} | body,
    )


def _asked_by(notice: Notice) -> Actor:
    """Who has it sent: the registry by itself, or the officer who asked for it once more."""
    if notice.retried_by is None:
        return SYSTEM
    ids = {
        name: uuid.UUID(value) if value else None
        for name, value in notice.retried_by.items()
        if name in {"person_id", "for_person_id"}
    }
    return Actor(**(notice.retried_by | ids))


@transaction.atomic
def retry_notice(*, by: Actor, notice_id: uuid.UUID, to: str = "") -> Notice:
    """Try a notice that could not be sent once more, to another address if `to` is given.

    Its outcome, too, is recorded in the name of who asked. Raises Notice.DoesNotExist,
    TransitionError for one that has not failed, and WordsGoneError for one whose words are no
    longer kept.
    """
    notice = Notice.objects.select_for_update().get(pk=notice_id, lead=None)
    state = NOTICE.after(notice.state, "retry")
    if not notice.context:
        raise WordsGoneError
    together = Notice.objects.filter(pk=notice.pk) | Notice.objects.filter(lead=notice)
    together.update(
        state=state,
        attempts=1,  # not the first time: a digest takes in no more
        next_attempt_at=outbox.clock(),
        last_error="",
        diagnosis="",
        recipient=one_line(to) or notice.recipient,
        retried_by={key: _plain(value) for key, value in asdict(by).items()},
    )
    cases, count = outbox.cases_of(notice)
    record(
        kind=Kind.NOTICE_RETRIED,
        by=by,
        subject=notice.id,
        case_ids=cases,
        body={
            "notice": notice.kind,
            "message_id": notice.message_id,
            "notices": count,
            "error": notice.last_error,
            "address_corrected": one_line(to) not in {"", notice.recipient},
        },
    )
    _wake_worker(notice.medium)
    notice.refresh_from_db()
    return notice


@transaction.atomic
def remove_words(*, by: Actor, notice: Notice) -> None:
    """Remove what a sent e-mail said, and its digest with it; who got it, and when, stays.

    For retention, which asks whether its time is over and no hold keeps it.
    """
    together = Notice.objects.filter(pk=notice.pk) | Notice.objects.filter(lead=notice)
    together.update(context={})
    record(
        kind=Kind.NOTICE_EMPTIED,
        by=by,
        subject=notice.id,
        body={"notice": notice.kind, "message_id": notice.message_id},
    )


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, uuid.UUID) else value
