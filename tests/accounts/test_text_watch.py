"""Operators are told when the text messages of the day run out: once at 70 %, once at the end."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from greffe.accounts import access_codes
from greffe.accounts.models import AccessCode, Person, StaffRole
from greffe.notices.letters import message_of
from greffe.notices.models import Notice
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15, pytest.mark.requirement("MC-06")]


@pytest.fixture(autouse=True)
def _ten_a_day(settings: Any) -> None:
    settings.TEXT_CHANNEL, settings.TEXT_DAILY_QUOTA = "page", 10


def send(scene: Scene, count: int) -> None:
    for n in range(count):
        access_codes.send(
            by=scene.by,
            user=scene.user(),
            purpose=AccessCode.Purpose.FIRST_SIGN_IN,
            mobile=f"+15145550{Notice.objects.count():03}",
            bound_to=f"session {n}",
            language="en",
        )


def operator(scene: Scene, name: str, *, language: str = "en", email: str = "") -> Person:
    user = scene.staff("operator")
    assert user.person is not None
    Person.objects.filter(pk=user.person_id).update(name=name, language=language, email=email)
    return user.person


def told() -> list[tuple[str, str]]:
    mail = Notice.objects.filter(kind="text-quota")
    found = [(notice.recipient, notice.context["level"]) for notice in mail]
    return sorted(found, key=lambda one: (int(one[1]), one[0]))


def test_each_operator_is_told_once_at_each_level_in_their_language(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    operator(scene, "One", email="a@example.org")
    operator(scene, "Two", language="fr", email="b@example.org")
    operator(scene, "No address")
    with caplog.at_level(logging.WARNING, "greffe"):
        send(scene, 6)
        assert told() == []
        send(scene, 2)
        assert told() == [("a@example.org", "70"), ("b@example.org", "70")]
        send(scene, 2)
    assert told()[2:] == [("a@example.org", "100"), ("b@example.org", "100")]
    assert "text messages of the day: 7 of 10 are used" in caplog.text
    assert "text messages of the day: 10 of 10 are used" in caplog.text
    french = Notice.objects.filter(recipient="b@example.org").earliest("created_at")
    assert "7 des 10 messages texte" in message_of(french).get_content()


def test_whoever_was_an_operator_is_not_told(scene: Scene) -> None:
    former = operator(scene, "Former", email="a@example.org")
    StaffRole.objects.filter(person=former).update(held_to=scene.today - timedelta(days=1))
    send(scene, 8)
    assert told() == []
