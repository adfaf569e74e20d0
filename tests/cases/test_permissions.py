"""Who sees a case, in which capacity, on which day: by link and date, never by account."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from greffe.accounts.delegations import remove_delegate
from greffe.accounts.models import User
from greffe.accounts.viewers import viewer_of
from greffe.cases import actions
from greffe.cases.models import Case, CaseOffice, Hearing, Participant
from greffe.cases.my_cases import my_cases
from greffe.cases.permissions import STAFF, capacity_in, may_file, may_read_documents
from greffe.cases.queries import find_case, worked_cases
from greffe.ledger.actors import SYSTEM
from tests.support.delegates import delegate
from tests.support.portal import claimant_of
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15, pytest.mark.security(15)]

ONE = timedelta(days=1)


def capacity(user: User, case: Case, on: date) -> str | None:
    """The capacity of a person on a day; the queries must agree with it."""
    viewer = viewer_of(user, on=on)
    assert viewer is not None
    found = capacity_in(viewer, case, on=on)
    seen = find_case(viewer, case.pk, on=on)
    assert (seen.capacity if seen else None) == found
    assert worked_cases(viewer, on=on).filter(pk=case.pk).exists() is (found in STAFF)
    listed = my_cases(viewer, now=datetime.now(ZoneInfo("UTC")), on=on).cases
    seen_in_portal = found in {"counsel", "claimant", "delegate"}
    assert (case.pk in {one.id for one in listed}) is seen_in_portal
    return found


def heard(case: Case, member: User | None, **fields: object) -> Hearing:
    starts_at = datetime(2026, 12, 7, 9, tzinfo=ZoneInfo("America/Toronto"))
    person = member.person if member else None
    hearing = actions.schedule_hearing(
        by=SYSTEM, case=case, starts_at=starts_at, office="montreal", member=person
    )
    Hearing.objects.filter(pk=hearing.pk).update(**fields)
    return hearing


def test_counsel_has_the_case_from_the_first_day_on_record_to_the_last(scene: Scene) -> None:
    user, case = scene.user(), scene.case()
    assert user.person is not None
    actions.add_counsel(by=SYSTEM, case=case, person=user.person, since=scene.today)
    actions.remove_counsel(by=SYSTEM, case=case, person=user.person, on=scene.today + 2 * ONE)
    days = [scene.today + n * ONE for n in range(-1, 4)]
    assert [capacity(user, case, day) for day in days] == [None, "counsel", "counsel", None, None]


def test_counsel_removed_on_the_day_of_coming_on_never_had_the_case(scene: Scene) -> None:
    user, case = scene.user(), scene.case()
    assert user.person is not None
    actions.add_counsel(by=SYSTEM, case=case, person=user.person, since=scene.today)
    actions.remove_counsel(by=SYSTEM, case=case, person=user.person, on=scene.today)
    assert capacity(user, case, scene.today) is None


def test_counsel_back_on_the_record_has_the_case_again(scene: Scene) -> None:
    user = scene.user()
    case = scene.case(counsel=user)
    assert user.person is not None
    actions.remove_counsel(by=SYSTEM, case=case, person=user.person, on=scene.today - ONE)
    assert capacity(user, case, scene.today) is None
    actions.add_counsel(by=SYSTEM, case=case, person=user.person, since=scene.today)
    assert capacity(user, case, scene.today) == "counsel"


def test_counsel_of_another_case_has_nothing_here(scene: Scene) -> None:
    user = scene.user()
    scene.case(counsel=user)
    assert capacity(user, scene.case(), scene.today) is None


@pytest.mark.requirement("MC-17")
def test_claimant_has_the_own_case_and_no_other(scene: Scene) -> None:
    own, other = scene.case(), scene.case()
    claimant = claimant_of(own)
    assert capacity(claimant, own, scene.today) == "claimant"
    assert capacity(claimant, other, scene.today) is None


def test_participant_who_left_has_nothing_any_more(scene: Scene) -> None:
    case = scene.case()
    claimant = claimant_of(case)
    Participant.objects.filter(case=case).update(until=scene.today)
    assert capacity(claimant, case, scene.today - ONE) == "claimant"
    assert capacity(claimant, case, scene.today) is None


def test_officer_has_the_cases_of_the_office_until_the_transfer(scene: Scene) -> None:
    montreal, vancouver = (scene.staff("officer", office=at) for at in ("montreal", "vancouver"))
    case = scene.case(office="montreal")
    CaseOffice.objects.filter(case=case).update(until=scene.today)
    CaseOffice.objects.create(case=case, office="vancouver", since=scene.today)
    before = scene.today - ONE
    assert [capacity(montreal, case, day) for day in (before, scene.today)] == ["officer", None]
    assert [capacity(vancouver, case, day) for day in (before, scene.today)] == [None, "officer"]


def test_member_has_the_cases_they_hear_and_no_other(scene: Scene) -> None:
    member, other = scene.staff("member", division="RPD"), scene.staff("member", division="RPD")
    case = scene.case()
    heard(case, member)
    assert capacity(member, case, scene.today) == "member"
    assert capacity(other, case, scene.today) is None
    assert capacity(member, scene.case(), scene.today) is None


def test_member_of_a_cancelled_hearing_has_nothing(scene: Scene) -> None:
    member, case = scene.staff("member", division="RPD"), scene.case()
    heard(case, member, cancelled=True)
    assert capacity(member, case, scene.today) is None


def test_person_named_as_member_without_the_role_has_nothing(scene: Scene) -> None:
    somebody, case = scene.user(), scene.case()
    heard(case, somebody)
    assert capacity(somebody, case, scene.today) is None


def test_auditor_has_every_case_but_no_documents(scene: Scene) -> None:
    auditor = scene.staff("auditor")
    assert capacity(auditor, scene.case(), scene.today) == "auditor"
    assert not may_read_documents("auditor")
    assert not may_file("auditor")


def test_operator_has_no_case(scene: Scene) -> None:
    assert capacity(scene.staff("operator"), scene.case(), scene.today) is None


def test_officer_who_is_counsel_in_a_case_acts_as_counsel_there(scene: Scene) -> None:
    officer = scene.staff("officer", office="montreal")
    case = scene.case(office="montreal", counsel=officer)
    assert capacity(officer, case, scene.today) == "counsel"


@pytest.mark.requirement("MC-16")
def test_delegate_has_the_cases_of_counsel_while_counsel_is_of_record(scene: Scene) -> None:
    counsel, user = scene.user(), scene.user("Jane Roe")
    case, other = scene.case(counsel=counsel), scene.case()
    made = delegate(scene, counsel, user)
    assert capacity(user, case, scene.today) == "delegate"
    assert capacity(user, other, scene.today) is None
    actions.remove_counsel(by=SYSTEM, case=case, person=made.principal, on=scene.today)
    assert capacity(user, case, scene.today - ONE) == "delegate"
    assert capacity(user, case, scene.today) is None


@pytest.mark.security(17)
def test_removed_delegate_has_nothing(scene: Scene) -> None:
    counsel, user = scene.user(), scene.user("Jane Roe")
    case = scene.case(counsel=counsel)
    made = delegate(scene, counsel, user)
    remove_delegate(by=scene.viewer(counsel), delegation_id=made.id)
    assert capacity(user, case, scene.today) is None


def test_delegate_has_no_case_of_which_counsel_is_the_person_and_not_counsel(scene: Scene) -> None:
    case = scene.case()
    claimant, user = claimant_of(case), scene.user("Jane Roe")
    delegate(scene, claimant, user)
    assert capacity(user, case, scene.today) is None


def test_delegate_who_is_counsel_or_claimant_there_acts_as_such(scene: Scene) -> None:
    counsel, user = scene.user(), scene.user("Jane Roe")
    delegate(scene, counsel, user)
    both = scene.case(counsel=counsel)
    assert user.person is not None
    actions.add_counsel(by=SYSTEM, case=both, person=user.person, since=scene.start)
    assert capacity(user, both, scene.today) == "counsel"
    own = scene.case(counsel=counsel)
    claimant = claimant_of(own)
    delegate(scene, counsel, claimant)
    assert capacity(claimant, own, scene.today) == "claimant"


def test_capacity_of_a_delegate_is_one_statement(
    scene: Scene, django_assert_num_queries: Callable[[int], Any]
) -> None:
    counsel, user = scene.user(), scene.user("Jane Roe")
    case = scene.case(counsel=counsel)
    delegate(scene, counsel, user)
    viewer = scene.viewer(user)
    with django_assert_num_queries(1):
        assert capacity_in(viewer, case, on=scene.today) == "delegate"


@pytest.mark.parametrize(
    ("capacity", "files", "reads"),
    [
        ("counsel", True, True),
        ("claimant", True, True),
        ("delegate", True, True),
        ("officer", False, True),
        ("member", False, True),
        ("auditor", False, False),
        (None, False, False),
    ],
)
def test_what_each_capacity_may_do(capacity: str | None, files: bool, reads: bool) -> None:
    assert may_file(capacity) is files
    assert may_read_documents(capacity) is reads
