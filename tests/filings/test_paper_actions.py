"""Paper and fax: placed whole or not at all, with the day of the office and the limits it meets."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from greffe.accounts.models import User
from greffe.cases.actions import close_case, note_date
from greffe.cases.models import Case, CaseOffice, RecordEntry
from greffe.documents.actions import expire_uploads
from greffe.documents.models import Blob, Upload
from greffe.documents.stores import document_store
from greffe.filings import paper_actions
from greffe.filings.paper import Details, judge_paper
from greffe.filings.paper_messages import warning_text
from greffe.filings.refusals import FilingRefusedError
from greffe.ledger.models import Event
from tests.support.paper import KIND, details, waiting
from tests.support.scenes import Scene, pdf

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.requirement("MC-18"),
    pytest.mark.postgres15,
]

VANCOUVER = dt.timezone(dt.timedelta(hours=-8))


@pytest.fixture
def officer(scene: Scene) -> User:
    return scene.staff("officer", office="montreal")


@pytest.fixture
def case(scene: Scene) -> Case:
    return scene.case()


def place(
    scene: Scene,
    officer: User,
    case: Case,
    *uploads: Upload,
    said: Details | None = None,
    confirmed: frozenset[str] | None = None,
) -> list[RecordEntry]:
    """Place as the page would, with everything confirmed unless told otherwise."""
    said = said or details()
    judged = judge_paper(case, said, uploads, now=timezone.now())
    keys = frozenset(warned.key for warned in judged.warnings)
    return paper_actions.place_paper(
        by=scene.viewer(officer),
        case_id=case.id,
        uploads=[upload.id for upload in uploads],
        details=said,
        confirmed=keys if confirmed is None else confirmed,
    )


def refused(code: str) -> Any:
    return pytest.raises(FilingRefusedError, match=f"code='{code}'")


def kinds(case: Case) -> list[str]:
    """What the history of a case says since it was opened."""
    events = Event.objects.filter(case_ids__contains=[case.id]).order_by("at", "id")
    return [event.kind for event in events][2:]


def nothing_is_placed(case: Case, *uploads: Upload) -> None:
    """See that the case file is empty and that the uploads wait as they did."""
    assert case.record.count() == 0
    assert "paper-received" not in kinds(case)
    for upload in uploads:
        upload.refresh_from_db()
        assert not upload.taken
        assert upload.expires_at is not None


def test_document_is_on_the_record_with_what_the_officer_said(
    scene: Scene, officer: User, case: Case
) -> None:
    upload = waiting(scene, officer, case)
    said = details(method="fax", audience="tribunal")
    (entry,) = place(scene, officer, case, upload, said=said)
    assert (entry.source, entry.method, entry.document_type) == ("paper", "fax", KIND)
    assert (entry.received_by, entry.filed_by) == ("Odile Gagnon", "Claimant 1")
    assert (entry.audience, entry.pages, entry.position) == ("tribunal", 2, 1)
    assert (entry.received_at, entry.blob) == (said.received_at, upload.blob)


def test_both_events_are_recorded_with_the_limits_as_they_stood(
    scene: Scene, officer: User, case: Case
) -> None:
    (entry,) = place(scene, officer, case, waiting(scene, officer, case))
    assert kinds(case)[-2:] == ["document-placed", "paper-received"]
    event = Event.objects.get(kind="paper-received")
    assert (event.actor_name, event.actor_capacity) == (officer.get_full_name(), "officer")
    assert event.subject == entry.id
    assert event.body["sha256"] == entry.blob.sha256
    assert event.body["limits"] == [
        limit.as_json()
        for limit in judge_paper(case, details(entry.received_at), [], now=timezone.now()).limits
    ]


def test_placed_upload_never_expires(scene: Scene, officer: User, case: Case) -> None:
    upload = waiting(scene, officer, case)
    place(scene, officer, case, upload)
    assert expire_uploads(now=timezone.now() + dt.timedelta(days=400)) == 0
    assert Blob.objects.get(pk=upload.blob_id).retention == "filing"


def test_upload_that_nobody_confirms_expires_with_its_bytes(
    scene: Scene, officer: User, case: Case, django_capture_on_commit_callbacks: Any
) -> None:
    waiting(scene, officer, case)
    with django_capture_on_commit_callbacks(execute=True):
        assert expire_uploads(now=timezone.now() + dt.timedelta(days=3)) == 1
    assert list(document_store().keys()) == []
    nothing_is_placed(case)


@pytest.mark.requirement("MC-13")
@pytest.mark.requirement("BY-04")
def test_day_of_receipt_is_that_of_the_office(scene: Scene) -> None:
    officer, case = scene.staff("officer", office="vancouver"), scene.case(office="vancouver")
    at = dt.datetime.combine(scene.today - dt.timedelta(days=5), dt.time(22, 0), tzinfo=VANCOUVER)
    (entry,) = place(scene, officer, case, waiting(scene, officer, case), said=details(at))
    assert entry.date_of_receipt == scene.today - dt.timedelta(days=5)
    assert timezone.localdate(entry.received_at) == scene.today - dt.timedelta(days=4)


def test_day_of_receipt_is_that_of_the_office_of_its_day_after_a_transfer(scene: Scene) -> None:
    case = scene.case(office="vancouver")
    moved = scene.today - dt.timedelta(days=2)
    case.offices.update(until=moved)
    CaseOffice.objects.create(case=case, office="montreal", since=moved)
    officer = scene.staff("officer", office="montreal")
    at = dt.datetime.combine(scene.today - dt.timedelta(days=5), dt.time(22, 0), tzinfo=VANCOUVER)
    (entry,) = place(scene, officer, case, waiting(scene, officer, case), said=details(at))
    assert entry.date_of_receipt == scene.today - dt.timedelta(days=5)


def test_limit_is_judged_by_the_day_of_receipt_and_not_by_today(
    scene: Scene, officer: User
) -> None:
    case = scene.case()
    note_date(by=scene.by, case=case, event="referral", on=scene.today - dt.timedelta(days=80))
    statuses = []
    for days in (2, 79):
        at = dt.datetime.combine(scene.today - dt.timedelta(days=days), dt.time(17), tzinfo=dt.UTC)
        said = details(at, document_type="rpd-boc")
        judged = judge_paper(case, said, [], now=timezone.now())
        statuses.append([limit.status for limit in judged.limits])
    assert statuses == [["late"], ["met"]]


def test_several_documents_of_one_arrival_are_placed_in_order(
    scene: Scene, officer: User, case: Case
) -> None:
    uploads = [waiting(scene, officer, case, pdf(n, text=str(n))) for n in (1, 2, 3)]
    entries = place(scene, officer, case, *uploads)
    assert [(e.position, e.pages) for e in entries] == [(1, 1), (2, 2), (3, 3)]
    assert kinds(case).count("paper-received") == 3


def test_time_to_come_is_refused(scene: Scene, officer: User, case: Case) -> None:
    upload = waiting(scene, officer, case)
    with refused("in-the-future"):
        place(scene, officer, case, upload, said=details(timezone.now() + dt.timedelta(minutes=5)))
    nothing_is_placed(case, upload)


@pytest.mark.parametrize(
    ("field", "value"),
    [("document_type", "rad-record"), ("method", "pigeon"), ("audience", "everybody")],
)
def test_choice_that_is_in_no_list_is_refused(
    scene: Scene, officer: User, case: Case, field: str, value: str
) -> None:
    upload = waiting(scene, officer, case)
    with refused("unknown-choice"):
        place(scene, officer, case, upload, said=details(**{field: value}))
    nothing_is_placed(case, upload)


@pytest.mark.requirement("BY-01")
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"PK\x03\x04word/document.xml" + b"\0" * 600, id="not a PDF"),
        pytest.param(b"", id="empty"),
        pytest.param(pdf(3)[:99], id="damaged"),
    ],
)
def test_file_that_nobody_could_read_is_not_placed_with_the_others(
    scene: Scene, officer: User, case: Case, content: bytes
) -> None:
    good, bad = waiting(scene, officer, case), waiting(scene, officer, case, content)
    with refused("cannot-be-kept"):
        place(scene, officer, case, good, bad)
    nothing_is_placed(case, good, bad)


def test_long_ago_is_placed_only_when_confirmed(scene: Scene, officer: User, case: Case) -> None:
    upload, said = waiting(scene, officer, case), details(timezone.now() - dt.timedelta(days=31))
    with refused("not-confirmed"):
        place(scene, officer, case, upload, said=said, confirmed=frozenset())
    nothing_is_placed(case, upload)
    (entry,) = place(scene, officer, case, upload, said=said)
    assert entry.received_at == said.received_at


def test_closed_case_still_takes_paper_when_confirmed(
    scene: Scene, officer: User, case: Case
) -> None:
    close_case(by=scene.by, case=case, on=scene.today)
    case.refresh_from_db()
    upload = waiting(scene, officer, case)
    with refused("not-confirmed"):
        place(scene, officer, case, upload, confirmed=frozenset())
    assert place(scene, officer, case, upload)


def test_same_bytes_on_the_same_file_are_told_with_their_place(
    scene: Scene, officer: User, case: Case
) -> None:
    place(scene, officer, case, waiting(scene, officer, case))
    again = waiting(scene, officer, case)
    said = details(timezone.now() - dt.timedelta(days=1))
    judged = judge_paper(case, said, [again], now=timezone.now())
    assert [(w.code, w.params.get("position")) for w in judged.warnings] == [("on-file", 1)]
    assert "document 1" in warning_text(judged.warnings[0])[0]
    with refused("not-confirmed"):
        place(scene, officer, case, again, said=said, confirmed=frozenset())


def test_same_arrival_entered_by_a_second_officer_is_told(
    scene: Scene, officer: User, case: Case
) -> None:
    said = details()
    place(scene, officer, case, waiting(scene, officer, case), said=said)
    other = waiting(scene, officer, case, pdf(4, text="scanned again"))
    judged = judge_paper(case, said, [other], now=timezone.now())
    assert [warned.code for warned in judged.warnings] == ["same-arrival"]


def test_same_request_again_places_nothing_more(scene: Scene, officer: User, case: Case) -> None:
    upload = waiting(scene, officer, case)
    place(scene, officer, case, upload)
    with refused("gone"):
        place(scene, officer, case, upload)
    assert case.record.count() == 1


@pytest.mark.security(16)
def test_officer_of_another_office_places_nothing(scene: Scene, officer: User, case: Case) -> None:
    upload = waiting(scene, officer, case)
    elsewhere = scene.staff("officer", office="vancouver")
    with refused("not-of-office"):
        place(scene, elsewhere, case, upload)
    with refused("not-of-office"):
        waiting(scene, elsewhere, case)
    nothing_is_placed(case, upload)


@pytest.mark.security(16)
def test_upload_of_another_officer_cannot_be_taken(scene: Scene, officer: User, case: Case) -> None:
    upload = waiting(scene, officer, case)
    colleague = scene.staff("officer", office="montreal")
    with refused("gone"):
        place(scene, colleague, case, upload)
    paper_actions.discard_paper(by=scene.viewer(colleague), upload_id=upload.id)
    nothing_is_placed(case, upload)


@pytest.mark.security(16)
def test_file_of_a_draft_of_the_same_person_cannot_be_taken(scene: Scene) -> None:
    """An officer may be counsel elsewhere: what they prepare there is not theirs here."""
    officer = scene.staff("officer", office="montreal")
    case = scene.case()
    draft = scene.draft(officer, scene.case(counsel=officer))
    upload = scene.upload(officer, draft)
    with refused("gone"):
        place(scene, officer, case, upload)


def test_counsel_and_member_take_in_no_paper(scene: Scene, case: Case) -> None:
    counsel, member = scene.user(), scene.staff("member", division="RPD")
    own = scene.case(counsel=counsel)
    assert paper_actions.paper_case(scene.viewer(counsel), own.id) is None
    assert paper_actions.paper_case(scene.viewer(member), case.id) is None
    assert paper_actions.paper_case(scene.viewer(member), uuid.uuid4()) is None


@pytest.mark.faults
@pytest.mark.parametrize("stage", ["place_on_record", "record", "take_uploads"])
def test_crash_between_store_and_record_leaves_nothing_half(
    scene: Scene, officer: User, case: Case, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    uploads = [waiting(scene, officer, case, pdf(n, text=str(n))) for n in (1, 2)]
    real: Callable[..., Any] = getattr(paper_actions, stage)

    def crash(*args: Any, **kwargs: Any) -> None:
        real(*args, **kwargs)
        raise KeyboardInterrupt

    monkeypatch.setattr(paper_actions, stage, crash)
    with pytest.raises(KeyboardInterrupt):
        place(scene, officer, case, *uploads)
    monkeypatch.undo()
    nothing_is_placed(case, *uploads)
    assert len(list(document_store().keys())) == 2
    assert len(place(scene, officer, case, *uploads)) == 2


@pytest.mark.faults
def test_crash_before_inspection_is_made_good_when_the_page_is_opened(
    scene: Scene, officer: User, case: Case
) -> None:
    upload = waiting(scene, officer, case)
    Upload.objects.filter(pk=upload.pk).update(facts=None)
    upload.refresh_from_db()
    paper_actions.inspect_waiting([upload])
    assert upload.inspected.pages == 2
