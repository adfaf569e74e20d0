"""What the doctor says of the mail server: named, understood, answering."""

import pytest

from greffe.cli.doctor_mail import mail
from greffe.cli.doctor_outcomes import Outcome
from tests.support.mail import mail_server
from tests.support.serving import free_port


def found() -> Outcome:
    (outcome,) = mail()
    assert all(outcome.means(lang) for lang in ("en", "fr"))
    assert all(outcome.remedy(lang) for lang in ("en", "fr")) == (outcome.status != "ok")
    return outcome


def test_server_that_answers_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server() as server:
        monkeypatch.setenv("GREFFE_SMTP", server.url)
        outcome = found()
        assert server.accepted == []
    assert (outcome.status, outcome.code) == ("ok", "mail")
    assert outcome.details == {"host": "127.0.0.1", "port": server.port}


def test_no_server_is_worth_knowing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GREFFE_SMTP", raising=False)
    assert (found().status, found().code) == ("warn", "mail-absent")


@pytest.mark.parametrize("scheme", ["smtp+plain", "smtp", "smtps"])
def test_server_that_does_not_answer_fails(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("GREFFE_SMTP", f"{scheme}://127.0.0.1:{free_port()}")
    assert (found().status, found().code) == ("fail", "mail-silent")


def test_server_without_the_tls_that_is_asked_for_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server() as server:
        monkeypatch.setenv("GREFFE_SMTP", f"smtp://127.0.0.1:{server.port}")
        assert found().code == "mail-silent"


def test_address_that_cannot_be_meant_fails_and_its_password_is_not_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GREFFE_SMTP", "smtp+plain://greffe:secret@127.0.0.1")
    outcome = found()
    assert (outcome.status, outcome.code) == ("fail", "mail-wrong")
    assert "secret" not in outcome.means("en") + outcome.means("fr")
