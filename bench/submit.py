"""Submit five uploaded files, to the signed JSON receipt, against one commit of the same rows.

The floor takes every row that the first submission wrote (new: the noted attempt, the submission,
its case, its five documents, its place in the queue, the event of the ledger, the receipt, the
wake-up of the worker; changed: five uploads, their five blobs, the draft) and writes the same again
by plain psycopg: one statement a table, one transaction, one synced commit, into tables of the same
columns, indexes and checks, without their foreign keys. Product and floor take turns; PostgreSQL
has its durable defaults. The budget is for the 95th percentile of the product's own action against
the median of the floor; through the browser's form it only informs.
"""

import gc
import os
import secrets
import time
import uuid
from collections.abc import Iterator
from typing import Any, Self

import psycopg
from _browser import Browser
from _documents import small_pdf
from _figures import Figures, median, percentile_95
from _registry import registry
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

SUBMISSIONS = 150
FORMS = 50
FILES = 5
BUDGET = 8.0
FRESH = {"id", "draft_id", "submission_id"}
JSON_LISTS = {"findings", "limits"}

# How the rows of one submission are found: (table, condition).
ROWS = (
    ("filings_attempt", "draft_id = %(draft)s"),
    ("filings_submission", "id = %(submission)s"),
    ("filings_submissioncase", "submission_id = %(submission)s"),
    ("filings_submitteddocument", "submission_id = %(submission)s"),
    ("filings_queueitem", "submission_id = %(submission)s"),
    ("ledger_event", "subject = %(submission)s"),
    ("filings_receipt", "submission_id = %(submission)s"),
    ("procrastinate_jobs", "id = (SELECT max(id) FROM procrastinate_jobs)"),
)
# The rows that it changes, written again as they are: an UPDATE writes a whole row.
CHANGED = (
    (
        "documents_upload",
        "taken = taken",
        "id IN (SELECT upload_id FROM filings_draftfile WHERE draft_id = %(draft)s)",
    ),
    (
        "documents_blob",
        "retention = retention",
        """id IN (
            SELECT blob_id FROM filings_submitteddocument WHERE submission_id = %(submission)s
        )""",
    ),
    ("filings_draft", "state = state", "id = %(draft)s"),
)


def main() -> None:
    """Measure and say."""
    figures = Figures()
    with registry() as greffe:
        # All uploads before: what their syncing leaves to do would be counted against one side.
        drafts = iter(list(prepare(1 + SUBMISSIONS + FORMS)))
        with Floor(next(drafts).submit()) as floor:
            gc.collect()
            gc.freeze()  # as greffe.wsgi does in the server
            floors, actions = [], []
            for _ in range(SUBMISSIONS):
                floors.append(floor.commit())
                actions.append(next(drafts).timed_submit())
            forms = [draft.timed_form(greffe.port) for draft in drafts]
    least = median(floors)
    most = percentile_95(actions)
    figures.ratio("submit 5 files: 95th percentile", most, least, budget=BUDGET)
    figures.ratio("submit 5 files: median", median(actions), least, budget=None)
    figures.ratio(
        "submit 5 files by the form: 95th percentile", percentile_95(forms), least, budget=None
    )
    figures.ratio("the floor's own 95th percentile", percentile_95(floors), least, budget=None)
    figures.exit()


class Ready:
    """A draft with five inspected files, ready to be filed."""

    def __init__(self, counsel: Any, draft: Any, acknowledged: frozenset[str]) -> None:
        self._counsel = counsel
        self._draft = draft
        self._acknowledged = acknowledged

    def submit(self) -> Any:
        """File it by the action that the page calls."""
        from greffe.filings.actions import submit_draft  # noqa: PLC0415 - it needs Django

        return submit_draft(
            by=self._counsel.viewer,
            draft_id=self._draft.id,
            version=self._draft.version,
            acknowledged=self._acknowledged,
        )

    def timed_submit(self) -> float:
        """File it; give the seconds."""
        started = time.perf_counter()
        self.submit()
        return time.perf_counter() - started

    def timed_form(self, port: int) -> float:
        """File it by the form of the last page, over HTTP; give the seconds."""
        browser = Browser(port, self._counsel.session)
        path = f"/en/portal/drafts/{self._draft.id}/review/"
        browser.get(path)
        acknowledged = [("acknowledged", key) for key in sorted(self._acknowledged)]
        took = browser.post(path, [("version", str(self._draft.version)), *acknowledged])
        browser.close()
        return took


