"""Delegates: named by the code that their account shows, four at most, removed at once."""

from ipaddress import ip_address
from typing import Any

import pytest
from django.db import connection

from greffe.accounts import delegate_codes
from greffe.accounts.delegate_codes import ALPHABET, code_of, is_code_of
from greffe.accounts.delegations import (
    DelegationRefusedError,
    delegates_of,
    name_delegate,
    remove_delegate,
    still_acts_for,
)
from greffe.accounts.limits import TooManyTriesError
from greffe.accounts.models import Delegation, Person, User
from greffe.accounts.viewers import viewer_of
from greffe.ledger.models import Event
from greffe.notices.models import Notice
from tests.support.at_once import at_once
from tests.support.delegates import delegate
from tests.support.scenes import PASSWORD, Scene

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres15,
    pytest.mark.requirement("MC-16"),
]


def refusal(scene: Scene, counsel: User, username: str, code: str) -> str:
    """Why nobody was named."""
    before = Delegation.objects.count()
    with pytest.raises(DelegationRefusedError) as error:
        name_delegate(
            by=scene.viewer(counsel), username=username, code=code, name="Jane", address=None
        )
    assert Delegation.objects.count() == before
    return error.value.code


def test_delegate_acts_for_counsel_from_the_moment_of_naming(scene: Scene) -> None:
    counsel, user = scene.user("Marc Tremblay"), scene.user("Jane Roe")
    assert scene.viewer(user).principals == ()
    delegate(scene, counsel, user)
    (principal,) = scene.viewer(user).principals
    assert (principal.id, principal.name) == (counsel.person_id, "Marc Tremblay")
    assert scene.viewer(counsel).principals == ()
    assert [one.delegate for one in delegates_of(counsel.person)] == [user.person]  # type: ignore[arg-type]  # a scene's user is somebody


def test_naming_and_removing_are_in_the_ledger_with_who_did_it(scene: Scene) -> None:
    counsel, user = scene.user("Marc Tremblay"), scene.user("Jane Roe")
    made = delegate(scene, counsel, user)
    remove_delegate(by=scene.viewer(counsel), delegation_id=made.id)
    named, removed = Event.objects.filter(kind__startswith="delegate-").order_by("at")
    assert (named.kind, removed.kind) == ("delegate-named", "delegate-removed")
    for event in (named, removed):
        assert event.actor_person_id == counsel.person_id
        assert event.subject == user.person_id
        assert event.body == {"delegation": str(made.id), "name": "Jane Roe"}


def test_both_are_told_by_e_mail_each_in_their_language(scene: Scene) -> None:
    counsel, user = scene.user("Marc Tremblay"), scene.user("Jane Roe")
    Person.objects.filter(pk=counsel.person_id).update(email="marc@example.ca", language="fr")
    Person.objects.filter(pk=user.person_id).update(email="jane@example.ca")
    counsel.refresh_from_db()
    made = delegate(scene, counsel, User.objects.get(pk=user.pk))
    remove_delegate(by=scene.viewer(counsel), delegation_id=made.id)
    told = set(Notice.objects.values_list("kind", "recipient", "language", "context__name"))
    assert told == {
        ("delegate-named", "marc@example.ca", "fr", "Jane Roe"),
        ("named-as-delegate", "jane@example.ca", "en", "Marc Tremblay"),
        ("delegate-removed", "marc@example.ca", "fr", "Jane Roe"),
        ("removed-as-delegate", "jane@example.ca", "en", "Marc Tremblay"),
    }


@pytest.mark.security(17)
def test_removed_delegate_acts_for_nobody_from_that_moment(scene: Scene) -> None:
    counsel, user = scene.user(), scene.user("Jane Roe")
    made = delegate(scene, counsel, user)
    before = scene.viewer(user)
    assert still_acts_for(before, before.principals[0].id)
    remove_delegate(by=scene.viewer(counsel), delegation_id=made.id)
    assert scene.viewer(user).principals == ()
    assert not still_acts_for(before, before.principals[0].id)  # what was read earlier is over


def test_removed_delegate_can_be_named_again(scene: Scene) -> None:
    counsel, user = scene.user(), scene.user("Jane Roe")
    made = delegate(scene, counsel, user)
    remove_delegate(by=scene.viewer(counsel), delegation_id=made.id)
    delegate(scene, counsel, user)
    assert Delegation.objects.filter(until=None).count() == 1


def test_delegation_of_another_is_not_found(scene: Scene) -> None:
    made = delegate(scene, scene.user(), scene.user("Jane Roe"))
    for somebody in (scene.user("Daniel Okafor"), User.objects.get(person=made.delegate)):
        with pytest.raises(DelegationRefusedError, match="not-found"):
            remove_delegate(by=scene.viewer(somebody), delegation_id=made.id)
    assert Delegation.objects.get().until is None


