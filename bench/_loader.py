"""A registry of a chosen size, loaded by COPY with a bar: see _rows for what it holds.

Foreign keys and indexes that are not of a constraint are taken away meanwhile, and made again over
all rows: a key without its row would end the script.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
from _rows import COLUMNS, Batch, Measured, Row, Shared, Size, Things
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

AT_ONCE = 5_000
"""Serials of a message to the database."""

Connection = psycopg.Connection[Any]


def load(measured: Measured, *, has: Size, to: Size) -> None:
    """Load what a registry of the size `has` lacks to be of the size `to`. Needs no Django."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        batch = Batch(measured, has, to, Shared.read(connection))
        with _progress() as bar:
            with _bare(connection, bar):
                for things in batch.things():
                    _copy(things, bar)
            for name in bar.track(list(COLUMNS), description="statistics"):
                connection.execute(f"VACUUM ANALYZE {name}")


def _progress() -> Progress:
    name = TextColumn("{task.description:<28}")
    return Progress(
        name, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=Console(stderr=True)
    )


def _copy(things: Things, bar: Progress) -> None:
    """Write all tables of these things at once, over a connection for each."""
    task = bar.add_task(things.name, total=len(things.serials))
    with ExitStack() as stack:
        copies = {table: _into(table, stack) for table in things.rows}
        for start in range(0, len(things.serials), AT_ONCE):
            several = [things.thing(serial) for serial in things.serials[start : start + AT_ONCE]]
            for table, rows in things.rows.items():
                copies[table].write("".join(_line(row) for one in several for row in rows(one)))
            bar.advance(task, len(several))


def _into(table: str, stack: ExitStack) -> psycopg.Copy:
    connection = stack.enter_context(psycopg.connect(os.environ["DATABASE_OWNER_URL"]))
    cursor = stack.enter_context(connection.cursor())
    return stack.enter_context(cursor.copy(f"COPY {table} ({COLUMNS[table]}) FROM STDIN"))


def _line(row: Row) -> str:
    """A row as COPY reads it: none of our texts holds a tab, the end of a line or a backslash."""
    return "\t".join([r"\N" if value is None else str(value) for value in row]) + "\n"


_REFERENCES = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)
"""
_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
FROM pg_index WHERE indrelid::regclass::text = ANY(%s) AND NOT indisunique
"""


@contextmanager
def _bare(connection: Connection, bar: Progress) -> Iterator[None]:
    """Take away the foreign keys and plain indexes of the tables, and make them again."""
    tables = list(COLUMNS)
    references = connection.execute(_REFERENCES, [tables]).fetchall()
    indexes = connection.execute(_INDEXES, [tables]).fetchall()
    for table, name, _ in references:
        connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    yield
    connection.execute("SET maintenance_work_mem = '256MB'")
    for _, index in bar.track(indexes, description="indexes"):
        connection.execute(index)
    for table, name, constraint in bar.track(references, description="foreign keys"):
        connection.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {constraint}')
