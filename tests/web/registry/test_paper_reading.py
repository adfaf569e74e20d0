"""The officer sees the scan before it is placed; nobody else does, and each look is recorded."""

import re

import pytest
from django.test import Client

from greffe.accounts.models import User
from greffe.cases.models import Case, CaseOffice
from greffe.documents.models import Upload
from greffe.ledger.models import Event
from tests.support.paper import Scan, said, send_scan, sheet_for, waiting
from tests.support.portal import address, browser, text_of
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


@pytest.fixture
def upload(scene: Scene, officer: User, case: Case) -> Upload:
    return waiting(scene, officer, case, pdf(5, text="scan"))


def images(page: str) -> list[str]:
    return [
        found.replace("&amp;", "&") for found in re.findall(r'<img src="([^"]+\.jpg[^"]*)"', page)
    ]


def readings() -> list[Event]:
    return list(Event.objects.filter(kind="document-read").order_by("at", "id"))


def details_of(case: Case, upload: Upload, lang: str = "en") -> str:
    return address("registry:paper-details", case.id, lang=lang) + f"?file={upload.id}"


@pytest.mark.requirement("BY-06")
@pytest.mark.parametrize(("lang", "words"), [("en", "Look at its 5 pages"), ("fr", "5 pages")])
def test_first_pages_stand_beside_what_is_said_of_the_paper(
    client: Client, case: Case, upload: Upload, lang: str, words: str
) -> None:
    asked = text_of(client.get(details_of(case, upload, lang)))
    path = address("registry:paper-details", case.id, lang=lang)
    review = text_of(client.post(path, said(case, upload) | {"step": "review"}))
    for page in (asked, review):
        assert words in page
        found = images(page)
        assert len(found) == 3
        for image in found:
            assert client.get(image).content.startswith(b"\xff\xd8\xff")


def test_paper_that_waits_is_read_page_by_page(client: Client, case: Case, upload: Upload) -> None:
    page = text_of(
        client.get(address("registry:paper-document", case.id, upload.id), {"page": "4"})
    )
    assert "Page 4 of 5" in page
    assert "Not on the case file yet" in page
    assert "Download the original" not in page
    (image,) = images(page)
    answer = client.get(image)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "private, no-store"
    beyond = address("registry:paper-document-page", case.id, upload.id, 6)
    assert client.get(beyond).status_code == 404


def test_who_looks_at_paper_is_recorded_once_with_its_case(
    client: Client, officer: User, case: Case, upload: Upload
) -> None:
    for image in images(text_of(client.get(details_of(case, upload)))):
        client.get(image)
    client.get(address("registry:paper-document", case.id, upload.id))
    (event,) = readings()
    assert (event.actor_person_id, event.subject) == (officer.person_id, upload.id)
    assert event.case_ids == [case.id]
    assert event.body["sha256"] == upload.blob.sha256


def test_auditor_finds_on_the_record_what_was_looked_at_before_it_was_there(
    client: Client, scene: Scene, case: Case, upload: Upload
) -> None:
    client.get(details_of(case, upload))
    client.post(address("registry:paper-details", case.id), said(case, upload) | {"step": "place"})
    assert case.record.count() == 1
    path = address("registry:case-readings", case.id)
    assert "Document 1 of the record" in text_of(browser(scene.staff("auditor")).get(path))


@pytest.mark.security(20)
def test_file_that_nobody_could_read_is_told_and_not_drawn(
    client: Client, scene: Scene, officer: User, case: Case
) -> None:
    broken = waiting(scene, officer, case, b"not a PDF")
    page = text_of(client.get(details_of(case, broken)))
    assert images(page) == []
    assert "Must be fixed" in page
    shown = client.get(address("registry:paper-document", case.id, broken.id))
    assert shown.status_code == 200
    assert "Look at the paper itself, or scan it again." in text_of(shown)


