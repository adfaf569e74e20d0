"""A real mail server on the loopback, and notices to send to it."""

import asyncio
import email
import ssl
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.support.serving import DEADLINE, free_port

VALUES: dict[str, Any] = {
    "file_number": "MC6-02345",
    "submission_number": "S-2026-0042-BCDF",
    "received": "Thursday 1 April 2021, 22:00 (Vancouver)",
    "accepted": "1, 3",
    "returned": "2",
    "refused": "2",
    "reason": "It was filed in the wrong place.",
    "note": "Page 3 is blank.\nPlease scan it again.",
    "when": "Monday 12 April 2021, 9:00 (Montréal)",
    "before": "Friday 2 April 2021, 9:00 (Montréal)",
    "place": "Montréal Regional Office",
    "device": "Firefox on Windows",
    "what": "a passkey was added",
    "name": "Amélie Tremblay",
    "changed": "the mailing address",
    "used": "701",
    "quota": "1000",
    "level": "70",
    "until": "Friday 30 April 2021",
    "join": "https://meet.example.org/greffe",
    "support": "portal@tribunal.example, 1-800-555-0100",
    "code": "2345-79CD-FGHJ-KMNP",
    "link": "/en/portal/submissions/1/",
}
"""Something for every field of every notice."""

LOGIN = ("greffe", "p@ss word")


def context(code: str, **changes: Any) -> dict[str, Any]:
    """What the template of a kind needs."""
    from greffe.notices.kinds import KINDS

    kind = KINDS[code]
    return {name: VALUES[name] for name in kind.needed | kind.optional} | changes


def queue(kind: str = "hearing-scheduled", **changes: Any) -> bool:
    """Queue a notice as an action would, in a transaction of its own."""
    from django.db import transaction

    from greffe.notices.actions import queue_notice

    asked: dict[str, Any] = {
        "kind": kind,
        "language": "en",
        "to": "counsel@example.org",
        "person": uuid.UUID(int=5),
        "case_ids": [uuid.UUID(int=9)],
        "context": context(kind),
        "dedupe": str(uuid.uuid4()),
    }
    with transaction.atomic():
        return queue_notice(**(asked | changes))


@dataclass
class MailServer:
    """What was handed over, and how it answers; change it while it runs."""

    port: int = field(default_factory=free_port)
    refused: dict[str, str] = field(default_factory=dict)
    """What is said to a recipient instead of yes."""
    content_refused: str = ""
    """What is said to every message instead of yes."""
    accepted: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    connections: int = 0
    logins: list[bytes] = field(default_factory=list)
    hang_up_after: int = 0
    """A connection is closed after so many messages."""
    silent: set[str] = field(default_factory=set)
    """Where nothing is said before `go` is set: MAIL, RCPT, DATA; TAKEN: it has the message."""
    asked: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Its address, without TLS."""
        return f"smtp+plain://127.0.0.1:{self.port}"

    @property
    def messages(self) -> list[EmailMessage]:
        """What was handed over, read."""
        return [email.message_from_bytes(one, policy=SMTP) for one in self.accepted]

    @property
    def ids(self) -> list[str]:
        """The Message-ID of each, in order."""
        return [str(message["Message-ID"]) for message in self.messages]

    # What aiosmtpd calls.

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        session.taken = 0
        self.connections += 1
        return responses

    async def handle_MAIL(  # noqa: N802 - same
        self, _server: Any, session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        await self._wait("MAIL")
        if self.hang_up_after and session.taken >= self.hang_up_after:
            return "421 4.3.2 enough for this connection"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - same
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        await self._wait("RCPT")
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - same
        await self._wait("DATA")
        if self.content_refused:
            return self.content_refused
        self.accepted.append(bytes(envelope.content))
        self.recipients.extend(envelope.rcpt_tos)
        session.taken += 1
        await self._wait("TAKEN")
        return "250 OK"

    async def _wait(self, command: str) -> None:
        if command in self.silent:
            self.asked.set()
            await asyncio.to_thread(self.go.wait, DEADLINE)

    def check_login(self, _server: Any, _session: Any, _envelope: Any, _how: str, data: Any) -> Any:
        """Let in who knows LOGIN."""
        known = (data.login.decode(), data.password.decode()) == LOGIN
        if known:
            self.logins.append(data.login)
        return AuthResult(success=known, handled=known)

    def clear(self) -> None:
        """Forget what was handed over."""
        self.accepted.clear()
        self.recipients.clear()


@contextmanager
def mail_server(*, tls: ssl.SSLContext | None = None) -> Iterator[MailServer]:
    """A server that listens; with `tls` it insists on STARTTLS and asks for LOGIN."""
    server = MailServer()
    secured: dict[str, Any] = {}
    if tls is not None:
        secured = {
            "tls_context": tls,
            "require_starttls": True,
            "auth_required": True,
            "authenticator": server.check_login,
        }
    controller = Controller(
        server, hostname="127.0.0.1", port=server.port, ready_timeout=DEADLINE, **secured
    )
    controller.start()
    server.connections = 0
    try:
        yield server
    finally:
        server.go.set()
        controller.stop()
