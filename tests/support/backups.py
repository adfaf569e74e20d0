"""Registries to back up, and empty places to restore to."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from greffe.documents.store import FileStore
from tests.support.postgres import short_folder
from tests.support.serving import DEADLINE, Registry

ROOT = Path(__file__).resolve().parents[2]

# Files a submission of three documents, leaves a draft with one, and chains the ledger.
FILING = """
import django; django.setup()
from tests.support.scenes import Scene
from greffe.ledger.actions import sequence
from greffe.ledger.checkpoint import make_checkpoint
from greffe.ledger.keys import key_ring
from greffe.filings.tasks import make_papers
scene = Scene()
user = scene.user(username="{name}")
case = scene.case(counsel=user, number="{number}")
draft = scene.draft(user, case)
for place in range(3):
    scene.upload(user, draft, name=f"{name}-{{place}}.pdf")
print(scene.submit(user, draft).number)
scene.upload(user, scene.draft(user, case), name="{name}-left.pdf")
make_papers()
sequence()
make_checkpoint(key_ring())
"""
FILED = 5  # three filed, one in a draft, the receipt's PDF


def file_some(site: Registry, name: str, number: str) -> str:
    """File a submission in a registry; give its number."""
    done = subprocess.run(
        [sys.executable, "-c", FILING.format(name=name, number=number)],
        env=site.environment
        | {"DJANGO_SETTINGS_MODULE": "greffe.settings", "PYTHONPATH": f"{ROOT}:{ROOT}/src"},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@dataclass
class Said:
    """What a command with --json said, and how it ended."""

    code: int
    json: dict[str, Any]
    errors: str


def say(site: Registry, *arguments: object) -> Said:
    """Run a `greffe` command with --json."""
    done = site.command(*map(str, arguments), "--json")
    assert "Traceback" not in done.stderr, done.stderr
    return Said(done.returncode, json.loads(done.stdout or "{}"), done.stderr)


def store_of(site: Registry) -> FileStore:
    """The documents of a registry, read past it."""
    return FileStore(Path(site.settings.get("GREFFE_STORE", site.state / "store")))


def contents(site: Registry) -> dict[str, bytes]:
    """Every document of a registry, by its key."""
    store = store_of(site)
    found = {}
    for key in list(store.keys()):
        with store.open(key) as file:
            found[key] = file.read()
    return found


def filed_key(site: Registry) -> str:
    """A document that was filed."""
    own = "SELECT key FROM documents_blob WHERE retention = 'filing' ORDER BY key LIMIT 1"
    assert site.database
    with psycopg.connect(site.database.superuser_url) as connection:
        row = connection.execute(own).fetchone()
    assert row
    return str(row[0])


def documents(site: Registry) -> int:
    """How many documents the rows of a registry name."""
    assert site.database
    return rows(site.database.superuser_url)["documents_blob"]


def path_of(site: Registry, key: str) -> Path:
    """The file of a document in the store."""
    return store_of(site).root / "blobs" / key[:2] / key


def rows(url: str) -> dict[str, int]:
    """How many rows each table has."""
    tables = (
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    with psycopg.connect(url) as connection:
        names = sorted(row[0] for row in connection.execute(tables))
        return {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # type: ignore[index]  # it gives one row
            for name in names
        }


class _Spare:
    """Addresses of another database of the same server."""

    def __init__(self, site: Registry, name: str) -> None:
        assert site.database
        self.url = site.database.url_for("greffe_app", name)
        self.owner_url = site.database.url_for("greffe_owner", name)
        self.superuser_url = site.database.url_for("postgres", name)


@contextmanager
def spare(site: Registry, *, template: str = "template0") -> Iterator[Registry]:
    """A registry beside `site` with an empty database of the same server and an empty state.

    With another `template`, a copy of that database.
    """
    assert site.database
    name = f"spare_{os.urandom(4).hex()}"
    with (
        short_folder() as folder,
        psycopg.connect(
            site.database.url_for("postgres", "postgres"), autocommit=True
        ) as connection,
    ):
        connection.execute(
            f"CREATE DATABASE {name} OWNER greffe_owner TEMPLATE {template} ENCODING 'UTF8'"
        )
        connection.execute(f"GRANT CONNECT ON DATABASE {name} TO greffe_app")
        try:
            yield Registry(folder / "state", _Spare(site, name))  # type: ignore[arg-type]  # the addresses are all that is asked of it
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
