"""A batch under cover sheets: each document goes where its sheet says, once, if it may."""

import dataclasses
import datetime as dt
import io
import uuid
from typing import Any

import pikepdf
import pytest
from django.utils import timezone

from greffe.accounts.models import User
from greffe.cases.actions import close_case
from greffe.cases.models import Case, CaseOffice, RecordEntry
from greffe.documents.actions import expire_uploads
from greffe.documents.models import Upload
from greffe.documents.stores import document_store
from greffe.filings import batch_actions, batch_reading
from greffe.filings.batches import (
    Found,
    found_in_batch,
    reading_of,
    same_scan_before,
)
from greffe.filings.cover_sheets import Sheet, read_sheet, sheet_text
from greffe.filings.refusals import FilingRefusedError
from greffe.ledger.models import Event
from tests.support.paper import Scan, details, printed, send_scan, sheet_for
from tests.support.scenes import Scene

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.requirement("MC-18"),
    pytest.mark.postgres15,
]


@pytest.fixture
def officer(scene: Scene) -> User:
    return scene.staff("officer", office="montreal")


@pytest.fixture
def case(scene: Scene) -> Case:
    return scene.case()


def found(scene: Scene, officer: User, scan: Upload) -> list[Found]:
    return found_in_batch(scene.viewer(officer), scan, now=timezone.now())


def problems(scene: Scene, officer: User, scan: Upload) -> list[str]:
    return [one.problem for one in found(scene, officer, scan)]


def place(scene: Scene, officer: User, scan: Upload, *chosen: int) -> batch_actions.Outcome:
    """Place the documents under the sheets on these pages, or all that are there."""
    pages = chosen or tuple(one.sheet_page for one in found(scene, officer, scan))
    return batch_actions.place_batch(by=scene.viewer(officer), scan_id=scan.id, chosen=pages)


def test_each_document_is_placed_in_the_case_of_its_sheet(scene: Scene, officer: User) -> None:
    first, second = scene.case(), scene.case(language="fr")
    one = sheet_for(first, method="courier", filed_by="Daniel Okafor")
    scan = send_scan(scene, officer, Scan().sheet(one).blank(3).sheet(sheet_for(second)).blank(1))
    assert problems(scene, officer, scan) == ["", ""]
    assert RecordEntry.objects.count() == 0
    assert len(place(scene, officer, scan).placed) == 2
    entry, other = first.record.get(), second.record.get()
    assert (entry.pages, entry.method, entry.filed_by) == (3, "courier", "Daniel Okafor")
    assert entry.received_at == one.details.received_at.replace(microsecond=0)
    assert (entry.source, entry.source_id) == ("paper", one.id)
    assert entry.name == f"{first.file_number} - Written submissions.pdf"
    assert other.name == f"{second.file_number} - Observations écrites.pdf"


def test_scan_is_kept_as_it_came_and_named_by_each_document(
    scene: Scene, officer: User, case: Case
) -> None:
    content = Scan().sheet(sheet_for(case)).blank(2).bytes()
    scan = send_scan(scene, officer, content)
    place(scene, officer, scan)
    scan.refresh_from_db()
    assert scan.taken
    with document_store().open(scan.blob.key) as kept:
        assert kept.read() == content
    event = Event.objects.get(kind="paper-received")
    assert event.body["scan"] == {"sha256": scan.blob.sha256, "pages": [2, 3]}
    with document_store().open(case.record.get().blob.key) as made, pikepdf.open(made) as pdf:
        assert str(pdf.docinfo["/SourceSHA256"]) == scan.blob.sha256


def test_what_is_not_confirmed_expires_scan_and_documents(
    scene: Scene, officer: User, case: Case, django_capture_on_commit_callbacks: Any
) -> None:
    send_scan(scene, officer, Scan().sheet(sheet_for(case)).blank().sheet(sheet_for(case)).blank())
    assert len(list(document_store().keys())) == 3
    with django_capture_on_commit_callbacks(execute=True):
        assert expire_uploads(now=timezone.now() + dt.timedelta(days=3)) == 3
    assert list(document_store().keys()) == []


def test_scan_without_sheets_places_nothing(scene: Scene, officer: User) -> None:
    scan = send_scan(scene, officer, Scan().blank(3))
    assert problems(scene, officer, scan) == ["before-first-sheet"]
    with pytest.raises(FilingRefusedError, match="nothing-to-place"):
        place(scene, officer, scan)


def test_pages_before_the_first_sheet_and_two_sheets_in_a_row_are_told(
    scene: Scene, officer: User, case: Case
) -> None:
    scan = Scan().blank().sheet(sheet_for(case)).sheet(sheet_for(case)).blank()
    sent = send_scan(scene, officer, scan)
    assert problems(scene, officer, sent) == ["before-first-sheet", "no-pages-follow", ""]
    outcome = place(scene, officer, sent)
    assert len(outcome.placed) == 1
    assert [one.problem for one in outcome.left] == ["before-first-sheet", "no-pages-follow"]


