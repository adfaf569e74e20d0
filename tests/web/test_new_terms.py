"""A new version of terms is asked at the next sign-in, and nothing is lost by it."""

from typing import Any

import pytest
from django.test import Client

from greffe.accounts import terms
from greffe.accounts.actors import account_actor
from greffe.accounts.models import User
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.portal import address, browser, text_of
from tests.support.scenes import PASSWORD, Scene
from tests.support.terms import new_version

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("RR-01")]

ACCEPT = {"accept_portal": "on", "version_portal": "2"}


@pytest.fixture
def user(scene: Scene) -> User:
    """Somebody who accepted version 1 of the terms of the portal."""
    user = scene.user("Amélie Tremblay")
    by, today = account_actor(user), scene.today
    terms.accept(by=by, user=user, terms="portal", version="1", language="en", on=today)
    return user


def sign_in(user: User, to: str = "", lang: str = "en") -> tuple[Client, Any]:
    client = browser()
    data = {"login": user.username, "password": PASSWORD} | ({"next": to} if to else {})
    return client, client.post(address("sign-in", lang=lang), data)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("The terms have changed", "These are the words of version 2.", "I accept them")),
        ("fr", ("Les conditions ont changé", "Voici les mots de la version 2.", "je les accepte")),
    ],
)
def test_new_version_is_shown_then_the_sign_in_goes_on_to_where_it_was_going(
    user: User, scene: Scene, lang: str, words: tuple[str, ...]
) -> None:
    case = scene.case(counsel=user)
    page = address("portal:case", case.id, lang=lang)
    with new_version("portal", "2", scene.today):
        client, asked = sign_in(user, page, lang)
        assert asked["Location"] == address("sign-in-terms", lang=lang)
        shown = text_of(client.get(asked["Location"]))
        assert [one for one in words if one not in shown] == []
        assert client.get(page).status_code == 302
        assert client.post(asked["Location"], ACCEPT)["Location"] == page
        assert client.get(page).status_code == 200
        assert sign_in(user)[1]["Location"] == address("portal:my-cases")
    found = Event.objects.filter(kind=Kind.TERMS_ACCEPTED).order_by("at").last()
    assert found is not None
    assert found.body == {"terms": "portal", "version": "2", "language": lang}


def test_without_the_box_nobody_is_signed_in_and_the_page_says_what_to_do(
    user: User, scene: Scene
) -> None:
    with new_version("portal", "2", scene.today):
        client, asked = sign_in(user)
        response = client.post(asked["Location"], {"version_portal": "2"})
        assert response.status_code == 422
        assert "Read the terms and say that you accept them." in text_of(response)
        assert client.get(address("portal:my-cases")).status_code == 302
    assert user.accepted_terms.count() == 1


def test_version_that_changed_while_the_page_was_open_is_not_accepted(
    user: User, scene: Scene
) -> None:
    with new_version("portal", "2", scene.today):
        client, asked = sign_in(user)
        client.get(asked["Location"])
    with new_version("portal", "3", scene.today):
        response = client.post(asked["Location"], ACCEPT)
        assert response.status_code == 422
        page = text_of(response)
        assert "These terms have changed since you opened the page." in page
        assert "These are the words of version 3." in page
    assert user.accepted_terms.count() == 1


def test_terms_that_are_as_they_were_are_not_asked_again(user: User) -> None:
    assert sign_in(user)[1]["Location"] == address("portal:my-cases")


def test_page_of_terms_is_for_the_middle_of_a_sign_in_only(user: User) -> None:
    assert browser().get(address("sign-in-terms"))["Location"] == address("sign-in")
    signed_in = browser(user).get(address("sign-in-terms"))
    assert signed_in["Location"] == address("portal:my-cases")
