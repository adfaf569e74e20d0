"""Signing in again before what could take an account over."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from greffe.accounts.models import User
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from greffe.urls import handler400, handler403, handler404, handler429, handler500, urlpatterns
from greffe.web.access import signed_in
from greffe.web.reauthentication import recently_signed_in
from tests.support.portal import address, browser, text_of
from tests.support.scenes import PASSWORD, Scene

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500"]

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.security(11),
    pytest.mark.urls("tests.web.test_reauthentication"),
]

AGAIN = "/en/sign-in/again/"
GUARDED = "/guarded/?part=2"


@signed_in
@recently_signed_in
def guarded(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"the guarded page, {request.method}")


urlpatterns = [*urlpatterns, path("guarded/", guarded, name="guarded")]


def signed_in_for(user: User, minutes: int) -> Client:
    """A browser whose session began so many minutes ago and was used since."""
    client = browser(user)
    session = client.session
    session["began"] -= minutes * 60
    session.save()
    return client


def show(client: Client, password: str, to: str = GUARDED, **more: Any) -> Any:
    return client.post(AGAIN, {"password": password, "next": to}, **more)


def test_page_opens_for_who_has_just_signed_in(scene: Scene) -> None:
    assert browser(scene.user()).get(GUARDED).status_code == 200


def test_page_of_an_older_session_opens_only_after_the_password_and_leads_back(
    scene: Scene,
) -> None:
    client = signed_in_for(scene.user(), 11)
    asked = client.get(GUARDED)
    assert asked["Location"] == f"{AGAIN}?next=%2Fguarded%2F%3Fpart%3D2"
    assert "Show again that it is you" in text_of(client.get(asked["Location"]))
    assert show(client, PASSWORD)["Location"] == GUARDED
    assert client.get(GUARDED).status_code == 200


def test_form_is_taken_for_half_an_hour_and_then_no_more(scene: Scene) -> None:
    user = scene.user()
    assert signed_in_for(user, 29).post(GUARDED).status_code == 200
    assert signed_in_for(user, 31).post(GUARDED).status_code == 302


def test_wrong_password_opens_nothing_is_recorded_and_counts_as_a_try(scene: Scene) -> None:
    user = scene.user()
    client = signed_in_for(user, 60)
    answers = [show(client, "my own guess") for _ in range(5)]
    assert {answer.status_code for answer in answers} == {422}
    assert "Your password is not this one." in text_of(answers[0])
    refused = show(client, PASSWORD)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert client.get(GUARDED).status_code == 302
    events = Event.objects.filter(kind=Kind.SIGN_IN_REFUSED, subject=user.person_id).order_by("at")
    wrong = {"at": "password-again"}
    assert [event.body for event in events] == [wrong] * 5 + [wrong | {"why": "too-many-tries"}]
    assert "my own guess" not in str(list(Event.objects.values("body")))


def test_guesses_of_who_found_a_session_open_do_not_lock_the_owner_out(scene: Scene) -> None:
    user = scene.user()
    client = signed_in_for(user, 60)
    for _ in range(6):
        show(client, "guess", REMOTE_ADDR="203.0.113.9")
    data = {"login": user.username, "password": PASSWORD}
    owner = browser().post(address("sign-in"), data, REMOTE_ADDR="198.51.100.7")
    assert owner.status_code == 302


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_way_on_is_never_to_another_site(scene: Scene, to: str) -> None:
    client = signed_in_for(scene.user(), 60)
    assert show(client, PASSWORD, to)["Location"] == address("portal:account")


def test_who_signs_in_with_a_partner_is_told_to_do_so_again(scene: Scene) -> None:
    user = scene.user()
    user.set_unusable_password()
    user.save()
    client = signed_in_for(user, 60)
    page = text_of(client.get(AGAIN))
    assert "sign in again with the partner" in page
    assert 'type="password"' not in page
    assert text_of(client.post(AGAIN, {"password": ""})).count('type="password"') == 0
    assert client.get(GUARDED).status_code == 302


def test_visitors_are_asked_to_sign_in(scene: Scene) -> None:
    assert browser().get(AGAIN)["Location"].startswith(address("sign-in"))
