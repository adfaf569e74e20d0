"""The pages of paper and fax: three steps, nothing half entered, cover sheets, batches."""

import datetime as dt
import re
import uuid
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pypdfium2
import pytest
import zxingcpp
from django.test import Client
from django.utils import timezone

from greffe.accounts.models import User
from greffe.cases.actions import join_minister, note_date
from greffe.cases.models import Case, CaseOffice, RecordEntry
from greffe.documents.models import Upload
from greffe.documents.stores import document_store
from greffe.filings.cover_sheets import read_sheet
from greffe.papers.codes import PREFIX
from tests.support.paper import KIND, Scan, send_scan, sheet_for, waiting
from tests.support.portal import address, browser, form, post_form, post_stream, text_of
from tests.support.scenes import Scene, pdf

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


def said(case: Case, *files: Upload, **changes: Any) -> dict[str, Any]:
    """The form of the details as an officer fills it in."""
    day = timezone.localdate() - dt.timedelta(days=2)
    principal = case.participants.get(principal=True)
    fields = {
        "file": [str(file.id) for file in files],
        "document_type": KIND,
        "received_on_day": day.day,
        "received_on_month": day.month,
        "received_on_year": day.year,
        "received_time": "14:30",
        "method": "mail",
        "received_by": "Odile Gagnon",
        "filed_by": f"participant-{principal.pk}",
        "filed_by_name": "",
        "audience": "parties",
    }
    return fields | changes


def on_day(day: dt.date) -> dict[str, int]:
    return {
        "received_on_day": day.day,
        "received_on_month": day.month,
        "received_on_year": day.year,
    }


def add(client: Client, case: Case, *files: tuple[str, bytes], lang: str = "en") -> Any:
    return post_form(client, address("registry:paper", case.id, lang=lang), form(files))


def send(client: Client, case: Case, step: str, fields: dict[str, Any], lang: str = "en") -> Any:
    path = address("registry:paper-details", case.id, lang=lang)
    return client.post(path, fields | {"step": step})


@pytest.mark.requirement("BY-04")
def test_document_goes_from_the_scanner_to_the_case_file_in_three_steps(
    client: Client, case: Case
) -> None:
    added = add(client, case, ("Lettre.pdf", pdf(3)))
    assert added.status_code == 302
    asked = text_of(client.get(added["Location"]))
    assert "Lettre.pdf" in asked
    assert "officer of montreal" in asked
    (upload,) = Upload.objects.all()
    review = send(client, case, "review", said(case, upload))
    assert review.status_code == 200
    assert "14:30" in text_of(review)
    assert case.record.count() == 0
    placed = send(client, case, "place", said(case, upload))
    assert placed.status_code == 302
    page = text_of(client.get(placed["Location"]))
    assert "Placed on the case file" in page
    entry = case.record.get()
    assert (entry.name, entry.pages, entry.method) == ("Lettre.pdf", 3, "mail")
    assert entry.filed_by == case.participants.get().person.name


@pytest.mark.parametrize(
    ("lang", "late", "on_time"), [("en", "Late", "On time"), ("fr", "En retard", "À temps")]
)
def test_limits_are_shown_before_and_after_placing(
    client: Client, scene: Scene, officer: User, case: Case, lang: str, late: str, on_time: str
) -> None:
    note_date(by=scene.by, case=case, event="referral", on=scene.today - dt.timedelta(days=80))
    upload = waiting(scene, officer, case)
    fields = said(case, upload, document_type="rpd-boc")
    assert late in text_of(send(client, case, "review", fields, lang))
    long_ago = fields | on_day(scene.today - dt.timedelta(days=79))
    review = text_of(send(client, case, "review", long_ago, lang))
    assert on_time in review
    placed = send(client, case, "place", long_ago | {"confirmed": "long-ago"}, lang)
    assert on_time in text_of(client.get(placed["Location"]))


def test_several_files_are_placed_in_their_order(client: Client, case: Case) -> None:
    added = add(client, case, ("1.pdf", pdf(1)), ("2.pdf", pdf(2)))
    ids = parse_qs(urlsplit(added["Location"]).query)["file"]
    send(client, case, "place", said(case) | {"file": ids})
    assert [(e.position, e.name) for e in case.record.all()] == [(1, "1.pdf"), (2, "2.pdf")]


def test_two_tabs_are_two_arrivals(client: Client, case: Case) -> None:
    add(client, case, ("one.pdf", pdf(1)))
    add(client, case, ("two.pdf", pdf(2)))
    one, two = (Upload.objects.get(name=name) for name in ("one.pdf", "two.pdf"))
    send(client, case, "place", said(case, two, method="fax"))
    send(client, case, "place", said(case, one, method="courier"))
    assert [(e.name, e.method) for e in case.record.all()] == [
        ("two.pdf", "fax"),
        ("one.pdf", "courier"),
    ]


def test_request_sent_twice_places_once_and_says_so(
    client: Client, scene: Scene, officer: User, case: Case
) -> None:
    upload = waiting(scene, officer, case)
    send(client, case, "place", said(case, upload))
    again = send(client, case, "place", said(case, upload))
    assert again.status_code == 409
    assert "is on the case file already" in text_of(again)
    assert case.record.count() == 1