def prepare(count: int) -> Iterator[Ready]:
    """Make so many drafts; the files of the first are inspected and the others are like them."""
    from _people import attach, attach_inspected, counsel  # noqa: PLC0415 - same
    from django.utils import timezone  # noqa: PLC0415 - same

    from greffe.filings.judging import judge_draft  # noqa: PLC0415 - same

    filer, facts = counsel(1), []
    for serial in range(count):
        draft = filer.draft()
        for position in range(FILES):
            name = f"Document {serial}-{position}.pdf"
            content = small_pdf(name)
            if serial == 0:
                facts.append(attach(filer, draft, content, name).facts)
            else:
                attach_inspected(filer, draft, content, name, facts[position])
        draft.refresh_from_db()
        warnings = judge_draft(draft, now=timezone.now()).warnings
        yield Ready(filer, draft, frozenset(finding.key for finding in warnings))


class Floor:
    """The rows that one submission wrote, inserted again and again in one commit each."""

    def __init__(self, submission: Any) -> None:
        """Read the rows and make tables like theirs."""
        self._connection = psycopg.connect(os.environ["DATABASE_OWNER_URL"])
        self._rows = {table: self._read(table, found, submission) for table, found in ROWS}
        self._statements = {table: _insert(table, rows) for table, rows in self._rows.items()}
        self._connection.execute("CREATE SCHEMA floor")
        copy = sql.SQL("CREATE TABLE floor.{0} (LIKE public.{0} INCLUDING ALL)")
        for table in (*self._rows, *(table for table, _, _ in CHANGED)):
            self._connection.execute(copy.format(sql.Identifier(table)))
        names = {"submission": submission.id, "draft": submission.draft_id}
        for table, _, found in CHANGED:
            keep = f"INSERT INTO floor.{table} SELECT * FROM {table} WHERE {found}"
            self._connection.execute(keep, names)
        self._connection.commit()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def _read(self, table: str, found: str, submission: Any) -> list[dict[str, Any]]:
        query = f"SELECT * FROM {table} WHERE {found}"
        names = {"submission": submission.id, "draft": submission.draft_id}
        cursor = self._connection.cursor(row_factory=dict_row)
        rows = cursor.execute(query, names).fetchall()
        if not rows:
            raise SystemExit(f"the submission wrote nothing in {table}")
        return rows

    def commit(self) -> float:
        """Insert the rows under new ids and commit; give the seconds."""
        batches = [(self._statements[table], _again(rows)) for table, rows in self._rows.items()]
        started = time.perf_counter()
        with self._connection.cursor() as cursor:
            for statement, values in batches:
                cursor.execute(statement, values)
            for table, change, _ in CHANGED:
                cursor.execute(f"UPDATE floor.{table} SET {change}")
        self._connection.commit()
        return time.perf_counter() - started


def _insert(table: str, rows: list[dict[str, Any]]) -> sql.Composed:
    """One statement that inserts all rows of a table, but for ids that the database counts."""
    row = sql.SQL("({})").format(sql.SQL(", ").join([sql.Placeholder()] * len(_columns(rows[0]))))
    return sql.SQL("INSERT INTO floor.{} ({}) VALUES {}").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, _columns(rows[0]))),
        sql.SQL(", ").join([row] * len(rows)),
    )


def _columns(row: dict[str, Any]) -> list[str]:
    return [name for name, value in row.items() if name != "id" or isinstance(value, uuid.UUID)]


def _again(rows: list[dict[str, Any]]) -> list[Any]:
    """The values of rows with new keys where they must differ from those before."""
    return [_fresh(name, row[name]) for row in rows for name in _columns(row)]


def _fresh(name: str, value: Any) -> Any:
    if name in FRESH:
        return uuid.uuid4()
    if name == "number":
        return secrets.token_hex(7)
    return Jsonb(value) if isinstance(value, dict) or name in JSON_LISTS else value


if __name__ == "__main__":
    main()
