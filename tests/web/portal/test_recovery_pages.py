"""A forgotten password: the link, the questions as one more check, and what nobody learns."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from greffe.accounts import recovery
from greffe.accounts.actors import account_actor
from greffe.accounts.models import Person, User
from greffe.accounts.tasks import send_link
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from greffe.notices.letters import letter_of
from greffe.notices.models import Notice
from tests.support.guessing import time_goes_by
from tests.support.portal import address, browser, text_of
from tests.support.scenes import PASSWORD, Scene

pytestmark = [pytest.mark.django_db, pytest.mark.security(1)]

NEW = "lamp oar fig nine"
ANSWERS = {"first-street": "Rue des Érables", "teacher": "Mme Nguyen", "dish": "liver & onions"}
GIVEN = {f"answer-{question}": answer for question, answer in ANSWERS.items()}


@pytest.fixture
def user(scene: Scene) -> User:
    """Somebody with an e-mail address and three answers."""
    user = scene.user("Amélie Tremblay", username="tremblay")
    assert user.person is not None
    user.person.email = "tremblay@example.org"
    user.person.save(update_fields=["email"])
    recovery.set_answers(by=account_actor(user), user=user, answers=ANSWERS)
    return user


def ask(username: str = "tremblay", client: Client | None = None, **more: Any) -> Any:
    client = client or browser()
    return client.post(address("account_reset_password"), {"username": username}, **more)


def work() -> None:
    """Do what the worker would."""
    for job in ProcrastinateJob.objects.filter(task_name="accounts.send_link"):
        send_link(**job.args)


def link() -> str:
    """The address in the e-mail that was sent last."""
    notice = Notice.objects.filter(kind="password-link").latest("created_at")
    assert "/sign-in/forgotten/" in letter_of(notice).content.decode()
    return str(notice.context["link"])


def followed(client: Client | None = None) -> Client:
    """A browser that followed the link of the account."""
    ask()
    work()
    client = client or browser()
    assert client.get(link())["Location"] == address("recovery-password")
    return client


def choose(client: Client, password: str = NEW, **changes: str) -> Any:
    data = GIVEN | {"password1": password, "password2": password} | changes
    return client.post(address("recovery-password"), data)


def kind_of(statement: str) -> str:
    """How a statement begins, without what differs on any two."""
    return re.sub(r"\d+", "", " ".join(statement.split()[:4]))


def refusals() -> list[dict[str, Any]]:
    events = Event.objects.filter(kind=Kind.SIGN_IN_REFUSED).order_by("at")
    return [event.body for event in events]


def test_link_and_answers_make_a_new_password_that_signs_in(user: User) -> None:
    client = followed()
    page = text_of(client.get(address("recovery-password")))
    assert "On which street did you live" in page
    assert choose(client)["Location"] == address("sign-in")
    assert "_auth_user_id" not in client.session
    user.refresh_from_db()
    assert user.check_password(NEW)
    data = {"login": "tremblay", "password": NEW}
    assert browser().post(address("sign-in"), data).status_code == 302


@pytest.mark.security(10)
def test_all_sessions_end_the_change_is_recorded_and_the_person_is_told(user: User) -> None:
    signed_in = browser(user)
    choose(followed())
    assert signed_in.get(address("portal:my-cases")).status_code == 302
    event = Event.objects.get(kind=Kind.PASSWORD_CHANGED)
    assert (event.body, event.subject) == ({"how": "reset"}, user.person_id)
    assert Notice.objects.filter(kind="password-changed", recipient="tremblay@example.org").exists()


@pytest.mark.parametrize(
    ("question", "typed"),
    [
        ("first-street", "  rue DES erables "),
        ("first-street", "rue-des-érables"),
        ("teacher", "MME  NGUYEN"),
        ("dish", "Liver, onions!"),
    ],
)
def test_capitals_accents_and_signs_of_an_answer_make_no_difference(
    user: User, question: str, typed: str
) -> None:
    assert choose(followed(), **{f"answer-{question}": typed}).status_code == 302


@pytest.mark.parametrize("question", list(ANSWERS))
def test_one_wrong_answer_is_enough_to_change_nothing_and_is_recorded(
    user: User, question: str
) -> None:
    response = choose(followed(), **{f"answer-{question}": "something else"})
    assert response.status_code == 422
    assert "At least one answer is not the one that you gave." in text_of(response)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert refusals() == [{"at": "recovery"}]
    assert "something else" not in str(list(Event.objects.values("body")))


@pytest.mark.security(5)
def test_tries_at_answers_have_to_wait_and_right_ones_do_then_too(user: User) -> None:
    client = followed()
    found = [choose(client, **{"answer-dish": "guess"}).status_code for _ in range(5)]
    assert found == [422] * 5
    refused = choose(client)
    assert refused.status_code == 429
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert refusals()[-1] == {"why": "too-many-tries", "at": "recovery"}
    time_goes_by(int(refused["Retry-After"]))
    assert choose(client).status_code == 302


def test_questions_alone_open_nothing(user: User) -> None:
    client = browser()
    for response in (client.get(address("recovery-password")), choose(client)):
        assert response.status_code == 410
        assert "On which street" not in text_of(response)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_account_without_questions_needs_the_link_alone(user: User) -> None:
    user.recovery_answers.all().delete()
    client = followed()
    assert "Recovery questions" not in text_of(client.get(address("recovery-password")))
    assert choose(client).status_code == 302


@pytest.mark.security(4)
def test_link_is_used_once(user: User) -> None:
    client = followed()
    used = link()
    other = browser()
    other.get(used)
    choose(client)
    assert browser().get(used).status_code == 410
    assert choose(other, password="another phrase of mine").status_code == 410
    user.refresh_from_db()
    assert user.check_password(NEW)


@pytest.mark.security(4)
def test_link_is_good_for_half_an_hour(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = followed()
    sent = link()
    for minutes, status in ((29, 302), (31, 410)):
        later = datetime.now() + timedelta(minutes=minutes)  # noqa: DTZ005 - Django's tokens count naive times
        monkeypatch.setattr(recovery.LinkTokens, "_now", lambda _, later=later: later)
        assert browser().get(sent).status_code == status
    assert choose(client).status_code == 410


@pytest.mark.parametrize("change", ["uid", "token", "closed", "signed-in", "address"])
def test_link_that_is_not_good_says_so_and_opens_nothing(
    user: User, scene: Scene, change: str
) -> None:
    ask()
    work()
    good = link()
    bad = good
    if change == "uid":
        *start, _uid, token, end = good.split("/")
        bad = "/".join([*start, "zz", token, end])
    elif change == "token":
        bad = good[:-2] + ("0/" if good[-2] != "0" else "1/")
    elif change == "closed":
        User.objects.filter(pk=user.pk).update(is_active=False)
    elif change == "address":
        Person.objects.filter(pk=user.person_id).update(email="new@example.org")
    else:
        browser().post(address("sign-in"), {"login": "tremblay", "password": PASSWORD})
    response = browser().get(bad)
    assert response.status_code == 410
    assert "This link can no longer be used" in text_of(response)


def test_new_password_is_judged_like_any_other(user: User) -> None:
    client = followed()
    for password, said in (
        ("short", "at least 12 characters"),
        ("q1w2e3r4t5y6", "tried first"),
        ("by tremblay river", "without"),
    ):
        response = choose(client, password)
        assert response.status_code == 422
        assert said in text_of(response)
    assert refusals() == []


@pytest.mark.security(6)
def test_answer_is_the_same_for_known_and_unknown_usernames(user: User, scene: Scene) -> None:
    scene.user(username="no-address")
    pages, statements = [], []
    for name in ("tremblay", "nobody-here", "no-address"):
        client = browser()
        with CaptureQueriesContext(connection) as captured:
            response = ask(name, client)
        assert response["Location"] == address("recovery-sent")
        statements.append([kind_of(one["sql"]) for one in captured])
        pages.append(text_of(client.get(response["Location"])))
    assert pages[0] == pages[1] == pages[2]
    assert statements[0] == statements[1] == statements[2]
    assert "accounts_user" not in " ".join(statements[0])
    assert not Notice.objects.exists()
    work()
    assert [notice.recipient for notice in Notice.objects.all()] == ["tremblay@example.org"]


@pytest.mark.security(23)
def test_what_was_typed_waits_sealed(user: User) -> None:
    ask("my password by mistake")
    kept = str(list(ProcrastinateJob.objects.values_list("args", flat=True)))
    assert "mistake" not in kept
    with transaction.atomic():
        assert recovery.send_link("not sealed by us") is False


@pytest.mark.security(5)
def test_e_mails_that_are_asked_for_are_limited_for_one_person(user: User) -> None:
    found = [ask(REMOTE_ADDR=f"10.0.{n}.1").status_code for n in range(4)]
    assert found == [302] * 3 + [429]
    unknown = [ask("nobody", REMOTE_ADDR=f"10.1.{n}.1").status_code for n in range(4)]
    assert unknown == found


@pytest.mark.security(3)
def test_account_of_a_partner_is_sent_no_link(user: User) -> None:
    user.set_unusable_password()
    user.save()
    ask()
    work()
    assert not Notice.objects.exists()


def test_e_mail_is_in_the_language_of_the_person_and_names_nobody(user: User) -> None:
    assert user.person is not None
    user.person.language = "fr"
    user.person.save()
    ask()
    work()
    content = letter_of(Notice.objects.get()).content.decode()
    assert link().startswith("/fr/")
    assert "Tremblay" not in content