def test_fifth_delegate_is_refused_until_one_is_removed(scene: Scene) -> None:
    counsel = scene.user()
    made = [delegate(scene, counsel, scene.user(f"Delegate {n}")) for n in range(4)]
    fifth = scene.user("Fifth")
    assert refusal(scene, counsel, fifth.username, code_of(fifth)) == "too-many"
    remove_delegate(by=scene.viewer(counsel), delegation_id=made[0].id)
    delegate(scene, counsel, fifth)
    delegate(scene, scene.user("Daniel Okafor"), User.objects.get(person=made[1].delegate))


@pytest.mark.django_db(transaction=True)
def test_two_named_at_once_as_the_fourth_are_one_and_a_refusal(scene: Scene) -> None:
    counsel = scene.user()
    for n in range(3):
        delegate(scene, counsel, scene.user(f"Delegate {n}"))
    late = [scene.user("One"), scene.user("Other")]
    assert counsel.person is not None
    done = at_once(
        counsel.person, *[lambda user=user: delegate(scene, counsel, user) for user in late]
    )
    refused = [one.exception() for one in done if one.exception() is not None]
    assert [str(one) for one in refused] == ["too-many"]
    assert delegates_of(counsel.person).count() == 4


@pytest.mark.security(6)
def test_unknown_wrong_and_closed_are_refused_alike(scene: Scene) -> None:
    counsel, user, closed = scene.user(), scene.user("Jane Roe"), scene.user("Closed")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    code = code_of(user)
    tried = [
        (user.username, "2222-3333-4444"),
        (user.username, ""),
        ("nobody-of-this-name", code),
        (closed.username, code_of(closed)),
        (counsel.username, code),
    ]
    assert {refusal(scene, counsel, *one) for one in tried} == {"no-match"}


def test_own_account_staff_and_delegates_already_named_are_refused(scene: Scene) -> None:
    counsel, officer = scene.user(), scene.staff("officer", office="montreal")
    user = scene.user("Jane Roe")
    delegate(scene, counsel, user)
    for somebody, why in ((counsel, "yourself"), (officer, "staff"), (user, "already")):
        assert refusal(scene, counsel, somebody.username, code_of(somebody)) == why


def test_account_that_acts_for_nobody_becomes_the_person_that_counsel_names(scene: Scene) -> None:
    counsel = scene.user("Marc Tremblay")
    user = User.objects.create_user("assistant", password=PASSWORD, email="jane@example.ca")
    assert viewer_of(user, on=scene.today) is None
    delegate(scene, counsel, user)
    user = User.objects.get(pk=user.pk)
    assert user.person is not None
    assert (user.person.name, user.person.email) == ("Jane Roe", "jane@example.ca")
    assert [one.name for one in scene.viewer(user).principals] == ["Marc Tremblay"]


# The code


def test_code_is_in_groups_of_signs_that_look_like_no_other(scene: Scene) -> None:
    code = code_of(scene.user())
    assert [len(group) for group in code.split("-")] == [4, 4, 4]
    assert set(code.replace("-", "")) <= set(ALPHABET)
    assert not set(ALPHABET) & set("01AEILOSUZ")
    assert len(ALPHABET) ** 12 > 2**50


def test_code_is_read_however_it_is_typed(scene: Scene) -> None:
    user = scene.user()
    code = code_of(user)
    for typed in (code, code.lower(), code.replace("-", " "), f" {code.replace('-', '')} "):
        assert is_code_of(user, typed)
    assert not is_code_of(user, code[:-1])
    assert not is_code_of(scene.user(), code)
    assert not is_code_of(None, code)


def test_code_is_good_once(scene: Scene) -> None:
    counsel, other, user = scene.user(), scene.user("Daniel Okafor"), scene.user("Jane Roe")
    code = code_of(user)
    delegate(scene, counsel, user)
    assert refusal(scene, other, user.username, code) == "no-match"


def test_code_ends_by_itself(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    user = scene.user()
    now, code = delegate_codes.time.time(), code_of(user)

    class Clock:
        at = now

        @classmethod
        def time(cls) -> float:
            return cls.at

    monkeypatch.setattr(delegate_codes, "time", Clock)
    Clock.at = now + delegate_codes.PERIOD
    assert is_code_of(user, code)
    Clock.at = now + 2 * delegate_codes.PERIOD
    assert not is_code_of(user, code)


@pytest.mark.security(5)
def test_who_guesses_at_codes_waits_and_the_right_one_gives_the_try_back(scene: Scene) -> None:
    counsel, user = scene.user(), scene.user("Jane Roe")
    at = ip_address("192.0.2.9")
    viewer = scene.viewer(counsel)

    def guess(code: str) -> Any:
        return name_delegate(by=viewer, username=user.username, code=code, name="Jane", address=at)

    for _ in range(10):
        with pytest.raises(DelegationRefusedError):
            guess("2222-2222-2222")
    with pytest.raises(TooManyTriesError):
        guess(code_of(user))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_failurecount")
    guess(code_of(user))
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(failures) FROM accounts_failurecount")
        assert cursor.fetchone() == (0,)
