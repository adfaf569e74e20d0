"""Uploads on their way in: hashed as they come, never whole in memory, whole or not at all."""

import hashlib
import io
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest
from django.http.request import UnreadablePostError
from django.test import RequestFactory

from greffe.documents.intake import CountingInput, StoredFile, StoreUploadHandler
from greffe.documents.store import FileStore
from tests.support.portal import BOUNDARY, CONTENT_TYPE, form

MEGABYTE = 1024 * 1024


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "store")


class Wire(io.RawIOBase):
    """A connection that makes its bytes as they are asked for: a form with one file of `size`."""

    def __init__(self, size: int, *, breaks_after: int | None = None) -> None:
        super().__init__()
        self.head = (
            f"--{BOUNDARY}\r\n"
            'Content-Disposition: form-data; name="files"; filename="big.pdf"\r\n'
            "Content-Type: application/pdf\r\n\r\n"
        ).encode()
        self.tail = f"\r\n--{BOUNDARY}--\r\n".encode()
        self.size = size
        self.length = len(self.head) + size + len(self.tail)
        self.at = 0
        self.largest_read = 0
        self.breaks_after = breaks_after
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        self.largest_read = max(self.largest_read, size if size >= 0 else self.length)
        if self.breaks_after is not None and self.at >= self.breaks_after:
            raise ConnectionResetError
        return self._take(size)

    def _take(self, size: int) -> bytes:
        start, end = self.at, self.length if size < 0 else min(self.length, self.at + size)
        self.at = end
        body = len(self.head)
        data = self.head[start:end]
        inside = max(0, min(end, body + self.size) - max(start, body))
        content = b"0123456789abcdef" * (inside // 16 + 1)
        self.sha256.update(content[:inside])
        data += content[:inside]
        return data + self.tail[max(0, start - body - self.size) : max(0, end - body - self.size)]


def received(
    store: FileStore, stream: Any, length: int, *, largest: int = 50 * MEGABYTE
) -> tuple[HttpRequest, StoreUploadHandler]:
    """A request with the handler in place, not read yet."""
    environ = {"wsgi.input": stream, "CONTENT_LENGTH": str(length), "CONTENT_TYPE": CONTENT_TYPE}
    request = RequestFactory().generic("POST", "/", **environ)
    handler = StoreUploadHandler(request, store=store, largest=largest)
    request.upload_handlers = [handler]
    return request, handler


def read(store: FileStore, body: bytes, **options: Any) -> list[StoredFile]:
    request, handler = received(store, io.BytesIO(body), len(body), **options)
    assert request.FILES is not None
    return handler.files


def parts(store: FileStore) -> list[Path]:
    """What is still being written."""
    folder = store.root / "incoming"
    return list(folder.iterdir()) if folder.exists() else []


@pytest.mark.requirement("MC-07")
def test_upload_of_60_megabytes_is_never_whole_in_memory(store: FileStore) -> None:
    wire = Wire(60 * MEGABYTE)
    request, handler = received(store, wire, wire.length, largest=100 * MEGABYTE)
    tracemalloc.start()
    try:
        assert request.FILES is not None
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * MEGABYTE
    assert wire.largest_read <= 64 * 1024 + len(BOUNDARY) + 100
    stored = handler.files[0].stored
    assert stored is not None
    assert stored.size == 60 * MEGABYTE
    assert stored.sha256 == wire.sha256.hexdigest()


def test_bytes_in_the_store_are_those_that_were_sent(store: FileStore) -> None:
    content = bytes(range(256)) * 1000 + b"\r\n--\r\n"
    (file,) = read(store, form([("a.pdf", content)]))
    assert file.stored is not None
    assert file.stored.sha256 == hashlib.sha256(content).hexdigest()
    with store.open(file.stored.key) as opened:
        assert opened.read() == content


def test_each_file_of_a_form_has_its_own_bytes_and_name(store: FileStore) -> None:
    files = read(store, form([("une.pdf", b"1"), ("Déclaration.pdf", b"22"), ("vide.pdf", b"")]))
    assert [file.given_name for file in files] == ["une.pdf", "Déclaration.pdf", "vide.pdf"]
    assert [file.stored.size for file in files if file.stored] == [1, 2, 0]


@pytest.mark.requirement("MC-07")
@pytest.mark.parametrize(("size", "kept"), [(1000, True), (1001, False)])
def test_limit_is_counted_to_the_byte(store: FileStore, size: int, kept: bool) -> None:
    (file,) = read(store, form([("a.pdf", b"x" * size)]), largest=1000)
    assert (file.stored is not None) is kept
    assert file.refusal == ("" if kept else "too-large")
    assert len(list(store.keys())) == kept
    assert not parts(store)


def test_file_that_is_too_large_is_read_to_its_end_and_the_next_one_is_kept(
    store: FileStore,
) -> None:
    files = read(store, form([("big.pdf", b"x" * 200_000), ("a.pdf", b"ok")]), largest=1000)
    assert [file.refusal for file in files] == ["too-large", ""]
    assert [stored.size for file in files if (stored := file.stored)] == [2]


def test_broken_connection_leaves_nothing_behind(store: FileStore) -> None:
    wire = Wire(5 * MEGABYTE, breaks_after=MEGABYTE)
    request, handler = received(store, wire, wire.length)
    with pytest.raises(UnreadablePostError):
        request.FILES  # noqa: B018 - reading it is what is tested
    handler.discard()
    assert not handler.files
    assert not parts(store)
    assert not list(store.keys())


def test_discarding_throws_away_what_a_refused_request_brought(store: FileStore) -> None:
    body = form([("a.pdf", b"1"), ("b.pdf", b"2")])
    request, handler = received(store, io.BytesIO(body), len(body))
    assert request.FILES
    kept = handler.files[1].stored
    assert kept is not None
    handler.discard(keep={kept.key})
    assert list(store.keys()) == [kept.key]


def test_store_that_cannot_be_written_gives_its_reason(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = FileStore(tmp_path / "file" / "store")
    (file,) = read(store, form([("a.pdf", b"1")]))
    assert file.stored is None
    assert file.refusal


def test_closing_a_file_of_a_form_is_no_error(store: FileStore) -> None:
    (file,) = read(store, form([("a.pdf", b"1")]))
    file.close()


def test_count_is_of_the_bytes_that_came() -> None:
    counted = CountingInput(io.BytesIO(b"one\ntwo\nthree"))
    assert counted.read(2) == b"on"
    assert counted.readline() == b"e\n"
    assert counted.read() == b"two\nthree"
    assert counted.count == len(b"one\ntwo\nthree")
