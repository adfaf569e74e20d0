"""The reader of documents: one page at a time, found, enlarged, recorded, and only for staff."""

import re
from typing import Any

import pytest
from django.test import Client

from greffe.accounts.models import User
from greffe.filings.models import Submission
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from greffe.web.registry import reader
from tests.documents import hostile
from tests.support.portal import address, browser, text_of
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("MC-14"), pytest.mark.security(20)]

FONT = b"<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>>>>>"
PAGES = 3


def document() -> bytes:
    """Three pages that say which they are, with a script that the filer was warned about."""
    kids = b" ".join(b"%d 0 R" % (3 + 2 * n) for n in range(PAGES))
    open_action = b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(x)>>>>"
    objects = [open_action, b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, PAGES)]
    for n in range(PAGES):
        words = f"Déclaration <b>no {n + 1}</b> & suite".encode("cp1252")
        objects += [
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R/Resources%b>>"
            % (4 + 2 * n, FONT),
            hostile.stream(b"BT /F 24 Tf 72 700 Td (%b) Tj ET" % words),
        ]
    return hostile.pdf(objects)


@pytest.fixture
def filed(scene: Scene) -> Submission:
    user = scene.user()
    draft = scene.draft(user, scene.case(counsel=user))
    scene.upload(user, draft, document(), name="Déclaration.pdf")
    scene.upload(user, draft, name="Autre.pdf")
    return scene.submit(user, draft)


@pytest.fixture
def officer(scene: Scene) -> User:
    return scene.staff("officer", office="montreal")


@pytest.fixture
def client_(officer: User) -> Client:
    return browser(officer)


def read(client: Client, filed: Submission, query: str = "", lang: str = "en") -> Any:
    return client.get(address("registry:document", filed.id, 1, lang=lang) + query)


def image_address(filed: Submission, page: int, query: str = "") -> str:
    return address("registry:document-page", filed.id, 1, page) + query


def links(page: str) -> list[str]:
    return re.findall(r'href="([^"]*)"', page)


def readings() -> int:
    return Event.objects.filter(kind=Kind.DOCUMENT_READ).count()


@pytest.mark.requirement("BY-06")
@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", ("Page 2 of 3", "Text of this page")), ("fr", ("Page 2 de 3", "Texte de cette page"))],
)
def test_page_is_an_image_with_its_text_beside_it(
    client_: Client, filed: Submission, lang: str, words: tuple[str, ...]
) -> None:
    response = read(client_, filed, "?page=2", lang)
    page = response.content.decode()
    for word in (*words, "D\xe9claration &lt;b&gt;no 2&lt;/b&gt; &amp; suite"):
        assert word in page
    assert "no 1" not in page
    (source,) = re.findall(r'<img src="([^"]*pages/2[^"]*)"', page)
    image = client_.get(source.replace("&amp;", "&"))
    assert image.content.startswith(b"\xff\xd8\xff")
    assert image["Content-Type"] == "image/jpeg"
    text = client_.get(address("registry:document-text", filed.id, 1, 2))
    assert text.content.decode().strip() == "Déclaration <b>no 2</b> & suite"
    assert text["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.security(18)
def test_what_a_document_gives_loads_and_runs_nothing_and_is_kept_nowhere(
    client_: Client, filed: Submission
) -> None:
    for path in (image_address(filed, 1), address("registry:document-text", filed.id, 1, 1)):
        headers = client_.get(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "private, no-store"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    headers = read(client_, filed).headers
    assert headers["Cache-Control"] == "private, no-store"
    assert "img-src 'self'" in headers["Content-Security-Policy"]


def test_links_lead_to_the_pages_around_and_keep_size_and_search(
    client_: Client, filed: Submission
) -> None:
    page = text_of(read(client_, filed, "?page=2&zoom=150&q=suite"))
    found = links(page)
    own = address("registry:document", filed.id, 1)
    assert f"{own}?page=1&zoom=150&q=suite#reader" in found
    assert f"{own}?page=3&zoom=150&q=suite#reader" in found
    assert f"{own}?page=2&q=suite#reader" in found
    assert f"{own}?page=2&zoom=250&q=suite#reader" in found
    assert f"{own}?page=2&zoom=150#reader" in found
    assert address("portal:submitted-document", filed.id, 1) in found
    assert address("registry:document", filed.id, 2) in found
    assert f"pages/2.jpg?width={reader.ZOOMS[2].width}" in page
    first, last = text_of(read(client_, filed)), text_of(read(client_, filed, "?page=3"))
    assert 'rel="prev"' not in first
    assert 'rel="next"' not in last


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("0", 1), ("4", 3), ("999999999999999999999", 3), ("-1", 1), ("abc", 1), ("٣", 1), ("1.5", 1)],
)
def test_page_that_is_not_there_is_told_and_the_nearest_shown(
    client_: Client, filed: Submission, asked: str, shown: int
) -> None:
    page = text_of(client_.get(address("registry:document", filed.id, 1), {"page": asked}))
    assert f"Page {shown} of 3" in page
    assert f"“{asked[:20]}” is not one of them" in page


def test_page_that_is_there_is_not_told_to_be_missing(client_: Client, filed: Submission) -> None:
    for query in ("", "?page=2", "?page=%202%20"):
        assert "is not one of them" not in text_of(read(client_, filed, query))


@pytest.mark.parametrize("path", ["0.jpg", "4.jpg", "4.txt", "1.jpg?width=801", "1.jpg?width=x"])
def test_image_or_text_that_is_not_there_is_404(
    client_: Client, filed: Submission, path: str
) -> None:
    base = address("registry:document", filed.id, 1)
    assert client_.get(f"{base}pages/{path}").status_code == 404
    assert readings() == 0


