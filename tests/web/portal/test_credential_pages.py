"""Making a credential: what it asks, what it refuses, and what nobody can learn from it."""

import re
from typing import Any

import pytest
from django.test import Client

from greffe.accounts.models import FailureCount, User
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.guessing import time_goes_by
from tests.support.portal import address, browser, text_of
from tests.support.scenes import PASSWORD, Scene

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("RR-01", "MC-05")]

GIVEN = {
    "accept_credential": "on",
    "version_credential": "1",
    "username": "okafor",
    "password1": "lamp oar fig nine",
    "password2": "lamp oar fig nine",
    "question1": "first-street",
    "answer1": "Rue des Érables",
    "question2": "teacher",
    "answer2": "Mme Nguyễn",
    "question3": "dish",
    "answer3": "liver & onions",
}


def make(client: Client | None = None, lang: str = "en", **changes: str) -> Any:
    client = client or browser()
    return client.post(address("credential-create", lang=lang), GIVEN | changes)


def kinds() -> list[str]:
    return list(Event.objects.order_by("at").values_list("kind", flat=True))


def test_sign_in_page_leads_to_it_and_once_to_a_forgotten_password(db: None) -> None:
    page = text_of(browser().get(address("sign-in")))
    assert page.count(address("account_reset_password")) == 1
    assert "I was invited and have no credential" in page
    assert address("credential-create") in page


def test_credential_is_made_signed_in_and_acts_for_nobody(db: None) -> None:
    client = browser()
    assert make(client).status_code == 302
    user = User.objects.get()
    assert (user.username, user.person, user.is_active) == ("okafor", None, True)
    assert user.check_password("lamp oar fig nine")
    assert client.session["_auth_user_id"] == str(user.pk)
    accepted = user.accepted_terms.get()
    assert (accepted.terms, accepted.version, accepted.language) == ("credential", "1", "en")
    opened = Event.objects.get(kind=Kind.ACCOUNT_OPENED)
    assert (opened.body, opened.actor_account_id, opened.subject) == (
        {"username": "okafor"},
        user.pk,
        None,
    )
    assert sorted(kinds()) == sorted(
        [Kind.ACCOUNT_OPENED, Kind.RECOVERY_QUESTIONS_SET, Kind.TERMS_ACCEPTED, Kind.SIGN_IN]
    )


@pytest.mark.security(1)
def test_answers_are_kept_hashed_as_passwords_are_and_recorded_nowhere(db: None) -> None:
    make()
    user = User.objects.get()
    assert user.recovery_answers.count() == 3
    assert all(one.answer.startswith("argon2") for one in user.recovery_answers.all())
    kept = str([*Event.objects.values(), *user.recovery_answers.values()]).lower()
    for secret in ("rables", "nguy", "liver", "lamp oar"):
        assert secret not in kept


@pytest.mark.security(9)
def test_session_is_a_new_one_after_the_credential_is_made(db: None) -> None:
    client = browser()
    session = client.session
    session["planted"] = "by somebody"
    session.save()
    before = session.session_key
    client.cookies["greffe-session"] = before
    make(client)
    assert client.cookies["greffe-session"].value != before


@pytest.mark.security(15)
def test_credential_alone_opens_nothing(scene: Scene) -> None:
    case = scene.case(counsel=scene.user())
    client = browser()
    make(client)
    assert client.get(address("portal:case", case.id)).status_code != 200
    assert case.file_number not in text_of(client.get(address("portal:my-cases"), follow=True))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"accept_credential": ""}, "Read the terms and say that you accept them."),
        ({"version_credential": "0"}, "These terms have changed"),
        ({"username": ""}, "Enter a username."),
        ({"username": "abc"}, "at least 4 characters"),
        ({"username": "a" * 65}, "at most 64 characters"),
        ({"username": "two words"}, "letters, digits and the signs"),
        ({"password2": "lamp oar fig ten"}, "The two passwords are not the same."),
        ({"password1": "lamp oar", "password2": "lamp oar"}, "at least 12 characters"),
        ({"password1": "my okafor 1984 x", "password2": "my okafor 1984 x"}, "without “okafor”"),
        ({"question2": "first-street"}, "Choose three different questions."),
        ({"question3": ""}, "Choose a question."),
        ({"question3": "mother’s name"}, "Select a valid choice"),
        ({"answer2": "rue des erables"}, "Give three different answers."),
        ({"answer3": "—"}, "at least 3 letters or digits"),
        ({"answer3": ""}, "Enter the answer."),
    ],
)
def test_what_is_wrong_is_said_nothing_is_made_and_what_was_typed_is_kept(
    db: None, changes: dict[str, str], said: str
) -> None:
    response = make(**changes)
    assert response.status_code == 422
    page = text_of(response)
    assert said in page
    assert not User.objects.exists()
    assert kinds() == []
    if "answer1" not in changes:
        assert 'value="Rue des Érables"' in page
    assert "lamp oar fig nine" not in page


