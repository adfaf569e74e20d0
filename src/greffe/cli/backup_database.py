"""A backup's side of the database: one snapshot of it, dumped and listed; and put back whole.

pg_dump and pg_restore are read and fed through pipes, so that they end with us, kill -9 included.
"""

import contextlib
import datetime as dt
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.db import connection, transaction
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from greffe.cli.backup_folder import DUMP, LIST, Documents, FileOf, Hashed, chunks_of, copy, written
from greffe.cli.speech import NO_DATABASE, DeploymentError
from greffe.embedded.clients import Client, find_dump, find_restore
from greffe.ledger.queries import latest_checkpoint
from greffe.ledger.verify import verify

Count = Callable[[int], None]

_ROWS = "SELECT key, sha256, size FROM documents_blob ORDER BY key"
_TABLES = """
SELECT count(*) FROM pg_class AS class JOIN pg_namespace AS space ON space.oid = relnamespace
WHERE relkind IN ('r', 'p', 'v', 'm', 'S') AND nspname !~ '^(pg_|information_schema$)'
"""
# What the ledger says was filed, and no row of a submission has.
_UNLIKE_THE_LEDGER = """
SELECT COALESCE(event.body->>'number', ''), filed.sha256 FROM ledger_event AS event,
    jsonb_array_elements_text(event.body->'documents') AS filed (sha256)
WHERE event.kind = 'submission-received' AND NOT EXISTS (
    SELECT FROM filings_submitteddocument AS document
    JOIN documents_blob AS blob ON blob.id = document.blob_id
    WHERE document.submission_id = event.subject AND blob.sha256 = filed.sha256
) ORDER BY 1, 2
"""
_USES = """
SELECT blob.key, submission.number FROM documents_blob AS blob
JOIN filings_submitteddocument AS document ON document.blob_id = blob.id
JOIN filings_submission AS submission ON submission.id = document.submission_id
WHERE blob.key = ANY(%s) ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was taken of the database, all of one moment."""

    made_at: str
    postgres: int
    pg_dump: str
    migrations: tuple[tuple[str, str], ...]
    database: FileOf
    documents: Documents
    ledger: dict[str, Any]
    checkpoint: dict[str, Any] | None


def take_snapshot(folder: Path, *, published: Mapping[str, Any] | None, dumped: Count) -> Snapshot:
    """Dump the database into `folder`, list its documents and verify its ledger, in one snapshot.

    `dumped` is told of the bytes written. Raises DeploymentError, also where no pg_dump suits, and
    OperationalError when the database goes away.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot(), now()")
        snapshot, now = cursor.fetchone()
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        migrations = tuple(cursor.fetchall())
        server = _server()
        program = _dump_program(server)
        database = _dump(program, snapshot, folder / DUMP, dumped)
        documents = _list(folder / LIST)
        report = verify(published=published)
        latest = latest_checkpoint()
    return Snapshot(
        made_at=f"{now.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
        postgres=server,
        pg_dump=program.version,
        migrations=migrations,
        database=database,
        documents=documents,
        ledger=report.as_json(),
        checkpoint=latest.envelope if latest else None,
    )


def _server() -> int:
    """The major version of the server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        return int(cursor.fetchone()[0])


def _dump_program(server: int) -> Client:
    program = find_dump(server)
    if program is None:
        raise DeploymentError("no-pg-dump", version=server)
    return program


def _list(path: Path) -> Documents:
    """Write the list of documents; give how many they are and their size in all."""
    count = size = 0
    with written(path), connection.chunked_cursor() as cursor:
        file = Hashed(path)
        cursor.execute(_ROWS)
        for key, sha256, length in cursor:
            line = {"key": key, "sha256": sha256, "size": length}
            file.write(json.dumps(line).encode() + b"\n")
            count, size = count + 1, size + length
        file.close()
    return Documents(**file.as_part().model_dump(), count=count, size=size)


