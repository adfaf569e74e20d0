"""The second factor of a sign-in: nothing leads around it, and it is limited like a password."""

from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from greffe.accounts import credentials, factors
from greffe.accounts.actors import account_actor
from greffe.accounts.models import User
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.factors import shown, with_app
from tests.support.guessing import time_goes_by
from tests.support.portal import address, browser, text_of
from tests.support.scenes import PASSWORD, Scene
from tests.support.terms import factor_each_time

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("MC-06")]

PAGE = "/en/sign-in/second-factor/"


@pytest.fixture
def user(scene: Scene) -> User:
    """Somebody with an authenticator application."""
    user = scene.user("Amélie Tremblay")
    with_app(user)
    return user


def sign_in(user: User, password: str = PASSWORD, to: str = "") -> Client:
    client = browser()
    data = {"login": user.username, "password": password} | ({"next": to} if to else {})
    response = client.post(address("sign-in"), data)
    assert response["Location"] == PAGE
    return client


def show(client: Client, code: str, **more: Any) -> Any:
    return client.post(PAGE, {"code": code}, **more)


def is_in(client: Client) -> bool:
    return client.get(address("portal:my-cases")).status_code == 200


def test_password_then_code_sign_in_and_lead_where_one_was_going(user: User, scene: Scene) -> None:
    page = address("portal:case", scene.case(counsel=user).id)
    client = sign_in(user, to=page)
    assert not is_in(client)
    assert not Event.objects.filter(kind=Kind.SIGN_IN).exists()
    assert "authenticator application shows" in text_of(client.get(PAGE))
    assert show(client, shown())["Location"] == page
    assert is_in(client)
    assert Event.objects.filter(kind=Kind.SIGN_IN).count() == 1


def test_browser_is_known_once_the_second_factor_was_shown_and_not_before(user: User) -> None:
    client = sign_in(user)
    assert "greffe-known" not in client.cookies
    show(client, shown())
    assert "greffe-known" in client.cookies


@pytest.mark.security(9)
def test_session_is_a_new_one_after_the_second_factor(user: User) -> None:
    client = sign_in(user)
    before = client.cookies["greffe-session"].value
    show(client, shown())
    assert client.cookies["greffe-session"].value != before


@pytest.mark.security(3)
def test_new_password_from_a_link_does_not_lead_around_the_second_factor(user: User) -> None:
    credentials.reset_password(user=user, password="lamp oar fig nine")
    client = sign_in(user, "lamp oar fig nine")
    assert not is_in(client)
    show(client, shown())
    assert is_in(client)


@pytest.mark.security(3)
@pytest.mark.parametrize(
    "name", ["portal:factors", "portal:account", "portal:my-cases", "sign-in-terms"]
)
def test_password_alone_opens_no_page(user: User, name: str) -> None:
    client = sign_in(user)
    assert client.get(address(name)).status_code == 302
    assert not is_in(client)


@pytest.mark.security(4)
def test_code_that_was_used_signs_nobody_else_in(user: User) -> None:
    code = shown()
    show(sign_in(user), code)
    thief = sign_in(user)
    response = show(thief, code)
    assert response.status_code == 422
    assert "This is not right, or was used before." in text_of(response)
    assert not is_in(thief)


@pytest.mark.security(5)
def test_tries_have_to_wait_in_every_session_and_are_recorded(user: User) -> None:
    found = [show(sign_in(user), "000000").status_code for _ in range(5)]
    assert found == [422] * 5
    refused = show(sign_in(user), shown())
    assert refused.status_code == 429
    events = Event.objects.filter(kind=Kind.SIGN_IN_REFUSED, subject=user.person_id)
    bodies = [event.body for event in events.order_by("at")]
    assert bodies == [{"at": "second-factor"}] * 5 + [
        {"at": "second-factor", "why": "too-many-tries"}
    ]
    time_goes_by(int(refused["Retry-After"]))
    assert show(sign_in(user), shown(later=1)).status_code == 302


@pytest.mark.security(7)
def test_guesses_elsewhere_do_not_keep_the_owner_out_of_a_known_browser(user: User) -> None:
    home = sign_in(user)
    show(home, shown())
    home.post(address("sign-out"))
    for n in range(12):
        thief = sign_in(user)
        show(thief, "000000", REMOTE_ADDR=f"10.0.{n}.1")
    data = {"login": user.username, "password": PASSWORD}
    home.post(address("sign-in"), data)
    assert show(home, shown(later=1)).status_code == 302


def test_recovery_code_signs_in(user: User) -> None:
    where = factors.Where(SessionStore(), "")
    first, *_ = factors.renew_codes(by=account_actor(user), user=user, where=where)
    client = sign_in(user)
    show(client, first)
    assert is_in(client)


@pytest.mark.parametrize(
    "sent",
    [
        {"code": ""},
        {"credential": "not json"},
        {"credential": "[1]"},
        {"credential": '{"id": 3}'},
        {"credential": '{"id":"aa","rawId":"aa","type":"public-key","response":{}}'},
    ],
)
def test_nonsense_in_place_of_a_factor_is_refused_calmly(user: User, sent: dict[str, str]) -> None:
    client = sign_in(user)
    assert client.post(PAGE, sent).status_code == 422
    assert not is_in(client)


def test_who_has_none_is_asked_for_none(scene: Scene) -> None:
    user = scene.user()
    data = {"login": user.username, "password": PASSWORD}
    response = browser().post(address("sign-in"), data)
    assert response["Location"] == address("portal:my-cases")


def test_page_is_for_the_middle_of_a_sign_in_only(user: User) -> None:
    assert browser().get(PAGE)["Location"] == address("sign-in")


def test_policy_has_everybody_set_one_up_at_the_sign_in(scene: Scene) -> None:
    user = scene.user()
    with factor_each_time():
        client = sign_in(user)
        page = text_of(client.get(PAGE))
        assert "This registry asks everybody for a second factor" in page
        assert not is_in(client)
        assert show(client, "000000").status_code == 422
        codes = show(client, shown(client.session["factor-secret"]))
        assert "Your recovery codes" in text_of(codes)
        assert is_in(client)
    assert factors.has_factor(user)


def test_french_page_is_in_french(user: User) -> None:
    client = sign_in(user)
    page = text_of(client.get(address("second-factor", lang="fr")))
    assert "Montrez votre second facteur" in page
