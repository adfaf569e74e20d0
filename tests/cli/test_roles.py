"""What serves the pages works as a role that can add to the ledger and never change it."""

import subprocess
import sys

import psycopg
import pytest

from greffe.cli.doctor_database import LEDGER
from tests.support.serving import DEADLINE, Registry

CHANGES = ("UPDATE {table} SET seq = 1", "DELETE FROM {table}", "TRUNCATE {table} CASCADE")

WORK = """
import django; django.setup()
from django.db import connection
from greffe.cli import working
from greffe.filings.tasks import make_papers
with connection.cursor() as cursor:
    cursor.execute("SELECT current_user")
    assert cursor.fetchone() == ("greffe_app",)
    cursor.execute("INSERT INTO procrastinate_jobs (queue_name, task_name, status, lock) "
                   "VALUES ('upkeep', 'left', 'doing', 'ledger-sequence')")
make_papers.defer()
working.forget_stalled_jobs.defer(timestamp=0)
working.run(wait=False)
working.run(wait=False)  # what the last jobs of a worker cause, the next one finds
with connection.cursor() as cursor:
    cursor.execute("SELECT (SELECT count(*) FROM procrastinate_jobs),"
                   "(SELECT count(*) FROM ledger_event), (SELECT count(*) FROM ledger_link)")
    print(*cursor.fetchone())
"""


@pytest.mark.postgres15
@pytest.mark.security(23)
@pytest.mark.parametrize("table", LEDGER)
@pytest.mark.parametrize("change", CHANGES)
def test_ledger_cannot_be_changed_by_privilege_and_not_by_its_owner_either(
    table: str, change: str, site: Registry
) -> None:
    column = "kind = kind" if table == "ledger_event" else "seq = seq"
    statement = change.format(table=table).replace("seq = 1", column)
    assert site.database
    with (
        psycopg.connect(site.database.url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)
    with (
        psycopg.connect(site.database.owner_url) as connection,
        pytest.raises(psycopg.Error, match="append") as refused,
    ):
        connection.execute(statement)
    assert not isinstance(refused.value, psycopg.errors.InsufficientPrivilege)


@pytest.mark.security(23)
def test_role_of_the_pages_cannot_make_or_drop_anything(site: Registry) -> None:
    assert site.database
    for statement in ("DROP TABLE ledger_event", "CREATE TABLE mine (id int)"):
        with (
            psycopg.connect(site.database.url) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement)


@pytest.mark.postgres15
def test_jobs_are_deferred_and_done_under_that_role_and_stalled_ones_forgotten(
    site: Registry,
) -> None:
    environment = site.environment | {"DJANGO_SETTINGS_MODULE": "greffe.settings"}
    assert site.command("keys", "create", "--name", "Greffe").returncode == 0
    done = subprocess.run(
        [sys.executable, "-c", WORK],
        env=environment,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    jobs, events, links = map(int, done.stdout.split())
    assert jobs == 0
    assert events == links > 0


def test_migrating_again_changes_nothing_and_says_so(site: Registry) -> None:
    done = site.command("migrate", "--json")
    assert (done.returncode, done.stdout.strip()) == (
        0,
        '{"migrated": true, "application_role": true}',
    )


def test_ledger_is_verified_and_its_checkpoint_kept(site: Registry) -> None:
    assert site.command("keys", "create", "--name", "Greffe").returncode == 0
    verified = site.command("ledger", "verify", "--json")
    assert verified.returncode == 0, verified.stderr
    assert '"ok": true' in verified.stdout
    french = site.command("ledger", "verify", "--lang", "fr")
    assert "problèmes" in french.stdout


@pytest.mark.parametrize("content", ["{}", "no json", None])
def test_file_that_is_no_checkpoint_is_said_plainly(content: str | None, site: Registry) -> None:
    path = site.state / "checkpoint.json"
    path.unlink(missing_ok=True)
    if content is not None:
        path.write_text(content)
    done = site.command("ledger", "verify", "--checkpoint", str(path))
    assert done.returncode == 2
    assert str(path) in done.stderr
    assert "Traceback" not in done.stderr
