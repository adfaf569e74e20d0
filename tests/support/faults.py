"""Stopping a registry at an exact step, by locks taken from outside, and seeing what is left."""

import contextlib
import html
import re
import socket
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg

from greffe.cli.demonstration import PASSWORD
from greffe.documents.store import FileStore
from greffe.embedded.server import Server, start
from tests.support.scenes import pdf
from tests.support.serving import DEADLINE, Registry, Running, until

CASE = "VC6-01377"  # of the demonstration: its counsel is okafor, its officer registry-vancouver
COUNSEL = "okafor"
KIND = "rpd-written-submissions"
ROOM = 4 * 1024 * 1024  # bytes of the small disk

_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')


class Outside:
    """A look at the database from outside, and locks in it. Works while commits are held up."""

    def __init__(self, url: str) -> None:
        self._url = url

    def connect(self) -> psycopg.Connection[Any]:
        """A connection of a superuser that sees each change at once."""
        options = "-c synchronous_commit=local"
        return psycopg.connect(self._url, autocommit=True, options=options)

    def ask(self, query: str, *values: Any) -> list[Any]:
        """The first column of every row that the query gives."""
        with self.connect() as connection:
            return [row[0] for row in connection.execute(query, values)]

    def tell(self, statement: str) -> None:
        """Execute a statement that gives nothing back."""
        with self.connect() as connection:
            connection.execute(statement)

    @contextlib.contextmanager
    def holding(self, statement: str, *values: Any) -> Iterator[None]:
        """Hold what the statement locks while in here; the death of the database lets go too."""
        connection = psycopg.connect(self._url)
        try:
            connection.execute(statement, values)
            yield
        finally:
            connection.close()

    @contextlib.contextmanager
    def next_in_line(self, statement: str) -> Iterator[None]:
        """Wait in the queue for a lock that somebody holds, and hold it from the next moment on."""
        connection = psycopg.connect(self._url)
        number = connection.info.backend_pid
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(connection.execute, statement)
            try:
                until(lambda: self.ask(WAITS + " AND pid = %s", number), "a place in the queue")
                yield
            finally:
                with contextlib.suppress(psycopg.OperationalError):
                    self.ask("SELECT pg_cancel_backend(%s) WHERE %s", number, not waiting.done())
                waiting.exception(DEADLINE)
                connection.close()

    def wait_for_blocked(self, fragment: str, count: int = 1) -> None:
        """Wait until so many statements that contain `fragment` stand still before a lock."""
        query = WAITS + " AND position(%s in replace(query, '\"', '')) > 0"
        until(lambda: len(self.ask(query, fragment)) >= count, f"blocked: {fragment}")

    def wait_for_commit_to_hang(self) -> None:
        """Wait until a commit is durable here and waits for the word of another server."""
        query = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        until(lambda: self.ask(query), "a commit that hangs")

    def commit_hangs(self) -> bool:
        """Whether a commit waits by now: the server takes up the setting in its own time."""
        connection = psycopg.connect(self._url)
        number = connection.info.backend_pid
        waits = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND pid = %s"
        with ThreadPoolExecutor(1) as pool:
            connection.execute("SELECT pg_current_xact_id()")
            connection.execute("SELECT pg_logical_emit_message(true, 'test', 'one commit')")
            committing = pool.submit(connection.commit)
            try:
                until(lambda: committing.done() or self.ask(waits, number), "a commit")
                return not committing.done()
            finally:
                self.ask("SELECT pg_cancel_backend(%s)", number)
                committing.result(DEADLINE)
                connection.close()

    def wait_for_the_end_of(self, name: str) -> None:
        """Wait until the database has noticed the death of a process; a commit may hang."""
        query = (
            "SELECT pid FROM pg_stat_activity"
            " WHERE application_name = %s AND wait_event IS DISTINCT FROM 'SyncRep'"
        )
        until(lambda: not self.ask(query, name), f"the end of {name}")

    def wait_for_answer(self) -> None:
        """Wait until the database answers again."""

        def answers() -> bool:
            with contextlib.suppress(psycopg.OperationalError):
                return self.ask("SELECT 1") == [1]
            return False

        until(answers, "the database")


WAITS = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
NOBODY = "ALTER SYSTEM SET synchronous_standby_names = 'nobody'"
EVERYBODY = "ALTER SYSTEM RESET synchronous_standby_names"
RELOAD = "SELECT pg_reload_conf()"


