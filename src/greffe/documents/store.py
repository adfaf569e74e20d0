"""Where the bytes of documents are kept: a folder, behind five methods that any object store has.

A document has a random key; its SHA-256 and size are attributes kept beside it in the database. The
bytes and every folder that leads to them are synced before `commit` returns (ADR 0007), so that a
row written afterwards never names bytes that a power cut could lose. No Django in here.

    blobs/3f/3f…    documents, spread over 256 folders by the first two letters of the key
    incoming/       being written; what a killed process left is removed by `sweep`
    trash/          deleted, but kept until somebody who holds the right lock calls `purge`
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal, Self

FORMAT = "plain/1"
"""How the bytes of a blob are written: as they came. Another name will mean encrypted."""

ErrorCode = Literal["full", "missing", "bad-key", "closed", "refused", "io"]

_FLUSH = 4 * 1024 * 1024
"""Bytes after which the kernel is asked to begin writing, so that little is left to sync."""

_KEY = re.compile(r"[0-9a-f]{32}")
_PART = ".part"
_FULL = {errno.ENOSPC, errno.EDQUOT}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}


class StoreError(Exception):
    """The store could not do what was asked; `code` says why, the text is for logs."""

    def __init__(self, code: ErrorCode, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code: ErrorCode = code
        self.detail = detail


class StoreFull(StoreError):  # noqa: N818 - it says how the store is, as callers read it
    """No room is left on the device, or in the quota of its owner."""

    def __init__(self, detail: str = "") -> None:
        super().__init__("full", detail)


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """What `BlobWriter.commit` wrote: `size` in bytes, `sha256` in lower-case hexadecimal.

    `format` and `key_id` (of the key that encrypts it, None for none) say how to read the bytes.
    """

    key: str
    sha256: str
    size: int
    format: str = FORMAT
    key_id: str | None = None


@dataclass(frozen=True, slots=True)
class BlobStat:
    """What the store itself knows of a blob: `size` in bytes and when it was committed (UTC)."""

    key: str
    size: int
    stored_at: datetime


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """Turn the operating system's error into ours."""
    try:
        yield
    except FileNotFoundError as error:
        raise StoreError("missing", str(error)) from error
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull(str(error)) from error
        raise StoreError("refused" if error.errno in _REFUSED else "io", str(error)) from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _age(path: Path, now: float) -> timedelta:
    return timedelta(seconds=now - path.stat().st_mtime)


class BlobWriter:
    """One document on its way in: `write` its bytes, then `commit` or `abort`, once.

    As a context manager it aborts unless it was committed. `size` (in bytes) and `sha256` speak of
    the bytes written so far. Not for two threads at once.
    """

    def __init__(self, store: "FileStore", key: str, part: Path) -> None:
        self._store = store
        self._key = key
        self._part = part
        self._hash = hashlib.sha256()
        self.size = 0
        self._flushing = 0
        self._descriptor: int | None = os.open(
            part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600
        )
        # Says that its writer lives: the lock goes with the process, and `sweep` looks at it.
        fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.abort()

    @property
    def sha256(self) -> str:
        """The SHA-256 of the bytes written so far, in lower-case hexadecimal."""
        return self._hash.hexdigest()

    def write(self, chunk: bytes | bytearray | memoryview) -> None:
        """Append bytes. StoreFull or StoreError: nothing is kept and the writer is closed."""
        descriptor = self._open_descriptor()
        try:
            with _translated(), memoryview(chunk) as view:
                self._hash.update(view)
                rest = view
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
                self.size += len(view)
                self._flush(descriptor)
        except StoreError:
            self.abort()
            raise

    def commit(self) -> StoredBlob:
        """Sync the bytes, give them their place, sync the folders; then it is safe to say so.

        StoreFull or StoreError: nothing is kept.
        """
        descriptor = self._open_descriptor()
        try:
            with _translated():
                # A failed sync is never tried again: the kernel may have dropped the pages.
                os.fsync(descriptor)
                self._store.place(self._part, self._key)
        except StoreError:
            self._store.withdraw(self._key)
            self.abort()
            raise
        self._close()
        return StoredBlob(key=self._key, sha256=self.sha256, size=self.size)

    def abort(self) -> None:
        """Forget what was written. Does nothing after a commit or an earlier abort."""
        if self._descriptor is None:
            return
        with contextlib.suppress(OSError):
            self._part.unlink(missing_ok=True)
        self._close()

    def _flush(self, descriptor: int) -> None:
        """Have the disk work while more comes: a large file is then synced in a tenth of the time.

        For pages that are not on the disk yet this advice only begins their writing (Linux); it
        promises nothing and drops nothing, and `commit` still syncs and learns of every error.
        """
        if self.size - self._flushing >= _FLUSH:
            length = self.size - self._flushing
            os.posix_fadvise(descriptor, self._flushing, length, os.POSIX_FADV_DONTNEED)
            self._flushing = self.size

    def _open_descriptor(self) -> int:
        if self._descriptor is None:
            raise StoreError("closed", "committed, aborted or failed before")
        return self._descriptor

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(descriptor)


