"""Partners that answer slowly, wrongly or not at all: a clear page, nothing half made."""

import time
from typing import Any

import pytest

from greffe.accounts.models import User
from greffe.accounts.partners import fetching
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.partners import OpenIDPeer, begin, come_back, sign_in_there, through
from tests.support.portal import browser, text_of

pytestmark = pytest.mark.django_db

DISCOVERY = "/.well-known/openid-configuration"


@pytest.fixture(autouse=True)
def _little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "READ_SECONDS", 1.0)
    monkeypatch.setattr(fetching, "WHOLE_SECONDS", 1.5)


def assert_nothing_made(client: Any, response: Any) -> None:
    assert response.status_code == 502
    assert "did not answer as it should" in text_of(response)
    assert "Nothing was made or changed here" in text_of(response)
    assert "_auth_user_id" not in client.session
    assert not User.objects.exists()
    assert not Event.objects.filter(kind=Kind.PARTNER_REFUSED).exists()


@pytest.mark.parametrize(
    "fault",
    [
        {"silent": DISCOVERY},
        {"drip": DISCOVERY},
        {"broken": DISCOVERY},
        {"broken": DISCOVERY, "status": 200},
        {"broken": DISCOVERY, "status": 302},
        {"broken": "/jwks"},
        {"metadata": {"token_endpoint": "http://192.0.2.1/token"}},
        {"metadata": {"jwks_uri": 7}},
    ],
    ids=str,
)
def test_partner_that_cannot_be_asked_what_it_is(peer: OpenIDPeer, fault: dict[str, Any]) -> None:
    peer.spoil(**fault)
    client = browser()
    began = time.monotonic()
    assert_nothing_made(client, client.post("/en/sign-in/with/canada/"))
    assert time.monotonic() - began < 15


@pytest.mark.parametrize(
    "fault",
    [
        {"silent": "/token"},
        {"drip": "/token"},
        {"broken": "/token", "status": 200},
        {"body": {"access_token": "x"}},
        {"body": {"access_token": "x", "id_token": 7}},
    ],
    ids=str,
)
def test_partner_that_does_not_give_the_token(peer: OpenIDPeer, fault: dict[str, Any]) -> None:
    client = browser()
    back = sign_in_there(begin(client))
    peer.spoil(**fault)
    assert_nothing_made(client, come_back(client, back))


def test_answer_without_end_is_not_read_to_its_end(
    peer: OpenIDPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "MOST_BYTES", 200)
    client = browser()
    assert_nothing_made(client, client.post("/en/sign-in/with/canada/"))


def test_partner_that_is_well_again_is_used_again(peer: OpenIDPeer) -> None:
    peer.spoil(broken=DISCOVERY)
    client = browser()
    assert client.post("/en/sign-in/with/canada/").status_code == 502
    peer.spoil()
    assert through(client).status_code == 302


def test_page_is_in_the_language_in_which_the_sign_in_was_begun(peer: OpenIDPeer) -> None:
    client = browser()
    back = sign_in_there(begin(client, lang="fr"))
    peer.spoil(broken="/token", status=200)
    page = come_back(client, back).content.decode()
    assert '<html lang="fr"' in page


def test_keys_that_changed_since_they_were_read_are_read_anew(peer: OpenIDPeer) -> None:
    from greffe.accounts.partners import discovery
    from greffe.accounts.partners.adapter import partners

    (partner,) = partners()
    client = browser()
    back = sign_in_there(begin(client))
    known = discovery.published(partner)  # type: ignore[arg-type]  # there is no other kind here
    old = {"keys": [{**key, "kid": "old"} for key in known.keys["keys"]]}
    discovery._published[partner.issuer] = discovery.Published(known.metadata, old, known.until)
    assert come_back(client, back).status_code == 302