def test_words_are_found_on_their_pages_and_marked(client_: Client, filed: Submission) -> None:
    page = text_of(read(client_, filed, "?q=DECLARATION"))
    assert "“DECLARATION” is on 3 pages." in page
    assert page.count("<mark>Déclaration</mark>") == 3 + 1  # the hits, and the text of this page
    assert "<b>no" not in read(client_, filed, "?q=DECLARATION").content.decode()
    one = text_of(read(client_, filed, "?q=no+3"))
    assert "“no 3” is on 1 page." in one
    assert f"{address('registry:document', filed.id, 1)}?page=3&q=no+3#reader" in links(one)


def test_words_that_are_not_there_are_told(client_: Client, filed: Submission) -> None:
    page = text_of(read(client_, filed, "?q=<script>x</script>"))
    assert "“<script>x</script>” was not found." in page
    assert b"<script>x" not in read(client_, filed, "?q=<script>x</script>").content
    assert read(client_, filed, "?q=%00").status_code == 200
    assert read(client_, filed, "?q=" + "a" * 5000).status_code == 200


def test_findings_of_the_filer_stand_beside_it(client_: Client, filed: Submission) -> None:
    told = [f for f in filed.findings if f["document"] == 1]
    assert told
    page, french = text_of(read(client_, filed)), text_of(read(client_, filed, lang="fr"))
    for finding in told:
        assert finding["en"] in page
        assert finding["fr"] in french


def test_finding_leads_to_its_page(client_: Client, filed: Submission) -> None:
    finding = filed.findings[0] | {"document": 1, "page": 2}
    Submission.objects.filter(pk=filed.pk).update(findings=[finding])
    found = links(text_of(read(client_, filed)))
    assert f"{address('registry:document', filed.id, 1)}?page=2#reader" in found


def test_each_reading_is_recorded_once_however_many_pages_are_turned(
    client_: Client, filed: Submission, officer: User
) -> None:
    for query in ("", "?page=2", "?page=3&zoom=150", "?q=suite"):
        read(client_, filed, query)
    client_.get(image_address(filed, 1))
    event = Event.objects.get(kind=Kind.DOCUMENT_READ)
    assert event.actor_person_id == officer.person_id
    assert event.subject == filed.id
    assert event.body["position"] == 1
    client_.get(address("registry:document", filed.id, 2))
    assert readings() == 2
    read(browser(officer), filed)
    assert readings() == 3


def test_reading_is_recorded_again_after_a_while(
    client_: Client, filed: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(client_, filed)
    monkeypatch.setattr(reader, "AGAIN", 0)
    read(client_, filed, "?page=2")
    assert readings() == 2


def test_page_asked_for_by_its_address_alone_is_recorded_too(
    client_: Client, filed: Submission
) -> None:
    client_.get(image_address(filed, 3))
    assert readings() == 1
    client_.get(address("registry:document-text", filed.id, 1, 3))
    assert readings() == 1


@pytest.mark.security(16)
def test_role_that_has_ended_ends_every_address_at_once(
    client_: Client, filed: Submission, officer: User, scene: Scene
) -> None:
    assert read(client_, filed).status_code == 200
    assert officer.person is not None
    officer.person.staff_roles.update(held_to=scene.today)
    for path in (
        address("registry:document", filed.id, 1),
        image_address(filed, 1),
        address("registry:document-text", filed.id, 1, 1),
    ):
        assert client_.get(path).status_code == 404


def test_document_that_is_damaged_is_told_in_words(scene: Scene, client_: Client) -> None:
    """One that opened when it was filed, and whose bytes nobody can read now."""
    from greffe.documents.stores import document_store

    user = scene.user()
    draft = scene.draft(user, scene.case(counsel=user))
    scene.upload(user, draft, document(), name="a.pdf")
    filed = scene.submit(user, draft)
    blob = filed.documents.get().blob
    store = document_store()
    (store.root / "blobs" / blob.key[:2] / blob.key).write_bytes(document()[:60])
    page = text_of(read(client_, filed, "?q=x"))
    assert page.count("The document is damaged, so its pages cannot be shown here.") == 2
    assert "<img" not in page.partition("<main")[2]
    answer = client_.get(image_address(filed, 1))
    assert (answer.status_code, answer["Content-Type"]) == (422, "image/svg+xml")
    assert "The document is damaged, so its pages cannot be shown here." in text_of(answer)
    words = client_.get(address("registry:document-text", filed.id, 1, 1))
    assert (words.status_code, words["Content-Type"]) == (422, "text/plain; charset=utf-8")
    store.delete(blob.key)
    assert "The document is not the cause." in text_of(read(client_, filed))
    assert client_.get(image_address(filed, 1)).status_code == 503


def test_fragment_leads_back_to_the_page_it_stands_on(
    filed: Submission, officer: User, scene: Scene, rf: Any
) -> None:
    request = rf.get("/en/anything/", {"page": "2", "zoom": "100", "q": "suite"})
    request.viewer, request.session = scene.viewer(officer), {}
    shown = reader.reader_context(
        request, filed.documents.get(position=1), base="/en/desk/?document=1&page=7"
    )
    assert shown.next_url == "/en/desk/?document=1&page=3&zoom=100&q=suite#reader"
    assert shown.page_form == [("document", "1"), ("zoom", "100"), ("q", "suite")]
    assert shown.search_form == [("document", "1"), ("page", "2"), ("zoom", "100")]
    assert readings() == 1