def test_file_that_is_gone_from_among_several_places_none(
    client: Client, scene: Scene, officer: User, case: Case
) -> None:
    one, two = waiting(scene, officer, case), waiting(scene, officer, case, pdf(4))
    fields = said(case, one, two)
    client.post(address("registry:paper-remove", case.id, two.id))
    response = send(client, case, "place", fields)
    assert response.status_code == 409
    assert case.record.count() == 0


@pytest.mark.requirement("BY-01")
@pytest.mark.parametrize(
    ("lang", "word", "left"),
    [("en", "Must be fixed", "could never be read"), ("fr", "À corriger", "jamais être lu")],
)
def test_file_that_nobody_could_read_stops_at_the_details(
    client: Client, scene: Scene, officer: User, case: Case, lang: str, word: str, left: str
) -> None:
    upload = waiting(scene, officer, case, b"not a PDF")
    path = address("registry:paper-details", case.id, lang=lang)
    assert word in text_of(client.get(path, {"file": str(upload.id)}))
    for step in ("review", "place"):
        response = send(client, case, step, said(case, upload), lang)
        assert response.status_code == 422
        assert left in text_of(response)
    assert case.record.count() == 0


@pytest.mark.requirement("BY-01")
def test_what_else_the_checks_find_is_information_only(
    client: Client, scene: Scene, officer: User, case: Case
) -> None:
    import io

    import pikepdf

    document = pikepdf.open(io.BytesIO(pdf(1)))
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    out = io.BytesIO()
    document.save(out)
    upload = waiting(scene, officer, case, out.getvalue())
    page = text_of(send(client, case, "review", said(case, upload)))
    assert "Good to know" in page
    assert "Must be fixed" not in page
    assert send(client, case, "place", said(case, upload)).status_code == 302


@pytest.mark.parametrize(
    ("changes", "en", "fr"),
    [
        ({"document_type": ""}, "Choose the document type", "Choisissez le type"),
        ({"document_type": "rad-record"}, "Choose a type from the list", "dans la liste"),
        ({"received_on_month": "13"}, "from 1 to 12", "de 1 à 12"),
        ({"received_time": ""}, "Enter the time", "Indiquez l’heure"),
        ({"received_time": "25:00"}, "hours and minutes", "heures et minutes"),
        ({"received_time": "soon"}, "hours and minutes", "heures et minutes"),
        ({"method": "pigeon"}, "Select a valid choice", "choix valide"),
        ({"received_by": ""}, "Enter who received it", "Indiquez qui"),
        ({"filed_by": "other"}, "Enter the name of who filed it", "Indiquez le nom"),
        ({"audience": ""}, "Choose who may read it", "Choisissez qui peut le lire"),
    ],
)
def test_each_wrong_answer_is_told_and_nothing_is_lost(
    client: Client,
    scene: Scene,
    officer: User,
    case: Case,
    changes: dict[str, str],
    en: str,
    fr: str,
) -> None:
    upload = waiting(scene, officer, case)
    for lang, words in (("en", en), ("fr", fr)):
        fields = said(case, upload, filed_by_name="") | changes
        response = send(client, case, "place", fields, lang)
        assert response.status_code == 422
        page = re.sub(r"\s", " ", text_of(response))
        assert words in page
        assert str(upload.id) in page
        if "received_by" not in changes:
            assert "Odile Gagnon" in page
    assert case.record.count() == 0


@pytest.mark.parametrize(("lang", "words"), [("en", "in the future"), ("fr", "à venir")])
def test_day_to_come_is_refused(
    client: Client, scene: Scene, officer: User, case: Case, lang: str, words: str
) -> None:
    upload = waiting(scene, officer, case)
    fields = said(case, upload) | on_day(scene.today + dt.timedelta(days=1))
    response = send(client, case, "review", fields, lang)
    assert response.status_code == 422
    assert words in text_of(response)


def test_time_that_the_clocks_left_out_is_refused(
    client: Client, scene: Scene, officer: User, case: Case
) -> None:
    upload = waiting(scene, officer, case)
    fields = said(case, upload, received_time="2:30") | on_day(dt.date(2026, 3, 8))
    assert "the clocks were moved forward" in text_of(send(client, case, "review", fields))


@pytest.mark.parametrize("written", ["14:30", "14 h 30", "14h30", "14.30", " 14:30 "])
def test_time_is_read_as_people_write_it(
    client: Client, scene: Scene, officer: User, case: Case, written: str
) -> None:
    upload = waiting(scene, officer, case)
    send(client, case, "place", said(case, upload, received_time=written))
    at = case.record.get().received_at
    assert timezone.localtime(at).strftime("%H:%M") == "14:30"


@pytest.mark.requirement("MC-13")
def test_time_is_on_the_clock_of_the_office(scene: Scene) -> None:
    officer, case = scene.staff("officer", office="vancouver"), scene.case(office="vancouver")
    upload = waiting(scene, officer, case)
    fields = said(case, upload, received_time="22:00") | on_day(dt.date(2026, 11, 12))
    review = send(browser(officer), case, "review", fields)
    page = text_of(review)
    assert "22:00 (Vancouver)" in page
    assert "Friday 13 November 2026, 01:00" in page
    send(browser(officer), case, "place", fields)
    assert case.record.get().date_of_receipt == dt.date(2026, 11, 12)