def test_upside_down_scan_is_read_and_told(scene: Scene, officer: User, case: Case) -> None:
    scan = send_scan(scene, officer, Scan().sheet(sheet_for(case), turned=180).blank())
    (one,) = found(scene, officer, scan)
    assert one.placeable
    assert [warned.code for warned in one.warnings] == ["upside-down"]


@pytest.mark.security(16)
def test_sheet_that_this_registry_did_not_make_places_nothing(
    scene: Scene, officer: User, case: Case
) -> None:
    genuine = sheet_text(sheet_for(case))
    mine, signature = genuine.rsplit(":", 1)
    forged = [
        mine + ":" + signature[::-1],
        mine.replace(mine[-6:], "AAAAAA") + ":" + signature,
        "GREFFE-COVER-1:",
        "GREFFE-COVER-1:a:b:c",
    ]
    assert [read_sheet(text) for text in forged] == [None] * 4
    scan = Scan().pages_of(printed(forged[0])).blank()
    assert problems(scene, officer, send_scan(scene, officer, scan)) == ["not-our-sheet"]


@pytest.mark.security(16)
def test_sheet_signed_with_another_key_is_not_ours(case: Case, settings: Any) -> None:
    text = sheet_text(sheet_for(case))
    settings.SECRET_KEY = "another registry's own key, as long as a key should be"
    assert read_sheet(text) is None


def test_sheet_is_read_back_as_it_was_said() -> None:
    at = dt.datetime(2026, 3, 2, 22, 5, tzinfo=dt.UTC)
    said = details(at, received_by="Zoé Ünal 李", filed_by="x" * 200, audience="tribunal")
    sheet = Sheet(uuid.uuid4(), uuid.uuid4(), said)
    assert read_sheet(sheet_text(sheet)) == sheet


def test_sheet_of_a_case_that_does_not_exist_is_told(scene: Scene, officer: User) -> None:
    scan = send_scan(scene, officer, Scan().sheet(sheet_for(uuid.uuid4())).blank())
    assert problems(scene, officer, scan) == ["unknown-case"]


@pytest.mark.security(16)
def test_sheet_of_another_offices_case_says_nothing_of_that_case(
    scene: Scene, officer: User
) -> None:
    theirs = scene.case(office="vancouver")
    scan = send_scan(scene, officer, Scan().sheet(sheet_for(theirs)).blank())
    (one,) = found(scene, officer, scan)
    assert (one.problem, one.case) == ("other-office", None)
    with pytest.raises(FilingRefusedError, match="nothing-to-place"):
        place(scene, officer, scan)


def test_sheet_of_a_transferred_case_is_told_as_such(
    scene: Scene, officer: User, case: Case
) -> None:
    scan = send_scan(scene, officer, Scan().sheet(sheet_for(case)).blank())
    case.offices.update(until=scene.today)
    CaseOffice.objects.create(case=case, office="vancouver", since=scene.today)
    assert problems(scene, officer, scan) == ["transferred"]
    with pytest.raises(FilingRefusedError, match="nothing-to-place"):
        place(scene, officer, scan)


@pytest.mark.security(16)
def test_sheet_of_a_case_sealed_since_is_for_the_supervisor(
    scene: Scene, officer: User, case: Case
) -> None:
    scan = send_scan(scene, officer, Scan().sheet(sheet_for(case)).blank())
    Case.objects.filter(pk=case.pk).update(sealed=True)
    assert problems(scene, officer, scan) == ["not-open-to-you"]


def test_sheet_of_a_closed_case_is_a_warning(scene: Scene, officer: User, case: Case) -> None:
    scan = send_scan(scene, officer, Scan().sheet(sheet_for(case)).blank())
    close_case(by=scene.by, case=case, on=scene.today)
    (one,) = found(scene, officer, scan)
    assert one.placeable
    assert [warned.code for warned in one.warnings] == ["case-closed"]


def test_those_that_can_be_placed_are_and_the_others_are_named(
    scene: Scene, officer: User, case: Case
) -> None:
    theirs = scene.case(office="vancouver")
    scan = send_scan(
        scene,
        officer,
        Scan().sheet(sheet_for(theirs)).blank().sheet(sheet_for(case)).blank(),
    )
    outcome = place(scene, officer, scan)
    assert [entry.case for entry in outcome.placed] == [case]
    assert [one.problem for one in outcome.left] == ["other-office"]
    assert theirs.record.count() == 0


def test_what_is_not_chosen_waits_and_can_be_placed_later(
    scene: Scene, officer: User, case: Case
) -> None:
    scan = send_scan(
        scene, officer, Scan().sheet(sheet_for(case)).blank().sheet(sheet_for(case)).blank(2)
    )
    place(scene, officer, scan, 3)
    assert [entry.pages for entry in case.record.all()] == [2]
    place(scene, officer, scan, 1)
    assert [entry.pages for entry in case.record.all()] == [2, 1]


def test_batch_sent_twice_is_told_and_its_documents_are_on_file_already(
    scene: Scene, officer: User, case: Case
) -> None:
    content = Scan().sheet(sheet_for(case)).blank(2).bytes()
    first = send_scan(scene, officer, content)
    place(scene, officer, first)
    again = send_scan(scene, officer, content)
    assert same_scan_before(again) == first
    (one,) = found(scene, officer, again)
    assert (one.problem, one.entry) == ("already-placed", case.record.get())
    with pytest.raises(FilingRefusedError, match="nothing-to-place"):
        place(scene, officer, again)
    assert case.record.count() == 1