def _dump(program: Client, snapshot: str, path: Path, dumped: Count) -> FileOf:
    address, environment = _address()
    options = ["--format=custom", "--no-password", f"--snapshot={snapshot}", f"--dbname={address}"]
    with tempfile.TemporaryFile() as said, written(path):
        with subprocess.Popen(  # noqa: S603 - PostgreSQL's own program, no shell
            [program.path, *options], stdout=subprocess.PIPE, stderr=said, env=environment
        ) as process:
            try:
                file = copy(_counted(process.stdout, dumped), path)
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            raise _failed("dump-failed", said)
    return file.as_part()


def _counted(source: IO[bytes] | None, count: Count) -> Iterator[bytes]:
    for chunk in chunks_of(source) if source else ():  # type: ignore[arg-type]  # a pipe reads alike
        count(len(chunk))
        yield chunk


def _address() -> tuple[str, dict[str, str]]:
    """The database of the connection for a program: its address, and an environment.

    A password goes into the environment: others can read a command line.
    """
    found = conninfo_to_dict(os.environ["DATABASE_URL"])
    parts = {name: str(value) for name, value in found.items() if value is not None}
    environment = os.environ | {"LC_ALL": "C", "PGAPPNAME": "greffe backup"}
    password = parts.pop("password", None)
    if password:
        environment["PGPASSWORD"] = password
    return make_conninfo(**parts), environment


def _failed(code: str, said: IO[bytes]) -> DeploymentError:
    said.seek(0)
    lines = [line.strip() for line in said.read().decode("utf-8", "replace").splitlines()]
    detail = " / ".join(filter(None, lines[-3:]))
    return DeploymentError(code, exit_code=NO_DATABASE, detail=detail)


def is_empty() -> bool:
    """Whether the database holds no table, view or sequence of anybody's."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return bool(cursor.fetchone()[0] == 0)


def restore_program(postgres: int, pg_dump: str) -> Client:
    """The pg_restore for this server and that dump.

    DeploymentError for a server older than the dump's, or where no program suits.
    """
    server = _server()
    if server < postgres:
        raise DeploymentError("older-postgres", version=server, wanted=postgres)
    program = find_restore(server, int(pg_dump.partition(".")[0]))
    if program is None:
        raise DeploymentError("no-pg-restore", version=server, dumped=pg_dump)
    return program


def put_back(program: Client, path: Path, *, restored: Count) -> None:
    """Restore a dump in one transaction: all of it or nothing. Raises DeploymentError.

    `restored` is told of the bytes read.
    """
    address, environment = _address()
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    with path.open("rb") as dump, tempfile.TemporaryFile() as said:
        with _fed([program.path, *options, f"--dbname={address}"], said, environment) as process:
            try:
                for chunk in _counted(dump, restored):
                    process.stdin.write(chunk)  # type: ignore[union-attr]  # it is a pipe
                process.stdin.close()  # type: ignore[union-attr]  # it is a pipe
            except BrokenPipeError:
                process.wait()  # it says why it ended
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            raise _failed("restore-failed", said)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@contextlib.contextmanager
def _fed(
    command: list[str | Path], said: IO[bytes], environment: dict[str, str]
) -> "Iterator[subprocess.Popen[bytes]]":
    process = subprocess.Popen(  # noqa: S603 - PostgreSQL's own program, no shell
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, env=environment
    )
    try:
        yield process
    finally:
        process.wait()
        if process.stdin and not process.stdin.closed:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()


def filed_otherwise() -> list[tuple[str, str]]:
    """Number of submission and SHA-256 of what the ledger says was filed, and the rows do not."""
    with connection.cursor() as cursor:
        cursor.execute(_UNLIKE_THE_LEDGER)
        return list(cursor.fetchall())


def submissions_with(keys: list[str]) -> dict[str, list[str]]:
    """The numbers of the submissions in which each of these documents was filed."""
    uses: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_USES, [keys])
        for key, number in cursor:
            uses.setdefault(key, []).append(number)
    return uses
