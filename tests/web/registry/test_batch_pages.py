"""The pages of cover sheets and batches: a sheet is printed, scanned, read back and confirmed."""

import datetime as dt
import re
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.test import Client
from django.utils import timezone

from greffe.accounts.models import User
from greffe.cases.actions import close_case
from greffe.cases.models import Case, RecordEntry
from greffe.documents.models import Upload
from greffe.filings.cover_sheets import read_sheet
from greffe.filings.tasks import read_batches
from greffe.papers.codes import PREFIX
from tests.support.paper import Scan, said, send_scan, sheet_for
from tests.support.portal import address, browser, form, post_form, text_of
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("MC-18")]


@pytest.fixture
def officer(scene: Scene) -> User:
    return scene.staff("officer", office="montreal")


@pytest.fixture
def client(officer: User) -> Client:
    return browser(officer)


@pytest.fixture
def case(scene: Scene) -> Case:
    return scene.case()


def make_sheet(client: Client, case: Case, lang: str = "en", **changes: Any) -> Any:
    path = address("registry:paper-sheet", case.id, lang=lang)
    return client.post(path, said(case, **changes))


@pytest.mark.parametrize(("lang", "word"), [("en", "Cover sheet"), ("fr", "Page couverture")])
def test_cover_sheet_is_printed_with_a_code_that_says_what_the_form_said(
    client: Client, case: Case, lang: str, word: str
) -> None:
    ready = make_sheet(client, case, lang, method="fax", received_by="Zoé Gagnon")
    assert ready.status_code == 200
    link = re.search(r'href="([^"]+cover-sheet/[0-9a-f-]+/)"', ready.content.decode())
    assert link
    answer = client.get(link[1])
    assert answer["Content-Type"] == "application/pdf"
    page = pypdfium2.PdfDocument(answer.content)[0]
    assert word in page.get_textpage().get_text_range()
    read = zxingcpp.read_barcodes(page.render(scale=2).to_pil())
    (text,) = (code.text for code in read if code.text.startswith(PREFIX))
    sheet = read_sheet(text)
    assert sheet is not None
    assert sheet.case_id == case.id
    assert (sheet.details.method, sheet.details.received_by) == ("fax", "Zoé Gagnon")
    assert timezone.localtime(sheet.details.received_at).strftime("%H:%M") == "14:30"


def test_sheet_of_another_session_cannot_be_fetched(
    client: Client, scene: Scene, case: Case
) -> None:
    ready = make_sheet(client, case)
    link = re.search(r'href="([^"]+cover-sheet/[0-9a-f-]+/)"', ready.content.decode())
    assert link
    colleague = browser(scene.staff("officer", office="montreal"))
    assert colleague.get(link[1]).status_code == 404


def test_batch_is_looked_at_then_placed_through_the_page(
    client: Client, scene: Scene, case: Case
) -> None:
    closed = scene.case()
    theirs = scene.case(office="vancouver")
    scan = Scan().blank().sheet(sheet_for(case)).blank(2).sheet(sheet_for(closed)).blank()
    scan.sheet(sheet_for(theirs)).blank()
    close_case(by=scene.by, case=closed, on=scene.today)
    sent = post_form(client, address("registry:paper-batch"), form([("lot.pdf", scan.bytes())]))
    assert sent.status_code == 302
    read_batches()
    shown = text_of(client.get(sent["Location"]))
    for words in (
        case.file_number,
        "These pages come before the first cover sheet",
        "This case is closed",
        "not handled by your office",
    ):
        assert words in shown
    assert theirs.file_number not in shown
    boxes = re.findall(r'name="place"\s+value="(\d+)"\s+id="place-\d+"\s*(checked)?', shown)
    assert boxes == [("2", "checked"), ("5", "")]
    response = client.post(sent["Location"], {"place": ["2", "5", "7"]})
    assert response.status_code == 302
    assert [case.record.count(), closed.record.count(), theirs.record.count()] == [1, 1, 0]
    after = text_of(client.get(response["Location"]))
    assert after.count("On file as document 1") == 2
    assert "not handled by your office" in after


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "No cover sheet was found"), ("fr", "Aucune page couverture n’a été trouvée")],
)
def test_scan_without_sheets_is_told(
    client: Client, scene: Scene, officer: User, lang: str, words: str
) -> None:
    scan = send_scan(scene, officer, Scan().blank(2))
    path = address("registry:paper-batch-found", scan.id, lang=lang)
    assert words in text_of(client.get(path))
    assert client.post(path, {"place": "0"}).status_code == 409
    assert RecordEntry.objects.count() == 0


