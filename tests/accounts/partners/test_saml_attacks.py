"""Each attack on a sign-in through SAML 2.0, with what a real partner signed."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from greffe.accounts.models import User
from greffe.accounts.partners.refusals import PartnerError, Why
from greffe.accounts.partners.saml_structure import only_assertion
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support import wrapping
from tests.support.partners import (
    LOW,
    SAML_ID,
    SAMLPeer,
    begin,
    key_and_certificate,
    post_response,
    respond_there,
    through_saml,
)
from tests.support.portal import browser, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.security(12)]


@pytest.fixture
def lenient(saml_peer: SAMLPeer, settings: Any) -> SAMLPeer:
    """A partner that signs its assertions alone, and a registry that must take that."""
    file = settings.SIGN_IN_PARTNERS.with_name("lenient.toml")
    file.write_text(settings.SIGN_IN_PARTNERS.read_text() + "message_signed = false\n")
    settings.SIGN_IN_PARTNERS = file
    saml_peer.spoil(message=False)
    return saml_peer


def assert_refused(client: Any, response: Any, *whys: str) -> None:
    """Nobody is signed in, nothing was made, the page is calm, and the ledger has the reason."""
    assert response.status_code == 400, response.get("Location", "")
    assert "You are not signed in" in text_of(response)
    assert "_auth_user_id" not in client.session
    assert not User.objects.exists()
    (event,) = Event.objects.filter(kind=Kind.PARTNER_REFUSED)
    assert (event.body["partner"], event.subject) == (SAML_ID, None)
    assert event.body["why"] in whys


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        ({"values": {"Audience": "http://another.example/metadata"}}, "audience"),
        ({"without": ["<saml:Audience>{Audience}</saml:Audience>"]}, "audience"),
        ({"values": {"SubjectRecipient": "http://another.example/response"}}, "audience"),
        ({"values": {"Destination": "http://another.example/response"}}, "audience"),
        ({"values": {"Destination": "http://testserver/sign-in/ontario/responses"}}, "audience"),
        ({"values": {"Issuer": "http://another.example/metadata"}}, "issuer"),
        ({"values": {"Level": LOW}}, "level"),
        ({"clock": -900}, "expired"),
        ({"clock": -400}, "expired"),
        ({"clock": 300}, "early"),
        ({"values": {"ConditionsNotOnOrAfter": "2026-01-01T00:00:00Z"}}, "expired"),
        ({"values": {"SubjectConfirmationDataNotOnOrAfter": "2026-01-01T00:00:00Z"}}, "expired"),
        ({"values": {"ConditionsNotBefore": "2126-01-01T00:00:00Z"}}, "early"),
        ({"values": {"ConditionsNotOnOrAfter": "tomorrow"}}, "malformed"),
        ({"values": {"InResponseTo": ""}}, "unsolicited"),
        ({"without": [' InResponseTo="{InResponseTo}"']}, "unsolicited"),
        ({"message": False}, "signature"),
        ({"assertion": False}, "signature"),
        ({"values": {"NameID": ""}}, "malformed"),
    ],
    ids=str,
)
def test_response_that_is_wrong_in_one_thing_is_refused(
    saml_peer: SAMLPeer, spoilt: dict[str, Any], why: str
) -> None:
    saml_peer.spoil(**spoilt)
    client = browser()
    assert_refused(client, through_saml(client), why)


def test_response_that_nobody_signed_is_refused(saml_peer: SAMLPeer) -> None:
    client = browser()
    response = respond_there(begin(client, SAML_ID))
    bare = wrapping.changed(response, wrapping.unsigned)
    assert_refused(client, post_response(client, bare), "signature")


def test_response_that_another_key_signed_is_refused(saml_peer: SAMLPeer, settings: Any) -> None:
    other = key_and_certificate()["certificate"].split("-----")[2].strip()
    file = settings.SIGN_IN_PARTNERS.parent / f"{SAML_ID}.xml"
    text = file.read_text()
    own = text.split("X509Certificate>")[1].split("<")[0]
    file.write_text(text.replace(own, other))
    listed = settings.SIGN_IN_PARTNERS
    settings.SIGN_IN_PARTNERS = listed.rename(listed.with_name("other.toml"))
    client = browser()
    assert_refused(client, through_saml(client), "signature")


@pytest.mark.parametrize("wrap", wrapping.WRAPPINGS[2:], ids=lambda one: one.__name__)
def test_wrapped_assertion_is_refused(
    lenient: SAMLPeer, wrap: Callable[[etree._Element], etree._Element]
) -> None:
    client = browser()
    response = respond_there(begin(client, SAML_ID))
    forged = wrapping.changed(response, wrap)
    assert wrapping.VICTIM.encode() in base64.b64decode(forged)
    assert_refused(client, post_response(client, forged), "signature")


@pytest.mark.parametrize("wrap", wrapping.WRAPPINGS, ids=lambda one: one.__name__)
def test_wrapped_response_is_refused(
    saml_peer: SAMLPeer, wrap: Callable[[etree._Element], etree._Element]
) -> None:
    client = browser()
    forged = wrapping.changed(respond_there(begin(client, SAML_ID)), wrap)
    assert_refused(client, post_response(client, forged), "signature")


@pytest.mark.parametrize("wrap", wrapping.WRAPPINGS, ids=lambda one: one.__name__)
def test_wrapping_is_seen_by_its_shape_alone(
    saml_peer: SAMLPeer, wrap: Callable[[etree._Element], etree._Element]
) -> None:
    root = etree.fromstring(base64.b64decode(respond_there(begin(browser(), SAML_ID))))
    assert only_assertion(root, message_signed=True) is wrapping.assertion_of(root)
    with pytest.raises(PartnerError) as refused:
        only_assertion(wrap(root), message_signed=False)
    assert refused.value.why is Why.SIGNATURE


@pytest.mark.parametrize(
    ("change", "why"),
    [(wrapping.name_changed, "signature"), (wrapping.comment_in_the_name, "malformed")],
)
def test_name_that_was_changed_after_signing_is_refused(
    lenient: SAMLPeer, change: Callable[[etree._Element], etree._Element], why: str
) -> None:
    client = browser()
    forged = wrapping.changed(respond_there(begin(client, SAML_ID)), change)
    assert_refused(client, post_response(client, forged), why)


def test_partner_that_signs_its_assertions_alone_can_be_taken_as_it_is(lenient: SAMLPeer) -> None:
    assert through_saml(browser()).status_code == 302


def test_response_is_taken_once(saml_peer: SAMLPeer) -> None:
    client = browser()
    response = respond_there(begin(client, SAML_ID))
    assert post_response(client, response).status_code == 302
    client.post("/en/sign-out/")
    assert post_response(client, response).status_code == 400
    assert "_auth_user_id" not in client.session
    (event,) = Event.objects.filter(kind=Kind.PARTNER_REFUSED)
    assert event.body == {"partner": SAML_ID, "why": "replayed"}


@pytest.mark.postgres15
def test_response_that_was_used_is_refused_even_in_the_session_that_asked_for_it(
    saml_peer: SAMLPeer,
) -> None:
    client = browser()
    response = respond_there(begin(client, SAML_ID))
    states = client.session["socialaccount_states"]
    post_response(client, response)
    client.post("/en/sign-out/")
    session = client.session
    session["socialaccount_states"] = states
    session.save()
    client.cookies["greffe-session"] = session.session_key
    assert post_response(client, response).status_code == 400
    assert "_auth_user_id" not in client.session


def test_response_to_somebody_else_s_request_is_refused(saml_peer: SAMLPeer) -> None:
    response = respond_there(begin(browser(), SAML_ID), login="mallory")
    victim = browser()
    begin(victim, SAML_ID)
    assert_refused(victim, post_response(victim, response), "state")


def test_response_to_an_earlier_request_cannot_be_made_to_answer_a_later_one(
    lenient: SAMLPeer,
) -> None:
    client = browser()
    response = respond_there(begin(client, SAML_ID), login="mallory")
    victim = browser()
    begin(victim, SAML_ID)
    (wanted,) = victim.session["socialaccount_states"]

    def answer_another(root: etree._Element) -> etree._Element:
        root.set("InResponseTo", wanted)
        return root

    forged = wrapping.changed(response, answer_another)
    assert_refused(victim, post_response(victim, forged), "unsolicited")


@pytest.mark.parametrize("carried", ["", "made:up:cookie"])
def test_nobody_comes_back_without_a_response(saml_peer: SAMLPeer, carried: str) -> None:
    client = browser()
    begin(client, SAML_ID)
    client.cookies["greffe-partner"] = carried
    assert_refused(client, client.get(f"/sign-in/{SAML_ID}/return"), "state")


@pytest.mark.security(21)
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not XML",
        b"<Response/>",
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>',
        b"<samlp:Response xmlns:samlp='urn:oasis:names:tc:SAML:2.0:protocol'/>",
        b"x" * 150_000,
    ],
    ids=lambda raw: raw[:16].decode(),
)
def test_what_is_no_response_is_refused(saml_peer: SAMLPeer, raw: bytes) -> None:
    client = browser()
    begin(client, SAML_ID)
    sent = base64.b64encode(raw).decode()
    assert_refused(client, post_response(client, sent), "malformed")
