"""Pages for everybody, and the check of a receipt."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from greffe.documents.stores import document_store
from greffe.filings import actions
from greffe.filings.models import Submission
from greffe.sealing.keys import KeyRing
from greffe.sealing.pades import MAX_BYTES
from tests.support.portal import CONTENT_TYPE, address, browser, text_of
from tests.support.scenes import Scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def submission(scene: Scene) -> Submission:
    user = scene.user("Amélie Tremblay")
    draft = scene.draft(user, scene.case(counsel=user))
    scene.upload(user, draft)
    return scene.submit(user, draft)


def checked(content: bytes, lang: str = "en", name: str = "receipt.json") -> Any:
    file = SimpleUploadedFile(name, content)
    return browser().post(address("check-receipt", lang=lang), {"receipt": file})


@pytest.mark.requirement("BY-06")
@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize(
    "name", ["home", "help", "accessibility", "privacy", "check-receipt", "sign-in"]
)
def test_page_for_everybody_is_in_its_language_and_leads_to_the_other(name: str, lang: str) -> None:
    response = browser().get(address(name, lang=lang))
    page = response.content.decode()
    other = {"en": "fr", "fr": "en"}[lang]
    assert response.status_code == 200
    assert f'lang="{lang}"' in page
    assert f'href="{address(name, lang=other)}"' in page


@pytest.mark.requirement("BY-06")
@pytest.mark.parametrize(
    ("wanted", "path"), [("fr-CA,fr;q=0.9,en;q=0.5", "/fr/"), ("en-CA", "/en/"), ("de", "/en/")]
)
def test_start_is_in_the_language_that_the_browser_asks_for(wanted: str, path: str) -> None:
    response = browser().get("/", headers={"accept-language": wanted})
    assert response["Location"] == path


def test_health_says_that_the_database_answers() -> None:
    assert browser().get("/healthz").content == b"ok\n"


def test_help_names_every_regional_box_and_the_telephone() -> None:
    page = text_of(browser().get(address("help")))
    for box in ("mycasewestern", "mycasecentral", "MyCaseEastern"):
        assert box in page
    assert "1-833-777-2433" in page


@pytest.mark.requirement("BY-02")
def test_published_keys_check_a_receipt_offline(submission: Submission, keys: Path) -> None:
    from greffe.sealing.verify import check

    published = json.loads(browser().get(address("published-keys")).content)
    assert published == KeyRing.load(keys).published()
    assert check(bytes(submission.receipt.envelope), published).ok
    assert "PRIVATE" not in json.dumps(published)


@pytest.mark.requirement("BY-02")
@pytest.mark.parametrize(("lang", "words"), [("en", "demonstration"), ("fr", "démonstration")])
def test_genuine_receipt_is_told_so_and_what_demonstration_keys_prove(
    submission: Submission, lang: str, words: str
) -> None:
    response = checked(bytes(submission.receipt.envelope), lang)
    assert response.status_code == 200
    page = text_of(response)
    assert words in page.lower()
    assert {"en": "What it does not prove", "fr": "Ce qu’il ne prouve pas"}[lang] in page


@pytest.mark.requirement("BY-02")
def test_altered_receipt_proves_nothing(submission: Submission) -> None:
    envelope = bytes(submission.receipt.envelope)
    altered = envelope.replace(submission.number.encode(), b"2026-999999-XXXX")
    page = text_of(checked(altered))
    assert "This receipt proves nothing" in page
    assert "This receipt is genuine" not in page


@pytest.mark.requirement("BY-02")
def test_sealed_pdf_is_checked_and_one_that_was_changed_is_not(submission: Submission) -> None:
    paper = actions.make_paper(submission_id=submission.id)
    with document_store().open(paper.blob.key) as file:
        data = file.read()
    assert "This receipt is genuine" in text_of(checked(data, name="r.pdf"))
    changed = bytearray(data)
    changed[len(data) // 2] ^= 1
    assert "This receipt proves nothing" in text_of(checked(bytes(changed), name="r.pdf"))


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b"%PDF-1.7\n", b"[" * 5000, b"null"])
def test_anything_else_proves_nothing_and_is_no_error(content: bytes) -> None:
    response = checked(content)
    assert response.status_code in {200, 422}
    page = text_of(response)
    assert "This receipt proves nothing" in page or "Choose a file first" in page


def test_check_without_a_file_says_so() -> None:
    response = browser().post(address("check-receipt"))
    assert response.status_code == 422
    assert "Choose a file first" in text_of(response)


def test_file_too_large_for_a_receipt_is_refused_before_it_is_read() -> None:
    length = {"CONTENT_LENGTH": str(MAX_BYTES + 10**6), "CONTENT_TYPE": CONTENT_TYPE}
    response = browser().generic("POST", address("check-receipt"), **length)
    assert response.status_code == 422
    assert "20 MB" in text_of(response)


def test_name_of_a_checked_file_is_shown_as_text() -> None:
    page = checked(b"{}", name="<script>alert(1)</script>.json").content.decode()
    assert "<script>alert" not in page


@pytest.mark.security(16)
def test_nothing_that_is_checked_is_kept(submission: Submission) -> None:
    from greffe.ledger.models import Event

    before = (len(list(document_store().keys())), Event.objects.count())
    checked(bytes(submission.receipt.envelope))
    assert (len(list(document_store().keys())), Event.objects.count()) == before


def test_checkpoint_before_the_first_says_that_there_is_none() -> None:
    assert browser().get(address("checkpoint")).json() == {"checkpoint": None}
