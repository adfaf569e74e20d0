"""What the doctor asks the database: version, rights, migrations, clock, and what waits.

Plain SQL over one connection as the application's role, and nothing is written.
"""

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from greffe.cli import deployment, doctor_texts
from greffe.cli.doctor_outcomes import Outcome, Status, guarded
from greffe.embedded.errors import EmbeddedError
from greffe.law.rows import Text

LEDGER = ("ledger_event", "ledger_link", "ledger_checkpoint")
RIGHTS = ("UPDATE", "DELETE", "TRUNCATE")
LATE = timedelta(minutes=10)
DRIFT_WARN, DRIFT_FAIL = 1.0, 30.0  # seconds

_KINDS = {
    True: Text(en="the embedded one", fr="la base intégrée"),
    False: Text(en="the one of DATABASE_URL", fr="celle de DATABASE_URL"),
}
_RIGHTS = """
SELECT current_user, rolsuper, ARRAY(
    SELECT table_name || ' ' || wanted
    FROM unnest(%(tables)s::text[]) AS table_name, unnest(%(rights)s::text[]) AS wanted
    WHERE to_regclass(table_name) IS NOT NULL
      AND has_table_privilege(to_regclass(table_name), wanted)
), ARRAY(
    SELECT relname::text FROM pg_class
    WHERE oid = ANY(ARRAY(SELECT to_regclass(t) FROM unnest(%(tables)s::text[]) AS t))
      AND pg_has_role(relowner, 'USAGE')
)
FROM pg_roles WHERE rolname = current_user
"""
# Triggers that speak before UPDATE, DELETE and TRUNCATE (bits 4, 3 and 5 of tgtype), switched on.
_UNGUARDED = """
SELECT t FROM unnest(%(tables)s::text[]) AS t WHERE to_regclass(t) IS NOT NULL AND 56 <> (
    SELECT COALESCE(bit_or(tgtype & 56), 0) FROM pg_trigger
    WHERE tgrelid = to_regclass(t) AND tgenabled IN ('O', 'A') AND NOT tgisinternal
) ORDER BY t
"""
_ALIVE = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 s'"
_JOBS = """
SELECT count(*) FROM procrastinate_jobs
WHERE status = 'todo' AND COALESCE(scheduled_at, (
    SELECT min(at) FROM procrastinate_events WHERE job_id = procrastinate_jobs.id
)) < now() - %(late)s
"""
_EVENTS = """
SELECT count(*) FROM ledger_event AS event
WHERE at < now() - %(late)s AND NOT EXISTS (SELECT FROM ledger_link WHERE event_id = event.id)
  AND xid >= COALESCE((
    SELECT last.xid FROM ledger_link AS link JOIN ledger_event AS last ON last.id = link.event_id
    ORDER BY link.seq DESC LIMIT 1
  ), '0'::xid8)
"""
_PAPERS = """
SELECT count(*) FROM filings_submission AS submission
WHERE created_at < now() - %(late)s
  AND NOT EXISTS (SELECT FROM filings_receiptpaper WHERE submission_id = submission.id)
"""
_UNSENT = """
SELECT count(*), min(created_at) FROM notices_notice WHERE state = 'failed' AND lead_id IS NULL
"""


def database() -> Iterator[Outcome]:
    """Everything about the database; if it does not answer, that alone."""
    embedded = not os.environ.get("DATABASE_URL")
    if embedded and not (deployment.state_folder() / "postgres").is_dir():
        yield Outcome("database", "fail", "database-absent")
        yield from _unasked()
        return
    with ExitStack() as stack:
        try:
            stack.enter_context(deployment.database())
            url = os.environ["DATABASE_URL"]
            connection = stack.enter_context(
                psycopg.connect(url, connect_timeout=10, autocommit=True)
            )
        except (EmbeddedError, psycopg.OperationalError) as error:
            yield Outcome("database", "fail", "database-silent", {"detail": error})
            yield from _unasked()
            return
        yield _version(connection, embedded=embedded)
        for name, ask in ASKED.items():
            yield from guarded(name, functools.partial(_only, ask, connection))


def _only(
    ask: Callable[[psycopg.Connection[Any]], Outcome], connection: psycopg.Connection[Any]
) -> tuple[Outcome]:
    return (ask(connection),)


def _unasked() -> Iterator[Outcome]:
    for name in ASKED:
        yield Outcome(name, "warn", "unasked")


def _version(connection: psycopg.Connection[Any], *, embedded: bool) -> Outcome:
    version = connection.info.server_version
    old = version < deployment.OLDEST_POSTGRES
    status: tuple[Status, str] = ("fail", "database-old") if old else ("ok", "database")
    params = {"version": f"{version // 10000}.{version % 10000}", "kind": _KINDS[embedded]}
    details = {"version": version, "embedded": embedded}
    return Outcome("database", *status, params, details)


