"""Text messages: their kinds and words, how many segments they take, and how one is owed.

They say as little as an e-mail does: never anything of a case. What they are sent by is in
`channels`; how they wait and are tried again is the outbox, the same as for e-mails.
"""

import functools
import re
import uuid
from collections.abc import Collection, Mapping
from datetime import timedelta
from importlib.resources import files
from types import MappingProxyType

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from greffe.notices import outbox, quota
from greffe.notices.kinds import NoticeKind
from greffe.notices.letters import Letter, RefusedError, WordsGoneError, new_message_id
from greffe.notices.models import Notice
from greffe.notices.quota import Usage
from greffe.notices.sealed import SealError, seal, unseal
from greffe.notices.states import NOTICE
from greffe.notices.texts import ContextError, one_line

TEXT = "text"
"""The medium of a notice that goes to a telephone."""

SEALED = frozenset({"code"})
"""Fields that nobody may read but whom they are sent to."""

KINDS: Mapping[str, NoticeKind] = MappingProxyType(
    {"access-code": NoticeKind("access-code", frozenset({"code", "minutes"}))}
)
"""Text messages by their code; the words are in templates/texts/."""

# GSM 03.38: what one segment of 160 signs can hold. A sign of the second row counts twice; any
# other sign makes segments of 70.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
_PLAIN = str.maketrans({"\u00a0": " ", "\u202f": " ", "’": "'", "‘": "'", "–": "-", "—": "-"})

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


def is_number(number: str) -> bool:
    """Whether a telephone number is written as the world writes it: +15145550100."""
    return _NUMBER.fullmatch(number) is not None


def for_telephones(words: str) -> str:
    """Give words with the signs that a segment has: plain spaces and apostrophes, accents kept."""
    return words.translate(_PLAIN)


def segments(words: str) -> int:
    """How many segments a text message takes: what the networks count and bill."""
    if all(sign in _BASIC or sign in _EXTENDED for sign in words):
        length = len(words) + sum(sign in _EXTENDED for sign in words)
        one, several = 160, 153
    else:
        length, one, several = len(words.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= one else -(-length // several)


@functools.cache
def template(code: str, language: str) -> str:
    """Read the template of a text message. Raises FileNotFoundError where there is none."""
    place = files("greffe.notices") / "templates" / "texts" / f"{code}.{language}.txt"
    return place.read_text("utf-8").strip("\n")


def words_of(code: str, language: str, values: Mapping[str, str]) -> str:
    """Fill the template of a kind with plain values."""
    return for_telephones(template(code, language).format_map(values))


def queue_text(
    *,
    kind: str,
    language: str,
    to: str,
    person: uuid.UUID | None,
    case_ids: Collection[uuid.UUID],
    context: Mapping[str, str],
    dedupe: str,
    lasts: timedelta,
) -> tuple[uuid.UUID, Usage]:
    """Owe somebody a text message, in the transaction of the change that it tells of.

    `to` is a telephone number; after `lasts` it is not sent any more. Its secret fields wait
    sealed, and are emptied as soon as it is sent or given up. Gives the notice's id, and how much
    of the day's number is used with it. Raises QuotaSpentError, ContextError for a context that is
    not what the template needs, and TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "a text message is queued in the transaction of its change: use transaction.atomic()"
        )
    usage = quota.take()
    kept = _kept(KINDS[kind], context)
    notice_id = uuid.uuid4()
    outbox.insert(
        {
            "id": notice_id,
            "kind": kind,
            "medium": TEXT,
            "secret": bool(KINDS[kind].needed & SEALED),
            "language": language,
            "recipient": one_line(to),
            "person": person,
            "case_ids": sorted(set(case_ids)),
            "context": Jsonb(kept),
            "dedupe": dedupe,
            "digest": "",
            "state": NOTICE.initial,
            "wait": timedelta(0),
            "lasts": lasts,
            "message_id": new_message_id(notice_id),
        }
    )
    _wake_worker()
    return notice_id, usage


def _kept(kind: NoticeKind, context: Mapping[str, str]) -> dict[str, str]:
    if set(context) != kind.needed or not all(context.values()):
        raise ContextError(f"{kind.code} needs {', '.join(sorted(kind.needed))}")
    return {
        name: seal(value) if name in SEALED else one_line(value) for name, value in context.items()
    }


def _wake_worker() -> None:
    from greffe.notices.tasks import send_texts  # noqa: PLC0415 - the tasks call the actions

    send_texts.defer()


def text_of(notice: Notice) -> Letter:
    """The text message of a notice, as it goes out.

    Raises RefusedError where it has no number that takes one or can no longer be opened, and
    WordsGoneError.
    """
    if not notice.recipient:
        raise RefusedError("no-address")
    if not is_number(notice.recipient):
        raise RefusedError("bad-address")
    return Letter(
        sender="",
        recipient=notice.recipient,
        content=words_to_read(notice).encode(),
        reference=notice.message_id,
    )


def words_to_read(notice: Notice) -> str:
    """What a text message says. Raises WordsGoneError, and RefusedError for a broken seal."""
    if not notice.context:
        raise WordsGoneError
    try:
        plain = {
            name: unseal(value) if name in SEALED else value
            for name, value in notice.context.items()
        }
    except SealError:
        raise RefusedError("not-opened") from None
    return words_of(notice.kind, notice.language, plain)


def withdraw(dedupe: Collection[str]) -> int:
    """Take back text messages that still wait: a later one takes their place. Gives how many."""
    waiting = Notice.objects.filter(dedupe__in=list(dedupe), medium=TEXT, state="queued")
    return waiting.update(state=NOTICE.after("queued", "withdraw"), context={})
