"""greffe doctor: each check says what is, what it means and what to do, and breaks no other."""

import json
import os
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Any

import psycopg
import pytest
from typer.testing import Result

from greffe.cli import doctor_backup, doctor_law
from greffe.cli.last_backup import NAME, note_backup
from greffe.law.ruleset import packaged_rules
from greffe.sealing.keys import KeyRing
from tests.support.serving import Registry, free_port

Greffe = Callable[..., Result]
CHECKS = [
    *("state", "space", "store", "keys", "isolation", "secret", "address"),
    *("time-server", "time-zones", "backup", "rules", "closures", "ending"),
    *(
        "database",
        "roles",
        "clock",
        "migrations",
        "worker",
        "unsent",
        "text-quota",
        "scanner",
        "mail",
        "texts",
        "partners",
    ),
]
TEXTS = tomllib.loads((files("greffe.cli") / "texts.toml").read_text("utf-8"))


@pytest.fixture
def ask(lines: Callable[..., list[dict[str, Any]]]) -> Callable[..., dict[str, Any]]:
    """Give every outcome by its check's name."""

    def run(*arguments: object) -> dict[str, Any]:
        return {line["check"]: line for line in lines("doctor", *arguments)}

    return run


Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def on_site(site: Registry, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Be in the environment of a registry that was migrated."""
    for name, value in site.environment.items():
        monkeypatch.setenv(name, value)
    return site


@pytest.fixture
def changed(on_site: Registry, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A copy of the registry's database to change as its superuser; the doctor is asked of it."""
    assert on_site.database
    with psycopg.connect(on_site.database.superuser_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE changed TEMPLATE greffe")
        connection.execute("GRANT CONNECT ON DATABASE changed TO greffe_app")
        monkeypatch.setenv("DATABASE_URL", on_site.database.url_for("greffe_app", "changed"))
        try:
            with psycopg.connect(on_site.database.url_for("postgres", "changed")) as inside:
                inside.autocommit = True
                inside.execute("SET session_replication_role = replica")
                # No worker ran here, and nobody knows how long ago the site was made.
                for row in (
                    "ledger_event SET at",
                    "procrastinate_events SET at",
                    "filings_submission SET created_at",
                ):
                    inside.execute(f"UPDATE {row} = now()")
                yield inside
        finally:
            connection.execute("DROP DATABASE changed WITH (FORCE)")


def test_new_machine_gets_every_check_and_is_changed_in_nothing(
    ask: Ask, greffe: Greffe, tmp_path: Path
) -> None:
    outcomes = ask()
    assert list(outcomes) == CHECKS
    assert outcomes["state"]["code"] == "state-missing"
    assert outcomes["database"]["code"] == "database-absent"
    assert outcomes["keys"]["details"] == {"problem": "missing"}
    assert not (tmp_path / "state").exists()
    assert greffe("doctor").exit_code == 1


@pytest.mark.postgres15
def test_demonstration_has_nothing_to_mend(
    changed: Any, ask: Ask, greffe: Greffe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del changed
    monkeypatch.setenv("GREFFE_KEYS", str(tmp_path / "keys"))
    KeyRing.create(tmp_path / "keys", demonstration=True, name="Greffe")
    outcomes = ask()
    assert list(outcomes) == CHECKS
    assert [name for name, said in outcomes.items() if said["status"] == "fail"] == []
    assert outcomes["keys"]["code"] == "keys-demonstration"
    assert outcomes["database"]["details"]["version"] >= 150000
    assert outcomes["roles"]["details"] == {"role": "greffe_app"}
    assert outcomes["scanner"]["status"] == outcomes["mail"]["status"] == "warn"
    assert greffe("doctor").exit_code == 0
    assert greffe("doctor", "--strict").exit_code == 1


@pytest.mark.requirement("BY-06")
def test_doctor_speaks_french(greffe: Greffe) -> None:
    said = greffe("doctor", "--lang", "fr").stdout
    assert "Il n’y a pas encore de base de données." in said
    assert "à réparer." in said


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("section", sorted(TEXTS))
def test_every_word_is_there_in_both_languages_with_the_same_blanks(section: str) -> None:
    for code, parts in TEXTS[section].items():
        for said in parts.values():
            assert set(said) == {"en", "fr"}, code
            blanks = [
                {name for _, name, _, _ in Formatter().parse(said[lang]) if name} for lang in said
            ]
            assert blanks[0] == blanks[1], code


@pytest.mark.parametrize(
    ("environment", "code", "status"),
    [
        ({}, "address-plain", "fail"),
        ({"GREFFE_URL": "https://greffe.example"}, "address-foreign", "fail"),
        ({"GREFFE_URL": "https://greffe.example", "GREFFE_HOSTS": "*"}, "address-any", "fail"),
        (
            {"GREFFE_URL": "https://greffe.example", "GREFFE_HOSTS": ".example"},
            "address-loop",
            "fail",
        ),
        (
            {
                "GREFFE_URL": "https://greffe.example",
                "GREFFE_HOSTS": "greffe.example",
                "GREFFE_BEHIND_PROXY": "1",
            },
            "address-one-client",
            "warn",
        ),
        (
            {
                "GREFFE_URL": "https://greffe.example",
                "GREFFE_HOSTS": "greffe.example",
                "GREFFE_BEHIND_PROXY": "1",
                "GREFFE_TRUSTED_PROXIES": "1",
            },
            "address",
            "ok",
        ),
        ({"GREFFE_DEMO": "1"}, "address", "ok"),
        (
            {"GREFFE_DEMO": "1", "GREFFE_HOSTS": "127.0.0.1,demo.example"},
            "address-open-demonstration",
            "warn",
        ),
    ],
)
def test_address_at_which_nobody_or_everybody_arrives_is_seen(
    environment: dict[str, str], code: str, status: str, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert (ask()["address"]["code"], ask()["address"]["status"]) == (code, status)


@pytest.mark.parametrize(
    ("secret", "code"), [("", "secret-missing"), ("short", "secret-short"), ("x" * 64, "secret")]
)
def test_secret_that_is_missing_or_short_is_seen(
    secret: str, code: str, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREFFE_SECRET_KEY", secret)
    assert ask()["secret"]["code"] == code


def test_demonstration_keys_fail_in_production(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREFFE_KEYS", str(tmp_path / "keys"))
    KeyRing.create(tmp_path / "keys", demonstration=True, name="Greffe")
    assert ask()["keys"]["status"] == "fail"
    monkeypatch.setenv("GREFFE_DEMO", "1")
    assert ask()["keys"]["status"] == "warn"


def test_open_keys_and_broken_store_are_seen(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, store = tmp_path / "keys", tmp_path / "store"
    KeyRing.create(keys, demonstration=False, name="Greffe")
    keys.chmod(0o755)
    store.write_text("a file where the folder should be")
    monkeypatch.setenv("GREFFE_KEYS", str(keys))
    monkeypatch.setenv("GREFFE_STORE", str(store))
    outcomes = ask()
    assert outcomes["keys"]["details"] == {"problem": "too-open"}
    assert outcomes["store"]["code"] == "store-broken"


def test_wrong_row_of_the_tribunal_is_named(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closures.toml").write_text('[[closure]]\nid = "strike"\n')
    monkeypatch.setenv("GREFFE_LAW", str(tmp_path))
    said = ask()["rules"]
    assert (said["code"], said["details"]["row"]) == ("rules-wrong", "strike")
    assert said["details"]["file"] == str(tmp_path / "closures.toml")
    assert "strike" in said["means"]


def test_rule_that_ends_soon_without_a_successor_is_named() -> None:
    rules, on = packaged_rules(), date(2026, 11, 20)
    assert doctor_law.ending(rules, on).code == "ending"
    ending = rules.texts[0].model_copy(update={"in_force_to": date(2027, 1, 31)})
    alone = replace(rules, texts=(ending, *rules.texts[1:]))
    said = doctor_law.ending(alone, on)
    assert (said.status, said.details) == ("warn", {"rows": [f"texts/{ending.id} (2027-01-31)"]})
    after = ending.model_copy(update={"in_force_from": date(2027, 2, 1), "in_force_to": None})
    followed = replace(rules, texts=(ending, after, *rules.texts[1:]))
    assert doctor_law.ending(followed, on).status == "ok"


def test_office_without_closures_ahead_is_named() -> None:
    rules, on = packaged_rules(), date(2026, 11, 20)
    known = doctor_law.closures(rules, on)
    assert known.status == "ok"
    assert set(known.details) == {office.id for office in rules.offices if office.in_force(on)}
    none = doctor_law.closures(replace(rules, closures=(), hash="none"), on)
    assert none.status == "fail"
    assert "vancouver" in none.means("en")


def test_database_that_does_not_answer_leaves_the_other_checks(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://greffe@127.0.0.1:{free_port()}/greffe")
    outcomes = ask()
    assert list(outcomes) == CHECKS
    assert outcomes["database"]["code"] == "database-silent"
    assert outcomes["roles"]["code"] == "unasked"


@pytest.mark.postgres15
@pytest.mark.security(23)
def test_role_that_may_change_the_ledger_is_seen(
    on_site: Registry, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert on_site.database
    monkeypatch.setenv("DATABASE_URL", on_site.database.owner_url)
    said = ask()["roles"]
    assert (said["status"], said["code"]) == ("fail", "roles-too-strong")
    assert "ledger_event owner" in said["details"]["rights"]
    monkeypatch.setenv("DATABASE_URL", on_site.database.superuser_url)
    assert "superuser" in ask()["roles"]["details"]["rights"]


LATE_JOB = """
INSERT INTO procrastinate_jobs (queue_name, task_name, scheduled_at)
VALUES ('papers', 'old', now() - interval '11 minutes')
"""


@pytest.mark.postgres15
@pytest.mark.parametrize(
    ("change", "check", "code"),
    [
        ("ALTER TABLE ledger_link DISABLE TRIGGER ALL", "roles", "roles-no-triggers"),
        ("DELETE FROM django_migrations WHERE app = 'filings'", "migrations", "migrations-pending"),
        (
            "INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '99_x', now())",
            "migrations",
            "migrations-ahead",
        ),
        (LATE_JOB, "worker", "worker-behind"),
        (
            "INSERT INTO procrastinate_workers DEFAULT VALUES",
            "worker",
            "worker",
        ),
    ],
)
def test_what_is_wrong_in_the_database_is_seen(
    change: str, check: str, code: str, changed: Any, ask: Ask
) -> None:
    changed.execute(change)
    assert ask()[check]["code"] == code


@pytest.mark.postgres15
def test_event_that_nobody_chains_is_seen(changed: Any, ask: Ask) -> None:
    changed.execute("DELETE FROM ledger_link")
    changed.execute("UPDATE ledger_event SET at = now() - interval '1 hour'")
    said = ask()["worker"]
    assert said["code"] == "worker-behind"
    assert said["details"]["events"] > 0


FAILED = """
INSERT INTO notices_notice (id, kind, language, recipient, case_ids, context, dedupe, digest, state,
    attempts, message_id, channel, last_error, created_at, lead_id)
SELECT ids.id, 'hearing-scheduled', 'en', '', '{}', '{"link": "/"}', ids.id, '', 'failed', 1,
    ids.id, '', 'no-address', '2026-11-01T12:00Z', ids.lead
FROM (VALUES (uuid_nil(), NULL), (gen_random_uuid(), uuid_nil())) AS ids (id, lead)
""".replace("uuid_nil()", "uuid '00000000-0000-0000-0000-000000000000'")


@pytest.mark.postgres15
def test_mail_that_could_not_be_sent_is_counted_by_the_e_mail(changed: Any, ask: Ask) -> None:
    assert ask()["unsent"]["status"] == "ok"
    changed.execute(FAILED)
    said = ask()["unsent"]
    assert (said["status"], said["details"]["failed"]) == ("warn", 1)
    assert "1, the oldest of 2026-11-01" in said["means"]


def test_backup_is_known_until_it_is_old(tmp_path: Path) -> None:
    folder, made = tmp_path / "backups" / "20261101T120000Z", datetime(2026, 11, 1, 12, tzinfo=UTC)

    def found(**after: int) -> str:
        (outcome,) = doctor_backup.backup(made + timedelta(**after))
        assert all(outcome.means(lang) for lang in ("en", "fr"))
        assert all(outcome.remedy(lang) for lang in ("en", "fr")) == (outcome.status == "warn")
        return outcome.code

    note_backup(folder, "2026-11-01T12:00:00Z")
    assert found() == "backup-none"  # there is no state folder to note it in
    (tmp_path / "state").mkdir()
    note_backup(folder, "2026-11-01T12:00:00Z")
    assert [found(hours=hours) for hours in (-1, 1, 47, 49)] == ["backup"] * 3 + ["backup-old"]
    (tmp_path / "state" / NAME).write_text('{"made_at": "yesterday"}')
    assert found() == "backup-none"


def test_line_of_json_can_be_read_by_a_program(greffe: Greffe) -> None:
    said = [json.loads(line) for line in greffe("doctor", "--json").stdout.splitlines()]
    assert all(
        set(one) == {"check", "status", "code", "means", "do", "details"}
        and one["status"] in {"ok", "warn", "fail"}
        for one in said
    )
    assert all(one["do"] for one in said if one["status"] == "fail")
    assert "GREFFE_SECRET_KEY" not in os.environ