@contextlib.contextmanager
def commits_hang(outside: Outside) -> Iterator[None]:
    """From here on a commit reaches the disk and then waits; in the end all are let go."""
    outside.tell(NOBODY)
    try:
        outside.tell(RELOAD)
        shown = "SELECT current_setting('synchronous_standby_names')"
        until(lambda: outside.ask(shown) == ["nobody"], "the setting")
        until(outside.commit_hangs, "a commit of ours that hangs")
        # Back in the file at once: a database that is killed starts again without it.
        outside.tell(EVERYBODY)
        yield
    finally:
        outside.wait_for_answer()
        outside.tell(RELOAD)


@dataclass
class Form:
    """A form of a page: the fields that it holds already."""

    fields: dict[str, Any]

    @classmethod
    def read(cls, page: str, *, ticked: str = "") -> "Form":
        """The hidden fields of a page, and the boxes of the name `ticked`."""
        fields: dict[str, Any] = {}
        for tag in _INPUT.findall(page):
            given = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
            if given.get("type") == "hidden" or (ticked and given.get("name") == ticked):
                fields.setdefault(given["name"], []).append(given.get("value", ""))
        return cls(fields)


class Counsel:
    """Counsel at a browser without JavaScript: signs in and files by the real pages."""

    def __init__(self, registry: Registry, username: str = COUNSEL) -> None:
        self.client = httpx.Client(
            base_url=registry.url, timeout=DEADLINE, headers={"Connection": "close"}
        )
        self.pool = ThreadPoolExecutor(4)
        form = self.form("/en/sign-in/")
        answer = self.client.post(
            "/en/sign-in/", data=form.fields | {"login": username, "password": PASSWORD}
        )
        assert answer.status_code == httpx.codes.FOUND, answer.text

    def close(self) -> None:
        """Leave."""
        self.client.close()
        self.pool.shutdown()

    def form(self, address: str, *, ticked: str = "") -> Form:
        """Open a page and take its form."""
        page = self.client.get(address, follow_redirects=True)
        assert page.status_code == httpx.codes.OK, page.text
        return Form.read(page.text, ticked=ticked)

    def begin(self, case_id: str) -> str:
        """Start a draft; gives the address under which its pages are."""
        address = f"/en/portal/cases/{case_id}/file/"
        form = self.form(address)
        answer = self.client.post(address, data=form.fields | {"document_type": KIND})
        assert answer.status_code == httpx.codes.FOUND, answer.text
        return urlsplit(answer.headers["location"]).path.removesuffix("files/")

    def add(self, draft: str, name: str, content: bytes) -> httpx.Response:
        """Send a file to a draft."""
        form = self.form(f"{draft}files/")
        files = {"files": (name, content, "application/pdf")}
        return self.client.post(f"{draft}files/", data=form.fields, files=files)

    def review(self, draft: str) -> Form:
        """The last page before filing, with every warning ticked."""
        return self.form(f"{draft}review/", ticked="acknowledged")

    def file(self, draft: str, form: Form) -> httpx.Response:
        """Press “File”."""
        return self.client.post(f"{draft}review/", data=form.fields)

    def later(self, act: Any, *arguments: Any) -> "Future[httpx.Response]":
        """Do it in another thread: it will stand still until something is let go."""
        return self.pool.submit(act, *arguments)

    def begin_to_send(self, address: str, name: str, content: bytes) -> "HalfSent":
        """Send the head of an upload to a page of files, and half of its bytes."""
        token = self.form(address).fields["csrfmiddlewaretoken"][0]
        files = {"files": (name, content, "application/pdf")}
        data = {"csrfmiddlewaretoken": token}
        request = self.client.build_request("POST", address, data=data, files=files)
        lines = [f"POST {address} HTTP/1.1"]
        lines += [f"{key}: {value}" for key, value in request.headers.items()]
        head = "\r\n".join([*lines, "", ""]).encode("ascii")
        whole = head + request.read()
        middle = len(whole) // 2
        connection = socket.create_connection((request.url.host, request.url.port), DEADLINE)
        connection.sendall(whole[:middle])
        return HalfSent(connection, whole[middle:])