def test_batch_scanned_again_is_known_by_its_sheets(
    scene: Scene, officer: User, case: Case
) -> None:
    sheet = sheet_for(case)
    place(scene, officer, send_scan(scene, officer, Scan().sheet(sheet).blank(2)))
    again = send_scan(scene, officer, Scan().sheet(sheet).blank(3))
    assert same_scan_before(again) is None
    assert problems(scene, officer, again) == ["already-placed"]


def test_same_sheet_twice_in_a_scan_places_one_document(
    scene: Scene, officer: User, case: Case
) -> None:
    sheet = sheet_for(case)
    scan = send_scan(scene, officer, Scan().sheet(sheet).blank().sheet(sheet).blank(2))
    assert problems(scene, officer, scan) == ["", "same-sheet"]
    place(scene, officer, scan)
    assert [entry.pages for entry in case.record.all()] == [1]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"no PDF", "damaged", id="not a PDF"),
        pytest.param(Scan().blank(501).bytes(), "too-many-pages", id="too many pages"),
    ],
)
def test_scan_that_cannot_be_read_says_why_and_places_nothing(
    scene: Scene, officer: User, content: bytes, code: str
) -> None:
    scan = send_scan(scene, officer, content)
    assert reading_of(scan)["code"] == code
    assert found(scene, officer, scan) == []


@pytest.mark.security(16)
def test_scan_of_another_officer_is_not_theirs_to_place(
    scene: Scene, officer: User, case: Case
) -> None:
    scan = send_scan(scene, officer, Scan().sheet(sheet_for(case)).blank())
    colleague = scene.staff("officer", office="montreal")
    with pytest.raises(FilingRefusedError, match="gone"):
        batch_actions.place_batch(by=scene.viewer(colleague), scan_id=scan.id, chosen={1})
    assert case.record.count() == 0


@pytest.mark.security(16)
def test_who_is_no_officer_sends_no_scan(scene: Scene) -> None:
    counsel = scene.user()
    with pytest.raises(FilingRefusedError, match="not-of-office"):
        send_scan(scene, counsel, Scan().blank())


def test_documents_of_a_scan_are_noted_as_made_of_it_by_the_registry(
    scene: Scene, officer: User, case: Case
) -> None:
    scan = send_scan(scene, officer, Scan().sheet(sheet_for(case)).blank(2))
    sent, made = Event.objects.filter(kind="upload-received").order_by("at", "id")
    assert (sent.subject, sent.actor_person_id) == (scan.id, officer.person_id)
    assert (made.body["part_of"], made.actor_name) == (str(scan.id), "greffe")


@pytest.mark.faults
def test_crash_while_placing_a_batch_leaves_no_document_of_it_on_file(
    scene: Scene, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [scene.case(), scene.case()]
    scan = Scan()
    for case in cases:
        scan.sheet(sheet_for(case)).blank()
    sent = send_scan(scene, officer, scan)
    real = batch_actions.place_arrivals
    calls: list[Case] = []

    def crash_at_the_second(**said: Any) -> list[RecordEntry]:
        calls.append(said["case"])
        if len(calls) == len(cases):
            raise KeyboardInterrupt
        return real(**said)

    monkeypatch.setattr(batch_actions, "place_arrivals", crash_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        place(scene, officer, sent)
    monkeypatch.undo()
    assert RecordEntry.objects.count() == 0
    assert not Event.objects.filter(kind="paper-received").exists()
    assert problems(scene, officer, sent) == ["", ""]
    assert len(place(scene, officer, sent).placed) == 2


def test_document_that_expired_is_told(scene: Scene, officer: User, case: Case) -> None:
    scan = send_scan(scene, officer, Scan().sheet(sheet_for(case)).blank())
    Upload.objects.exclude(pk=scan.pk).delete()
    assert problems(scene, officer, scan) == ["expired"]


def test_document_larger_than_a_filing_is_told(
    scene: Scene, officer: User, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = batch_reading.rules()
    small = tuple(row.model_copy(update={"max_bytes": 100}) for row in real.filing_limits)
    rules = (
        dataclasses.replace(real, filing_limits=small)
        if dataclasses.is_dataclass(real)
        else (real.model_copy(update={"filing_limits": small}))
    )
    monkeypatch.setattr(batch_reading, "rules", lambda: rules)
    scan = send_scan(scene, officer, Scan().sheet(sheet_for(case)).blank())
    assert problems(scene, officer, scan) == ["document-too-large"]


def test_document_of_a_batch_opens_with_its_pages(scene: Scene, officer: User, case: Case) -> None:
    scan = send_scan(scene, officer, Scan().sheet(sheet_for(case)).blank(3))
    place(scene, officer, scan)
    with document_store().open(case.record.get().blob.key) as file:
        assert len(pikepdf.open(io.BytesIO(file.read())).pages) == 3
