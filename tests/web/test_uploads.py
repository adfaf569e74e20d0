"""Uploads through the page: streamed, checked in the right order, whole or not at all."""

import dataclasses
import io
import re
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.db import connection
from django.test import Client

from greffe.accounts.models import User
from greffe.documents.models import Upload
from greffe.documents.stores import document_store
from greffe.filings.models import Draft
from tests.support.portal import (
    CONTENT_TYPE,
    address,
    browser,
    form,
    post_form,
    post_stream,
    text_of,
)
from tests.support.scenes import Scene, pdf

pytestmark = pytest.mark.django_db

LIMIT = 52_428_800


@dataclasses.dataclass
class Page:
    scene: Scene
    user: User
    draft: Draft
    client: Client

    @property
    def path(self) -> str:
        return address("portal:draft-files", self.draft.id)

    def send(self, *files: tuple[str, bytes]) -> Any:
        return post_form(self.client, self.path, form(files))

    def names(self) -> list[str]:
        return [file.upload.name for file in self.draft.ordered_files]


@pytest.fixture
def page(scene: Scene) -> Page:
    user = scene.user()
    draft = scene.draft(user, scene.case(counsel=user))
    return Page(scene, user, draft, browser(user))


def kept() -> int:
    """How many documents the store has, with none on its way."""
    incoming = document_store().root / "incoming"
    assert not incoming.exists() or not list(incoming.iterdir())
    return len(list(document_store().keys()))


def sized(size: int) -> bytes:
    """A healthy PDF of exactly so many bytes."""
    filler = size - 2000
    for _ in range(5):
        document = pikepdf.new()
        document.add_blank_page()
        document.Root.Filler = document.make_stream(b"\x01" * filler)
        out = io.BytesIO()
        document.save(out, compress_streams=False, deterministic_id=True)
        missing = size - out.tell()
        if not missing:
            return out.getvalue()
        filler += missing
    raise AssertionError(size)


