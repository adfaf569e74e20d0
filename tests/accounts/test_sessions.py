"""Sessions: their list, their ends, and how seldom any of it is written."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings as configured
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from greffe.accounts.models import User
from greffe.accounts.sessions import NOTED_EVERY
from greffe.accounts.tasks import sweep_sessions
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.portal import address, browser, text_of
from tests.support.scenes import PASSWORD, Scene

pytestmark = pytest.mark.django_db


def sign_in(user: User, password: str = PASSWORD, **options: Any) -> Client:
    client = browser(**options)
    client.post(address("sign-in"), {"login": user.username, "password": password})
    return client


def later(client: Client, seconds: int, *clocks: str) -> None:
    """Let time go by for a session: all that it noted lies so much further back."""
    session = client.session
    for clock in clocks or ("seen", "began"):
        session[clock] -= seconds
    session.save()


def is_in(client: Client) -> bool:
    return client.get(address("portal:my-cases")).status_code == 200


def ends() -> list[dict[str, Any]]:
    """What the ledger says of sessions that did not end by signing out."""
    found = Event.objects.filter(kind=Kind.SIGN_OUT).order_by("at")
    return [event.body for event in found if event.body]


@pytest.mark.security(9)
def test_session_that_is_not_used_ends_after_its_idle_time(scene: Scene) -> None:
    client = browser(scene.user())
    later(client, configured.SESSION_IDLE_AGE - 5)
    assert is_in(client)
    later(client, configured.SESSION_IDLE_AGE)
    response = client.get(address("portal:my-cases"))
    assert response["Location"].startswith(address("sign-in"))
    assert "not used for 30 minutes" in text_of(client.get(response["Location"]))
    assert ends() == [{"sessions": 1, "reason": "idle"}]
    assert not UserSession.objects.exists()
    assert not Session.objects.filter(session_key=client.session.session_key).exists()


@pytest.mark.security(9)
def test_session_in_constant_use_ends_after_its_whole_time(scene: Scene) -> None:
    client = browser(scene.user())
    later(client, configured.SESSION_COOKIE_AGE - 5, "began")
    assert is_in(client)
    later(client, 5, "began")
    response = client.get(address("portal:my-cases", lang="fr"))
    assert response.status_code == 302
    assert "une session dure au plus 8 heures" in text_of(client.get(response["Location"]))
    assert ends() == [{"sessions": 1, "reason": "absolute"}]


@pytest.mark.security(9)
def test_copy_of_a_cookie_is_worth_nothing_once_the_session_ended(scene: Scene) -> None:
    client = browser(scene.user())
    key = client.cookies["greffe-session"].value
    later(client, configured.SESSION_IDLE_AGE)
    assert not is_in(client)
    thief = browser()
    thief.cookies["greffe-session"] = key
    assert not is_in(thief)


@pytest.mark.security(9)
def test_signing_in_again_starts_both_clocks_anew(scene: Scene) -> None:
    user = scene.user()
    client = sign_in(user)
    later(client, configured.SESSION_COOKIE_AGE)
    assert not is_in(client)
    client.post(address("sign-in"), {"login": user.username, "password": PASSWORD})
    assert is_in(client)
    left = client.get(address("portal:session-time")).json()
    assert left["limit"] == "idle"
    assert configured.SESSION_IDLE_AGE - 60 < left["left"] <= configured.SESSION_IDLE_AGE


@pytest.mark.security(9)
def test_asking_how_long_is_left_is_no_use_and_the_button_is(scene: Scene) -> None:
    client = browser(scene.user())
    later(client, 1600)
    for _ in range(2):
        asked = client.get(address("portal:session-time")).json()
        assert asked["limit"] == "idle"
        assert asked["left"] <= 200
    kept = client.post(address("portal:session-time")).json()
    assert kept["left"] > configured.SESSION_IDLE_AGE - 60


@pytest.mark.security(9)
def test_page_that_a_script_reads_by_itself_is_no_use(scene: Scene) -> None:
    client = browser(scene.user())
    later(client, 1600)
    seen = client.session["seen"]
    client.get(address("portal:my-cases"), headers={"Sec-Fetch-Dest": "empty"})
    assert client.session["seen"] == seen
    client.get(address("portal:my-cases"), headers={"Sec-Fetch-Dest": "document"})
    assert client.session["seen"] > seen


@pytest.mark.security(9)
def test_whole_time_is_told_once_it_is_the_nearer_end(scene: Scene) -> None:
    client = browser(scene.user())
    later(client, configured.SESSION_COOKIE_AGE - 100, "began")
    left = client.post(address("portal:session-time")).json()
    assert left["limit"] == "absolute"
    assert left["left"] <= 100


def test_use_is_written_once_in_two_minutes_and_costs_no_statement_between(
    scene: Scene, django_assert_num_queries: Callable[[int], Any]
) -> None:
    client = browser(scene.user())
    with django_assert_num_queries(3) as said:  # session, who is looking, whether counsel
        client.get(address("portal:account"))
    assert not [one for one in said.captured_queries if not one["sql"].startswith("SELECT")]
    later(client, NOTED_EVERY)
    before = UserSession.objects.get().last_seen_at
    client.get(address("portal:account"))
    assert UserSession.objects.get().last_seen_at > before
    with django_assert_num_queries(3):
        client.get(address("portal:account"))


def test_session_from_before_there_were_clocks_goes_on_and_gets_them(scene: Scene) -> None:
    client = browser(scene.user())
    session = client.session
    for name in ("began", "seen", "row"):
        del session[name]
    session.save()
    UserSession.objects.all().delete()
    assert is_in(client)
    assert UserSession.objects.get().session_key == client.session.session_key
    later(client, configured.SESSION_IDLE_AGE)
    assert not is_in(client)


def test_session_from_before_there_were_clocks_of_a_closed_account_opens_nothing(
    scene: Scene,
) -> None:
    user = scene.user()
    client = browser(user)
    session = client.session
    del session["row"]
    session.save()
    User.objects.update(is_active=False)
    assert not is_in(client)


def test_sweep_removes_what_is_over_and_nothing_else(scene: Scene) -> None:
    now = timezone.now()
    stays, idle, whole = (browser(scene.user()) for _ in range(3))
    rows = UserSession.objects
    rows.filter(pk=idle.session["row"]).update(
        last_seen_at=now - timedelta(seconds=configured.SESSION_IDLE_AGE)
    )
    rows.filter(pk=whole.session["row"]).update(
        created_at=now - timedelta(seconds=configured.SESSION_COOKIE_AGE)
    )
    visitor = SessionStore()
    visitor["language"] = "fr"
    visitor.set_expiry(-1)
    visitor.save()
    sweep_sessions(timestamp=0)
    assert [one.session_key for one in rows.all()] == [stays.session.session_key]
    assert [one.session_key for one in Session.objects.all()] == [stays.session.session_key]
    assert [is_in(one) for one in (stays, idle, whole)] == [True, False, False]


def test_no_address_on_the_network_is_kept(scene: Scene) -> None:
    sign_in(scene.user(), REMOTE_ADDR="203.0.113.7")
    assert UserSession.objects.get().ip == "::"


def test_signing_out_takes_the_session_off_the_list(scene: Scene) -> None:
    client = browser(scene.user())
    client.post(address("sign-out"))
    assert not UserSession.objects.exists()


@pytest.mark.security(10)
def test_closing_an_account_ends_all_its_sessions_at_once(scene: Scene) -> None:
    user, other = scene.user(), scene.user()
    clients, stays = [browser(user), browser(user)], browser(other)
    user.is_active = False
    user.save()
    assert [is_in(client) for client in clients] == [False, False]
    assert is_in(stays)
    assert ends() == [{"sessions": 2, "reason": "account-closed"}]
    user.is_active = True
    user.save()
    assert [is_in(client) for client in clients] == [False, False]