def test_empty_page_says_each_thing_once_in_the_order_of_the_page(db: None) -> None:
    page = text_of(browser().post(address("credential-create"), {"version_credential": "1"}))
    summary = page[page.index("error-summary") : page.index("<h1")]
    said = ["Read the terms", "Enter a username", "Enter a password.", "Choose a question."]
    places = [summary.index(one) for one in said]
    assert places == sorted(places)
    assert "three different answers" not in page


@pytest.mark.security(2)
@pytest.mark.parametrize("password", ["q1w2e3r4t5y6", "Trustno1trustno1", "telechargement"])
def test_password_from_a_breach_is_refused(db: None, password: str) -> None:
    response = make(password1=password, password2=password)
    assert response.status_code == 422
    assert not User.objects.exists()


@pytest.mark.security(2)
def test_password_of_200_characters_is_taken_to_the_last_one(db: None) -> None:
    long = " ".join(f"lamp {n}" for n in range(100))[:199] + "."
    assert make(password1=long, password2=long).status_code == 302
    user = User.objects.get()
    assert user.check_password(long)
    assert not user.check_password(long[:-1])


@pytest.mark.security(6)
@pytest.mark.parametrize("typed", ["okafor", "OKAFOR", "Okafor", "ＯＫＡＦＯＲ"])
def test_username_that_is_taken_in_any_spelling_is_refused_in_the_same_words(
    scene: Scene, typed: str
) -> None:
    scene.user(username="okafor")
    response = make(username=typed)
    assert response.status_code == 422
    page = text_of(response)
    assert "This username cannot be used. Choose another one." in page
    assert User.objects.count() == 1


@pytest.mark.security(6)
def test_whether_a_username_is_taken_is_told_only_when_all_else_is_right(scene: Scene) -> None:
    scene.user(username="okafor")
    for changes in ({"answer3": ""}, {"password2": "x"}, {"accept_credential": ""}):
        taken, free = make(**changes), make(username="nobody", **changes)
        plain = [
            re.sub(r"[A-Za-z0-9]{64}|okafor|nobody", "…", text_of(one)) for one in (taken, free)
        ]
        assert plain[0] == plain[1]
    assert not FailureCount.objects.exists()


@pytest.mark.security(5)
@pytest.mark.security(6)
def test_tries_at_usernames_have_to_wait_after_ten_from_one_network(scene: Scene) -> None:
    scene.user(username="okafor")
    answers = [make() for _ in range(10)]
    assert {answer.status_code for answer in answers} == {422}
    free = make(username="nobody")
    assert free.status_code == 429
    assert int(free["Retry-After"]) > 0
    assert "too many failed tries" in text_of(free)
    assert not User.objects.filter(username="nobody").exists()
    time_goes_by(int(free["Retry-After"]))
    assert make(username="nobody").status_code == 302


@pytest.mark.security(5)
def test_accounts_are_not_made_by_the_dozen_from_one_network(db: None) -> None:
    made = [make(username=f"made-{n}").status_code for n in range(11)]
    assert made == [302] * 10 + [429]


def test_french_page_says_it_all_in_french(db: None) -> None:
    page = text_of(browser().get(address("credential-create", lang="fr")))
    for words in ("Créer un justificatif", "Questions de récupération", "Dans quelle rue"):
        assert words in page
    assert "Choose" not in page


def test_who_is_signed_in_needs_no_other_credential(scene: Scene) -> None:
    client = browser(scene.user())
    assert client.get(address("credential-create")).status_code == 302
    assert make(client).status_code == 302
    assert User.objects.count() == 1


def test_password_typed_here_signs_in_next_time(db: None) -> None:
    make()
    data = {"login": "okafor", "password": "lamp oar fig nine"}
    assert browser().post(address("sign-in"), data).status_code == 302
    assert browser().post(address("sign-in"), data | {"password": PASSWORD}).status_code == 200
