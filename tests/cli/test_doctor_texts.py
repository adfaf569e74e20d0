"""What the doctor says of text messages: the service, and how many are left."""

from typing import Any

import psycopg
import pytest
from django.db import connection

from greffe.cli.doctor_outcomes import Outcome
from greffe.cli.doctor_texts import service, used
from tests.support.notify import KEY, SECRET, TEMPLATES, notify_server
from tests.support.serving import free_port
from tests.support.texting import queue_code

pytestmark = [pytest.mark.requirement("MC-06")]


def found(outcome: Outcome) -> Outcome:
    assert all(outcome.means(lang) for lang in ("en", "fr"))
    assert all(outcome.remedy(lang) for lang in ("en", "fr")) == (outcome.status != "ok")
    return outcome


def asked(monkeypatch: pytest.MonkeyPatch, **settings: str) -> Outcome:
    for name in ("URL", "KEY", "TEXT_TEMPLATE"):
        monkeypatch.delenv(f"GREFFE_NOTIFY_{name}", raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(f"GREFFE_NOTIFY_{name}", value)
    (outcome,) = service()
    return found(outcome)


def test_service_that_answers_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    with notify_server() as notify:
        outcome = asked(monkeypatch, URL=notify.url, KEY=KEY, TEXT_TEMPLATE=TEMPLATES["sms"])
        assert notify.accepted == []
    assert (outcome.status, outcome.code) == ("ok", "texts")
    assert outcome.details == {"host": "127.0.0.1", "port": notify.port}


@pytest.mark.parametrize("named", [{}, {"KEY": KEY}, {"TEXT_TEMPLATE": TEMPLATES["sms"]}])
def test_no_service_is_worth_knowing(
    monkeypatch: pytest.MonkeyPatch, named: dict[str, str]
) -> None:
    outcome = asked(monkeypatch, **named)
    assert (outcome.status, outcome.code) == ("warn", "texts-absent")


def test_service_that_does_not_answer_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    outcome = asked(monkeypatch, URL=url, KEY=KEY, TEXT_TEMPLATE=TEMPLATES["sms"])
    assert (outcome.status, outcome.code) == ("fail", "texts-silent")


def test_service_without_the_tls_that_is_asked_for_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    with notify_server() as notify:
        url = notify.url.replace("http:", "https:")
        outcome = asked(monkeypatch, URL=url, KEY=KEY, TEXT_TEMPLATE=TEMPLATES["sms"])
    assert outcome.code == "texts-silent"


def test_key_that_cannot_be_meant_fails_and_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = asked(monkeypatch, KEY=f"x{SECRET}", TEXT_TEMPLATE=TEMPLATES["sms"])
    assert (outcome.status, outcome.code) == ("fail", "texts-wrong")
    assert SECRET not in outcome.means("en") + outcome.means("fr")


@pytest.mark.django_db
@pytest.mark.postgres15
@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (0, "ok", "text-quota"),
        (6, "ok", "text-quota"),
        (7, "warn", "text-quota-low"),
        (9, "warn", "text-quota-low"),
        (10, "fail", "text-quota-spent"),
    ],
)
def test_part_of_the_day_s_number_that_is_used_is_told(
    monkeypatch: pytest.MonkeyPatch, settings: Any, sent: int, status: str, code: str
) -> None:
    settings.TEXT_DAILY_QUOTA = 10
    monkeypatch.setenv("GREFFE_TEXT_QUOTA", "10")
    for n in range(sent):
        queue_code(f"1234{n:02}")
    connection.ensure_connection()
    plain: psycopg.Connection[Any] = connection.connection
    outcome = found(used(plain))
    assert (outcome.status, outcome.code) == (status, code)
    assert outcome.details == {"used": sent, "quota": 10}
