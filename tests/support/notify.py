"""A server on the loopback that answers as the public API of GC Notify does.

As its documentation says: a token of the client's, signed with the secret of the key and not older
than half a minute; 201 with an id for what is taken; errors by kind with 400, 403, 429 and 500.
"""

import json
import re
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt

from tests.support.serving import DEADLINE

SERVICE, SECRET = str(uuid.UUID(int=7)), str(uuid.UUID(int=8))
KEY = f"greffe-{SERVICE}-{SECRET}"
TEMPLATES = {"sms": str(uuid.UUID(int=21)), "email": str(uuid.UUID(int=22))}
FIELDS = {"sms": {"text"}, "email": {"subject", "text"}}
TO = {"sms": "phone_number", "email": "email_address"}


@dataclass
class Notify:
    """What was handed over, and how it answers; change it while it runs."""

    port: int = 0
    accepted: list[dict[str, Any]] = field(default_factory=list)
    answer: tuple[int, str, str] | None = None
    """Status, kind and words of the error that it gives to every request."""
    refused: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Kind and words of the 400 for a recipient."""
    raw: bytes | None = None
    """What it says instead of JSON, with 201."""
    moved: str = ""
    """Where it says that it has gone."""
    silent: str = ""
    """Where it says nothing before `go` is set: "asked" or, when it has the message, "taken"."""
    cut: str = ""
    """Where it ends the connection without an answer: the same."""
    asked: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)
    connections: int = 0

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def references(self) -> list[str]:
        """The reference of each message, in order."""
        return [one["reference"] for one in self.accepted]

    @property
    def texts(self) -> list[str]:
        """The words of each message, in order."""
        return [one["personalisation"]["text"] for one in self.accepted]

    def clear(self) -> None:
        """Forget what was handed over, and answer as ever."""
        self.accepted.clear()
        self.answer, self.raw, self.moved, self.silent, self.cut = None, None, "", "", ""
        self.asked.clear()
        self.go.clear()


class _Handler(BaseHTTPRequestHandler):
    notify: Notify
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.notify.connections += 1

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self._stopped("asked"):
            return
        kind = self.path.rsplit("/", 1)[-1]
        wrong = self.notify.answer or self._wrong(kind, body)
        if wrong is not None:
            status, error, message = wrong
            errors = [{"error": error, "message": message}]
            self._say(status, {"status_code": status, "errors": errors})
            return
        if self.notify.moved:
            self.send_response(302)
            self.send_header("Location", self.notify.moved)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.notify.accepted.append(body | {"kind": kind})
        if not self._stopped("taken"):
            self._say(201, self._taken(kind, body))

    def do_GET(self) -> None:
        self._say(200, {"status": "ok"})

    def _stopped(self, where: str) -> bool:
        if self.notify.silent == where:
            self.notify.asked.set()
            self.notify.go.wait(DEADLINE)
        if self.notify.cut == where:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        return self.notify.cut == where

    def _wrong(self, kind: str, body: dict[str, Any]) -> tuple[int, str, str] | None:
        if self._token_is_wrong():
            return 403, "AuthError", "Invalid token: API key not found"
        if body["template_id"] != TEMPLATES[kind]:
            return 400, "BadRequestError", "Template not found"
        if set(body["personalisation"]) != FIELDS[kind]:
            return 400, "BadRequestError", "Missing personalisation"
        to = body[TO[kind]]
        if kind == "sms" and not re.fullmatch(r"\+1[0-9]{10}", to):
            return 400, "ValidationError", "phone_number Not a valid international number"
        if to in self.notify.refused:
            return 400, *self.notify.refused[to]
        return None

    def _token_is_wrong(self) -> bool:
        scheme, _, token = self.headers["Authorization"].partition(" ")
        try:
            said = jwt.decode(token, SECRET, algorithms=["HS256"], issuer=SERVICE)
        except jwt.PyJWTError:
            return True
        return scheme != "Bearer" or abs(time.time() - said["iat"]) > 30

    def _taken(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        made = str(uuid.uuid4())
        return {
            "id": made,
            "reference": body.get("reference"),
            "content": {"body": body["personalisation"]["text"]},
            "uri": f"{self.notify.url}/v2/notifications/{made}",
            "template": {"id": TEMPLATES[kind], "version": 1, "uri": "…"},
        }

    def _say(self, status: int, answer: dict[str, Any]) -> None:
        said = self.notify.raw if self.notify.raw is not None and status == 201 else None
        content = json.dumps(answer).encode() if said is None else said
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def notify_server() -> Iterator[Notify]:
    """A server that listens, in threads of its own."""
    notify = Notify()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"notify": notify}))
    server.daemon_threads = True
    notify.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield notify
    finally:
        notify.go.set()
        server.shutdown()
        server.server_close()
        thread.join(DEADLINE)
