"""Access codes: single use, ten minutes, one sign-in, five tries; a newer one ends the older."""

import logging
import unicodedata
from ipaddress import ip_address
from typing import Any

import pytest
from django.db import IntegrityError, connection
from hypothesis import given
from hypothesis import strategies as st

from greffe.accounts import access_codes
from greffe.accounts.access_codes import About, Place, digits_of, latest_of
from greffe.accounts.code_errors import (
    MalformedCodeError,
    NoTextsError,
    WrongCodeError,
)
from greffe.accounts.limits import TooManyTriesError
from greffe.accounts.models import AccessCode, User
from greffe.accounts.sending import TooManySentError
from greffe.accounts.tasks import sweep_access_codes
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from greffe.notices.models import Notice
from tests.support.scenes import Scene
from tests.support.texting import (
    HERE,
    MOBILE,
    OTHER,
    THERE,
    codes_grow_older,
    enter,
    send,
    send_texts,
    waiting_words,
    wrong,
)

FIRST = AccessCode.Purpose.FIRST_SIGN_IN
SECOND = AccessCode.Purpose.SECOND_FACTOR

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15, pytest.mark.requirement("MC-06")]


@pytest.fixture(autouse=True)
def _texts_are_sent(settings: Any) -> None:
    settings.TEXT_CHANNEL = "page"


@pytest.fixture
def user(scene: Scene) -> User:
    return scene.user(username="tremblay")


def kinds() -> list[str]:
    told = Event.objects.filter(kind__startswith="access-code").order_by("at")
    return list(told.values_list("kind", flat=True))


@pytest.mark.security(4)
def test_code_is_entered_once(scene: Scene, user: User) -> None:
    code = send(scene, user)
    assert enter(scene, user, code) == ""
    assert enter(scene, user, code) == "used"
    assert kinds() == [Kind.ACCESS_CODE_SENT, Kind.ACCESS_CODE_ENTERED, Kind.ACCESS_CODE_REFUSED]


@pytest.mark.security(4)
def test_code_has_six_digits_and_no_two_in_a_row_are_alike(scene: Scene, user: User) -> None:
    codes = []
    for _ in range(5):
        codes.append(send(scene, user))
        codes_grow_older(hours=2)
    assert len(set(codes)) == 5
    assert all(len(code) == 6 and code.isdecimal() for code in codes)


@pytest.mark.security(4)
def test_code_lasts_ten_minutes_by_the_clock_of_the_database(scene: Scene, user: User) -> None:
    code = send(scene, user)
    codes_grow_older(minutes=9, seconds=50)
    assert enter(scene, user, wrong(code)) == "wrong"
    codes_grow_older(seconds=15)
    assert enter(scene, user, code) == "expired"


@pytest.mark.security(4)
def test_neither_code_nor_session_is_kept_in_the_clear(scene: Scene, user: User) -> None:
    code = send(scene, user)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT one::text, notice::text, event::text"
            " FROM accounts_accesscode AS one, notices_notice AS notice, ledger_event AS event"
        )
        kept = str(cursor.fetchall())
    assert code not in kept
    assert HERE not in kept
    assert HERE.encode().hex() not in kept


@pytest.mark.security(4)
def test_same_digits_in_two_rows_do_not_look_the_same(
    scene: Scene, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_codes.secrets, "choice", lambda _: "7")
    send(scene, user)
    send(scene, user, purpose=SECOND, mobile=OTHER)
    first, second = AccessCode.objects.all()
    assert bytes(first.code) != bytes(second.code)
    assert bytes(first.bound_to) != bytes(second.bound_to)


@pytest.mark.security(4)
def test_code_is_good_only_where_it_was_asked_for(scene: Scene, user: User) -> None:
    code = send(scene, user)
    assert enter(scene, user, code, bound_to=THERE) == "other-session"
    assert enter(scene, user, code, purpose=SECOND) == "none"
    assert enter(scene, scene.user(), code) == "none"
    assert enter(scene, user, code) == ""


@pytest.mark.security(4)
def test_newer_code_ends_the_older_and_takes_its_message_back(scene: Scene, user: User) -> None:
    first = send(scene, user)
    codes_grow_older(minutes=1)
    second = send(scene, user)
    assert waiting_words() == [waiting_words()[-1]]
    assert Notice.objects.get(state="withdrawn").context == {}
    assert enter(scene, user, first) == "wrong"
    assert enter(scene, user, second) == ""


@pytest.mark.security(4)
def test_two_browsers_ask_and_only_the_later_one_has_a_code(scene: Scene, user: User) -> None:
    here = send(scene, user)
    codes_grow_older(minutes=1)
    there = send(scene, user, bound_to=THERE)
    assert enter(scene, user, here) == "other-session"
    assert enter(scene, user, there) == "other-session"
    assert latest_of(user, FIRST, HERE) is None
    assert enter(scene, user, there, bound_to=THERE) == ""


@pytest.mark.security(4)
def test_code_that_went_to_a_number_of_before_is_refused(scene: Scene, user: User) -> None:
    code = send(scene, user)
    assert enter(scene, user, code, mobile=OTHER) == "phone-changed"
    assert enter(scene, user, code, mobile=MOBILE) == ""


@pytest.mark.security(5)
def test_code_is_good_for_five_tries(scene: Scene, user: User) -> None:
    code = send(scene, user)
    said = [enter(scene, user, wrong(code)) for _ in range(5)]
    assert said == ["wrong"] * 4 + ["spent"]
    assert enter(scene, user, code) == "spent"
    codes_grow_older(minutes=1)
    assert enter(scene, user, send(scene, user)) == ""


