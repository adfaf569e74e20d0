"""My second factors: added, removed, and shown again; only by who has just shown who they are."""

from typing import Any

import pytest
from django.test import Client

from greffe.accounts import factors
from greffe.accounts.models import User
from tests.support.factors import shown, with_app
from tests.support.portal import address, browser, text_of
from tests.support.scenes import PASSWORD, Scene
from tests.support.texting import codes_grow_older, last_code

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("MC-06")]

PAGES = ("portal:add-app", "portal:add-passkey", "portal:add-text", "portal:factor-codes")


@pytest.fixture
def user(scene: Scene) -> User:
    return scene.user("Amélie Tremblay")


def aged(user: User) -> Client:
    """A browser whose session began an hour ago."""
    client = browser(user)
    session = client.session
    session["began"] -= 3600
    session.save()
    return client


def kinds(user: User) -> list[str]:
    return [one.kind.name for one in factors.factors_of(user)]


@pytest.mark.security(11)
@pytest.mark.parametrize("name", PAGES)
def test_session_that_is_not_fresh_shows_who_it_is_first(user: User, name: str) -> None:
    with_app(user)
    client = aged(user)
    for response in (client.get(address(name)), client.post(address(name), {"code": shown()})):
        assert response["Location"].startswith(address("account_reauthenticate"))
    assert kinds(user) == ["APP", "CODES"]


@pytest.mark.security(11)
def test_removing_asks_who_it_is_and_then_asks_once_more(user: User) -> None:
    with_app(user)
    (app, _codes) = factors.factors_of(user)
    page = address("portal:remove-factor", app.id)
    assert aged(user).post(page)["Location"].startswith(address("account_reauthenticate"))
    client = browser(user)
    assert "Your sessions on other devices end." in text_of(client.get(page))
    assert kinds(user) == ["APP", "CODES"]
    client.post(page)
    assert kinds(user) == []


@pytest.mark.security(3)
@pytest.mark.security(11)
def test_showing_again_asks_for_the_second_factor_too(user: User) -> None:
    with_app(user)
    client = aged(user)
    again = address("account_reauthenticate")
    password = {"password": PASSWORD, "next": address("portal:add-app")}
    assert client.post(again, password).status_code == 422
    assert client.post(again, password | {"code": "000000"}).status_code == 422
    wrong = password | {"password": "not this one", "code": shown()}
    assert client.post(again, wrong).status_code == 422
    assert client.get(address("portal:add-passkey")).status_code == 302
    assert client.post(again, password | {"code": shown()}).status_code == 302
    assert client.get(address("portal:add-passkey")).status_code == 200


def test_application_is_added_by_the_code_that_it_shows(user: User) -> None:
    client = browser(user)
    page = text_of(client.get(address("portal:add-app")))
    assert "data:image/svg+xml;base64," in page
    secret = client.session["factor-secret"]
    assert secret[:4] in page
    assert client.post(address("portal:add-app"), {"code": "000000"}).status_code == 422
    response = client.post(address("portal:add-app"), {"code": shown(secret)})
    assert "They are shown this once" in text_of(response)
    assert kinds(user) == ["APP", "CODES"]
    assert "factor-secret" not in client.session
    assert "shown this once" not in text_of(client.get(address("portal:factors")))


@pytest.mark.parametrize("said", ["", "x", "[]", "{}", '{"id":"a","response":{}}', "null"])
def test_passkey_that_says_nonsense_is_not_added(user: User, said: str) -> None:
    client = browser(user)
    client.get(address("portal:add-passkey"))
    response = client.post(address("portal:add-passkey"), {"name": "k", "credential": said})
    assert response.status_code == 422
    assert kinds(user) == []


def test_new_codes_are_shown_once_and_counted(user: User) -> None:
    with_app(user)
    client = browser(user)
    page = text_of(client.post(address("portal:factor-codes")))
    assert page.count("<code>") == 10
    assert "You have 10 codes left" in text_of(client.get(address("portal:factors")))


@pytest.mark.security(15)
def test_factor_of_somebody_else_is_not_there(user: User, scene: Scene) -> None:
    other = scene.user()
    with_app(other)
    (app, codes) = factors.factors_of(other)
    for one in (app, codes):
        client, page = browser(user), address("portal:remove-factor", one.id)
        assert client.get(page).status_code == client.post(page).status_code == 404
    assert kinds(other) == ["APP", "CODES"]


def test_text_messages_are_turned_on_by_a_first_code_and_asked_at_the_next_sign_in(
    user: User, settings: Any
) -> None:
    settings.TEXT_CHANNEL = "page"
    assert user.person is not None
    user.person.mobile = "+15145550123"
    user.person.save()
    client = browser(user)
    assert "0123" in text_of(client.get(address("portal:add-text")))
    begun = client.post(address("portal:add-text"))
    assert begun["Location"] == address("portal:access-code")
    client.post(begun["Location"], {"code": last_code()})
    assert kinds(user) == ["TEXT", "CODES"]
    codes_grow_older(hours=1)
    signing_in = browser()
    data = {"login": user.username, "password": PASSWORD}
    asked = signing_in.post(address("sign-in"), data)["Location"]
    sent = signing_in.post(asked, {"text": "1"})
    entered = signing_in.post(sent["Location"], {"code": last_code()})
    assert entered["Location"] == asked
    assert signing_in.get(address("portal:my-cases")).status_code == 302
    assert signing_in.get(asked)["Location"] == address("portal:my-cases")
    assert signing_in.get(address("portal:my-cases")).status_code == 200


def test_text_messages_need_a_number(user: User) -> None:
    client = browser(user)
    assert "no mobile number" in text_of(client.get(address("portal:add-text")))
    assert client.post(address("portal:add-text")).status_code == 422
