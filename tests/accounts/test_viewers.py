"""Who is looking: roles held on a day, from the day they begin to the day before they end."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from greffe.accounts.models import Delegation, Person, Role, StaffRole, User
from greffe.accounts.viewers import Backend, viewer_of
from tests.support.scenes import Scene

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 2)
ONE = timedelta(days=1)


@pytest.fixture
def officer(scene: Scene) -> User:
    user = scene.user("Priya Sandhu")
    StaffRole.objects.create(
        person=user.person,
        role=Role.OFFICER,
        office="vancouver",
        held_from=DAY,
        held_to=DAY + 2 * ONE,
    )
    return user


@pytest.mark.parametrize(
    ("on", "offices"),
    [
        (DAY - ONE, set()),
        (DAY, {"vancouver"}),
        (DAY + ONE, {"vancouver"}),
        (DAY + 2 * ONE, set()),
    ],
)
def test_role_is_held_from_its_first_day_to_the_day_before_its_end(
    officer: User, on: date, offices: set[str]
) -> None:
    viewer = viewer_of(officer, on=on)
    assert viewer is not None
    assert viewer.offices() == offices
    assert viewer.holds(Role.OFFICER) is bool(offices)


@pytest.mark.postgres15
def test_account_read_for_a_request_is_the_same_person_with_the_same_roles(officer: User) -> None:
    for other in ("Marc Tremblay", "Ana Silva"):
        principal = Person.objects.create(name=other, language="fr")
        Delegation.objects.create(principal=principal, delegate=officer.person)
    ended = Person.objects.create(name="Zed", language="en")
    Delegation.objects.create(principal=ended, delegate=officer.person, until=timezone.now() + ONE)
    read = Backend().get_user(officer.pk)
    assert read is not None
    with CaptureQueriesContext(connection) as asked:
        on_the_day, after = viewer_of(read, on=DAY), viewer_of(read, on=DAY + 2 * ONE)
    assert len(asked) == 0
    assert on_the_day == viewer_of(User.objects.get(pk=officer.pk), on=DAY)
    assert on_the_day is not None
    assert after is not None
    assert (on_the_day.offices(), after.offices()) == ({"vancouver"}, set())
    assert [name for _, name in after.principals] == ["Ana Silva", "Marc Tremblay"]
    assert read.person == officer.person
    assert read.email == officer.email


def test_account_that_is_closed_or_gone_is_not_read_for_a_request(officer: User) -> None:
    officer.is_active = False
    officer.save()
    assert Backend().get_user(officer.pk) is None
    assert Backend().get_user(officer.pk + 1) is None


def test_account_without_a_person_is_read_for_a_request_and_is_nobody(scene: Scene) -> None:
    user = scene.user()
    user.person = None
    user.save()
    read = Backend().get_user(user.pk)
    assert read is not None
    assert viewer_of(read, on=DAY) is None


def test_account_without_a_person_is_nobody(scene: Scene) -> None:
    user = scene.user()
    user.person = None
    assert viewer_of(user, on=DAY) is None


def test_role_of_another_office_gives_no_office(scene: Scene) -> None:
    viewer = scene.viewer(scene.staff("auditor"))
    assert viewer.offices() == frozenset()
    assert not viewer.holds(Role.OFFICER)


def test_actor_names_person_account_and_capacity(scene: Scene) -> None:
    user = scene.user("Zoë Ñandú")
    actor = scene.viewer(user).actor("counsel")
    assert (actor.name, actor.capacity) == ("Zoë Ñandú", "counsel")
    assert (actor.person_id, actor.account_id) == (user.person_id, user.pk)
