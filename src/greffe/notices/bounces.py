"""Reads what a mail server writes when an e-mail that it had taken could not be delivered.

A delivery status notification (RFC 3464) comes from anywhere: whatever it holds, reading it gives a
`Bounce` or raises `BounceError`, and nothing else.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import EmailPolicy
from typing import Any, TypeAlias

from greffe.notices.texts import one_line

MOST_BYTES = 256 * 1024
"""Bytes of a report at most; our own e-mails, which come back in it, are far smaller."""

MOST_OF_HEADER = 2000
"""Characters that are read of a header, its folded lines together: long ones take long."""

DIAGNOSIS = 300
"""Characters that are kept of what a mail server said."""

MOST_PARTS, MOST_BLOCKS, MOST_IDS = 200, 100, 20

_Part: TypeAlias = "Message[Any, Any]"

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,318}>")
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")


class _Cut(EmailPolicy):
    """Python's own reading of e-mails, of headers that are not longer than need be."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Give name and value of a header."""
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MOST_OF_HEADER]


_POLICY = _Cut()


class BounceError(ValueError):
    """What was read is no report of ours to act on. `code` names its words under `bounce`."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Failure:
    """An address that could not be reached: as we wrote it, and as the last server knew it."""

    addresses: frozenset[str]
    status: str
    diagnosis: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a report says: of which e-mail, and which addresses failed for good.

    `fingerprint` is the same when the same report comes again. `message_ids` are candidates, the
    likeliest first.
    """

    fingerprint: str
    message_ids: tuple[str, ...]
    failures: tuple[Failure, ...]

    def failure_of(self, address: str) -> Failure | None:
        """The failure of an address, or None where the report speaks of others."""
        wanted = address.lower()
        return next((one for one in self.failures if wanted in one.addresses), None)


def read_bounce(content: bytes) -> Bounce:
    """Read a report. Raises BounceError: too-large, no-report, or unreadable."""
    if len(content) > MOST_BYTES:
        raise BounceError("too-large")
    if content.count(b"\n--") > MOST_PARTS:
        raise BounceError("unreadable")
    try:
        return _read(content)
    except BounceError:
        raise
    except Exception as error:
        # The parser of headers is known to raise many things where somebody means it to.
        raise BounceError("unreadable") from error


def _read(content: bytes) -> Bounce:
    message = message_from_bytes(content, _class=EmailMessage, policy=_POLICY)
    parts = _parts(message)
    if message.get_content_type() != "multipart/report":
        raise BounceError("no-report")
    reports = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    if not reports:
        raise BounceError("no-report")
    own = _text(message, "Message-ID")
    return Bounce(
        fingerprint=hashlib.sha256(own.encode() or content).hexdigest(),
        message_ids=tuple(dict.fromkeys(_message_ids(message, parts)))[:MOST_IDS],
        failures=tuple(_failures(reports)),
    )


def _parts(message: _Part) -> list[_Part]:
    payload = message.get_payload()
    if not isinstance(payload, list):
        return []
    return [part for part in payload if isinstance(part, Message)]


def _text(message: _Part, name: str) -> str:
    return _clean(str(message.get(name) or ""))


def _clean(text: str) -> str:
    """One line without control characters, nor marks that turn or hide what stands around them."""
    return "".join(sign for sign in one_line(text) if unicodedata.category(sign) != "Cf")


def _message_ids(message: _Part, parts: list[_Part]) -> Iterator[str]:
    for part in parts:
        for returned in _returned(part):
            yield from _MESSAGE_ID.findall(_text(returned, "Message-ID"))
    for name in ("In-Reply-To", "References"):
        yield from _MESSAGE_ID.findall(_text(message, name))


def _returned(part: _Part) -> list[_Part]:
    """Our own e-mail, or its headers, where the report gives it back in this part."""
    kind = part.get_content_type()
    if kind == "message/rfc822":
        return _parts(part)[:1]
    if kind != "text/rfc822-headers":
        return []
    headers = part.get_payload(decode=True)
    return [message_from_bytes(headers, policy=_POLICY)] if isinstance(headers, bytes) else []


def _failures(reports: list[_Part]) -> Iterator[Failure]:
    for report in reports:
        for block in _parts(report)[:MOST_BLOCKS]:
            if _text(block, "Action").lower() != "failed":
                continue
            named = (
                _address(_text(block, f"{which}-Recipient")) for which in ("Original", "Final")
            )
            diagnosis = _text(block, "Diagnostic-Code").partition(";")[2].strip()
            status = _STATUS.search(_text(block, "Status"))
            yield Failure(
                frozenset(filter(None, named)),
                status[0] if status else "",
                diagnosis[:DIAGNOSIS],
            )


def _address(field: str) -> str:
    """The address of `rfc822; name@example.org`, in small letters; empty for another kind."""
    kind, _, address = field.partition(";")
    return address.strip().strip("<>").lower() if kind.strip().lower() == "rfc822" else ""