@dataclass
class HalfSent:
    """A request whose second half has not been sent."""

    connection: socket.socket
    rest: bytes

    def finish(self) -> int:
        """Send the rest and give the status of the answer; an OSError if nobody is there."""
        with self.connection:
            self.connection.sendall(self.rest)
            line = self.connection.makefile("rb").readline()
        if not line:
            raise ConnectionResetError
        return int(line.split()[1])

    def end_early(self) -> bytes:
        """Say that nothing more will come, and give what is answered to that."""
        with self.connection, contextlib.suppress(ConnectionError):
            self.connection.shutdown(socket.SHUT_WR)
            return self.connection.makefile("rb").read()
        return b""

    def cut(self) -> None:
        """Go away without a word."""
        self.connection.close()


@dataclass
class Stage:
    """A running registry, counsel with a draft that holds one file, and what was sent so far."""

    registry: Registry
    outside: Outside
    counsel: Counsel
    draft: str
    sent: dict[str, bytes]
    processes: dict[str, Running] = field(default_factory=dict)
    left: set[Path] = field(init=False, default_factory=set)
    """What servers that were killed in other tests have left half received."""

    def __post_init__(self) -> None:
        """Note what lies there already."""
        self.left = set(self.incoming())

    @property
    def draft_id(self) -> str:
        """The id of the draft."""
        return self.draft.rstrip("/").rpartition("/")[2]

    @property
    def store(self) -> FileStore:
        """The registry's documents, read past it."""
        return FileStore(self.registry.state / "store")

    def files(self) -> dict[str, str]:
        """Name and SHA-256 of the files of the draft."""
        query = (
            "SELECT upload.name || ' ' || blob.sha256 FROM filings_draftfile AS file"
            " JOIN documents_upload AS upload ON upload.id = file.upload_id"
            " JOIN documents_blob AS blob ON blob.id = upload.blob_id WHERE file.draft_id = %s"
        )
        rows = self.outside.ask(query, self.draft_id)
        return dict(row.rsplit(" ", 1) for row in rows)

    def attempts(self) -> list[Any]:
        """When it was asked to be filed, the first time first."""
        query = "SELECT noted_at FROM filings_attempt WHERE draft_id = %s ORDER BY noted_at"
        return self.outside.ask(query, self.draft_id)

    def submissions(self) -> list[Any]:
        """The submissions of the draft."""
        query = "SELECT id FROM filings_submission WHERE draft_id = %s"
        return self.outside.ask(query, self.draft_id)

    def unknown_keys(self) -> set[str]:
        """Documents in the store that no row names."""
        return set(self.store.keys()) - set(self.outside.ask("SELECT key FROM documents_blob"))

    def arrived(self) -> int:
        """How many bytes have come of the largest file on its way into the store."""
        sizes = [0]
        for path in self.incoming():
            with contextlib.suppress(FileNotFoundError):  # that one has arrived
                sizes.append(path.stat().st_size)
        return max(sizes)

    def incoming(self) -> list[Path]:
        """Files on their way into the store, since this test began."""
        found = (self.registry.state / "store" / "incoming").glob("*")
        return [path for path in found if path not in self.left]


def begin(
    registry: Registry, outside: Outside, counsel: Counsel, processes: dict[str, Running]
) -> Stage:
    """Start a draft and put one file in it."""
    (case,) = outside.ask("SELECT id::text FROM cases_case WHERE file_number = %s", CASE)
    draft = counsel.begin(case)
    sent = {"letter.pdf": pdf(1, text=draft)}
    answer = counsel.add(draft, "letter.pdf", sent["letter.pdf"])
    assert answer.status_code == httpx.codes.FOUND, answer.text
    return Stage(registry, outside, counsel, draft, sent, processes)


def one_more(stage: Stage) -> tuple[str, bytes]:
    """Another file for the draft, noted as sent."""
    name = f"annex-{len(stage.sent)}.pdf"
    stage.sent[name] = pdf(2, text=name + stage.draft_id)
    return name, stage.sent[name]


def start_again(registry: Registry) -> Server:
    """Start the database of a registry, or join the one that its keeper has started again."""
    return start(registry.state, settings=LASTING)


LASTING = {"fsync": "off", "full_page_writes": "off", "client_connection_check_interval": "50"}
"""What survives the death of every process, though not of the machine: enough here, and fast.

The database looks every 50 ms whether its clients live, so that what a killed one had asked for
last is not done when the lock before it goes.
"""
