"""A sign-in from a device not seen before is told by e-mail, once a device."""

from email import message_from_bytes
from email.policy import SMTP
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from greffe.accounts.models import User
from greffe.notices.letters import letter_of
from greffe.notices.models import Notice
from tests.support.portal import address, browser
from tests.support.scenes import PASSWORD, Scene

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture
def user(scene: Scene) -> User:
    user = scene.user("Amélie Tremblay")
    assert user.person is not None
    user.person.email = "tremblay@example.org"
    user.person.save(update_fields=["email"])
    return user


def sign_in(client: Client, user: User, password: str = PASSWORD, **extra: Any) -> None:
    client.post(address("sign-in"), {"login": user.username, "password": password}, **extra)


def told() -> list[Notice]:
    return list(Notice.objects.filter(kind="new-device").order_by("created_at"))


def test_each_new_device_is_told_once(user: User) -> None:
    first, second = browser(headers={"user-agent": FIREFOX}), browser()
    sign_in(first, user)
    first.post(address("sign-out"))
    sign_in(first, user)
    assert len(told()) == 1
    sign_in(second, user)
    assert len(told()) == 2


def test_device_of_another_account_is_new_to_this_one(user: User, scene: Scene) -> None:
    client = browser()
    sign_in(client, scene.user())
    client.post(address("sign-out"))
    sign_in(client, user)
    assert len(told()) == 1


def test_refused_sign_in_tells_nothing_and_makes_no_device_known(user: User) -> None:
    client = browser()
    sign_in(client, user, "not the password")
    assert told() == []
    sign_in(client, user)
    assert len(told()) == 1


def test_cookie_that_somebody_wrote_makes_no_device_known(user: User) -> None:
    client = browser()
    client.cookies["greffe-known"] = "WyJ4Il0:1:forged"
    sign_in(client, user)
    assert len(told()) == 1


@pytest.mark.parametrize(
    ("lang", "device"), [("en", "Firefox on Windows"), ("fr", "Firefox sous Windows")]
)
def test_e_mail_is_in_the_persons_language_and_says_when_and_what_only(
    user: User, lang: str, device: str
) -> None:
    assert user.person is not None
    user.person.language = lang
    user.person.save(update_fields=["language"])
    agent = {"user-agent": FIREFOX}
    sign_in(browser(headers=agent, REMOTE_ADDR="203.0.113.7"), user)
    (notice,) = told()
    assert (notice.recipient, notice.language) == ("tremblay@example.org", lang)
    assert set(notice.context) == {"when", "device", "link"}
    text = message_from_bytes(letter_of(notice).content, policy=SMTP).get_content()
    assert device in text
    assert f"/{lang}/portal/account/sessions/" in text
    for kept_back in ("203.0.113.7", "Gecko", user.username, "Tremblay"):
        assert kept_back not in text


def test_person_without_an_e_mail_address_signs_in_all_the_same(scene: Scene) -> None:
    client = browser()
    sign_in(client, scene.user())
    assert told() == []
    assert "_auth_user_id" in client.session


@pytest.fixture(autouse=True)
def _no_counts_of_tries() -> None:
    cache.clear()