class FileStore:
    """Documents under `root`, a folder that only this registry's user may enter.

    Folders are made on the first write, files with mode 0600 and folders with 0700. Several
    processes may use one root at once. Every method raises StoreError, or its StoreFull, only.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._blobs = root / "blobs"
        self._incoming = root / "incoming"
        self._trash = root / "trash"
        self._synced: set[Path] = set()

    # The five methods that every store has.

    def writer(self) -> BlobWriter:
        """Begin a new document; see BlobWriter."""
        with _translated():
            self._make(self._incoming)
            key = secrets.token_hex(16)
            return BlobWriter(self, key, self._incoming / (key + _PART))

    def open(self, key: str) -> BinaryIO:
        """Open the bytes of `key` for reading; the caller closes. Code `missing` if not there."""
        path = self._path(key)
        with _translated():
            return path.open("rb")

    def stat(self, key: str) -> BlobStat:
        """Size and time of `key`, without reading it. Code `missing` if it is not there."""
        path = self._path(key)
        with _translated():
            found = path.stat()
        return BlobStat(key, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def delete(self, key: str) -> None:
        """Put `key` in the trash: it can no longer be opened, and `restore` brings it back.

        Deleting again what is in the trash is no error; code `missing` if it was never there.
        """
        path = self._path(key)
        with _translated():
            self._make(self._trash)
            if not path.exists() and (self._trash / key).exists():
                return
            os.utime(path)  # the trash counts the age of a tombstone from here
            path.replace(self._trash / key)
            _sync_folder(self._trash)
            _sync_folder(path.parent)

    def keys(self) -> Iterator[str]:
        """Every key that can be opened, in order; nothing that is incoming or in the trash."""
        for shard in self._names(self._blobs):
            yield from (key for key in self._names(self._blobs / shard) if _KEY.fullmatch(key))

    # Housekeeping.

    def tombstones(self, older_than: timedelta) -> Iterator[str]:
        """Keys put in the trash longer ago than `older_than`, for `purge` or `restore`."""
        now = datetime.now(UTC).timestamp()
        for key in self._names(self._trash):
            with contextlib.suppress(FileNotFoundError):
                if _KEY.fullmatch(key) and _age(self._trash / key, now) > older_than:
                    yield key

    def open_deleted(self, key: str) -> BinaryIO:
        """Open a tombstone for reading: a backup copies what rows of a moment ago name."""
        self._path(key)
        with _translated():
            return (self._trash / key).open("rb")

    def purge(self, key: str) -> None:
        """Remove a tombstone for good. The caller holds the lock and has looked for uses again."""
        self._path(key)
        with _translated():
            (self._trash / key).unlink(missing_ok=True)

    def restore(self, key: str) -> None:
        """Bring a tombstone back. Code `missing` if it is not in the trash."""
        self._path(key)
        with _translated():
            self.place(self._trash / key, key)
            _sync_folder(self._trash)

    def sweep(self, older_than: timedelta) -> int:
        """Remove what killed processes left in `incoming` and say how many files that was.

        Only files untouched for `older_than`, and none whose writer still lives.
        """
        now = datetime.now(UTC).timestamp()
        removed = 0
        for name in self._names(self._incoming):
            part = self._incoming / name
            with contextlib.suppress(FileNotFoundError), _translated_but_missing():
                if _age(part, now) > older_than and _abandoned(part):
                    part.unlink()
                    removed += 1
        return removed

    def check(self) -> None:
        """Write, sync, read and remove a small document; StoreError if any of it fails (doctor)."""
        probe = secrets.token_bytes(64)
        with self.writer() as writer:
            writer.write(probe)
            blob = writer.commit()
        with self.open(blob.key) as stream:
            kept = stream.read()
        self.delete(blob.key)
        self.purge(blob.key)
        if kept != probe:
            raise StoreError("io", "the bytes read are not those written")

    def place(self, part: Path, key: str) -> None:
        """Move a synced file to its place and sync the folders (for BlobWriter; raises OSError)."""
        target = self._path(key)
        self._make(target.parent)
        part.replace(target)
        _sync_folder(target.parent)

    def withdraw(self, key: str) -> None:
        """Remove a document that was placed but could not be synced: it was never promised."""
        with contextlib.suppress(OSError):
            self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise StoreError("bad-key", repr(key[:80]))
        return self._blobs / key[:2] / key

    def _make(self, folder: Path) -> None:
        """Make `folder` and its parents, and sync each parent once for each process.

        Not only when this process made it: another may have, and have died before it synced.
        """
        if folder in self._synced:
            return
        if folder != self.root:
            self._make(folder.parent if folder.is_relative_to(self.root) else self.root)
        folder.mkdir(mode=0o700, parents=folder == self.root, exist_ok=True)
        _sync_folder(folder.parent)
        self._synced.add(folder)

    def _names(self, folder: Path) -> list[str]:
        with _translated():
            try:
                return sorted(entry.name for entry in folder.iterdir())
            except FileNotFoundError:
                return []


@contextlib.contextmanager
def _translated_but_missing() -> Iterator[None]:
    """As `_translated`, but a file that somebody else has just removed stays FileNotFoundError."""
    try:
        with _translated():
            yield
    except StoreError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            raise error.__cause__ from None
        raise


def _abandoned(part: Path) -> bool:
    """Whether no living process holds the lock of this incoming file."""
    descriptor = os.open(part, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
