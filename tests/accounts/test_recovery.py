"""Recovery answers: how they are compared, kept, and refused."""

import pytest

from greffe.accounts import recovery
from greffe.accounts.actors import account_actor
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.security(1)]

THREE = {"a": "Rue des Érables", "b": "Nguyễn", "c": "Chocolat"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Rue  des Érables ", "ruedeserables"),
        ("STRAẞE 7", "strasse7"),
        ("Nguyễn", "nguyen"),
        ("l’été, là-bas", "letelabas"),
        ("学校", "学校"),
        ("!!!", ""),
    ],
)
def test_answer_is_compared_by_its_letters_and_digits(typed: str, kept: str) -> None:
    assert recovery.normalised(typed) == kept


@pytest.mark.parametrize(
    "answers",
    [
        {"a": "one", "b": "two"},
        {"a": "one", "b": "two", "c": "ONE"},
        {"a": "one", "b": "two", "c": "x"},
        {},
    ],
)
def test_answers_that_protect_nothing_are_not_kept(answers: dict[str, str], scene: Scene) -> None:
    user = scene.user()
    with pytest.raises(recovery.AnswersError):
        recovery.set_answers(by=account_actor(user), user=user, answers=answers)
    assert not user.recovery_answers.exists()


def test_new_answers_replace_the_old_ones_and_are_recorded_without_words(scene: Scene) -> None:
    user = scene.user()
    recovery.set_answers(by=account_actor(user), user=user, answers=THREE)
    recovery.set_answers(by=account_actor(user), user=user, answers=THREE | {"c": "lamp"})
    assert user.recovery_answers.count() == 3
    assert recovery.answers_are_right(user, THREE | {"c": "LAMP"})
    assert not recovery.answers_are_right(user, THREE)
    events = Event.objects.filter(kind=Kind.RECOVERY_QUESTIONS_SET)
    assert [event.body for event in events] == [{"count": 3}] * 2


def test_missing_answer_is_a_wrong_one(scene: Scene) -> None:
    user = scene.user()
    recovery.set_answers(by=account_actor(user), user=user, answers=THREE)
    assert not recovery.answers_are_right(user, {})
    assert not recovery.answers_are_right(user, {"a": "Rue des Érables", "b": "Nguyễn"})


def test_there_are_enough_questions_to_choose_from(scene: Scene) -> None:
    assert len(recovery.questions_on(scene.today)) >= 2 * recovery.QUESTIONS
