"""The registry's queue: order, pages, who holds what, who sees what."""

import datetime as dt
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from greffe.accounts.models import Person, User
from greffe.accounts.viewers import Viewer
from greffe.cases.actions import add_counsel
from greffe.cases.models import Case
from greffe.filings import queue_actions
from greffe.filings.decision_actions import accept
from greffe.filings.decision_queries import find_for_registry
from greffe.filings.models import QueueItem, Submission
from greffe.filings.queries import find_document
from greffe.filings.queue_queries import PAGE, Filters, Place, load_of, next_of_mine, queue_page
from greffe.filings.refusals import FilingRefusedError
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15]


def officer(scene: Scene, office: str = "montreal") -> Viewer:
    return scene.viewer(scene.staff("officer", office=office))


def supervisor(scene: Scene, office: str = "montreal") -> Viewer:
    return scene.viewer(scene.staff("supervisor", office=office))


def filed(scene: Scene, *, office: str = "montreal", case: Case | None = None) -> Submission:
    counsel = scene.user()
    if case is None:
        case = scene.case(counsel=counsel, office=office)
    draft = scene.draft(counsel, case)
    scene.upload(counsel, draft)
    return scene.submit(counsel, draft)


def due(submission: Submission, day: dt.date) -> None:
    QueueItem.objects.filter(pk=submission.pk).update(due_on=day)


def listed(viewer: Viewer, **filters: object) -> list[str]:
    return [line.number for line in queue_page(viewer, Filters(**filters))]


def test_what_is_filed_waits_in_the_queue_of_its_office(scene: Scene) -> None:
    submission = filed(scene)
    item = QueueItem.objects.get()
    assert (item.office, item.division, item.holder) == ("montreal", "RPD", None)
    assert item.received_at == submission.received_at
    assert item.due_on >= submission.date_of_receipt
    assert listed(officer(scene)) == [submission.number]
    assert listed(officer(scene, "vancouver")) == []


def test_hearing_soon_makes_an_arrival_due_sooner(scene: Scene) -> None:
    from greffe.cases.actions import schedule_hearing

    counsel = scene.user()
    case = scene.case(counsel=counsel)
    soon = timezone.now() + dt.timedelta(hours=2)
    schedule_hearing(by=scene.by, case=case, starts_at=soon, office="montreal")
    draft = scene.draft(counsel, case)
    scene.upload(counsel, draft)
    submission = scene.submit(counsel, draft)
    assert QueueItem.objects.get().due_on == submission.date_of_receipt


def test_most_urgent_comes_first_then_the_oldest(scene: Scene) -> None:
    first, second, third = filed(scene), filed(scene), filed(scene)
    day = scene.today
    due(first, day + dt.timedelta(days=2))
    due(second, day)
    due(third, day)
    assert listed(officer(scene)) == [second.number, third.number, first.number]
    assert listed(officer(scene), due_by=day) == [second.number, third.number]


def test_pages_follow_one_another_without_a_gap_or_a_repetition(scene: Scene) -> None:
    template = filed(scene)
    many(template, PAGE * 2 + 3)
    viewer = officer(scene)
    seen: list[object] = []
    after = None
    for size in (PAGE + 1, PAGE + 1, 4):
        page = queue_page(viewer, Filters(), after=after)
        assert len(page) == size
        seen += [item.pk for item in page[:PAGE]]
        after = page[:PAGE][-1].place
    assert len(seen) == len(set(seen)) == PAGE * 2 + 4


def many(template: Submission, count: int) -> None:
    """More submissions like one, some due and received at the same moment."""
    from greffe.filings.models import Draft, SubmissionCase

    item = QueueItem.objects.get(pk=template.pk)
    link = template.case_links.get()
    for serial in range(count):
        draft = Draft.objects.create(
            person=template.person,
            state="submitted",
            document_type=template.document_type,
            language="en",
            expires_at=timezone.now(),
        )
        template.draft, template.number = draft, f"2026-{serial:06d}-MANY"
        template.id = uuid.uuid4()
        template._state.adding = True
        template.save(force_insert=True)
        SubmissionCase.objects.create(submission=template, case=link.case, office=link.office)
        QueueItem.objects.create(
            submission=template,
            office=item.office,
            division=item.division,
            document_type=item.document_type,
            received_at=item.received_at,
            due_on=item.due_on + dt.timedelta(days=serial % 3),
        )


def test_page_of_the_queue_takes_few_statements_however_long_it_is(
    scene: Scene, django_assert_max_num_queries: object
) -> None:
    many(filed(scene), 30)
    viewer = officer(scene)
    with django_assert_max_num_queries(1):  # type: ignore[operator] # a fixture of pytest-django
        page = queue_page(viewer, Filters())
        assert page[0].cases
        assert page[0].principal


