"""A browser for tests of pages, and the requests that a real one would send."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

if TYPE_CHECKING:
    from greffe.accounts.models import User
    from greffe.cases.models import Case
    from greffe.filings.models import Submission

BOUNDARY = "----greffe-tests-7MA4YWxkTrZu0gW"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def browser(user: User | None = None, **options: Any) -> Client:
    """A browser, of `user` where one is given. An error that nobody expected gives its page."""
    client = Client(raise_request_exception=False, **options)
    if user is not None:
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def address(name: str, *args: Any, lang: str = "en") -> str:
    """The address of a page in a language."""
    with translation.override(lang):
        return reverse(name, args=args)


def part(name: str, content: bytes, field: str = "files") -> bytes:
    """A file as browsers write it into a form."""
    quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    head = (
        f"--{BOUNDARY}\r\n"
        f'Content-Disposition: form-data; name="{field}"; filename="{quoted}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    return head.encode() + content + b"\r\n"


def form(
    files: Iterable[tuple[str, bytes]],
    fields: Mapping[str, str] | None = None,
    field: str = "files",
) -> bytes:
    """The body of a form with files; its other fields come first, as in our pages."""
    said = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (fields or {}).items()
    ]
    parts = [part(name, content, field) for name, content in files]
    return "".join(said).encode() + b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def post_form(client: Client, path: str, body: bytes, **extra: Any) -> Any:
    """Send the body of a form; `extra` replaces what the server says of the request."""
    return client.generic("POST", path, body, CONTENT_TYPE, **extra)


def post_stream(client: Client, path: str, stream: Any, length: int) -> Any:
    """Send a form whose body is read from `stream`, said to have `length` bytes."""
    environ = {"wsgi.input": stream, "CONTENT_LENGTH": str(length), "CONTENT_TYPE": CONTENT_TYPE}
    return client.generic("POST", path, **environ)


def claimant_of(case: Case) -> User:
    """An account for the principal of a case."""
    from greffe.accounts.actions import open_account
    from greffe.ledger.actors import SYSTEM
    from tests.support.scenes import PASSWORD

    person = case.participants.get(principal=True).person
    username = f"claimant-{case.file_number}".lower()
    return open_account(by=SYSTEM, person=person, username=username, password=PASSWORD)


def payload(submission: Submission) -> dict[str, Any]:
    """What the receipt of a submission says."""
    said: dict[str, Any] = json.loads(bytes(submission.receipt.envelope))["payload"]
    return said


def text_of(response: Any) -> str:
    """The page of an answer, with the characters that HTML writes otherwise."""
    import html

    return html.unescape(response.content.decode())
