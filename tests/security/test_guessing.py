"""Guessing at passwords is slowed for whoever guesses, and for nobody else."""

import re
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from greffe.accounts.known_browsers import ACCOUNTS
from greffe.accounts.limits import Kind as Guess
from greffe.accounts.limits import TooManyTriesError, attempt
from greffe.accounts.models import FailureCount, User
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.guessing import time_goes_by
from tests.support.portal import address, browser, text_of
from tests.support.scenes import PASSWORD, Scene

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15]

HOME, ELSEWHERE = "198.51.100.7", "203.0.113.7"
KNOWN = "greffe-known"


@pytest.fixture
def owner(scene: Scene) -> User:
    return scene.user(username="tremblay")


def try_to(client: Client, username: str = "tremblay", password: str = "wrong", **more: Any) -> Any:
    lang = more.pop("lang", "en")
    remote = more.pop("remote", HOME)
    data = {"login": username, "password": password}
    return client.post(address("sign-in", lang=lang), data, REMOTE_ADDR=remote, **more)


def come_in(client: Client, username: str = "tremblay", remote: str = HOME) -> Any:
    return try_to(client, username, PASSWORD, remote=remote)


def others_guess(username: str = "tremblay", *, remotes: Callable[[int], str]) -> int:
    """Let others fail until they have to wait, without the hashing that it would cost.

    Give how long they have to.
    """
    for n in range(100):
        try:
            attempt(Guess.PASSWORD, username, address=ip_address(remotes(n)))
        except TooManyTriesError as refusal:
            return refusal.wait
    raise AssertionError("a hundred guesses, and none had to wait")


def from_one(remote: str) -> Callable[[int], str]:
    return lambda _: remote