@given(
    st.dates(dt.date(2000, 1, 1)),
    st.datetimes(timezones=st.just(dt.UTC)),
    st.uuids(),
)
def test_place_is_read_as_it_was_written(due_on: dt.date, at: dt.datetime, key: object) -> None:
    place = Place(due_on, at, key)  # type: ignore[arg-type] # a UUID
    assert Place.read(place.text) == place


@pytest.mark.parametrize("text", ["", "x", "||", "2026-01-01|yesterday|1", "2026-13-45|a|b"])
def test_place_that_makes_no_sense_is_the_beginning(text: str) -> None:
    assert Place.read(text) is None


def test_two_officers_never_hold_the_same_one(scene: Scene) -> None:
    one, other = officer(scene), officer(scene)
    submission = filed(scene)
    assert queue_actions.take(by=one, submission_ids=[submission.pk]) == [submission.pk]
    assert queue_actions.take(by=other, submission_ids=[submission.pk]) == []
    assert QueueItem.objects.get().holder == one.person
    assert Event.objects.filter(kind=Kind.WORK_TAKEN).count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_officers_at_once_share_the_queue_without_sharing_a_submission(scene: Scene) -> None:
    template = filed(scene)
    many(template, 11)
    officers = [officer(scene) for _ in range(4)]

    def take(viewer: Viewer) -> list[object]:
        with closing_connection():
            return list(queue_actions.take_next(by=viewer, count=3))

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(take, officers))
    everything = [pk for share in taken for pk in share]
    assert len(everything) == len(set(everything))
    for viewer, share in zip(officers, taken, strict=True):
        held = QueueItem.objects.filter(holder=viewer.person).values_list("pk", flat=True)
        assert set(held) == set(share)


@contextmanager
def closing_connection() -> Iterator[None]:
    try:
        yield
    finally:
        connection.close()


def test_next_ones_are_the_most_urgent_that_nobody_holds(scene: Scene) -> None:
    late, held, later = filed(scene), filed(scene), filed(scene)
    due(held, scene.today - dt.timedelta(days=3))
    due(late, scene.today - dt.timedelta(days=2))
    one, other = officer(scene), officer(scene)
    queue_actions.take(by=one, submission_ids=[held.pk])
    assert queue_actions.take_next(by=other, count=1) == [late.pk]
    following = next_of_mine(other)
    assert following is not None
    assert following.pk == late.pk
    assert QueueItem.objects.get(pk=later.pk).holder is None


def test_officer_puts_back_only_what_they_hold(scene: Scene) -> None:
    one, other = officer(scene), officer(scene)
    submission = filed(scene)
    queue_actions.take(by=one, submission_ids=[submission.pk])
    assert queue_actions.release(by=other, submission_ids=[submission.pk]) == 0
    assert queue_actions.release(by=one, submission_ids=[submission.pk]) == 1
    assert QueueItem.objects.get().holder is None


@pytest.mark.security(15)
def test_officer_elsewhere_takes_nothing(scene: Scene) -> None:
    submission = filed(scene)
    elsewhere = officer(scene, "vancouver")
    assert queue_actions.take(by=elsewhere, submission_ids=[submission.pk]) == []


def test_supervisor_gives_an_absent_officers_work_to_another(scene: Scene) -> None:
    absent, present = officer(scene), officer(scene)
    first, second = filed(scene), filed(scene)
    queue_actions.take(by=absent, submission_ids=[first.pk, second.pk])
    assert queue_actions.reassign_all(by=supervisor(scene), holder=absent.id, to=present.id) == 2
    assert QueueItem.objects.filter(holder=present.person).count() == 2
    body = Event.objects.filter(kind=Kind.WORK_REASSIGNED).first().body  # type: ignore[union-attr] # there are two
    assert body == {"before": str(absent.id), "after": str(present.id)}


def test_work_goes_to_no_one_outside_the_office(scene: Scene) -> None:
    absent = officer(scene)
    submission = filed(scene)
    queue_actions.take(by=absent, submission_ids=[submission.pk])
    with pytest.raises(FilingRefusedError) as refused:
        queue_actions.reassign_all(
            by=supervisor(scene), holder=absent.id, to=officer(scene, "toronto").id
        )
    assert refused.value.refused.code == "no-such-officer"


def test_officer_who_does_not_supervise_gives_nobodys_work_away(scene: Scene) -> None:
    one, other = officer(scene), officer(scene)
    submission = filed(scene)
    queue_actions.take(by=one, submission_ids=[submission.pk])
    assert queue_actions.reassign_all(by=other, holder=one.id, to=other.id) == 0


def test_load_tells_who_holds_how_much_since_when(scene: Scene) -> None:
    one = officer(scene)
    first, _second = filed(scene), filed(scene)
    queue_actions.take(by=one, submission_ids=[first.pk])
    loads = load_of(["montreal"])
    assert [(load.holder, load.count) for load in loads] == [(None, 1), (one.id, 1)]
    assert loads[1].oldest == first.received_at
    assert load_of(["vancouver"]) == []


