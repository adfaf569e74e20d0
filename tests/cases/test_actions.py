"""Writes about cases: each with its event in the history, and wrong ones refused whole."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from greffe.cases import actions
from greffe.cases.models import Case, CounselOfRecord, Openness
from greffe.ledger.actors import SYSTEM
from greffe.ledger.kinds import Kind
from greffe.ledger.queries import history
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15]


def test_history_of_a_case_tells_every_change(scene: Scene) -> None:
    user = scene.user()
    case = scene.case(division="RAD", counsel=user)
    assert user.person is not None
    actions.record_appeal(by=SYSTEM, case=case, on=scene.today)
    actions.join_minister(by=SYSTEM, case=case, department="cbsa", since=scene.today)
    actions.remove_counsel(by=SYSTEM, case=case, person=user.person, on=scene.today)
    actions.close_case(by=SYSTEM, case=case, on=scene.today)
    assert [event.kind for event in reversed(history(case.pk))] == [
        Kind.CASE_OPENED,
        Kind.PARTICIPANT_ADDED,
        Kind.COUNSEL_ADDED,
        Kind.APPEAL_RECORDED,
        Kind.MINISTER_JOINED,
        Kind.COUNSEL_REMOVED,
        Kind.CASE_CLOSED,
    ]
    case.refresh_from_db()
    assert (case.status, case.closed_on) == (Case.Status.CLOSED, scene.today)
    assert case.appeal_recorded_on == scene.today


@pytest.mark.parametrize(("division", "public"), [("RPD", False), ("RAD", False), ("IAD", True)])
def test_new_case_is_as_open_as_its_division(scene: Scene, division: str, public: bool) -> None:
    case = scene.case(division=division)
    assert Openness.objects.get(case=case).public is public


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"file_number": "nothing"}, ValueError),
        ({"division": "XYZ"}, LookupError),
        ({"office": "atlantis"}, LookupError),
    ],
)
def test_case_that_cannot_be_is_refused_and_leaves_nothing(
    scene: Scene, wrong: dict[str, str], error: type[Exception]
) -> None:
    known = {"file_number": "MC6-00001", "division": "RPD", "office": "montreal", "language": "en"}
    with pytest.raises(error), transaction.atomic():
        actions.open_case(by=SYSTEM, since=scene.start, **(known | wrong))
    assert not Case.objects.exists()


def test_number_is_given_once(scene: Scene) -> None:
    scene.case(number="MC6-00001")
    with pytest.raises(IntegrityError, match="case_number_is_unique"), transaction.atomic():
        scene.case(number="MC6-00001")


def test_counsel_is_on_the_record_once_at_a_time(scene: Scene) -> None:
    user = scene.user()
    case = scene.case(counsel=user)
    assert user.person is not None
    with pytest.raises(IntegrityError, match="counsel_on_record_once"), transaction.atomic():
        actions.add_counsel(by=SYSTEM, case=case, person=user.person, since=scene.today)


def test_counsel_cannot_leave_before_coming(scene: Scene) -> None:
    user = scene.user()
    case = scene.case(counsel=user)
    assert user.person is not None
    before = scene.start - timedelta(days=1)
    with pytest.raises(IntegrityError, match="counsel_ends"), transaction.atomic():
        actions.remove_counsel(by=SYSTEM, case=case, person=user.person, on=before)
    assert CounselOfRecord.objects.get().until is None
