"""Two officers at once on one hearing, on real connections: one acts, the other is told."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction

from greffe.accounts.viewers import Viewer
from greffe.cases import hearing_actions
from greffe.cases.hearing_papers import issue_notice
from greffe.cases.hearing_refusals import HearingRefusedError
from greffe.cases.models import Case, Hearing, RecordEntry
from greffe.documents.models import Blob
from greffe.documents.stores import document_store
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.hearings import officer, postpone, schedule, sitting
from tests.support.scenes import Scene

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres15,
    pytest.mark.requirement("MC-16"),
]

_WAITING = """
SELECT count(*) FROM pg_stat_activity, pg_sleep(0.01)
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def at_once(case: Case, *tasks: Any) -> list[Future[Any]]:
    """Run the tasks so that all wait for the case at the same moment, then let them go."""

    def alone(task: Any) -> Any:
        try:
            return task()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        with transaction.atomic():
            Case.objects.select_for_update().get(pk=case.pk)
            done = [pool.submit(alone, task) for task in tasks]
            while _waiting() < len(tasks):
                assert not any(one.done() for one in done), [one.result() for one in done]
        return done


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(_WAITING)
        (count,) = cursor.fetchone()
    return int(count)


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