def test_what_concerns_a_sealed_case_is_for_the_supervisors_of_its_office(scene: Scene) -> None:
    submission = filed(scene)
    Case.objects.update(sealed=True)
    assert listed(officer(scene)) == []
    assert listed(supervisor(scene)) == [submission.number]
    assert listed(supervisor(scene, "vancouver")) == []


def test_division_sees_what_its_member_must_decide(scene: Scene) -> None:
    from greffe.cases.actions import schedule_hearing
    from greffe.filings.decision_actions import pass_to_division

    counsel = scene.user()
    case = scene.case(counsel=counsel)
    member: User = scene.staff("member", division="RPD")
    schedule_hearing(
        by=scene.by,
        case=case,
        starts_at=timezone.now() + dt.timedelta(days=20),
        office="montreal",
        member=member.person,
    )
    submission = filed_in(scene, counsel, case)
    one = officer(scene)
    queue_actions.take(by=one, submission_ids=[submission.pk])
    assert listed(scene.viewer(member), whose="division") == []
    pass_to_division(by=one, submission_id=submission.pk)
    assert listed(scene.viewer(member), whose="division") == [submission.number]
    assert listed(scene.viewer(scene.staff("member", division="RPD")), whose="division") == []
    assert listed(one, whose="all") == []
    assert listed(one, whose="division") == [submission.number]


def filed_in(scene: Scene, counsel: User, case: Case) -> Submission:
    draft = scene.draft(counsel, case)
    scene.upload(counsel, draft)
    return scene.submit(counsel, draft)


def of_a_family(scene: Scene, counsel: User) -> tuple[Submission, Case, Case]:
    """A filing in two cases of a family that two offices handle; the first is the leading one."""
    from greffe.cases.models import FamilyGroup
    from greffe.filings import draft_actions

    group = FamilyGroup.objects.create(name="Family")
    here = scene.case(counsel=counsel, family_group=group)
    there = scene.case(counsel=counsel, family_group=group, office="toronto")
    draft = draft_actions.start_draft(
        by=scene.viewer(counsel),
        case=here,
        document_type="rpd-written-submissions",
        language="en",
        also_in=[there.pk],
    )
    scene.upload(counsel, draft)
    return scene.submit(counsel, draft), here, there


def reads(scene: Scene, viewer: Viewer, submission: Submission) -> tuple[bool, bool]:
    """Whether this person opens the filing at the desk, and its document."""
    on = scene.today
    desk = find_for_registry(viewer, submission.id, on=on)
    return desk is not None, find_document(viewer, submission.id, 1, on=on) is not None


def test_office_of_the_leading_case_reads_what_also_concerns_a_case_elsewhere(
    scene: Scene,
) -> None:
    submission, _, there = of_a_family(scene, scene.user())
    one = officer(scene)
    assert reads(scene, one, submission) == (True, True)
    assert reads(scene, officer(scene, "toronto"), submission) == (False, False)
    queue_actions.take(by=one, submission_ids=[submission.id])
    accept(by=one, submission_id=submission.id)
    assert reads(scene, one, submission) == (True, True)
    assert there.record.count() == 1


@pytest.mark.security(15)
def test_counsel_of_one_case_of_a_family_reads_nothing_that_concerns_the_other(
    scene: Scene,
) -> None:
    submission, here, _ = of_a_family(scene, scene.user())
    other = scene.user()
    add_counsel(by=scene.by, case=here, person=person_of(other), since=scene.start)
    assert find_document(scene.viewer(other), submission.id, 1, on=scene.today) is None


@pytest.mark.security(16)
def test_desk_of_a_decided_filing_is_closed_once_its_other_case_is_sealed(scene: Scene) -> None:
    submission, _, there = of_a_family(scene, scene.user())
    one = officer(scene)
    queue_actions.take(by=one, submission_ids=[submission.id])
    accept(by=one, submission_id=submission.id)
    Case.objects.filter(pk=there.pk).update(sealed=True)
    assert reads(scene, one, submission) == (False, False)


def test_nobody_decides_on_what_they_filed_themselves(scene: Scene) -> None:
    from greffe.accounts.actions import give_role
    from greffe.accounts.models import Role

    counsel = scene.user()
    give_role(
        by=scene.by,
        person=person_of(counsel),
        role=Role.OFFICER,
        since=scene.start,
        office="montreal",
    )
    submission = filed_in(scene, counsel, scene.case(counsel=counsel))
    viewer = scene.viewer(counsel)
    queue_actions.take(by=viewer, submission_ids=[submission.id])
    with pytest.raises(FilingRefusedError) as refused:
        accept(by=viewer, submission_id=submission.id)
    assert refused.value.refused.code == "not-in-your-office"


def person_of(user: User) -> Person:
    assert user.person is not None
    return user.person
