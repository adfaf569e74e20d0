"""Who is looking: roles held on a day, from the day they begin to the day before they end."""

from datetime import date, timedelta

import pytest

from greffe.accounts.models import Role, StaffRole, User
from greffe.accounts.viewers import viewer_of
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