class Untouched(io.RawIOBase):
    """A body that must not be read."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError(f"{size} bytes of the body were asked for")

    readline = read  # type: ignore[assignment]  # both break in the same way


def test_files_are_added_in_order_and_shown_with_their_pages(page: Page) -> None:
    response = page.send(("une.pdf", pdf(3)), ("Déclaration n° 2.pdf", pdf(1)))
    assert response.status_code == 302
    assert page.names() == ["une.pdf", "Déclaration n° 2.pdf"]
    shown = text_of(page.client.get(page.path))
    assert "Déclaration n° 2.pdf" in shown
    assert "3 pages" in shown


@pytest.mark.requirement("MC-07")
def test_file_of_exactly_the_limit_is_accepted_and_can_be_filed(page: Page) -> None:
    assert page.send(("big.pdf", sized(LIMIT))).status_code == 302
    (file,) = page.draft.ordered_files
    assert file.upload.blob.size == LIMIT
    assert file.upload.inspected.verdict == "opens"
    assert page.scene.submit(page.user, page.draft).documents.count() == 1


@pytest.mark.requirement("MC-07")
@pytest.mark.parametrize(
    ("lang", "words"), [("en", "52,428,800 bytes"), ("fr", "52 428 800 octets")]
)
def test_one_byte_more_is_refused_and_the_other_file_is_kept(
    page: Page, lang: str, words: str
) -> None:
    path = address("portal:draft-files", page.draft.id, lang=lang)
    body = form([("big.pdf", b"x" * (LIMIT + 1)), ("small.pdf", pdf())])
    response = post_form(page.client, path, body)
    assert response.status_code == 422
    said = re.sub(r"\s", " ", text_of(response))
    assert words in said
    assert "big.pdf" in said
    assert page.names() == ["small.pdf"]
    assert kept() == 1


@pytest.mark.requirement("MC-07")
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_sixth_file_is_refused_by_name_and_five_are_kept(page: Page, lang: str) -> None:
    path = address("portal:draft-files", page.draft.id, lang=lang)
    body = form([(f"{n}.pdf", pdf(text=str(n))) for n in range(1, 7)])
    response = post_form(page.client, path, body)
    assert response.status_code == 422
    assert "6.pdf" in text_of(response)
    assert page.names() == [f"{n}.pdf" for n in range(1, 6)]
    assert kept() == 5


@pytest.mark.requirement("MC-07")
@pytest.mark.parametrize(
    ("content", "en", "fr"),
    [
        pytest.param(
            b"PK\x03\x04word/document.xml" + b"\0" * 600, "not a PDF", "pas un PDF", id="not a PDF"
        ),
        pytest.param(b"", "the file is empty", "le fichier est vide", id="empty"),
        pytest.param(pdf(3)[:99], "damaged or incomplete", "endommagé", id="damaged"),
    ],
)
def test_what_is_wrong_with_a_file_is_on_the_page_with_its_remedy(
    page: Page, content: bytes, en: str, fr: str
) -> None:
    assert page.send(("pièce.pdf", content)).status_code == 302
    for lang, words, remedy in (("en", en, "add"), ("fr", fr, "ajoutez")):
        shown = text_of(page.client.get(address("portal:draft-files", page.draft.id, lang=lang)))
        assert words in shown
        assert remedy in shown
        assert "pièce.pdf" in shown


def test_truncated_upload_keeps_nothing_and_says_so(page: Page) -> None:
    page.send(("kept.pdf", pdf()))
    body = form([("one.pdf", pdf()), ("two.pdf", pdf(40))])
    response = post_stream(page.client, page.path, io.BytesIO(body[:-2000]), len(body))
    assert response.status_code == 422
    assert "connection was lost" in text_of(response)
    assert page.names() == ["kept.pdf"]
    assert kept() == 1


def test_connection_that_breaks_leaves_nothing_behind(page: Page) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            if not data:
                raise ConnectionResetError
            return data

    body = form([("one.pdf", pdf(40))])
    response = post_stream(page.client, page.path, Broken(body[:-5000]), len(body))
    assert response.status_code == 422
    assert "connection was lost" in text_of(response)
    assert page.names() == []
    assert kept() == 0


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "could not store it safely"), ("fr", "n’a pas pu")]
)
def test_store_that_fails_is_told_plainly_and_the_draft_stays(
    page: Page, settings: Any, tmp_path: Path, lang: str, words: str
) -> None:
    page.send(("kept.pdf", pdf()))
    (tmp_path / "file").write_bytes(b"")
    settings.STORE = tmp_path / "file" / "store"
    path = address("portal:draft-files", page.draft.id, lang=lang)
    response = post_form(page.client, path, form([("lost.pdf", pdf())]))
    assert response.status_code == 422
    assert words in text_of(response)
    assert page.names() == ["kept.pdf"]


def test_form_without_a_file_says_so(page: Page) -> None:
    response = page.send()
    assert response.status_code == 422
    assert "No file was chosen" in text_of(response)


@pytest.mark.security(24)
def test_form_without_its_token_leaves_nothing_in_the_store(page: Page) -> None:
    client = browser(page.user, enforce_csrf_checks=True)
    response = post_form(client, page.path, form([("one.pdf", pdf())]))
    assert response.status_code == 403
    assert "Nothing was filed or changed" in text_of(response)
    assert kept() == 0
    assert not Upload.objects.exists()


def test_form_with_its_token_is_taken(page: Page) -> None:
    client = browser(page.user, enforce_csrf_checks=True)
    shown = client.get(page.path).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken"\s+value="([^"]+)"', shown)
    assert token
    body = form([("one.pdf", pdf())], {"csrfmiddlewaretoken": token[1]})
    assert post_form(client, page.path, body).status_code == 302
    assert page.names() == ["one.pdf"]


@pytest.mark.security(15)
@pytest.mark.parametrize("name", ["portal:draft-files", "portal:draft-replace-file"])
def test_body_is_not_read_for_a_stranger(page: Page, name: str) -> None:
    upload = page.scene.upload(page.user, page.draft)
    args = [page.draft.id, *([upload.id] if "replace" in name else [])]
    stranger = browser(page.scene.user())
    response = post_stream(stranger, address(name, *args), Untouched(), 10_000)
    assert response.status_code == 404
    visitor = browser()
    response = post_stream(visitor, address(name, *args), Untouched(), 10_000)
    assert response.status_code == 302
    assert "/sign-in/" in response["Location"]
    assert kept() == 1


def test_request_larger_than_any_filing_is_refused_before_it_is_read(page: Page) -> None:
    response = post_stream(page.client, page.path, Untouched(), 5 * LIMIT + 2 * 1024 * 1024)
    assert response.status_code == 413
    assert "at most 5 files" in text_of(response)


def test_length_that_is_no_number_is_no_error(page: Page) -> None:
    response = page.client.generic("POST", page.path, b"x", CONTENT_TYPE, CONTENT_LENGTH="many")
    assert response.status_code == 422


def test_counsel_who_left_the_record_adds_nothing(page: Page) -> None:
    from greffe.cases.actions import remove_counsel
    from greffe.ledger.actors import SYSTEM

    assert page.user.person is not None
    remove_counsel(
        by=SYSTEM, case=page.draft.leading_case, person=page.user.person, on=page.scene.today
    )
    response = page.send(("one.pdf", pdf()))
    assert response.status_code == 422
    assert "no longer on the record" in text_of(response)
    assert kept() == 0


@pytest.mark.security(19)
def test_names_are_made_safe_and_keep_their_accents(page: Page) -> None:
    sent = [
        "../../../etc/passwd.pdf",
        "C:\\Bureau\\Pièce « été ».pdf",
        "fdp\u202eexe.pdf",
        "é" * 296 + ".pdf",
        '"quoted" <b>name</b>.pdf',
    ]
    page.send(*[(name, pdf(text=name)) for name in sent])
    names = page.names()
    assert names[:3] == ["passwd.pdf", "Pièce « été ».pdf", "fdpexe.pdf"]
    assert len(names[3]) == 255
    assert names[3].endswith("….pdf")
    shown = page.client.get(page.path).content.decode()
    assert "<b>name" not in shown
    assert "\u202e" not in shown


def test_mended_file_takes_the_place_of_the_wrong_one(page: Page) -> None:
    wrong = page.scene.upload(page.user, page.draft, b"not a PDF", name="wrong.pdf")
    path = address("portal:draft-replace-file", page.draft.id, wrong.id)
    body = form([("mended.pdf", pdf())], field="file")
    assert post_form(page.client, path, body).status_code == 302
    assert page.names() == ["mended.pdf"]


def test_file_is_removed_by_its_button(page: Page) -> None:
    upload = page.scene.upload(page.user, page.draft)
    path = address("portal:draft-remove-file", page.draft.id, upload.id)
    assert page.client.post(path).status_code == 302
    assert page.names() == []
    response = page.client.post(path)
    assert response.status_code == 409
    assert "no longer in the filing" in text_of(response)


@pytest.mark.django_db(transaction=True)
def test_no_connection_to_the_database_is_held_while_the_body_comes(page: Page) -> None:
    open_while_reading = []

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            open_while_reading.append(connection.connection is not None)
            return super().read(size)

    body = form([("one.pdf", pdf())])
    response = post_stream(page.client, page.path, Watched(body), len(body))
    assert response.status_code == 302
    assert open_while_reading
    assert not any(open_while_reading)


@pytest.mark.requirement("MC-10")
@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "There are 2 files in this submission. Each must treat one subject only."),
        ("fr", "Cette soumission compte 2 fichiers. Chacun ne doit traiter que d’un seul sujet."),
    ],
)
def test_several_files_that_are_no_disclosure_are_told_one_subject_each(
    page: Page, lang: str, told: str
) -> None:
    one, two = ("Adresse.pdf", pdf(text="one")), ("Horaire.pdf", pdf(text="two"))
    page.send(one)
    files = address("portal:draft-files", page.draft.id, lang=lang)
    assert told[-40:] not in text_of(page.client.get(files))
    page.send(two)
    assert told in text_of(page.client.get(files))