@pytest.fixture
def others(scene: Scene, case: Case) -> list[Client]:
    """Everybody who may not place it: some read the case, some do the same work."""
    counsel = scene.user()
    return [
        browser(scene.staff("officer", office="montreal")),
        browser(scene.staff("officer", office="vancouver")),
        browser(scene.staff("member", division="RPD")),
        browser(scene.staff("auditor")),
        browser(counsel),
    ]


@pytest.mark.security(16)
def test_paper_of_another_officer_is_not_there(
    others: list[Client], case: Case, upload: Upload
) -> None:
    for client in others:
        for name, more in (("registry:paper-document", []), ("registry:paper-document-page", [1])):
            assert client.get(address(name, case.id, upload.id, *more)).status_code == 404
    assert readings() == []


@pytest.mark.security(16)
def test_paper_cannot_be_seen_once_its_case_has_moved_or_it_is_on_file(
    client: Client, scene: Scene, officer: User, case: Case, upload: Upload
) -> None:
    other = waiting(scene, officer, case, pdf(2, text="other"))
    client.post(address("registry:paper-details", case.id), said(case, upload) | {"step": "place"})
    assert client.get(address("registry:paper-document", case.id, upload.id)).status_code == 404
    assert client.get(address("registry:paper-document", case.id, other.id)).status_code == 200
    case.offices.update(until=scene.today)
    CaseOffice.objects.create(case=case, office="vancouver", since=scene.today)
    for name, more in (("registry:paper-document", []), ("registry:paper-document-page", [1])):
        assert client.get(address(name, case.id, other.id, *more)).status_code == 404


@pytest.fixture
def scan(scene: Scene, officer: User, case: Case) -> Upload:
    """Two pages before the first sheet, a document of the case, one of another office's case."""
    theirs = scene.case(office="vancouver")
    made = Scan().blank(2).sheet(sheet_for(case)).blank(4).sheet(sheet_for(theirs)).blank()
    return send_scan(scene, officer, made)


def test_each_document_of_a_batch_is_seen_where_it_is_placed(
    client: Client, case: Case, scan: Upload
) -> None:
    page = text_of(client.get(address("registry:paper-batch-found", scan.id)))
    own = address("registry:paper-batch-document", scan.id, 3)
    assert [image for image in images(page) if image.startswith(own)] == [
        f"{own}pages/{n}.jpg?width=400" for n in (1, 2, 3)
    ]
    assert all(client.get(image).status_code == 200 for image in images(page))
    assert [event.case_ids for event in readings()] == [[case.id]]
    read = text_of(client.get(own, {"page": "2"}))
    assert "Pages 4 to 7 of the scan" in read
    assert "Page 2 of 4" in read


@pytest.mark.security(16)
def test_document_under_the_sheet_of_another_offices_case_is_not_shown(
    client: Client, scan: Upload
) -> None:
    page = text_of(client.get(address("registry:paper-batch-found", scan.id)))
    theirs = address("registry:paper-batch-document", scan.id, 8)
    assert theirs not in page
    assert client.get(theirs).status_code == 404
    assert client.get(f"{theirs}pages/1.jpg").status_code == 404


@pytest.mark.security(16)
def test_batch_of_another_officer_is_not_there(others: list[Client], scan: Upload) -> None:
    for client in others:
        for name, more in (
            ("registry:paper-batch-document", []),
            ("registry:paper-batch-document-page", [1]),
        ):
            assert client.get(address(name, scan.id, 3, *more)).status_code == 404
    assert readings() == []


@pytest.mark.security(16)
def test_document_of_a_batch_whose_case_was_sealed_since_is_not_shown(
    client: Client, case: Case, scan: Upload
) -> None:
    path = address("registry:paper-batch-document", scan.id, 3)
    assert client.get(path).status_code == 200
    Case.objects.filter(pk=case.pk).update(sealed=True)
    assert client.get(path).status_code == 404
    assert client.get(f"{path}pages/1.jpg").status_code == 404
