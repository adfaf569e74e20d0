"""What waits in the queue follows the hearings of its case: the day by which it is looked at."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from greffe.cases import actions, hearing_actions
from greffe.cases.hearing_actions import Changed
from greffe.cases.hearing_refusals import HearingRefusedError
from greffe.cases.models import Case, Hearing
from greffe.filings.models import QueueItem
from greffe.filings.queue_queries import ORDER
from greffe.ledger.actors import SYSTEM
from tests.support.hearings import a_day, officer, person_of, postpone, schedule, sitting
from tests.support.scenes import Scene

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres15,
    pytest.mark.requirement("MC-16"),
]


def filed(scene: Scene, case: Case) -> QueueItem:
    """A submission of counsel's that waits."""
    user = scene.user()
    actions.add_counsel(by=SYSTEM, case=case, person=person_of(user), since=scene.start)
    draft = scene.draft(user, case)
    scene.upload(user, draft)
    return QueueItem.objects.get(submission=scene.submit(user, draft))


def due(item: QueueItem) -> dt.date:
    item.refresh_from_db()
    return item.due_on


def test_work_moves_up_for_a_near_hearing_and_back_when_it_is_off(scene: Scene) -> None:
    by, case, other = officer(scene), scene.case(), scene.case()
    first, second = filed(scene, other), filed(scene, case)
    usual = due(second)
    assert list(QueueItem.objects.order_by(*ORDER)) == [first, second]
    hearing = actions.schedule_hearing(
        by=SYSTEM, case=case, starts_at=sitting(after=30).starts_at, office="montreal"
    )
    soon = sitting(on=a_day(after=1))
    keys = warned(scene, hearing, soon)
    new = postpone(by, hearing, soon, acknowledged=frozenset(keys)).hearing
    assert due(second) < usual
    assert list(QueueItem.objects.order_by(*ORDER)) == [second, first]
    assert due(first) == usual
    hearing_actions.cancel(by=by, hearing_id=new.pk, version=new.revision)
    assert due(second) == usual


def warned(scene: Scene, hearing: Hearing, asked: hearing_actions.Sitting) -> list[str]:
    """The warnings that a hearing so near brings."""
    with pytest.raises(HearingRefusedError) as caught:
        postpone(officer(scene), hearing, asked)
    return [one.key for one in caught.value.warnings]


def test_scheduling_far_ahead_leaves_the_day_as_it_was(scene: Scene) -> None:
    case = scene.case()
    item = filed(scene, case)
    usual = due(item)
    schedule(officer(scene), case, sitting(after=90))
    assert due(item) == usual


@pytest.mark.django_db(transaction=True)
def test_hearing_changes_while_work_of_its_case_is_being_decided(scene: Scene) -> None:
    """A decision locks the work, then the case: whoever changes a hearing must not wait for it."""
    case = scene.case()
    item = filed(scene, case)
    by = officer(scene)
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        QueueItem.objects.select_for_update().get(pk=item.pk)
        changed = pool.submit(alone, lambda: schedule(by, case)).result(timeout=60)
        Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    assert list(case.hearings.all()) == [changed.hearing]


def alone(task: Callable[[], Changed]) -> Changed:
    """Do something on a connection of its own."""
    try:
        return task()
    finally:
        connections.close_all()