def test_long_ago_is_placed_only_with_its_box_ticked(
    client: Client, scene: Scene, officer: User, case: Case
) -> None:
    upload = waiting(scene, officer, case)
    fields = said(case, upload) | on_day(scene.today - dt.timedelta(days=40))
    assert "more than 30 days ago" in text_of(send(client, case, "review", fields))
    unticked = send(client, case, "place", fields)
    assert unticked.status_code == 422
    assert case.record.count() == 0
    assert send(client, case, "place", fields | {"confirmed": "long-ago"}).status_code == 302


def test_change_goes_back_to_the_form_as_it_was_filled_in(
    client: Client, scene: Scene, officer: User, case: Case
) -> None:
    upload = waiting(scene, officer, case)
    page = text_of(send(client, case, "change", said(case, upload, received_by="Marc Roy")))
    assert 'value="Marc Roy"' in page
    assert 'value="14:30"' in page


def test_minister_and_counsel_are_offered_as_who_filed_it(
    client: Client, scene: Scene, officer: User
) -> None:
    counsel = scene.user("Daniel Okafor")
    case = scene.case(counsel=counsel, language="fr")
    join_minister(by=scene.by, case=case, department="cbsa", since=scene.start)
    one, two = waiting(scene, officer, case), waiting(scene, officer, case, pdf(5))
    counsel_key = f"counsel-{case.counsel.get().pk}"
    send(client, case, "place", said(case, one, filed_by=counsel_key))
    send(client, case, "place", said(case, two, filed_by="minister", method="fax"))
    assert [entry.filed_by for entry in case.record.all()] == [
        "Daniel Okafor",
        "Ministre de la Sécurité publique",
    ]


def test_file_is_removed_and_its_bytes_go(
    client: Client,
    scene: Scene,
    officer: User,
    case: Case,
    django_capture_on_commit_callbacks: Any,
) -> None:
    upload = waiting(scene, officer, case)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(address("registry:paper-remove", case.id, upload.id))
    assert response["Location"] == address("registry:paper", case.id)
    assert list(document_store().keys()) == []


@pytest.mark.parametrize("name", ["registry:paper", "registry:paper-batch"])
@pytest.mark.security(24)
def test_form_without_its_token_leaves_nothing_in_the_store(
    officer: User, case: Case, name: str
) -> None:
    strict = browser(officer, enforce_csrf_checks=True)
    path = address(name, *([case.id] if name == "registry:paper" else []))
    assert post_form(strict, path, form([("a.pdf", pdf())])).status_code == 403
    assert list(document_store().keys()) == []
    assert Upload.objects.count() == 0


@pytest.mark.requirement("BY-03")
def test_upload_cut_off_keeps_nothing_and_says_so(client: Client, case: Case) -> None:
    import io

    body = form([("one.pdf", pdf()), ("two.pdf", pdf(40))])
    path = address("registry:paper", case.id)
    response = post_stream(client, path, io.BytesIO(body[:-2000]), len(body))
    assert response.status_code == 422
    assert "connection was lost" in text_of(response)
    assert list(document_store().keys()) == []


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_file_too_large_is_told_and_the_others_are_kept(
    client: Client, case: Case, lang: str
) -> None:
    response = add(client, case, ("big.pdf", b"x" * 52_428_801), ("ok.pdf", pdf()), lang=lang)
    assert response.status_code == 422
    page = text_of(response)
    assert "big.pdf" in page
    assert "ok.pdf" in page
    assert [upload.name for upload in Upload.objects.all()] == ["ok.pdf"]


@pytest.mark.parametrize("fields", [{}, {"file": "nonsense"}, {"file": str(uuid.uuid4())}])
def test_details_without_a_file_ask_for_one(
    client: Client, case: Case, fields: dict[str, str]
) -> None:
    path = address("registry:paper-details", case.id)
    assert client.get(path, fields).status_code == 302
    assert client.post(path, fields | {"step": "place"}).status_code == 409


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
    from greffe.cases.actions import close_case

    scan = Scan().blank().sheet(sheet_for(case)).blank(2).sheet(sheet_for(closed)).blank()
    scan.sheet(sheet_for(theirs)).blank()
    close_case(by=scene.by, case=closed, on=scene.today)
    sent = post_form(client, address("registry:paper-batch"), form([("lot.pdf", scan.bytes())]))
    assert sent.status_code == 302
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


@pytest.mark.security(16)
def test_case_that_moves_away_between_the_steps_takes_no_paper(
    client: Client, scene: Scene, officer: User, case: Case
) -> None:
    upload = waiting(scene, officer, case)
    assert send(client, case, "review", said(case, upload)).status_code == 200
    case.offices.update(until=scene.today)
    CaseOffice.objects.create(case=case, office="vancouver", since=scene.today)
    assert send(client, case, "place", said(case, upload)).status_code == 404
    assert case.record.count() == 0
