"""Which passwords are taken, and which are refused and why."""

import time

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import translation

from tests.support.portal import address, browser
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.security(2)]


def refusals(password: str, scene: Scene) -> list[str]:
    """The codes of what is wrong with a password of Amélie Le Tremblay, user "a.quellmalz"."""
    user = scene.user("Amélie Le Tremblay", username="a.quellmalz")
    try:
        validate_password(password, user)
    except ValidationError as refused:
        return [error.code for error in refused.error_list]
    return []


@pytest.mark.parametrize(
    "password",
    [
        "lamp oar fig ",
        "nnnnnnnnnnnn oar",
        "  two spaces around it  ",
        "739105826471",
        "été, île, où, çà et là",
        "雨が降る日は本を読みます。",
        "x" * 32 + "y" * 32,
        "correct horse battery staple " * 7,
    ],
)
def test_any_characters_and_any_length_from_twelve_on_are_taken(
    password: str, scene: Scene
) -> None:
    assert refusals(password, scene) == []


def test_eleven_characters_are_too_few(scene: Scene) -> None:
    assert refusals("lamp oar fi", scene) == ["password_too_short"]


@pytest.mark.parametrize(
    "password",
    [
        "a.quellmalz at work",
        "QUELLMALZ 84 rivers",
        "rivers of tremblay",
        "rivers of AMELIE",
        "rivers of Amélie",
        "my Greffe in Montréal",
        "the electronic registry",
        "tribunal of the lamp",
    ],
)
def test_names_of_the_person_the_account_and_the_registry_are_refused(
    password: str, scene: Scene
) -> None:
    assert refusals(password, scene) == ["password_context"]


def test_short_parts_of_a_name_stand_in_ordinary_words(scene: Scene) -> None:
    assert refusals("the table by the lamp", scene) == []  # "le" is part of the name


@pytest.mark.parametrize(
    "password",
    [
        "sebastian106",
        "jamesbond007",
        "1234567890123",
        "Password1234",
        "dragon-12345!",
        "passwordpassword",
        "aaaaaaaaaaaa",
        "abcdabcdabcd",
    ],
)
def test_commonest_passwords_are_refused_also_with_digits_around_or_repeated(
    password: str, scene: Scene
) -> None:
    assert refusals(password, scene) == ["password_too_common"]


@pytest.mark.parametrize(
    "password", ["telechargement", "TELECHARGEMENT", " megaparol12345 ", "1qazxsw23edcvfr4"]
)
def test_passwords_of_breaches_are_refused_once_whatever_list_they_stand_on(
    password: str, scene: Scene
) -> None:
    (code,) = refusals(password, scene)
    assert code in {"password_too_common", "password_breached"}


def test_password_that_only_the_list_of_breaches_has_is_refused(scene: Scene) -> None:
    assert refusals("1qazxsw23edcvfr4", scene) == ["password_breached"]


def test_refusal_names_the_word_in_the_language_of_the_person(scene: Scene) -> None:
    user = scene.user("Amélie Tremblay")
    with translation.override("fr"), pytest.raises(ValidationError) as refused:
        validate_password("au lac, tremblay", user)
    assert "sans «\u00a0Tremblay\u00a0»" in refused.value.messages[0]


def test_very_long_password_is_judged_at_once(scene: Scene) -> None:
    user = scene.user()
    begun = time.process_time()
    for password in ("a" * 200_000 + "b", "ab" * 100_000 + "c"):
        validate_password(password, user)
    assert time.process_time() - begun < 5


def test_two_hundred_characters_are_kept_to_the_last_one(scene: Scene) -> None:
    user = scene.user()
    password = "".join(f"{n} lamps, " for n in range(19, 100))[:199] + "x"
    user.set_password(password)
    user.save()
    for typed, lets_in in ((password, True), (password[:-1], False), (password[:-1] + "y", False)):
        client = browser()
        client.post(address("sign-in"), {"login": user.username, "password": typed})
        assert ("_auth_user_id" in client.session) is lets_in
