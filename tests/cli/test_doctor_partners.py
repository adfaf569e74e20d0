"""What the doctor says of the sign-in partners."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from greffe.cli.doctor_outcomes import Outcome
from greffe.cli.doctor_partners import partners as ask
from tests.support import partners
from tests.support.partners import CLIENT_SECRET, ID, SAML_ID, OpenIDPeer, SAMLPeer
from tests.support.serving import free_port

NOW = datetime.now(UTC)


def said(now: datetime = NOW) -> Outcome:
    (outcome,) = ask(now)
    assert all(outcome.means(lang) for lang in ("en", "fr"))
    assert all(outcome.remedy(lang) for lang in ("en", "fr")) == (outcome.status != "ok")
    return outcome


def name(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    monkeypatch.setenv("GREFFE_SIGN_IN_PARTNERS", str(file))


def test_no_partner_is_well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("GREFFE_SIGN_IN_PARTNERS", raising=False)
    assert (said().status, said().code) == ("ok", "partners-none")
    (tmp_path / "none.toml").write_text("")
    name(monkeypatch, tmp_path / "none.toml")
    assert said().code == "partners-none"


def test_wrong_file_fails_with_the_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    name(monkeypatch, tmp_path / "nowhere.toml")
    assert (said().status, said().code) == ("fail", "partners-wrong")
    assert "nowhere.toml cannot be read" in said().means("en")


def test_partner_that_answers_is_well_and_one_that_does_not_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if reason := partners.reason_to_skip():
        pytest.skip(reason)
    given = {"clientId": "greffe", "clientSecret": CLIENT_SECRET, "redirects": ["http://a.test/b"]}
    with partners.started("openid.mjs", given) as issuer:
        name(monkeypatch, partners.write_partners(tmp_path, {ID: OpenIDPeer(issuer, "greffe")}))
        assert (said().status, said().details) == ("ok", {"partner": ID})
    assert (said().status, said().details) == ("fail", {"partner": ID, "why": "silent"})


def test_partner_that_is_not_there_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gone = OpenIDPeer(f"http://127.0.0.1:{free_port()}", "greffe")
    name(monkeypatch, partners.write_partners(tmp_path, {ID: gone}))
    assert said().code == "partner-silent"


@pytest.mark.parametrize(
    ("days", "status", "code"),
    [
        (300, "ok", "partner"),
        (330, "warn", "partner-certificate-ends"),
        (366, "fail", "partner-certificate-over"),
    ],
)
def test_end_of_a_certificate_is_said_in_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, days: int, status: str, code: str
) -> None:
    if reason := partners.reason_to_skip():
        pytest.skip(reason)
    with partners.started("saml.mjs", partners.key_and_certificate(days=365)) as address:
        name(monkeypatch, partners.write_partners(tmp_path, {SAML_ID: SAMLPeer(address)}))
    outcome = said(NOW + timedelta(days=days))
    assert (outcome.status, outcome.code) == (status, code)