def test_wrong_try_says_how_many_are_left(scene: Scene, user: User) -> None:
    code = send(scene, user)
    for left in (4, 3, 2, 1):
        with pytest.raises(WrongCodeError) as error:
            access_codes.enter(
                by=scene.by, user=user, purpose=FIRST, bound_to=HERE, typed=wrong(code)
            )
        assert error.value.left == left


@pytest.mark.security(5)
def test_guessing_waits_whatever_new_codes_are_asked_for(scene: Scene, user: User) -> None:
    place = Place(ip_address("198.51.100.7"))
    for _ in range(2):
        code = send(scene, user, place=place)
        for _ in range(5):
            assert enter(scene, user, wrong(code), place=place)
        codes_grow_older(minutes=1)
    code = send(scene, user, place=place)
    for typed in (wrong(code), code):
        enter(scene, user, wrong(code), place=place) if typed != code else None
        with pytest.raises(TooManyTriesError):
            enter(scene, user, typed, place=place)
    assert Event.objects.filter(body__why="too-many-tries").count() == 1


@pytest.mark.security(4)
def test_what_follows_is_done_with_the_code_or_not_at_all(scene: Scene, user: User) -> None:
    code = send(scene, user)

    def breaks() -> None:
        User.objects.filter(pk=user.pk).update(username="changed")
        raise IntegrityError

    with pytest.raises(IntegrityError):
        enter(scene, user, code, then=breaks)
    user.refresh_from_db()
    assert user.username == "tremblay"
    done: list[str] = []
    assert enter(scene, user, code, then=lambda: done.append("done")) == ""
    assert done == ["done"]


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "abcdef", "½23456"])
def test_what_cannot_be_a_code_is_no_try(scene: Scene, user: User, typed: str) -> None:
    send(scene, user)
    with pytest.raises(MalformedCodeError):
        enter(scene, user, typed)
    assert AccessCode.objects.get().tries == 0


@given(
    digits=st.text("0123456789", min_size=6, max_size=6),
    between=st.sampled_from(["", " ", "\u00a0", "-", "–", "\u200b", "\t"]),
    zero=st.sampled_from("0٠०０"),
)
def test_digits_are_read_however_they_are_written(digits: str, between: str, zero: str) -> None:
    written = between.join(chr(ord(zero) + int(digit)) for digit in digits)
    assert unicodedata.decimal(zero) == 0
    assert digits_of(f" {written}\n") == digits


@pytest.mark.security(6)
def test_account_without_a_number_is_answered_as_one_with(scene: Scene, user: User) -> None:
    code = send(scene, user)
    nobody = scene.user()
    by = scene.by
    access_codes.send(by=by, user=nobody, purpose=FIRST, mobile="", bound_to=THERE, language="en")
    assert Notice.objects.filter(medium="text").count() == 1
    for account, session in ((user, HERE), (nobody, THERE)):
        with pytest.raises(TooManySentError) as refusal:
            access_codes.send(
                by=by,
                user=account,
                purpose=FIRST,
                mobile=MOBILE if account == user else "",
                bound_to=session,
                language="en",
            )
        assert 25 < refusal.value.wait <= 30
        assert enter(scene, account, wrong(code), bound_to=session) == "wrong"


def test_registry_without_a_service_says_so_and_keeps_nothing(
    scene: Scene, user: User, settings: Any
) -> None:
    settings.TEXT_CHANNEL = ""
    for _ in range(3):
        with pytest.raises(NoTextsError) as error:
            access_codes.send(
                by=scene.by,
                user=user,
                purpose=FIRST,
                mobile=MOBILE,
                bound_to=HERE,
                language="en",
            )
        assert error.value.why == "off"
    assert not AccessCode.objects.exists()


@pytest.mark.security(5)
def test_no_more_than_the_day_allows_and_who_has_no_number_learns_the_same(
    scene: Scene, user: User, settings: Any
) -> None:
    settings.TEXT_DAILY_QUOTA = 1
    code = send(scene, user)
    for account, mobile in ((scene.user(), OTHER), (scene.user(), "")):
        with pytest.raises(NoTextsError) as error:
            access_codes.send(
                by=scene.by,
                user=account,
                purpose=FIRST,
                mobile=mobile,
                bound_to=THERE,
                language="en",
            )
        assert error.value.why == "quota"
        assert error.value.again is not None
    assert enter(scene, user, code) == ""


def test_message_names_person_and_cases_for_the_officer(scene: Scene, user: User) -> None:
    case = scene.case()
    person = scene.person()
    send(scene, user, about=About(person.id, [case.id]))
    notice = Notice.objects.get(medium="text")
    assert (notice.person_id, notice.case_ids) == (person.id, [case.id])


@pytest.mark.security(23)
def test_code_is_in_no_log_and_no_event(
    scene: Scene, user: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        code = send(scene, user)
        enter(scene, user, wrong(code))
        enter(scene, user, code)
        send_texts()
    assert code not in caplog.text
    assert MOBILE not in caplog.text
    for event in Event.objects.all():
        assert code not in str(event.body)
        assert MOBILE not in str(event.body)


def test_codes_of_days_ago_are_swept(scene: Scene, user: User) -> None:
    send(scene, user)
    sweep_access_codes(0)
    assert AccessCode.objects.exists()
    codes_grow_older(days=1, minutes=11)
    sweep_access_codes(0)
    assert not AccessCode.objects.exists()
