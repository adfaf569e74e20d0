"""Uploads, from the connection to the store: hashed as they come, never whole in memory.

Django would keep a file in memory or in a temporary folder, then have us copy it. This handler
writes each 64 KB straight to the document store. (Larger chunks make Django's parser slower.)
"""

from collections.abc import Collection
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from greffe.documents.store import BlobWriter, FileStore, StoredBlob, StoreError


class StoredFile(UploadedFile):
    """A file of a form whose bytes are in the store, or that was refused on the way there."""

    def __init__(self, name: str, size: int, stored: StoredBlob | None, refusal: str = "") -> None:
        """Take what happened.

        `stored` is None when `refusal` says why ("too-large" or a store error).
        """
        # Django leaves out a file without a name, and cuts what it does not like from one
        # that it has.
        super().__init__(file=None, name="file", size=size)
        self.given_name = name
        self.stored = stored
        self.refusal = refusal

    def close(self) -> None:
        """Do nothing: the bytes are in the store, there is nothing open here."""


class StoreUploadHandler(FileUploadHandler):
    """Streams every file of a form to the document store, at most `largest` bytes each.

    A file that is too large is read to its end but not kept, so that the person is answered with a
    page and not with a broken connection. `files` lists all that were received, so that a request
    which fails later can throw them away.
    """

    chunk_size = 64 * 1024

    def __init__(self, request: HttpRequest, *, store: FileStore, largest: int) -> None:
        """Write to `store`; keep no file of more than `largest` bytes."""
        super().__init__(request)
        self._store = store
        self._largest = largest
        self._writer: BlobWriter | None = None
        self._size = 0
        self._refusal = ""
        self.files: list[StoredFile] = []

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self._size, self._refusal = 0, ""
        try:
            self._writer = self._store.writer()
        except StoreError as error:
            self._writer, self._refusal = None, error.code

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write one piece."""
        del start
        self._size += len(raw_data)
        if self._size > self._largest:
            self._give_up("too-large")
        if self._writer is None:
            return
        try:
            self._writer.write(raw_data)
        except StoreError as error:
            self._give_up(error.code)

    def file_complete(self, file_size: int) -> StoredFile:
        """Sync the bytes, then say what became of the file."""
        stored = None
        if self._writer is not None:
            try:
                stored = self._writer.commit()
            except StoreError as error:
                self._refusal = error.code
            self._writer = None
        file = StoredFile(self.file_name or "", file_size, stored, self._refusal)
        self.files.append(file)
        return file

    def upload_interrupted(self) -> None:
        """Throw away what was being written."""
        self._give_up("interrupted")

    def discard(self, *, keep: Collection[str] = ()) -> None:
        """Throw away what this request brought to the store, but for the keys to `keep`.

        A file that is still being written, because the connection broke, is thrown away too.
        """
        self._give_up("discarded")
        for file in self.files:
            if file.stored is not None and file.stored.key not in keep:
                self._store.delete(file.stored.key)

    def _give_up(self, refusal: str) -> None:
        self._refusal = self._refusal or refusal
        if self._writer is not None:
            self._writer.abort()
            self._writer = None


class CountingInput:
    """Counts what is read from a request, to tell a whole one from one that was cut off.

    Django takes the end of the connection for the end of the last file.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        """Read from `stream`."""
        self._stream = stream
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        """Read at most `size` bytes."""
        data = self._stream.read(size)
        self.count += len(data)
        return data

    def readline(self, size: int = -1) -> bytes:
        """Read a line of at most `size` bytes."""
        data = self._stream.readline(size)
        self.count += len(data)
        return data
