"""Access codes in any order and at once: taken when they should be, and never otherwise."""

import contextlib
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from greffe.accounts.code_errors import CodeError
from greffe.accounts.models import AccessCode, FailureCount, User
from greffe.accounts.sending import TooManySentError
from greffe.notices.models import Notice
from tests.support.at_once import at_once
from tests.support.scenes import Scene
from tests.support.texting import HERE, MOBILE, OTHER, THERE, codes_grow_older, enter, send, wrong

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15, pytest.mark.requirement("MC-06")]


@pytest.fixture(autouse=True)
def _texts_are_sent(settings: Any) -> None:
    settings.TEXT_CHANNEL = "page"


@pytest.fixture
def user(scene: Scene) -> User:
    return scene.user(username="tremblay")


def said(done: "Future[Any]") -> str:
    error = done.exception()
    if error is None:
        return str(done.result())
    assert isinstance(error, CodeError | TooManySentError), error
    return type(error).__name__


@pytest.mark.security(4)
@pytest.mark.django_db(transaction=True)
def test_same_code_entered_in_two_windows_at_once_is_used_once(scene: Scene, user: User) -> None:
    code = send(scene, user)
    tasks = [lambda: enter(scene, user, code)] * 2
    assert sorted(said(one) for one in at_once(user, *tasks)) == ["", "used"]


@pytest.mark.security(5)
@pytest.mark.django_db(transaction=True)
def test_ten_tries_at_once_are_five_tries(scene: Scene, user: User) -> None:
    code = send(scene, user)
    tasks = [lambda: enter(scene, user, wrong(code))] * 8
    told = sorted(said(one) for one in at_once(user, *tasks))
    assert told == ["spent"] * 4 + ["wrong"] * 4
    assert AccessCode.objects.get().tries == 5


@pytest.mark.security(5)
@pytest.mark.django_db(transaction=True)
def test_two_browsers_that_ask_at_once_make_one_message(scene: Scene, user: User) -> None:
    tasks = [
        lambda: send(scene, user, bound_to=HERE),
        lambda: send(scene, user, bound_to=THERE),
    ]
    told = [said(one) for one in at_once(user, *tasks)]
    assert told[1] == "TooManySentError"
    assert told[0].isdecimal()
    assert Notice.objects.filter(medium="text").count() == 1


@dataclass
class Believed:
    """What should hold: the last code, who asked for it, and what became of it."""

    code: str = ""
    session: str = ""
    age: int = 0
    tries: int = 0
    used: bool = False
    number: str = MOBILE

    def answer(self, session: str, typed: str, number: str) -> str:
        if not self.code:
            return "none"
        reasons = {
            "other-session": session != self.session,
            "phone-changed": number != self.number,
            "used": self.used,
            "expired": self.age >= 600,
            "spent": self.tries >= 5,
        }
        why = next((why for why, holds in reasons.items() if holds), "")
        if why or typed == self.code:
            self.used = self.used or not why
            return why
        self.tries += 1
        return "spent" if self.tries >= 5 else "wrong"


SESSIONS = st.sampled_from([HERE, THERE])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), SESSIONS, st.just(0)),
        st.tuples(st.just("enter"), SESSIONS, st.sampled_from([0, 0, 1])),
        st.tuples(st.just("wait"), st.just(""), st.sampled_from([40, 300, 700])),
        st.tuples(st.just("move"), st.just(""), st.just(0)),
    ),
    max_size=12,
)


@pytest.mark.security(4)
@hypothesis_settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_in_any_order_a_code_is_taken_when_it_should_be_and_never_otherwise(
    scene: Scene, user: User, steps: list[tuple[str, str, int]]
) -> None:
    AccessCode.objects.all().delete()
    Notice.objects.all().delete()
    FailureCount.objects.all().delete()
    believed, number = Believed(), MOBILE
    for what, session, amount in steps:
        if what == "send":
            with contextlib.suppress(TooManySentError):
                code = send(scene, user, bound_to=session, mobile=number)
                believed = Believed(code, session, number=number)
        elif what == "enter":
            typed = believed.code or "123456"
            typed = wrong(typed) if amount else typed
            expected = believed.answer(session, typed, number)
            FailureCount.objects.all().delete()  # guessing in general has its own tests
            assert enter(scene, user, typed, bound_to=session, mobile=number) == expected
        elif what == "wait":
            codes_grow_older(seconds=amount)
            believed.age += amount
        else:
            number = OTHER if number == MOBILE else MOBILE
