"""Pages of stored documents: drawn once, kept, refused in words of both languages."""

import io
import threading
from pathlib import Path
from typing import Any, get_args

import pikepdf
import pytest
from django.db import connection
from django.utils import translation

from greffe.documents import messages, pages, turns
from greffe.documents.actions import keep_blob, sweep_store
from greffe.documents.models import Blob
from greffe.documents.sandbox.reading import Code, ReadingError
from greffe.documents.stores import document_store
from tests.documents import hostile

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("MC-14"), pytest.mark.security(20)]

WORDS = b"BT /F 24 Tf 72 700 Td (Hearing of the claim) Tj ET"
FONT = b"<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"


def stored(content: bytes) -> Blob:
    with document_store().writer() as writer:
        writer.write(content)
        return keep_blob(stored=writer.commit(), retention="filing")


@pytest.fixture
def blob() -> Blob:
    return stored(hostile.pdf(hostile.with_content(WORDS, resources=FONT)))


def kept_of(blob: Blob, settings: Any) -> list[str]:
    folder = Path(settings.STORE) / "pages" / blob.key[:2] / blob.key
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def lose_original(blob: Blob) -> None:
    """Take the document from the store, so that only what is kept can be shown."""
    document_store().delete(blob.key)


def test_page_is_drawn_once_and_its_text_with_it(blob: Blob, settings: Any) -> None:
    image = pages.page_image(blob, 1, 800)
    assert image.startswith(b"\xff\xd8\xff")
    assert kept_of(blob, settings) == ["1-800.jpg", "1.txt"]
    lose_original(blob)
    assert pages.page_image(blob, 1, 800) == image
    assert pages.page_text(blob, 1).strip() == "Hearing of the claim"
    assert pages.page_shown(blob, 1, 800).image == image


def test_text_alone_draws_no_image(blob: Blob, settings: Any) -> None:
    assert pages.page_text(blob, 1).strip() == "Hearing of the claim"
    assert kept_of(blob, settings) == ["1.txt"]
    assert pages.page_shown(blob, 1, 1200).text.strip() == "Hearing of the claim"
    assert kept_of(blob, settings) == ["1-1200.jpg", "1.txt"]


def test_search_is_made_once_for_the_same_words(blob: Blob) -> None:
    hits = pages.find_in(blob, "HÉARING ")
    assert [hit.match for hit in hits.found] == ["Hearing"]
    lose_original(blob)
    assert pages.find_in(blob, "HÉARING") == hits
    with pytest.raises(ReadingError):
        pages.find_in(blob, "claim")


def test_search_kept_by_another_version_is_made_again(blob: Blob, settings: Any) -> None:
    hits = pages.find_in(blob, "claim")
    (name,) = kept_of(blob, settings)
    path = Path(settings.STORE) / "pages" / blob.key[:2] / blob.key / name
    path.write_bytes(b'{"other": 1}')
    assert pages.find_in(blob, "claim") == hits


def test_everything_kept_can_be_thrown_away(blob: Blob, settings: Any) -> None:
    image = pages.page_image(blob, 1, 800)
    pages.forget(blob.key)
    assert kept_of(blob, settings) == []
    assert pages.page_image(blob, 1, 800) == image


def test_sweep_of_the_store_leaves_pages_alone(blob: Blob, settings: Any) -> None:
    import datetime as dt

    pages.page_image(blob, 1, 800)
    assert [*document_store().keys()] == [blob.key]
    assert sweep_store(store=document_store(), older_than=dt.timedelta(0)) == 0
    assert kept_of(blob, settings) == ["1-800.jpg", "1.txt"]


def code_of(blob: Blob, page: int = 1) -> str:
    with pytest.raises(ReadingError) as caught:
        pages.page_image(blob, page, 800)
    return caught.value.code


def test_what_cannot_be_shown_is_told_and_not_kept(blob: Blob, settings: Any) -> None:
    with io.BytesIO() as out, pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out, encryption=pikepdf.Encryption(owner="o", user="u", R=6))
        locked = stored(out.getvalue())
    damaged = stored(hostile.ordinary()[:60])
    assert [code_of(locked), code_of(damaged), code_of(blob, 2)] == [
        "password",
        "damaged",
        "no-page",
    ]
    assert [kept_of(locked, settings), kept_of(damaged, settings)] == [[], []]


def test_document_that_is_missing_is_not_its_own_fault(
    blob: Blob, caplog: pytest.LogCaptureFixture
) -> None:
    lose_original(blob)
    assert code_of(blob) == "not-shown"
    assert str(blob.pk) in caplog.text


@pytest.mark.requirement("BY-06")
@pytest.mark.parametrize("code", get_args(Code))
def test_every_code_has_its_words_in_both_languages(code: Code) -> None:
    said = {}
    for lang in ("en", "fr"):
        with translation.override(lang):
            words = messages.reading_text(code)
            said[lang] = (str(words.text), str(words.remedy))
    assert all(all(words) for words in said.values())
    assert said["en"][0] != said["fr"][0]
    assert said["en"][1] != said["fr"][1]


def test_reader_does_not_queue_behind_files_that_are_inspected(blob: Blob) -> None:
    inside, over = threading.Barrier(turns.AT_ONCE + 1), threading.Event()

    def inspect() -> None:
        with turns.own_turn():
            inside.wait(60)
            over.wait(60)
        connection.close()

    threads = [threading.Thread(target=inspect) for _ in range(turns.AT_ONCE)]
    for thread in threads:
        thread.start()
    inside.wait(60)
    try:
        assert pages.page_image(blob, 1, 800)
        assert all(thread.is_alive() for thread in threads)
    finally:
        over.set()
        for thread in threads:
            thread.join()


def test_reader_who_waits_too_long_is_told_so(blob: Blob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.05)
    for _ in range(turns.AT_ONCE):
        turns._readers.acquire()
    try:
        assert code_of(blob) == "not-shown"
    finally:
        for _ in range(turns.AT_ONCE):
            turns._readers.release()
    assert pages.page_image(blob, 1, 800)
