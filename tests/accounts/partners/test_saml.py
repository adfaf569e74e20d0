"""Signing in through SAML 2.0, with samlify on the other side."""

import base64
import zlib
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from lxml import etree

from greffe.accounts.models import PartnerReplay, User
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.partners import (
    LEVEL,
    SAML_ID,
    SAMLPeer,
    begin,
    post_response,
    respond_there,
    through_saml,
)
from tests.support.portal import browser, text_of

pytestmark = pytest.mark.django_db


@pytest.mark.security(12)
@pytest.mark.requirement("MC-05")
def test_first_sign_in_makes_an_account_that_acts_for_nobody(saml_peer: SAMLPeer) -> None:
    client = browser()
    assert through_saml(client).status_code == 302
    link = SocialAccount.objects.get()
    assert (link.provider, link.uid, link.extra_data) == (SAML_ID, "alice", {})
    assert client.session["_auth_user_id"] == str(link.user.pk)
    assert (link.user.person, link.user.email) == (None, "")
    (event,) = Event.objects.filter(kind=Kind.PARTNER_LINKED)
    assert event.body == {"partner": SAML_ID}


def test_second_sign_in_finds_the_same_account(saml_peer: SAMLPeer) -> None:
    through_saml(browser())
    through_saml(browser())
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 1)


def test_request_names_the_levels_wanted_and_where_to_answer(saml_peer: SAMLPeer) -> None:
    address = begin(browser(), SAML_ID)
    packed = parse_qs(urlsplit(address).query)["SAMLRequest"][0]
    request = zlib.decompress(base64.b64decode(packed), -15).decode()
    assert 'AssertionConsumerServiceURL="http://testserver/sign-in/ontario/response"' in request
    assert f"<saml:AuthnContextClassRef>{LEVEL}</saml:AuthnContextClassRef>" in request
    assert 'Comparison="exact"' in request


def test_metadata_of_the_registry_asks_for_signed_assertions(saml_peer: SAMLPeer) -> None:
    response = browser().get(f"/sign-in/{SAML_ID}/metadata")
    assert response["Content-Type"] == "application/samlmetadata+xml"
    root = etree.fromstring(response.content)
    assert root.get("entityID") == "http://testserver/sign-in/ontario/metadata"
    (service,) = root.findall("{urn:oasis:names:tc:SAML:2.0:metadata}SPSSODescriptor")
    assert service.get("WantAssertionsSigned") == "true"


def test_answer_is_in_the_language_in_which_the_sign_in_was_begun(saml_peer: SAMLPeer) -> None:
    client = browser()
    response = respond_there(begin(client, SAML_ID, "fr", next="/fr/help/"))
    assert post_response(client, response)["Location"] == "/fr/help/"


@pytest.mark.security(9)
def test_response_without_the_session_cookie_is_carried_to_the_page_that_has_it(
    saml_peer: SAMLPeer,
) -> None:
    client, posting = browser(), browser()
    response = respond_there(begin(client, SAML_ID))
    before = client.session.session_key
    received = posting.post(f"/sign-in/{SAML_ID}/response", {"SAMLResponse": response})
    assert "greffe-session" not in received.cookies
    carried = received.cookies["greffe-partner"]
    assert (carried["httponly"], carried["samesite"], carried["max-age"]) == (True, "Lax", 120)
    client.cookies["greffe-partner"] = carried.value
    done = client.get(received["Location"])
    assert done.status_code == 302
    assert done.cookies["greffe-partner"]["max-age"] == 0
    assert client.session.session_key != before


def test_person_who_did_not_sign_in_there_is_told_calmly(saml_peer: SAMLPeer) -> None:
    saml_peer.spoil(values={"StatusCode": "urn:oasis:names:tc:SAML:2.0:status:Responder"})
    response = through_saml(browser())
    assert response.status_code == 200
    assert "without signing in" in text_of(response)
    assert not Event.objects.filter(kind=Kind.PARTNER_REFUSED).exists()


@pytest.mark.security(12)
def test_clock_of_the_partner_may_be_90_seconds_off(saml_peer: SAMLPeer) -> None:
    for seconds in (88, -90):
        saml_peer.spoil(clock=seconds)
        client = browser()
        assert through_saml(client).status_code == 302, seconds


@pytest.mark.postgres15
def test_used_responses_are_forgotten_when_their_age_refuses_them(saml_peer: SAMLPeer) -> None:
    from greffe.accounts.partners import replays

    through_saml(browser())
    assert replays.use_once(SAML_ID, "an old one", until=1_000_000.0)
    assert replays.sweep() == 1
    assert PartnerReplay.objects.count() == 1
