"""A notice as the e-mail that goes out: the same bytes each time that it is tried."""

import functools
import hashlib
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from greffe.notices.kinds import DIGEST
from greffe.notices.models import Notice
from greffe.notices.texts import words_of

DIGEST_LINES = 50
"""Lines of a digest at most; how many more there are is said."""

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
    """What is handed over: addresses of the envelope, and the bytes of the message."""

    sender: str
    recipient: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The hash of the message."""
        return hashlib.sha256(self.content).hexdigest()


def letter_of(notice: Notice) -> Letter:
    """The letter of a notice, or of the digest that it leads.

    Raises RefusedError where it has no address that mail can be sent to.
    """
    return Letter(
        sender=parseaddr(settings.MAIL_FROM)[1],
        recipient=_checked(notice.recipient),
        content=message_of(notice).as_bytes(),
    )


def message_of(notice: Notice) -> EmailMessage:
    """The message of a notice, or of the digest that it leads: plain text, dated as it was queued.

    Nothing in it changes from one attempt to the next, and no header holds what a person wrote.
    Raises WordsGoneError where what it said is no longer kept.
    """
    if not notice.context:
        raise WordsGoneError
    words = words_of(*_said(notice), site=settings.SITE_URL)
    name, address = parseaddr(settings.MAIL_FROM)
    message = EmailMessage(policy=SMTP)
    message["From"] = _header("From", str(Address(name, addr_spec=address)))
    if _is_address(notice.recipient):
        message["To"] = Address(addr_spec=notice.recipient)
    message["Subject"] = _header("Subject", words.subject)
    message["Date"] = notice.created_at
    message["Message-ID"] = notice.message_id
    # RFC 3834: no machine answers to this.
    message["Auto-Submitted"] = _header("Auto-Submitted", "auto-generated")
    message.set_content(words.text, charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = _header("Content-Language", notice.language)
    return message


@functools.lru_cache(maxsize=128)
def _header(name: str, value: str) -> Any:
    """A header that many messages share, read once."""
    return SMTP.header_factory(name, value)


def new_message_id(notice_id: object) -> str:
    """The Message-ID of a notice, made once."""
    domain = parseaddr(settings.MAIL_FROM)[1].rpartition("@")[2]
    return f"<{notice_id}@{domain or urlsplit(settings.SITE_URL).hostname}>"


def _said(notice: Notice) -> tuple[str, str, dict[str, Any]]:
    """Kind, language and values: the notice's own, or those of the digest that it leads."""
    followers = notice.followers.order_by("created_at", "id") if notice.digest else None
    count = followers.count() if followers is not None else 0
    if followers is None or not count:
        return notice.kind, notice.language, notice.context
    told = [notice, *followers[: DIGEST_LINES - 1]]
    lines = [
        words_of(one.kind, one.language, one.context, site=settings.SITE_URL).summary
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
