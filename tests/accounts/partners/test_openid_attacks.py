"""Each attack on a sign-in through OpenID Connect, from a partner that is right in all else."""

import logging
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from greffe.accounts.models import User
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.partners import LOW, OpenIDPeer, begin, come_back, sign_in_there, through
from tests.support.portal import browser, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.security(13)]


def assert_refused(client: Any, response: Any, why: str) -> None:
    """Nobody is signed in, nothing was made, the page is calm, and the ledger has the reason."""
    assert response.status_code == 400, response.get("Location", "")
    assert "You are not signed in" in text_of(response)
    assert "_auth_user_id" not in client.session
    assert not User.objects.exists()
    (event,) = Event.objects.filter(kind=Kind.PARTNER_REFUSED)
    assert event.body == {"partner": "canada", "why": why}
    assert (event.subject, event.actor_person_id) == (None, None)


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        ({"claims": {"nonce": "of-another-sign-in"}}, "nonce"),
        ({"without": ["nonce"]}, "nonce"),
        ({"claims": {"aud": "another-registry"}}, "audience"),
        ({"claims": {"aud": ["greffe", "another-registry"]}}, "audience"),
        ({"claims": {"azp": "another-registry"}}, "audience"),
        ({"without": ["aud"]}, "audience"),
        ({"claims": {"iss": "https://other.example"}}, "issuer"),
        ({"without": ["iss"]}, "issuer"),
        ({"claims": {"acr": LOW}}, "level"),
        ({"without": ["acr"]}, "level"),
        ({"key": "another"}, "signature"),
        ({"key": "none"}, "signature"),
        ({"key": "secret"}, "signature"),
        ({"kid": "nobody-s"}, "signature"),
        ({"clock": -900}, "expired"),
        ({"clock": 900}, "early"),
        ({"without": ["sub"]}, "malformed"),
        ({"claims": {"sub": "a" * 256}}, "malformed"),
        ({"claims": {"exp": "never"}}, "malformed"),
    ],
    ids=str,
)
def test_id_token_that_is_wrong_in_one_thing_is_refused(
    peer: OpenIDPeer, spoilt: dict[str, Any], why: str
) -> None:
    peer.spoil(**spoilt)
    client = browser()
    assert_refused(client, through(client), why)


def test_level_that_the_person_did_not_reach_is_refused_and_said(peer: OpenIDPeer) -> None:
    client = browser()
    response = through(client, level=LOW)
    assert "needs a stronger sign-in" in text_of(response)
    assert_refused(client, response, "level")


def test_clock_of_the_partner_may_be_90_seconds_off(peer: OpenIDPeer) -> None:
    for seconds in (90, -90):
        peer.spoil(clock=seconds)
        client = browser()
        assert through(client).status_code == 302, seconds
        assert "_auth_user_id" in client.session


def test_answer_to_somebody_else_s_sign_in_is_refused(peer: OpenIDPeer) -> None:
    back = sign_in_there(begin(browser()), login="mallory")
    victim = browser()
    begin(victim)
    assert_refused(victim, come_back(victim, back), "state")


def test_answer_is_taken_once(peer: OpenIDPeer) -> None:
    client = browser()
    back = sign_in_there(begin(client))
    assert come_back(client, back).status_code == 302
    client.post("/en/sign-out/")
    assert come_back(client, back).status_code == 400
    assert "_auth_user_id" not in client.session


def test_code_of_somebody_else_is_worth_nothing_without_the_verifier(peer: OpenIDPeer) -> None:
    stolen = parse_qs(urlsplit(sign_in_there(begin(browser()), login="mallory")).query)["code"][0]
    victim = browser()
    own = urlsplit(begin(victim))
    state = parse_qs(own.query)["state"][0]
    response = victim.get(
        "/sign-in/canada/return", {"state": state, "code": stolen, "iss": peer.issuer}
    )
    assert_refused(victim, response, "declined")
    assert peer.seen()["tokens"][-1] == "invalid_grant"


def test_sign_in_that_was_begun_without_a_verifier_is_refused(peer: OpenIDPeer) -> None:
    client = browser()
    back = sign_in_there(begin(client))
    session = client.session
    for state, *_ in session["socialaccount_states"].values():
        state["pkce_code_verifier"] = None
    session.save()
    assert_refused(client, come_back(client, back), "pkce")


@pytest.mark.parametrize("methods", [["plain"], [], None])
def test_partner_that_does_not_do_pkce_is_not_begun_with(
    peer: OpenIDPeer, methods: list[str] | None
) -> None:
    peer.spoil(metadata={"code_challenge_methods_supported": methods})
    client = browser()
    assert_refused(client, client.post("/en/sign-in/with/canada/"), "pkce")


def test_metadata_of_another_issuer_is_refused(peer: OpenIDPeer) -> None:
    peer.spoil(metadata={"issuer": "https://other.example"})
    client = browser()
    assert_refused(client, client.post("/en/sign-in/with/canada/"), "issuer")


@pytest.mark.parametrize("issuer", ["https://other.example", None])
def test_answer_that_names_another_partner_is_refused(peer: OpenIDPeer, issuer: str | None) -> None:
    client = browser()
    parts = urlsplit(sign_in_there(begin(client)))
    said = {name: values[0] for name, values in parse_qs(parts.query).items()}
    said.pop("iss")
    response = client.get(parts.path, said | ({"iss": issuer} if issuer else {}))
    assert_refused(client, response, "issuer")


def test_answer_for_one_partner_is_not_taken_at_another(
    peers: tuple[OpenIDPeer, OpenIDPeer],
) -> None:
    client = browser()
    back = sign_in_there(begin(client, "quebec"))
    response = come_back(client, back.replace("/quebec/", "/canada/"))
    assert_refused(client, response, "state")


@pytest.mark.security(16)
@pytest.mark.security(23)
def test_refusal_tells_log_ledger_and_page_nothing_of_the_person(
    peer: OpenIDPeer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    peer.spoil(claims={"acr": LOW, "sub": "alice.tremblay@example.test"})
    client = browser()
    back = sign_in_there(begin(client), login="alice.tremblay@example.test")
    response = come_back(client, back)
    code = parse_qs(urlsplit(back).query)["code"][0]
    ours = [one.getMessage() for one in caplog.records if one.name.startswith("greffe")]
    kept = str([ours, list(Event.objects.values()), response.content.decode()])
    assert "canada came to nothing: level" in kept
    for secret in ("alice.tremblay", code):
        assert secret not in kept


@pytest.mark.security(5)
def test_flood_of_answers_is_held_up_and_recorded_once_a_wait(peer: OpenIDPeer) -> None:
    client = browser(REMOTE_ADDR="192.0.2.7")
    found = [client.get("/sign-in/canada/return?state=x").status_code for _ in range(40)]
    assert found == [400] * 30 + [429] * 10
    assert Event.objects.filter(kind=Kind.PARTNER_REFUSED).count() == 31
    elsewhere = browser(REMOTE_ADDR="198.51.100.7")
    assert through(elsewhere).status_code == 302
