"""Two officers at once on one hearing, on real connections: one acts, the other is told."""

import pytest

from greffe.accounts.viewers import Viewer
from greffe.cases import hearing_actions
from greffe.cases.hearing_papers import issue_notice
from greffe.cases.hearing_refusals import HearingRefusedError
from greffe.cases.models import Hearing, RecordEntry
from greffe.documents.models import Blob
from greffe.documents.stores import document_store
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.at_once import at_once
from tests.support.hearings import officer, postpone, schedule, sitting
from tests.support.scenes import Scene

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres15,
    pytest.mark.requirement("MC-16"),
]


@pytest.fixture
def fixed(scene: Scene) -> tuple[Viewer, Viewer, Hearing]:
    one, other = officer(scene), officer(scene)
    return one, other, schedule(one, scene.case()).hearing


def test_one_of_two_officers_changes_a_hearing_and_the_other_is_told(
    fixed: tuple[Viewer, Viewer, Hearing],
) -> None:
    one, other, hearing = fixed
    done = at_once(
        hearing.case,
        lambda: postpone(one, hearing, sitting(after=60)),
        lambda: hearing_actions.cancel(by=other, hearing_id=hearing.pk, version=0),
    )
    refused = [task.exception() for task in done if task.exception()]
    assert [type(error) for error in refused] == [HearingRefusedError]
    assert getattr(refused[0], "code", "") == "stale"
    kinds = {Kind.HEARING_POSTPONED, Kind.HEARING_CANCELLED}
    assert Event.objects.filter(kind__in=kinds).count() == 1
    assert Hearing.objects.get(pk=hearing.pk).cancelled


def test_two_officers_who_schedule_the_same_fix_one_hearing(
    fixed: tuple[Viewer, Viewer, Hearing], scene: Scene
) -> None:
    one, other, _ = fixed
    case = scene.case()
    done = at_once(case, lambda: schedule(one, case), lambda: schedule(other, case))
    assert done[0].result().hearing == done[1].result().hearing
    assert case.hearings.count() == 1


def test_two_officers_who_issue_the_notice_issue_one(
    fixed: tuple[Viewer, Viewer, Hearing],
) -> None:
    one, other, hearing = fixed
    done = at_once(
        hearing.case,
        lambda: issue_notice(by=one, hearing_id=hearing.pk, version=0),
        lambda: issue_notice(by=other, hearing_id=hearing.pk, version=0),
    )
    entries = {task.result()[0] for task in done}
    assert list(RecordEntry.objects.all()) == list(entries)
    assert Event.objects.filter(kind=Kind.NOTICE_ISSUED).count() == 1
    assert list(document_store().keys()) == list(Blob.objects.values_list("key", flat=True))
