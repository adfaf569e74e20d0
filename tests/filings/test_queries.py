"""Who finds a submission, its receipt and its documents."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from greffe.accounts.models import User
from greffe.accounts.viewers import Viewer
from greffe.cases import actions as case_actions
from greffe.cases.models import Case
from greffe.cases.permissions import capacity_in
from greffe.filings import actions
from greffe.filings.models import Submission
from greffe.filings.queries import find_document, find_submission, submissions_in
from greffe.ledger.actors import SYSTEM
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.portal import claimant_of
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15, pytest.mark.security(15)]


@pytest.fixture
def filed(scene: Scene) -> tuple[User, Case, Submission]:
    user = scene.user()
    case = scene.case(counsel=user)
    draft = scene.draft(user, case)
    scene.upload(user, draft)
    return user, case, scene.submit(user, draft)


def finds(scene: Scene, viewer: Viewer, case: Case, submission: Submission) -> tuple[bool, ...]:
    """Whether this person finds the receipt, the document, and it in the list of the case."""
    on = scene.today
    return (
        find_submission(viewer, submission.id, on=on) is not None,
        find_document(viewer, submission.id, 1, on=on) is not None,
        submission in submissions_in(viewer, case, capacity_in(viewer, case, on=on), on=on),
    )


ALL, NONE, RECEIPT = (True, True, True), (False, False, False), (True, False, False)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("filer", ALL),
        ("other counsel of record", ALL),
        ("claimant", ALL),
        ("officer", ALL),
        ("member", ALL),
        ("officer elsewhere", NONE),
        ("other member", NONE),
        ("auditor", NONE),
        ("operator", NONE),
        ("counsel elsewhere", NONE),
        ("claimant elsewhere", NONE),
        ("filer removed", RECEIPT),
    ],
)
def test_documents_are_for_those_who_may_read_them_and_receipts_also_for_who_filed(
    scene: Scene, filed: tuple[User, Case, Submission], who: str, expected: tuple[bool, ...]
) -> None:
    filer, case, submission = filed
    viewer = scene.viewer(_somebody(scene, who, filer, case))
    assert finds(scene, viewer, case, submission) == expected


def _somebody(scene: Scene, who: str, filer: User, case: Case) -> User:
    made: dict[str, Callable[[], User]] = {
        "filer": lambda: filer,
        "filer removed": lambda: _removed(scene, filer, case),
        "other counsel of record": lambda: _added(scene, case),
        "claimant": lambda: claimant_of(case),
        "claimant elsewhere": lambda: claimant_of(scene.case()),
        "counsel elsewhere": lambda: _counsel_elsewhere(scene),
        "officer": lambda: scene.staff("officer", office="montreal"),
        "officer elsewhere": lambda: scene.staff("officer", office="vancouver"),
        "member": lambda: _hearing(scene, case),
        "other member": lambda: _hearing(scene, scene.case()),
        "auditor": lambda: scene.staff("auditor"),
        "operator": lambda: scene.staff("operator"),
    }
    return made[who]()


def _removed(scene: Scene, filer: User, case: Case) -> User:
    assert filer.person is not None
    case_actions.remove_counsel(by=SYSTEM, case=case, person=filer.person, on=scene.today)
    return filer


def _added(scene: Scene, case: Case) -> User:
    user = scene.user()
    assert user.person is not None
    case_actions.add_counsel(by=SYSTEM, case=case, person=user.person, since=scene.today)
    return user


def _counsel_elsewhere(scene: Scene) -> User:
    user = scene.user()
    scene.case(counsel=user)
    return user


def _hearing(scene: Scene, case: Case) -> User:
    member = scene.staff("member", division="RPD")
    starts_at = datetime.now(ZoneInfo("America/Toronto")) + timedelta(days=9)
    case_actions.schedule_hearing(
        by=SYSTEM, case=case, starts_at=starts_at, office="montreal", member=member.person
    )
    return member


def test_filing_in_two_cases_is_read_by_those_who_may_read_both(scene: Scene) -> None:
    from greffe.cases.models import FamilyGroup
    from greffe.filings.draft_actions import start_draft

    user, group = scene.user(), FamilyGroup.objects.create(name="Rahimi")
    one, two = (scene.case(counsel=user, family_group=group) for _ in range(2))
    draft = start_draft(
        by=scene.viewer(user),
        case=one,
        document_type="rpd-boc",
        language="en",
        also_in=[two.pk],
    )
    scene.upload(user, draft)
    submission = scene.submit(user, draft)
    assert {link.case for link in submission.case_links.all()} == {one, two}
    claimant = scene.viewer(claimant_of(one))
    assert find_document(claimant, submission.id, 1, on=scene.today) is None
    officer = scene.viewer(scene.staff("officer", office="montreal"))
    assert find_document(officer, submission.id, 1, on=scene.today) is not None
    capacity = capacity_in(officer, two, on=scene.today)
    assert submission in submissions_in(officer, two, capacity, on=scene.today)


@pytest.mark.security(20)
def test_each_reading_is_recorded_in_the_history_of_the_case(
    scene: Scene, filed: tuple[User, Case, Submission]
) -> None:
    _, case, submission = filed
    officer = scene.staff("officer", office="montreal")
    document = find_document(scene.viewer(officer), submission.id, 1, on=scene.today)
    assert document is not None
    for _ in range(2):
        actions.record_reading(by=scene.viewer(officer), document=document)
    events = Event.objects.filter(kind=Kind.DOCUMENT_READ, case_ids__contains=[case.id])
    assert [event.actor_person_id for event in events] == [officer.person_id] * 2
    assert events[0].body["sha256"] == document.blob.sha256
