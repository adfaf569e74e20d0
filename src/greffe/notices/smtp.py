"""Mail by SMTP: one connection for many letters, cut off when its time is over."""

import contextlib
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings

from greffe.notices.addresses import MailServer
from greffe.notices.letters import DelayedError, Letter, RefusedError, UnreachableError

ANSWER_SECONDS = 20.0
"""How long the server may take for one answer."""

_OK = 250
_WILL_FORWARD = 251
_CLOSING = 421
_PERMANENT = 500


@contextmanager
def session(server: MailServer, seconds: float) -> Iterator["SmtpSession"]:
    """A connection to the mail server, which is cut after so many seconds, whatever it does.

    It is opened with the first letter.
    """
    opened = SmtpSession(server)
    end = threading.Timer(seconds, opened.cut)
    end.daemon = True
    end.start()
    try:
        yield opened
    finally:
        opened.close()
        end.cancel()


class SmtpSession:
    """Sends letters one after another over one connection."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None
        self._over = False

    def send(self, letter: Letter) -> None:
        """Hand a letter over; see `channels.Session`.

        A connection that the server has closed in the meantime is opened once more: nothing of the
        letter had been sent. Once its content has, a lost connection tells nothing: DelayedError.
        """
        fresh = self._smtp is None
        try:
            self._envelope(letter)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            if fresh:
                raise UnreachableError(*_told(error)) from error
            self._once_more(letter)
        self._content(letter)

    def _once_more(self, letter: Letter) -> None:
        try:
            self._envelope(letter)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise UnreachableError(*_told(error)) from error

    def _envelope(self, letter: Letter) -> None:
        smtp = self._connection()
        status, _ = smtp.mail(letter.sender)
        if status == _CLOSING:
            raise smtplib.SMTPServerDisconnected
        if status != _OK:
            # It would say so of every letter: this is about us.
            self.close()
            raise UnreachableError("sender-refused", status)
        status, _ = smtp.rcpt(letter.recipient)
        if status == _CLOSING:
            raise smtplib.SMTPServerDisconnected
        if status not in {_OK, _WILL_FORWARD}:
            self._forget(status)
            raise _refusal("recipient-refused", status)

    def _content(self, letter: Letter) -> None:
        try:
            status, _ = self._connection().data(letter.content)
        except smtplib.SMTPDataError as error:
            status = error.smtp_code
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise DelayedError("connection-lost") from error
        if status != _OK:
            self._forget(status)
            raise _refusal("message-refused", status)

    def _forget(self, status: int) -> None:
        """Begin anew after a refusal, on another connection where the server ends this one."""
        try:
            if status != _CLOSING and self._smtp is not None:
                self._smtp.rset()
                return
        except (OSError, smtplib.SMTPException):
            pass
        self.close()

    def _connection(self) -> smtplib.SMTP:
        if self._smtp is None:
            self._open()
        if self._smtp is None:  # pragma: no cover - it is open, or opening has raised
            raise smtplib.SMTPServerDisconnected
        return self._smtp

    def _open(self) -> None:
        if self._over:
            raise smtplib.SMTPServerDisconnected
        server, name = self._server, urlsplit(settings.SITE_URL).hostname
        # Without TLS none is made: it reads every certificate of this machine.
        tls = ssl.create_default_context() if server.security != "none" else None
        if server.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                timeout=ANSWER_SECONDS, local_hostname=name, context=tls
            )
        else:
            smtp = smtplib.SMTP(timeout=ANSWER_SECONDS, local_hostname=name)
        # The name that TLS checks; given to the constructor, it would connect before it can be cut.
        smtp._host = server.host  # type: ignore[attr-defined]  # noqa: SLF001 - no public name for it
        self._smtp = smtp
        status, _ = smtp.connect(server.host, server.port)
        if status != 220:  # noqa: PLR2004 - ready
            raise UnreachableError("no-answer", status)
        smtp.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            smtp.starttls(context=tls)
        if server.user:
            smtp.login(server.user, server.password)

    def cut(self) -> None:
        """End it from another thread: whatever waits for the server fails at once."""
        self._over = True
        sock = self._smtp and self._smtp.sock
        if sock:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """Leave: politely if the server still listens."""
        smtp, self._smtp = self._smtp, None
        if smtp is None or smtp.sock is None:
            return
        try:
            smtp.quit()
        except (OSError, smtplib.SMTPException):
            smtp.close()


def _refusal(code: str, status: int) -> RefusedError | DelayedError:
    return RefusedError(code, status) if status >= _PERMANENT else DelayedError(code, status)


def _told(error: OSError | smtplib.SMTPException) -> tuple[str, int | None]:
    """The code and the status of what kept us from the server; never its words."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "login-refused", error.smtp_code
    if isinstance(error, smtplib.SMTPNotSupportedError | ssl.SSLError):
        return "no-tls", None
    if isinstance(error, smtplib.SMTPResponseException):
        return "no-answer", error.smtp_code
    return "no-answer", None