def _one(connection: psycopg.Connection[Any], query: str, **params: Any) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = connection.execute(query, params).fetchone()
    return row or ()


def _roles(connection: psycopg.Connection[Any]) -> Outcome:
    role, superuser, rights, owned = _one(
        connection, _RIGHTS, tables=list(LEDGER), rights=list(RIGHTS)
    )
    found = (["superuser"] if superuser else []) + [f"{name} owner" for name in owned] + rights
    if found:
        params = {"role": role, "rights": ", ".join(found)}
        return Outcome("roles", "fail", "roles-too-strong", params, {"role": role, "rights": found})
    unguarded = [row[0] for row in connection.execute(_UNGUARDED, {"tables": list(LEDGER)})]
    if unguarded:
        tables = {"tables": ", ".join(unguarded)}
        return Outcome("roles", "fail", "roles-no-triggers", tables, {"unguarded": unguarded})
    return Outcome("roles", "ok", "roles", {"role": role}, {"role": role})


def _clock(connection: psycopg.Connection[Any]) -> Outcome:
    before = datetime.now(UTC)
    (there,) = _one(connection, "SELECT clock_timestamp()")
    after = datetime.now(UTC)
    # What the answer's way took is no drift.
    drift = max((before - there).total_seconds(), (there - after).total_seconds(), 0.0)
    status: Status = "fail" if drift > DRIFT_FAIL else "warn" if drift > DRIFT_WARN else "ok"
    code = "clock" if status == "ok" else "clock-apart"
    params = {"drift": f"{drift:.1f}"}
    return Outcome("clock", status, code, params, {"drift_seconds": round(drift, 3)})


def _migrations(connection: psycopg.Connection[Any]) -> Outcome:
    labels, known = migrations_of_this_version()
    (table,) = _one(connection, "SELECT to_regclass('django_migrations') IS NOT NULL")
    rows = connection.execute("SELECT app, name FROM django_migrations").fetchall() if table else []
    applied = set(rows)
    pending = sorted(".".join(key) for key in known - applied)
    ahead = sorted(".".join(key) for key in applied - known if key[0] in labels)
    if pending:
        details = {"pending": pending}
        return Outcome("migrations", "fail", "migrations-pending", {"count": len(pending)}, details)
    if ahead:
        details = {"ahead": ahead}
        return Outcome("migrations", "fail", "migrations-ahead", {"count": len(ahead)}, details)
    return Outcome("migrations", "ok", "migrations", details={"applied": len(applied)})


def migrations_of_this_version() -> tuple[set[str], set[tuple[str, str]]]:
    """The labels of our apps, and their migrations as (app, name)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "greffe.settings")
    import django  # noqa: PLC0415 - slow to load, and only now is the environment full
    from django.apps import apps  # noqa: PLC0415 - same
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415 - same

    if not apps.ready:
        django.setup()
    labels = {app.label for app in apps.get_app_configs()}
    found = MigrationLoader(None).disk_migrations or {}
    return labels, {(app, name) for app, name in found if app in labels}


def _waiting(connection: psycopg.Connection[Any]) -> Outcome:
    (ready,) = _one(connection, "SELECT to_regclass('filings_submission') IS NOT NULL")
    if not ready:
        return Outcome("worker", "warn", "worker-idle")
    (alive,) = _one(connection, _ALIVE)
    waits = {
        name: _one(connection, query, late=LATE)[0]
        for name, query in (("jobs", _JOBS), ("events", _EVENTS), ("papers", _PAPERS))
    }
    details = {"alive": alive, **waits}
    if any(waits.values()):
        params = {"minutes": LATE.seconds // 60, **waits}
        return Outcome("worker", "fail", "worker-behind", params, details)
    status: tuple[Status, str] = ("ok", "worker") if alive else ("warn", "worker-idle")
    return Outcome("worker", *status, details=details)


def _unsent(connection: psycopg.Connection[Any]) -> Outcome:
    (ready,) = _one(connection, "SELECT to_regclass('notices_notice') IS NOT NULL")
    count, oldest = _one(connection, _UNSENT) if ready else (0, None)
    if not count:
        return Outcome("unsent", "ok", "unsent-none", details={"failed": 0})
    details = {"failed": count, "oldest": oldest.isoformat()}
    params = {"count": count, "oldest": f"{oldest.astimezone(UTC):%Y-%m-%d}"}
    return Outcome("unsent", "warn", "unsent", params, details)


ASKED = {
    "roles": _roles,
    "clock": _clock,
    "migrations": _migrations,
    "worker": _waiting,
    "unsent": _unsent,
    "text-quota": doctor_texts.used,
}
"""What is asked of a database that answers, in order."""