def test_nothing_ticked_places_nothing_and_says_so(
    client: Client, scene: Scene, officer: User, case: Case
) -> None:
    scan = send_scan(scene, officer, Scan().sheet(sheet_for(case)).blank())
    path = address("registry:paper-batch-found", scan.id)
    for sent in ({"sent": "1"}, {"place": "nonsense"}):
        response = client.post(path, sent)
        assert response.status_code == 422
        assert "Choose at least one document" in text_of(response)
    assert case.record.count() == 0


def test_batch_sent_twice_says_so(client: Client, scene: Scene, officer: User, case: Case) -> None:
    content = Scan().sheet(sheet_for(case)).blank().bytes()
    first = send_scan(scene, officer, content)
    client.post(address("registry:paper-batch-found", first.id), {"place": "1"})
    again = post_form(client, address("registry:paper-batch"), form([("lot.pdf", content)]))
    read_batches()
    shown = text_of(client.get(again["Location"]))
    assert "This same scan was sent before" in shown
    assert "On file as document 1" in shown
    assert 'name="place"' not in shown


@pytest.mark.security(16)
def test_scan_of_another_officer_is_not_there(scene: Scene, officer: User, case: Case) -> None:
    scan = send_scan(scene, officer, Scan().sheet(sheet_for(case)).blank())
    colleague = browser(scene.staff("officer", office="montreal"))
    path = address("registry:paper-batch-found", scan.id)
    assert colleague.get(path).status_code == 404
    assert colleague.post(path, {"place": "1"}).status_code == 404


@pytest.mark.parametrize(
    ("lang", "reading", "holds", "tag"),
    [
        ("en", "The batch is being read", "What the batch holds", "Being read"),
        ("fr", "Le lot est en cours de lecture", "Contenu du lot", "En cours de lecture"),
    ],
)
def test_batch_is_told_to_be_read_until_the_worker_has_read_it(
    client: Client, case: Case, lang: str, reading: str, holds: str, tag: str
) -> None:
    scan, path = Scan().sheet(sheet_for(case)).blank(), address("registry:paper-batch", lang=lang)
    there = post_form(client, path, form([("lot.pdf", scan.bytes())]))["Location"]
    shown = text_of(client.get(there))
    assert reading in shown
    assert case.file_number not in shown
    assert client.post(there, {"place": "1"}).status_code == 200
    listed = text_of(client.get(path))
    assert there in listed
    assert tag in listed
    read_batches()
    assert tag not in text_of(client.get(path))
    shown = text_of(client.get(there))
    assert holds in shown
    assert case.file_number in shown
    assert case.record.count() == 0


@pytest.mark.parametrize(("lang", "words"), [("en", "longer than usual"), ("fr", "plus longue")])
def test_batch_that_nobody_reads_is_told_to_be_late(client: Client, lang: str, words: str) -> None:
    path = address("registry:paper-batch", lang=lang)
    there = post_form(client, path, form([("lot.pdf", Scan().blank().bytes())]))["Location"]
    assert words not in text_of(client.get(there))
    Upload.objects.update(received_at=timezone.now() - dt.timedelta(minutes=11))
    assert words in text_of(client.get(there))


@pytest.mark.security(16)
def test_batches_of_another_officer_are_not_listed(
    client: Client, scene: Scene, officer: User, case: Case
) -> None:
    scan = send_scan(scene, officer, Scan().sheet(sheet_for(case)).blank())
    path = address("registry:paper-batch")
    assert str(scan.id) in text_of(client.get(path))
    colleague = browser(scene.staff("officer", office="montreal"))
    assert str(scan.id) not in text_of(colleague.get(path))


def test_batch_of_which_something_was_placed_no_longer_waits(
    client: Client, scene: Scene, officer: User, case: Case
) -> None:
    scan = send_scan(scene, officer, Scan().sheet(sheet_for(case)).blank())
    client.post(address("registry:paper-batch-found", scan.id), {"place": "1"})
    assert str(scan.id) not in text_of(client.get(address("registry:paper-batch")))