def from_everywhere(n: int) -> str:
    return f"10.0.{n}.1"


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count the hashings of passwords from here on; they are done as ever."""
    done: list[str] = []
    for name in ("encode", "verify"):
        plain = getattr(Argon2PasswordHasher, name)

        def hashing(*args: Any, plain: Any = plain, **kwargs: Any) -> Any:
            done.append("hashed")
            return plain(*args, **kwargs)

        monkeypatch.setattr(Argon2PasswordHasher, name, hashing)
    return done


@pytest.mark.security(5)
@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "en",
            r"too many failed tries, so your password was not looked at\. Wait (30|2\d) seconds",
        ),
        (
            "fr",
            r"trop d’essais infructueux\s: votre mot de passe n’a pas été vérifié\. Attendez \d\d",
        ),
    ],
)
def test_after_five_failures_the_page_says_how_long_to_wait_and_keeps_the_username(
    owner: User, lang: str, words: str
) -> None:
    client = browser()
    answers = [try_to(client, password="my own guess", lang=lang) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert 20 < int(answers[5]["Retry-After"]) <= 30
    page = text_of(answers[5])
    assert re.search(words, page)
    assert 'value="tremblay"' in page
    assert "my own guess" not in page
    assert "Content-Security-Policy" in answers[5].headers
    time_goes_by(30)
    assert come_in(client).status_code == 302


@pytest.mark.security(5)
def test_longer_waits_are_said_in_minutes(owner: User) -> None:
    for _ in range(3):
        time_goes_by(others_guess(remotes=from_one(HOME)))
    others_guess(remotes=from_one(HOME))
    page = text_of(try_to(browser()))
    assert re.search(r"Wait [34] minutes, then try again", page)


@pytest.mark.security(5)
def test_right_password_during_the_wait_is_not_looked_at(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    others_guess(remotes=from_one(HOME))
    done = counted(monkeypatch)
    client = browser()
    assert come_in(client).status_code == 429
    assert done == []
    assert client.get(address("portal:my-cases")).status_code == 302
    assert not Event.objects.filter(kind=Kind.SIGN_IN).exists()


@pytest.mark.security(5)
def test_script_that_asks_for_json_has_to_wait_too(owner: User) -> None:
    others_guess(remotes=from_one(HOME))
    response = try_to(browser(), headers={"x-requested-with": "XMLHttpRequest"})
    assert response.status_code == 429
    assert response["Retry-After"]


def test_form_without_a_password_is_no_try(owner: User) -> None:
    for _ in range(10):
        assert try_to(browser(), password="").status_code == 200
    assert not FailureCount.objects.exists()


def test_signing_in_again_and_again_is_never_slowed(owner: User) -> None:
    for _ in range(8):
        assert come_in(browser()).status_code == 302


@pytest.mark.security(6)
def test_known_and_unknown_usernames_wait_alike_and_read_alike(
    owner: User, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = scene.user(username="closed")
    closed.is_active = False
    closed.save()
    done = counted(monkeypatch)
    found = []
    for n, name in enumerate(("tremblay", "nobody-here", "closed")):
        client, pages = browser(), []
        for _ in range(7):
            response = try_to(client, name, remote=f"192.0.{n}.1")
            page = response.content.decode().replace(name, "…")
            page = re.sub(r"[A-Za-z0-9]{64}", "…", page)
            page = re.sub(r"Wait \d+ seconds", "Wait … seconds", page)
            pages.append((response.status_code, "Retry-After" in response, page, len(done)))
            done.clear()
        found.append(pages)
    assert found[0] == found[1] == found[2]
    assert [hashings for *_, hashings in found[0]] == [1] * 5 + [0] * 2


@pytest.mark.security(7)
def test_failures_of_others_elsewhere_do_not_keep_the_owner_out(owner: User) -> None:
    others_guess(remotes=from_one(ELSEWHERE))
    assert come_in(browser()).status_code == 302


@pytest.mark.security(7)
def test_owner_comes_in_from_a_browser_of_theirs_from_anywhere_whatever_others_do(
    owner: User,
) -> None:
    client = browser()
    come_in(client)
    client.post(address("sign-out"))
    others_guess(remotes=from_everywhere)
    others_guess(remotes=from_one(ELSEWHERE))
    assert come_in(browser(), remote=ELSEWHERE).status_code == 429
    assert come_in(client, remote=ELSEWHERE).status_code == 302


@pytest.mark.security(7)
def test_owner_comes_in_from_a_network_of_theirs_whatever_others_do_elsewhere(owner: User) -> None:
    come_in(browser(), remote=HOME)
    others_guess(remotes=from_everywhere)
    assert come_in(browser(), remote=ELSEWHERE).status_code == 429
    assert come_in(browser(), remote=HOME).status_code == 302


@pytest.mark.security(5)
@pytest.mark.security(7)
@pytest.mark.parametrize("broken", ["", "x", "W10:1abcde:forged", "ImEi:1abcde:forged", "é"])
def test_forged_mark_of_a_browser_is_none(owner: User, broken: str) -> None:
    client = browser()
    client.cookies[KNOWN] = broken
    for _ in range(5):
        try_to(client)
    assert try_to(browser()).status_code == 429
    assert come_in(client).status_code == 429


@pytest.mark.security(5)
def test_mark_of_another_account_is_none(owner: User, scene: Scene) -> None:
    attacker, client = scene.user(), browser()
    come_in(client, attacker.username)
    client.post(address("sign-out"))
    others_guess(remotes=from_one(HOME))
    assert try_to(client).status_code == 429


@pytest.mark.security(5)
def test_known_browser_is_limited_too(owner: User) -> None:
    client = browser()
    come_in(client)
    client.post(address("sign-out"))
    found = [try_to(client, remote=from_everywhere(n)).status_code for n in range(6)]
    assert found == [200] * 5 + [429]


def test_browser_is_known_for_the_last_accounts_that_used_it(scene: Scene) -> None:
    client = browser()
    users = [scene.user() for _ in range(ACCOUNTS + 1)]
    for user in users:
        come_in(client, user.username)
        client.post(address("sign-out"))
    for user, status in ((users[0], 429), (users[1], 302), (users[-1], 302)):
        others_guess(user.username, remotes=from_one(ELSEWHERE))
        assert come_in(client, user.username, ELSEWHERE).status_code == status


@pytest.mark.security(18)
def test_mark_of_a_browser_is_for_this_site_alone_and_names_nobody(owner: User) -> None:
    client = browser()
    try_to(client)
    assert KNOWN not in client.cookies
    come_in(client)
    cookie = client.cookies[KNOWN]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["domain"]
    assert "tremblay" not in cookie.value


@pytest.mark.security(8)
def test_forged_forwarded_address_does_not_escape_the_limit(owner: User) -> None:
    for n in range(28):
        attempt(Guess.PASSWORD, f"guess-{n}", address=ip_address(HOME))
    found = []
    for n in range(3):
        forged = {"x-forwarded-for": f"203.0.{n}.1", "x-real-ip": f"203.0.{n}.1"}
        found.append(try_to(browser(), f"another-{n}", headers=forged).status_code)
    assert found == [200] * 2 + [429]


@pytest.mark.security(8)
def test_behind_a_proxy_what_the_client_wrote_does_not_escape_the_limit(
    owner: User, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = 1
    proxy = "10.9.9.9"
    for n in range(6):
        sent = {"x-forwarded-for": f"203.0.{n}.1, {HOME}"}
        response = try_to(browser(), remote=proxy, headers=sent)
    assert response.status_code == 429
    other = {"x-forwarded-for": f"{HOME}, {ELSEWHERE}"}
    assert try_to(browser(), remote=proxy, headers=other).status_code == 200


@pytest.mark.security(23)
def test_try_that_has_to_wait_is_recorded_once_a_wait_without_what_was_typed(owner: User) -> None:
    for _ in range(5):
        try_to(browser(), password="my real password")
    for _ in range(3):
        try_to(browser(), password="my real password")
    events = list(Event.objects.filter(kind=Kind.SIGN_IN_REFUSED).order_by("at"))
    assert [event.body for event in events] == [{}] * 5 + [{"why": "too-many-tries"}]
    assert {event.subject for event in events} == {owner.person_id}
    kept = str(list(Event.objects.values("body", "actor_name", "actor_capacity")))
    for clear in ("my real password", HOME):
        assert clear not in kept


@pytest.mark.security(23)
def test_log_line_of_a_try_that_has_to_wait_names_nobody(
    owner: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="greffe")
    others_guess(remotes=from_one(HOME))
    try_to(browser())
    (line,) = [record.getMessage() for record in caplog.records if "wait" in record.getMessage()]
    assert re.fullmatch(r"a sign-in was not tried: it has to wait \d+ seconds", line)
