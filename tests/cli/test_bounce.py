"""greffe bounce, as a mail server's alias runs it: exit codes that the mail server knows."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from greffe.cli.app import build
from greffe.notices.bounces import MOST_BYTES
from tests.support.backups import spare
from tests.support.reports import ADDRESS, Report
from tests.support.serving import DEADLINE, Registry, free_port

pytestmark = pytest.mark.requirement("MC-14")

SENT = """
INSERT INTO notices_notice (id, kind, language, recipient, case_ids, context, dedupe, digest, state,
    attempts, message_id, channel, last_error, sent_at)
VALUES (gen_random_uuid(), 'hearing-scheduled', 'en', %s, '{}', '{"link": "/"}', 'one', '', 'sent',
    1, %s, 'smtp', '', now())
"""
STATE = "SELECT state, last_error FROM notices_notice WHERE dedupe = 'one'"
EVENTS = "SELECT count(*) FROM ledger_event WHERE kind = 'notice-bounced'"


@pytest.fixture
def owing(site: Registry) -> Iterator[Registry]:
    """A registry that has sent one e-mail."""
    with spare(site, template="greffe") as made:
        ask(made, SENT, ADDRESS, Report().message_id)
        yield made


def ask(site: Registry, query: str, *values: str) -> Any:
    assert site.database
    with psycopg.connect(site.database.superuser_url) as connection:
        cursor = connection.execute(query, values)
        return cursor.fetchone() if cursor.description else None


def pipe(site: Registry, content: bytes, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    """Run the command as a mail server does."""
    done = subprocess.run(
        [sys.executable, "-m", "greffe.cli", "bounce", *arguments],
        env=site.environment,
        input=content,
        capture_output=True,
        timeout=DEADLINE,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert b"example.org" not in done.stderr + done.stdout
    return done


@pytest.mark.postgres15
def test_mail_that_comes_back_is_noted_once(owing: Registry) -> None:
    done = pipe(owing, Report().postfix())
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"among those that could not be sent" in done.stderr
    assert ask(owing, STATE) == ("failed", "bounced 5.1.1")
    again = pipe(owing, Report().postfix(), "--lang", "fr")
    assert again.returncode == 0
    assert "Rien n’a été changé." in again.stderr.decode()
    assert ask(owing, EVENTS) == (1,)


@pytest.mark.postgres15
@pytest.mark.security(15)
def test_report_on_the_mail_of_another_is_refused(owing: Registry) -> None:
    done = pipe(owing, Report(message_id="<forged@tribunal.example>").exim())
    assert (done.returncode, b"did not send" in done.stderr) == (65, True)
    assert ask(owing, STATE) == ("sent", "")


def said(content: bytes, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(build(), ["bounce", *arguments], input=content)
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Subject: Where do I file?\n\nHello.", "Nobody reads this mailbox"),
        (b"", "Nobody reads this mailbox"),
        (Report().postfix() + b"x" * MOST_BYTES, "too large"),
        (b"Content-Type: message/rfc822\n\n" * 5000, "cannot be read"),
    ],
)
def test_what_is_no_report_is_refused_before_the_database_is_asked(
    content: bytes, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://greffe@127.0.0.1:{free_port()}/greffe")
    code, output = said(content)
    assert code == 65
    assert words in output
    assert "Nothing was changed" in output
    assert said(content, "--lang", "fr")[1] != output


@pytest.mark.security(24)
def test_mail_server_keeps_the_report_while_the_database_is_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port = free_port()
    monkeypatch.setenv("DATABASE_URL", f"postgresql://greffe:secret@127.0.0.1:{port}/greffe")
    code, output = said(Report().exchange())
    assert code == 75
    assert "given again later" in output
    assert "secret" not in output


def test_mail_server_keeps_the_report_where_the_registry_is_not_set_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    monkeypatch.setenv("GREFFE_STATE", str(tmp_path / "state"))
    assert said(Report().exchange())[0] == 75
