"""Lists and facts of cases: found by number and name, in order, by the day."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from greffe.cases import actions
from greffe.cases.models import Case, CaseOffice, FamilyGroup, MinisterParticipation
from greffe.cases.queries import (
    counsel_in,
    family_cases,
    known_events,
    minister_is_party,
    office_of,
    participants_in,
    standing,
)
from greffe.ledger.actors import SYSTEM
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15]

ONE = timedelta(days=1)


def test_office_is_that_of_the_day(scene: Scene) -> None:
    case = scene.case(office="montreal")
    CaseOffice.objects.filter(case=case).update(until=scene.today)
    CaseOffice.objects.create(case=case, office="vancouver", since=scene.today)
    assert office_of(case, on=scene.today - ONE).id == "montreal"
    assert office_of(case, on=scene.today).id == "vancouver"
    with pytest.raises(LookupError):
        office_of(case, on=scene.start - ONE)


def test_minister_takes_part_between_two_days_at_the_rpd_and_always_at_the_id(
    scene: Scene,
) -> None:
    case = scene.case(division="RPD")
    assert not minister_is_party(case, on=scene.today)
    actions.join_minister(by=SYSTEM, case=case, department="ircc", since=scene.today)
    assert not minister_is_party(case, on=scene.today - ONE)
    assert minister_is_party(case, on=scene.today)
    MinisterParticipation.objects.update(until=scene.today + ONE)
    assert not minister_is_party(case, on=scene.today + ONE)
    assert minister_is_party(scene.case(division="ID"), on=scene.today)


def test_day_of_a_hearing_is_that_of_its_place(scene: Scene) -> None:
    case = scene.case(office="vancouver")
    starts_at = datetime(2026, 12, 8, 2, tzinfo=UTC)  # still the 7th in Vancouver
    actions.schedule_hearing(by=SYSTEM, case=case, starts_at=starts_at, office="vancouver")
    actions.note_date(by=SYSTEM, case=case, event="referral", on=scene.today)
    events = known_events(case, now=starts_at - ONE)
    assert events["hearing"].isoformat() == "2026-12-07"
    assert events["referral"] == scene.today
    assert "hearing" not in known_events(case, now=starts_at + ONE)


def test_standing_says_at_once_what_the_others_say_one_by_one(scene: Scene) -> None:
    case = scene.case(office="montreal")
    now = timezone.now()
    CaseOffice.objects.filter(case=case).update(until=scene.today)
    CaseOffice.objects.create(case=case, office="vancouver", since=scene.today)
    actions.join_minister(by=SYSTEM, case=case, department="ircc", since=scene.today)
    MinisterParticipation.objects.update(until=scene.today + 2 * ONE)
    actions.note_date(by=SYSTEM, case=case, event="referral", on=scene.today)
    for days in (9, 3):
        starts_at = now + days * ONE
        actions.schedule_hearing(by=SYSTEM, case=case, starts_at=starts_at, office="vancouver")
    for moment in (now - ONE, now, now + 5 * ONE, now + 30 * ONE):
        stands = standing(case, now=moment)
        assert stands.office == office_of(case, on=timezone.localtime(moment).date())
        assert stands.events == known_events(case, now=moment)
        for day in (scene.today + days * ONE for days in range(-1, 4)):
            assert stands.minister_is_party(day) == minister_is_party(case, on=day)


def test_standing_of_a_case_without_dates(scene: Scene) -> None:
    case = scene.case(division="ID")
    stands = standing(case, now=timezone.now())
    assert stands.events == {}
    assert stands.minister_is_party(scene.today)
    with pytest.raises(LookupError):
        standing(case, now=timezone.now() - 1000 * ONE)


def test_family_is_the_open_cases_of_the_group_in_which_one_may_file(scene: Scene) -> None:
    user, group = scene.user(), FamilyGroup.objects.create(name="Rahimi")
    mine, sibling = (scene.case(counsel=user, family_group=group) for _ in range(2))
    scene.case(counsel=scene.user(), family_group=group)
    closed = scene.case(counsel=user, family_group=group)
    actions.close_case(by=SYSTEM, case=closed, on=scene.today)
    scene.case(division="ID", counsel=user, family_group=group)
    scene.case(counsel=user)
    family = family_cases(scene.viewer(user), mine, on=scene.today)
    assert [case.file_number for case in family] == [sibling.file_number]


def test_people_shown_are_those_of_the_day(scene: Scene) -> None:
    user = scene.user()
    case = scene.case(counsel=user)
    assert user.person is not None
    actions.remove_counsel(by=SYSTEM, case=case, person=user.person, on=scene.today + ONE)
    assert [link.person for link in counsel_in(case, on=scene.today)] == [user.person]
    assert not counsel_in(case, on=scene.today + ONE)
    assert [link.principal for link in participants_in(case, on=scene.today)] == [True]


def test_case_without_a_family_has_none(scene: Scene) -> None:
    user = scene.user()
    case = scene.case(counsel=user)
    assert case.family_group is None
    assert not family_cases(scene.viewer(user), case, on=scene.today)
    assert Case.objects.count() == 1
