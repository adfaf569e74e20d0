"""A notice as the e-mail that goes out: the same bytes each time that it is tried."""

import functools
import hashlib
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.quoprimime import body_encode
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from greffe.notices.kinds import DIGEST
from greffe.notices.models import Notice
from greffe.notices.outbox import has_followers
from greffe.notices.sealed import revealed
from greffe.notices.texts import words_of

DIGEST_LINES = 50
"""Lines of a digest at most; how many more there are is said."""

SHORT = 70
"""Characters of an address that stands on one line with its header."""

HOME = {"en": "/en/portal/", "fr": "/fr/portal/"}


class MailError(Exception):
    """Why a letter has not gone out: a code of ours, and the status that the server gave."""

    def __init__(self, code: str, status: int | None = None) -> None:
        self.code, self.status = code, status
        super().__init__(str(self))

    def __str__(self) -> str:
        return f"{self.code} {self.status}" if self.status else self.code


class RefusedError(MailError):
    """This letter will not be taken, now or later: work for an officer."""


class DelayedError(MailError):
    """This letter is not taken now; it may be later."""


class UnreachableError(MailError):
    """No letter is taken now."""


class WordsGoneError(Exception):
    """The words of this notice are no longer kept: its time is over."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is handed over: addresses of the envelope, and the bytes of the message.

    Of a text message: the number, and its words.
    """

    sender: str
    recipient: str
    content: bytes = field(repr=False)
    reference: str = ""
    """The name that stays the same each time that it is tried."""

    @property
    def sha256(self) -> str:
        """The hash of the message."""
        return hashlib.sha256(self.content).hexdigest()


def letter_of(notice: Notice) -> Letter:
    """The letter of a notice, or of the digest that it leads.

    Raises RefusedError where it has no address that mail can be sent to, and WordsGoneError.
    """
    return Letter(
        sender=_sender(settings.MAIL_FROM).addr_spec,
        recipient=_checked(notice.recipient),
        content=content_of(notice),
        reference=notice.message_id,
    )


def content_of(notice: Notice) -> bytes:
    """The bytes of a notice, or of the digest that it leads, dated as it was queued.

    Plain text, with a calendar file beside it where the notice has one.

    Nothing in it changes from one attempt to the next, and no header holds what a person wrote.
    Raises WordsGoneError where what it said is no longer kept.

    Headers that ten thousand e-mails share are folded once: an `EmailMessage` for each takes five
    times as long. The others are plain ASCII by what they are.
    """
    if not notice.context:
        raise WordsGoneError
    words = words_of(*_said(notice), site=settings.SITE_URL)
    lines = [
        _line("From", str(_sender(settings.MAIL_FROM))),
        _to(notice.recipient),
        _line("Subject", words.subject),
        f"Date: {format_datetime(notice.created_at)}\r\n",
        f"Message-ID: {notice.message_id}\r\n",
        # RFC 3834: no machine answers to this.
        _line("Auto-Submitted", "auto-generated"),
        *_body(notice, words.text),
    ]
    return "".join(lines).encode("ascii")


_TEXT = (
    'Content-Type: text/plain; charset="utf-8"\r\n',
    "Content-Transfer-Encoding: quoted-printable\r\n",
)


def _body(notice: Notice, text: str) -> Iterator[str]:
    """The rest of the message: the words, with the calendar file beside them where there is one."""
    words = body_encode(text.encode().decode("latin-1"), SMTP.max_line_length or 78, "\r\n")
    language = _line("Content-Language", notice.language)
    calendar = notice.context.get("calendar", "")
    if not calendar:
        yield from (*_TEXT, "MIME-Version: 1.0\r\n", language, "\r\n", words)
        return
    # No line of the words or of base64 begins like this.
    boundary = f"=_{notice.id}"
    yield f'Content-Type: multipart/mixed;\r\n boundary="{boundary}"\r\n'
    yield from ("MIME-Version: 1.0\r\n", language, "\r\n")
    yield from (f"--{boundary}\r\n", *_TEXT, "\r\n", words, f"\r\n--{boundary}\r\n")
    # RFC 6047: the method stands beside the type as in the file.
    yield f'Content-Type: text/calendar; charset="utf-8"; method={_method(calendar)}\r\n'
    yield 'Content-Disposition: attachment; filename="meeting.ics"\r\n'
    yield "Content-Transfer-Encoding: base64\r\n\r\n"
    yield from (f"{calendar[at : at + 76]}\r\n" for at in range(0, len(calendar), 76))
    yield f"--{boundary}--\r\n"


def _method(calendar: str) -> str:
    """What a calendar file asks for."""
    said = b64decode(calendar)
    return "CANCEL" if b"\r\nMETHOD:CANCEL\r\n" in said else "REQUEST"


def text_in(message: EmailMessage) -> str:
    """The words of a message, without what stands beside them."""
    body = message.get_body(("plain",))
    return str(body.get_content()) if body is not None else ""


def message_of(notice: Notice) -> EmailMessage:
    """The same as a message to read. Raises WordsGoneError."""
    return message_from_bytes(content_of(notice), _class=EmailMessage, policy=SMTP)


@functools.lru_cache(maxsize=8)
def _sender(mail_from: str) -> Address:
    """Who e-mails are from, read once."""
    name, address = parseaddr(mail_from)
    return Address(name, addr_spec=address)


@functools.lru_cache(maxsize=128)
def _line(name: str, value: str) -> str:
    """A header that many messages share, folded once."""
    return str(SMTP.header_factory(name, value).fold(policy=SMTP))


def _to(recipient: str) -> str:
    if not _is_address(recipient):
        return ""
    if len(recipient) < SHORT:
        return f"To: {recipient}\r\n"
    header = SMTP.header_factory("To", str(Address(addr_spec=recipient)))
    return str(header.fold(policy=SMTP))


def new_message_id(notice_id: object) -> str:
    """The Message-ID of a notice, made once."""
    domain = parseaddr(settings.MAIL_FROM)[1].rpartition("@")[2]
    return f"<{notice_id}@{domain or urlsplit(settings.SITE_URL).hostname}>"


def _said(notice: Notice) -> tuple[str, str, dict[str, Any]]:
    """Kind, language and values: the notice's own, or those of the digest that it leads."""
    alone = not has_followers(notice)
    followers = None if alone else notice.followers.order_by("created_at", "id")
    count = followers.count() if followers is not None else 0
    if followers is None or not count:
        return notice.kind, notice.language, revealed(notice.context)
    told = [notice, *followers[: DIGEST_LINES - 1]]
    lines = [
        words_of(one.kind, one.language, revealed(one.context), site=settings.SITE_URL).summary
        for one in told
    ]
    more = count + 1 - len(told)
    values = {"lines": lines, "more": str(more or ""), "link": HOME[notice.language]}
    return DIGEST.code, notice.language, values


def _is_address(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return address.isascii()


def _checked(address: str) -> str:
    if not address:
        raise RefusedError("no-address")
    if not _is_address(address):
        raise RefusedError("bad-address")
    return address
