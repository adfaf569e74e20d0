"""Text messages and e-mails by GC Notify, through its own client: one request for each.

What is wrong with one recipient is told apart from what is wrong with us by the kind of error that
the service names; its words are never kept, for they may repeat what was sent.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from http import HTTPStatus
from typing import Any

import requests
from notifications_python_client.errors import APIError, HTTPError
from notifications_python_client.notifications import NotificationsAPIClient
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from greffe.notices.addresses import NotifyService
from greffe.notices.letters import (
    DelayedError,
    Letter,
    MailError,
    RefusedError,
    UnreachableError,
    text_in,
)

ANSWER_SECONDS = 20.0
"""How long the service may take for one answer."""

# Anything else is about us as well, a template or a right: the service would say it every time.
_ABOUT_US: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "login-refused",
    HTTPStatus.FORBIDDEN: "login-refused",
    HTTPStatus.TOO_MANY_REQUESTS: "too-many",
}
_ABOUT_THE_RECIPIENT = ("InvalidPhoneError", "InvalidEmailError")
_FIELDS = ("phone_number", "email_address")


@contextmanager
def text_session(service: NotifyService, template: str, seconds: float) -> Iterator["Session"]:
    """A way to send text messages: `template` is one of the service with the field `text` alone."""

    def post(client: NotificationsAPIClient, letter: Letter) -> Any:
        return client.send_sms_notification(  # type: ignore[no-untyped-call]  # it has no types
            phone_number=letter.recipient,
            template_id=template,
            personalisation={"text": letter.content.decode()},
            reference=letter.reference,
        )

    with _session(service, post, seconds) as opened:
        yield opened


@contextmanager
def mail_session(service: NotifyService, template: str, seconds: float) -> Iterator["Session"]:
    """A way to send e-mails: `template` is one of the service with `subject` and `text`."""

    def post(client: NotificationsAPIClient, letter: Letter) -> Any:
        message = message_from_bytes(letter.content, _class=EmailMessage, policy=SMTP)
        return client.send_email_notification(  # type: ignore[no-untyped-call]  # same
            email_address=letter.recipient,
            template_id=template,
            personalisation={
                "subject": str(message["Subject"]),
                "text": text_in(message).replace("\r\n", "\n"),
            },
            reference=letter.reference,
        )

    with _session(service, post, seconds) as opened:
        yield opened


Post = Callable[[NotificationsAPIClient, Letter], Any]


@contextmanager
def _session(service: NotifyService, post: Post, seconds: float) -> Iterator["Session"]:
    opened = Session(service, post)
    end = threading.Timer(seconds, opened.cut)
    end.daemon = True
    end.start()
    try:
        yield opened
    finally:
        end.cancel()
        opened.close()


class Session:
    """Sends one after another over a connection that is kept; cut when its time is over."""

    def __init__(self, service: NotifyService, post: Post) -> None:
        self._client = NotificationsAPIClient(  # type: ignore[no-untyped-call]  # same
            service.key, base_url=service.url, timeout=ANSWER_SECONDS
        )
        self._post = post
        self._sockets: list[socket.socket] = []
        self._over = False
        asked = self._client.request_session
        asked.max_redirects = 0  # the service does not move; what would be asked there is not ours
        for scheme in ("https://", "http://"):
            asked.mount(scheme, _Adapter(self._sockets))

    def send(self, letter: Letter) -> str:
        """Hand a letter over; see `channels.Session`. Gives the id that the service gave it."""
        if self._over:
            raise UnreachableError("no-answer")
        try:
            answer = self._post(self._client, letter)
        except HTTPError as error:
            raise _told(error) from None
        except APIError:
            raise DelayedError("no-proof") from None
        proof = answer.get("id") if isinstance(answer, dict) else None
        if not isinstance(proof, str) or not proof:
            raise DelayedError("no-proof")
        return proof

    def cut(self) -> None:
        """End it from another thread: whatever waits for the service fails at once."""
        self._over = True
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Leave."""
        self._client.request_session.close()


class _Adapter(HTTPAdapter):
    """The transport of `requests`, which lets us know its sockets."""

    def __init__(self, sockets: list[socket.socket]) -> None:
        self._sockets = sockets
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the connections of a kind that tells."""
        super().init_poolmanager(*args, **kwargs)
        sockets = self._sockets

        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                sockets.append(self.sock)

        class Secured(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                sockets.append(self.sock)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecuredPool(HTTPSConnectionPool):
            ConnectionCls = Secured

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecuredPool}


def _told(error: HTTPError) -> MailError:
    """What a refusal means for this letter, and for the others; never the words of the service."""
    if error.response is None:
        return _unanswered(error.__cause__)
    status = error.status_code
    if status == HTTPStatus.BAD_REQUEST and _is_about_the_recipient(error.message):
        return RefusedError("recipient-refused", status)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return UnreachableError("no-answer", status)
    return UnreachableError(_ABOUT_US.get(status, "not-accepted"), status)


def _unanswered(cause: BaseException | None) -> MailError:
    """No answer: nothing was asked where there was no connection; otherwise it may have it."""
    if isinstance(cause, requests.ConnectTimeout | requests.exceptions.SSLError):
        return UnreachableError("no-answer")
    if isinstance(cause, requests.ConnectionError) and "NewConnectionError" in repr(cause):
        return UnreachableError("no-answer")
    if isinstance(cause, requests.TooManyRedirects):
        return UnreachableError("not-accepted")
    return DelayedError("connection-lost")


def _is_about_the_recipient(errors: Any) -> bool:
    for one in errors if isinstance(errors, list) else []:
        if not isinstance(one, dict):
            continue
        if one.get("error") in _ABOUT_THE_RECIPIENT:
            return True
        if one.get("error") == "ValidationError" and str(one.get("message", "")).startswith(
            _FIELDS
        ):
            return True
    return False
