"""Signing in through OpenID Connect, with the certified oidc-provider on the other side."""

from datetime import timedelta

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from greffe.accounts.models import User
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.factors import shown, with_app
from tests.support.partners import OpenIDPeer, begin, come_back, sign_in_there, through
from tests.support.portal import address, browser, text_of
from tests.support.scenes import Scene

pytestmark = pytest.mark.django_db


def linked(username_of: str, subject: str = "alice") -> User:
    return SocialAccount.objects.get(provider=username_of, uid=subject).user


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.security(13)
@pytest.mark.requirement("MC-05")
def test_first_sign_in_makes_an_account_that_acts_for_nobody(peer: OpenIDPeer) -> None:
    client = browser()
    response = through(client)
    assert response.status_code == 302
    user = linked("canada")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert user.person is None
    assert not user.has_usable_password()
    assert (user.email, SocialAccount.objects.get().extra_data) == ("", {})
    (event,) = Event.objects.filter(kind=Kind.PARTNER_LINKED)
    assert (event.actor_account_id, event.body) == (user.pk, {"partner": "canada"})
    assert peer.seen()["challenges"][-1] == "S256"


def test_account_without_a_person_opens_nothing_and_gets_a_calm_page(peer: OpenIDPeer) -> None:
    client = browser()
    page = client.get(through(client)["Location"], follow=True)
    assert page.status_code == 200
    assert page.request["PATH_INFO"] == address("invitation:code")
    for name in ("portal:my-cases", "registry:queue", "portal:account"):
        assert client.get(address(name)).status_code in {302, 404}


@pytest.mark.security(23)
def test_second_sign_in_finds_the_same_account_and_is_recorded(
    peer: OpenIDPeer, scene: Scene
) -> None:
    through(browser())
    user = linked("canada")
    user.person = scene.person("Amélie Tremblay")
    user.save()
    client = browser()
    response = through(client)
    assert response["Location"] == address("portal:my-cases")
    assert "Amélie Tremblay" in text_of(client.get(response["Location"]))
    assert User.objects.count() == 1
    (event,) = Event.objects.filter(kind=Kind.SIGN_IN, subject=user.person_id)
    assert (event.actor_account_id, event.at.utcoffset()) == (user.pk, timedelta(0))
    assert Event.objects.filter(kind=Kind.PARTNER_LINKED).count() == 1


@pytest.mark.security(14)
@pytest.mark.requirement("MC-05")
def test_same_subject_at_two_partners_is_two_people(peers: tuple[OpenIDPeer, OpenIDPeer]) -> None:
    through(browser(), "canada", login="alice")
    through(browser(), "quebec", login="alice")
    assert linked("canada").pk != linked("quebec").pk


@pytest.mark.security(14)
def test_nobody_is_recognised_by_an_e_mail_address(peer: OpenIDPeer, scene: Scene) -> None:
    owner = scene.user("Amélie Tremblay")
    owner.email = owner.person.email = "amelie@example.test"
    owner.person.save()
    owner.save()
    peer.spoil(claims={"email": "amelie@example.test", "email_verified": True})
    client = browser()
    through(client)
    assert client.session["_auth_user_id"] == str(linked("canada").pk) != str(owner.pk)
    assert not SocialAccount.objects.filter(user=owner).exists()


@pytest.mark.security(9)
def test_session_is_a_new_one_with_its_clocks_after_a_partner(peer: OpenIDPeer) -> None:
    client = browser()
    back = sign_in_there(begin(client))
    before = client.session.session_key
    come_back(client, back)
    assert client.session.session_key != before
    assert {"began", "seen", "row"} <= set(client.session.keys())
    other = browser()
    other.cookies["greffe-session"] = before
    assert other.get(address("portal:my-cases"))["Location"].startswith(address("sign-in"))


def test_new_device_is_told_of_once_and_known_afterwards(peer: OpenIDPeer, scene: Scene) -> None:
    from greffe.notices.models import Notice

    through(browser())
    user = linked("canada")
    user.person = scene.person("Amélie Tremblay")
    user.person.email = "amelie@example.test"
    user.person.save()
    user.save()
    client = browser()
    through(client)
    told = Notice.objects.filter(kind="new-device").count()
    client.post(address("sign-out"))
    through(client)
    assert (told, Notice.objects.filter(kind="new-device").count()) == (1, 1)


def test_page_asked_for_before_is_opened_afterwards_in_the_language_it_was_begun_in(
    peer: OpenIDPeer,
) -> None:
    client = browser()
    back = sign_in_there(begin(client, lang="fr", next="/fr/help/"))
    assert come_back(client, back)["Location"] == "/fr/help/"
    client = browser()
    back = sign_in_there(begin(client, lang="fr", next="https://evil.example/"))
    assert come_back(client, back)["Location"].startswith("/fr/")


def test_page_in_between_leads_on_without_scripts(peer: OpenIDPeer) -> None:
    response = browser().post("/fr/sign-in/with/canada/")
    leads_to = response["Refresh"].removeprefix("0; url=")
    assert leads_to.startswith(f"{peer.issuer}/auth?")
    assert leads_to.replace("&", "&amp;") in response.content.decode()
    assert "Le justificatif canada" in text_of(response)


def test_nothing_begins_by_a_link_and_unknown_partners_are_not_there(peer: OpenIDPeer) -> None:
    assert browser().get("/en/sign-in/with/canada/").status_code == 405
    assert browser().post("/en/sign-in/with/nobody/").status_code == 404
    assert browser().get("/sign-in/nobody/return").status_code == 404


def test_sign_in_page_lists_the_partners_and_says_what_is_needed(
    peers: tuple[OpenIDPeer, OpenIDPeer],
) -> None:
    english, french = (text_of(browser().get(f"/{lang}/sign-in/")) for lang in ("en", "fr"))
    assert "You need a credential that you already have with one of these partners" in english
    assert "Continue with The canada credential" in english
    assert "Le justificatif quebec" in french


@pytest.mark.requirement("RR-01")
def test_partner_whose_person_changes_their_mind_leaves_everything_as_it_was(
    peer: OpenIDPeer,
) -> None:
    client = browser()
    response = through(client, cancel=True)
    assert response.status_code == 200
    assert "came back from The canada credential without signing in" in text_of(response)
    assert not signed_in(client)
    assert not User.objects.exists()
    assert not Event.objects.filter(kind=Kind.PARTNER_REFUSED).exists()


def test_closed_account_is_told_so(peer: OpenIDPeer) -> None:
    through(browser())
    user = linked("canada")
    user.is_active = False
    user.save()
    client = browser()
    assert through(client)["Location"] == address("account_inactive")
    assert not signed_in(client)


@pytest.mark.security(3)
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_second_factor_of_an_account_is_asked_for_after_its_partner_too(
    peer: OpenIDPeer, lang: str
) -> None:
    through(browser())
    with_app(linked("canada"))
    client = browser()
    response = through(client, lang=lang)
    factor = address("second-factor", lang=lang)
    assert (response["Location"], signed_in(client)) == (factor, False)
    assert client.get(address("portal:my-cases"))["Location"].startswith(address("sign-in"))
    client.post(factor, {"code": shown()})
    assert client.session["_auth_user_id"] == str(linked("canada").pk)


@pytest.mark.security(14)
def test_longest_subjects_that_the_protocol_allows_are_told_apart(peer: OpenIDPeer) -> None:
    for last in "ab":
        peer.spoil(claims={"sub": "s" * 254 + last})
        assert through(browser()).status_code == 302
    through(browser())
    assert SocialAccount.objects.count() == 2
