"""Signing in and out: who may, what is recorded, and what nobody can learn from a refusal."""

import re
from typing import Any

import pytest
from django.test import Client

from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.portal import address, browser, text_of
from tests.support.scenes import PASSWORD, Scene

pytestmark = pytest.mark.django_db

SIGN_IN = "/en/sign-in/"


def sign_in(client: Client, username: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(SIGN_IN, {"login": username, "password": password}, **extra)


def events(kind: Kind) -> list[Event]:
    return list(Event.objects.filter(kind=kind).order_by("at"))


@pytest.mark.security(23)
def test_sign_in_leads_to_my_cases_and_is_recorded(scene: Scene) -> None:
    user = scene.user("Amélie Tremblay")
    client = browser()
    response = sign_in(client, user.username)
    assert response["Location"] == address("portal:my-cases")
    (event,) = events(Kind.SIGN_IN)
    assert (event.actor_person_id, event.actor_account_id) == (user.person_id, user.pk)
    assert event.at.utcoffset().total_seconds() == 0
    assert "Amélie Tremblay" in text_of(client.get(address("portal:my-cases")))


@pytest.mark.security(23)
def test_refused_sign_in_is_recorded_without_what_was_typed(scene: Scene) -> None:
    user = scene.user(username="tremblay")
    sign_in(browser(), "tremblay", "my wrong password")
    sign_in(browser(), "my real password typed here", "x")
    known, unknown = events(Kind.SIGN_IN_REFUSED)
    assert (known.subject, unknown.subject) == (user.person_id, None)
    kept = str(list(Event.objects.values()))
    assert "my wrong password" not in kept
    assert "my real password typed here" not in kept


@pytest.mark.security(6)
def test_refusal_says_the_same_for_known_and_unknown_user_names(scene: Scene) -> None:
    user = scene.user(username="tremblay")
    user_inactive = scene.user(username="gone")
    user_inactive.is_active = False
    user_inactive.save()
    pages = []
    for name in (user.username, "nobody-here", "gone"):
        response = sign_in(browser(), name, "not the password")
        assert response.status_code == 200
        page = response.content.decode().replace(name, "…")
        pages.append(re.sub(r"[A-Za-z0-9]{64}", "…", page))
    assert pages[0] == pages[1] == pages[2]


def test_closed_account_is_told_so_and_is_not_signed_in(scene: Scene) -> None:
    user = scene.user()
    user.is_active = False
    user.save()
    client = browser()
    response = sign_in(client, user.username)
    assert response["Location"] == address("account_inactive")
    assert "This account is closed" in text_of(client.get(response["Location"]))
    assert client.get(address("portal:my-cases")).status_code == 302


@pytest.mark.security(10)
def test_account_that_is_closed_loses_its_session_at_once(scene: Scene) -> None:
    user = scene.user()
    client = browser(user)
    assert client.get(address("portal:my-cases")).status_code == 200
    user.is_active = False
    user.save()
    assert client.get(address("portal:my-cases")).status_code == 302


@pytest.mark.security(9)
def test_session_is_a_new_one_after_signing_in(scene: Scene) -> None:
    user = scene.user()
    client = browser()
    session = client.session
    session["planted"] = "by somebody who knows this session"
    session.save()
    before = session.session_key
    client.cookies["greffe-session"] = before
    sign_in(client, user.username)
    after = client.cookies["greffe-session"].value
    assert after != before
    other = browser()
    other.cookies["greffe-session"] = before
    assert other.get(address("portal:my-cases")).status_code == 302


def test_signing_out_asks_first_then_ends_the_session_and_is_recorded(scene: Scene) -> None:
    user = scene.user()
    client = browser(user)
    key = client.session.session_key
    assert "Do you want to sign out?" in text_of(client.get(address("sign-out")))
    assert client.get(address("portal:my-cases")).status_code == 200
    assert client.post(address("sign-out")).status_code == 302
    stolen = browser()
    stolen.cookies["greffe-session"] = key
    assert stolen.get(address("portal:my-cases")).status_code == 302
    (event,) = events(Kind.SIGN_OUT)
    assert event.actor_person_id == user.person_id


def test_page_asked_for_before_signing_in_is_opened_afterwards(scene: Scene) -> None:
    user = scene.user()
    case = scene.case(counsel=user)
    client = browser()
    asked = client.get(address("portal:case", case.id, lang="fr"))
    assert asked.status_code == 302
    data = {"login": user.username, "password": PASSWORD}
    response = client.post(asked["Location"], data)
    assert response["Location"] == address("portal:case", case.id, lang="fr")


def test_sign_in_never_leads_to_another_site(scene: Scene) -> None:
    user = scene.user()
    data = {"login": user.username, "password": PASSWORD, "next": "https://evil.example/"}
    response = browser().post(SIGN_IN, data)
    assert response["Location"] == address("portal:my-cases")


@pytest.mark.security(8)
def test_forged_forwarding_headers_change_no_address_that_we_write(scene: Scene) -> None:
    user = scene.user()
    draft = scene.draft(user, scene.case(counsel=user))
    scene.upload(user, draft)
    submission = scene.submit(user, draft)
    forged = {
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "https",
        "forwarded": "host=evil.example",
    }
    for path in (address("home"), address("portal:submission", submission.id)):
        response = browser(user).get(path, headers=forged)
        assert response.status_code == 200
        assert "evil.example" not in text_of(response)


def test_nobody_opens_an_account_by_themselves() -> None:
    page = text_of(browser().get(SIGN_IN))
    assert "signup" not in page.lower()
    assert browser().get("/en/signup/").status_code == 404


@pytest.mark.security(25)
def test_new_registry_has_no_accounts() -> None:
    from greffe.accounts.models import User

    assert not User.objects.exists()
