"""My account: its sessions and devices, its password, and the way back after a session ended."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client

from greffe.accounts.models import User
from greffe.filings.models import Draft
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.portal import address, browser, text_of
from tests.support.scenes import PASSWORD, Scene

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0"
NEW = "lamp oar fig nine"
MOST = 12


@pytest.fixture(autouse=True)
def _no_counts_of_tries() -> Iterator[None]:
    """Forget how often others tried: the counts live in this process."""
    cache.clear()
    yield
    cache.clear()


def sign_in(user: User, password: str = PASSWORD, agent: str = FIREFOX) -> Client:
    client = browser(headers={"user-agent": agent})
    client.post(address("sign-in"), {"login": user.username, "password": password})
    return client


def is_in(client: Client) -> bool:
    return client.get(address("portal:my-cases")).status_code == 200


def row_of(client: Client) -> int:
    return int(client.session["row"])


def ends() -> list[dict[str, Any]]:
    found = Event.objects.filter(kind=Kind.SIGN_OUT).order_by("at")
    return [event.body for event in found]


def test_header_leads_to_the_account_and_that_to_password_and_sessions(scene: Scene) -> None:
    user = scene.user("Amélie Tremblay")
    client = browser(user)
    assert address("portal:account") in text_of(client.get(address("portal:my-cases")))
    page = text_of(client.get(address("portal:account")))
    assert user.username in page
    assert address("portal:password") in page
    assert address("portal:sessions") in page


@pytest.mark.security(10)
@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", ("Firefox on Linux", "Edge on Windows", "This device", "Last used", "30 minutes")),
        ("fr", ("Firefox sous Linux", "Edge sous Windows", "Cet appareil", "Dernière utilisation")),
    ],
)
def test_sessions_are_listed_with_their_devices_this_one_first(
    scene: Scene, lang: str, told: tuple[str, ...]
) -> None:
    user = scene.user()
    here = sign_in(user)
    sign_in(user, agent=EDGE)
    page = text_of(here.get(address("portal:sessions", lang=lang)))
    assert [words for words in told if words not in page] == []
    assert page.index(told[0]) < page.index(told[2]) < page.index(told[1])
    assert page.count('<li class="card">') == 2


@pytest.mark.security(10)
def test_one_session_is_ended_at_once_and_recorded(scene: Scene) -> None:
    user = scene.user()
    here, there, third = sign_in(user), sign_in(user), sign_in(user)
    response = here.post(address("portal:end-session", row_of(there)), follow=True)
    assert "The session was ended." in text_of(response)
    assert [is_in(one) for one in (here, there, third)] == [True, False, True]
    assert ends() == [{"sessions": 1, "reason": "ended-by-person"}]


@pytest.mark.security(10)
def test_all_other_sessions_are_ended_at_once_and_recorded(scene: Scene) -> None:
    user, stranger = scene.user(), sign_in(scene.user())
    here, *others = (sign_in(user) for _ in range(3))
    response = here.post(address("portal:end-other-sessions"), follow=True)
    assert "2 sessions were ended." in text_of(response)
    assert [is_in(one) for one in (here, *others, stranger)] == [True, False, False, True]
    assert ends() == [{"sessions": 2, "reason": "others-ended"}]
    again = here.post(address("portal:end-other-sessions"), follow=True)
    assert "There was no other session to end." in text_of(again)


@pytest.mark.security(15)
def test_session_of_somebody_else_is_not_there(scene: Scene) -> None:
    mine, theirs = sign_in(scene.user()), sign_in(scene.user("Daniel Okafor"))
    assert mine.post(address("portal:end-session", row_of(theirs))).status_code == 404
    assert mine.post(address("portal:end-session", 0)).status_code == 404
    assert is_in(theirs)
    assert "Okafor" not in text_of(mine.get(address("portal:sessions")))


def test_list_holds_no_session_that_is_over(scene: Scene) -> None:
    user = scene.user()
    here, idle, gone = sign_in(user), sign_in(user), sign_in(user)
    row = UserSession.objects.get(pk=row_of(idle))
    row.last_seen_at = row.last_seen_at.replace(year=row.last_seen_at.year - 1)
    row.save()
    gone.session.delete()
    page = text_of(here.get(address("portal:sessions")))
    assert page.count('<li class="card">') == 1
    assert "You are signed in nowhere else." in page
    assert UserSession.objects.count() == 1
    assert not is_in(idle)


def test_page_of_many_sessions_stays_within_its_statements(
    scene: Scene, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    user = scene.user()
    here = browser(user)
    for _ in range(20):
        browser(user)
    with django_assert_max_num_queries(MOST):
        assert text_of(here.get(address("portal:sessions"))).count('<li class="card">') == 21


def test_name_of_a_device_cannot_write_into_the_page(scene: Scene) -> None:
    user = scene.user()
    here = sign_in(user)
    sign_in(user, agent="<script>alert(1)</script>")
    page = here.get(address("portal:sessions")).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def change(client: Client, old: str, new: str, again: str | None = None, lang: str = "en") -> Any:
    sent = {"oldpassword": old, "password1": new, "password2": new if again is None else again}
    return client.post(address("portal:password", lang=lang), sent)


@pytest.mark.security(10)
def test_new_password_ends_the_other_sessions_and_keeps_this_one(scene: Scene) -> None:
    user = scene.user()
    here, there, stranger = sign_in(user), sign_in(user), sign_in(scene.user())
    before = here.cookies["greffe-session"].value
    response = change(here, PASSWORD, NEW)
    assert response["Location"] == address("portal:account")
    assert "Your password was changed." in text_of(here.get(response["Location"]))
    assert [is_in(one) for one in (here, there, stranger)] == [True, False, True]
    assert here.cookies["greffe-session"].value != before
    assert ends() == [{"sessions": 1, "reason": "password-changed"}]
    assert text_of(here.get(address("portal:sessions"))).count('<li class="card">') == 1
    assert not is_in(sign_in(user))
    assert is_in(sign_in(user, NEW))


@pytest.mark.security(2)
@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("not it", NEW, NEW, "Your current password is not this one."),
        ("", NEW, NEW, "Enter your current password."),
        (PASSWORD, "lamp oar fi", "lamp oar fi", "at least 12 characters"),
        (PASSWORD, NEW, NEW + "s", "The two new passwords are not the same."),
        (PASSWORD, "by tremblay river", "by tremblay river", "without “Tremblay”"),
        (PASSWORD, "Password1234", "Password1234", "one of those that are tried first"),
        (PASSWORD, "", "", "Enter the new password."),
    ],
)
def test_password_that_is_not_taken_is_said_why_and_nothing_changes(
    scene: Scene, old: str, new: str, again: str, said: str
) -> None:
    user = scene.user("Amélie Tremblay")
    here, there = sign_in(user), sign_in(user)
    response = change(here, old, new, again)
    assert response.status_code == 422
    assert said in text_of(response)
    assert is_in(there)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.security(2)
def test_password_of_200_characters_is_changed_to_and_signs_in(scene: Scene) -> None:
    user = scene.user()
    long = " ".join(f"lamp {n}" for n in range(100))[:199] + "."
    assert change(sign_in(user), PASSWORD, long).status_code == 302
    assert is_in(sign_in(user, long))
    assert not is_in(sign_in(user, long[:-1]))


@pytest.mark.security(2)
def test_rules_are_said_before_they_are_broken(scene: Scene) -> None:
    client = browser(scene.user())
    for lang, words in (
        ("en", ("At least 12 characters", "Not your name", "Not one that many others use")),
        ("fr", ("Au moins 12", "Sans votre nom", "Pas un de ceux que beaucoup utilisent")),
    ):
        page = text_of(client.get(address("portal:password", lang=lang)))
        assert [one for one in words if one not in page] == []
        assert 'autocomplete="current-password"' in page
        assert page.count('autocomplete="new-password"') == 2
        assert "maxlength" not in page


@pytest.mark.security(9)
def test_form_sent_after_the_session_ended_leads_back_to_its_page_and_the_draft_is_there(
    scene: Scene,
) -> None:
    user = scene.user()
    draft = scene.draft(user, scene.case(counsel=user))
    upload = scene.upload(user, draft)
    client = sign_in(user)
    page = address("portal:draft-files", draft.id)
    session = client.session
    session["seen"] -= configured.SESSION_IDLE_AGE
    session.save()
    sent_to = address("portal:draft-remove-file", draft.id, upload.id)
    response = client.post(sent_to, headers={"referer": f"http://testserver{page}"})
    assert response["Location"] == f"{address('sign-in')}?next={page}"
    data = {"login": user.username, "password": PASSWORD, "next": page}
    assert client.post(address("sign-in"), data)["Location"] == page
    assert upload.name in text_of(client.get(page))
    assert Draft.objects.get().files.count() == 1


@pytest.mark.parametrize("referer", ["", "http://evil.example/en/", "nonsense", "//evil.example"])
def test_way_back_is_never_to_another_site(scene: Scene, referer: str) -> None:
    user = scene.user()
    draft = scene.draft(user, scene.case(counsel=user))
    sent_to = address("portal:draft-service", draft.id)
    response = browser().post(sent_to, headers={"referer": referer})
    assert response["Location"] == f"{address('sign-in')}?next={sent_to}"


@pytest.mark.security(9)
def test_page_carries_its_warning_for_who_is_signed_in_only(scene: Scene) -> None:
    page = text_of(browser(scene.user()).get(address("portal:my-cases")))
    left = re.search(r'data-left="(\d+)"', page)
    assert left is not None
    assert configured.SESSION_IDLE_AGE - 60 < int(left[1]) <= configured.SESSION_IDLE_AGE
    assert "session.js" in page
    assert "session.js" not in text_of(browser().get(address("home")))
