"""What a backup looks like on disk, and how files get there whole.

TARGET/lock                     held while a backup is made
TARGET/unfinished-1a2b3c4d/     being made, or what a killed one left
TARGET/20261122T004546Z/        one whole backup; it stands by itself and may be removed alone
    manifest.json               written last: without it there is no backup
    database.dump               pg_dump's custom format
    documents.jsonl             key, SHA-256 and size of every document that the dump names
    documents/3f/3f…            their bytes; those of an earlier backup are hard links
    damaged/3f/3f…              bytes that were not those of their row any more
    keys.json                   the published halves of the signing keys
"""

import contextlib
import errno
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from greffe.cli.speech import DeploymentError

Code = Literal["missing", "altered", "unreadable"]
"""What can be wrong with the bytes of a document."""

MANIFEST, DUMP, LIST, KEYS = "manifest.json", "database.dump", "documents.jsonl", "keys.json"
DOCUMENTS, DAMAGED = "documents", "damaged"
UNFINISHED = "unfinished-"
CHUNK = 1024 * 1024

_FULL = {errno.ENOSPC, errno.EDQUOT}


class Progress(Protocol):
    """Who is told how far it has come."""

    def begin(self, step: str, total: int | None) -> None:
        """A step begins: `dump`, `documents`, `database` or `verify`; `total` in its own units."""

    def advance(self, by: int) -> None:
        """So much more is done."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class FileOf(_Part):
    """A file of the backup."""

    file: str
    bytes: int
    sha256: str


class Documents(FileOf):
    """The list of the documents, how many they are, and their size in all."""

    count: int
    size: int


class Problem(_Part):
    """A document that is not as its row says. `key` is that of the store.

    `saved`: the store has lost it, and the backup has it from an earlier one.
    """

    code: Code
    key: str
    sha256: str
    saved: bool = False
    filed_in: tuple[str, ...] = ()


class Manifest(_Part):
    """What a whole backup says of itself. `ledger` is the report of its verification."""

    format: Literal["greffe.backup/1"] = "greffe.backup/1"
    name: str
    made_at: str
    finished_at: str
    greffe: str
    postgres: int
    pg_dump: str
    migrations: tuple[tuple[str, str], ...]
    rules: str
    database: FileOf
    documents: Documents
    ledger: dict[str, Any]
    checkpoint: dict[str, Any] | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A document as its row names it."""

    key: str
    sha256: str
    size: int


def place_of(folder: Path, document: Document, kind: str = DOCUMENTS) -> Path:
    """Where the bytes of a document are in the backup `folder`."""
    return folder / kind / document.key[:2] / document.key


def whole_backups(target: Path) -> list[Path]:
    """Every whole backup in `target`, the oldest first."""
    with _named(target):
        folders = sorted(target.iterdir()) if target.is_dir() else []
    return [one for one in folders if (one / MANIFEST).is_file() and not is_unfinished(one)]


def is_unfinished(folder: Path) -> bool:
    """Whether this is one being made, or what a killed one left."""
    return folder.name.startswith(UNFINISHED)


def choose_backup(source: Path) -> Path:
    """The backup that `source` is, or the newest one in it. DeploymentError if there is none."""
    if (source / MANIFEST).is_file():
        return source
    whole = whole_backups(source)
    if whole:
        return whole[-1]
    begun = source.is_dir() and ((source / DUMP).exists() or any(source.glob(f"{UNFINISHED}*")))
    raise DeploymentError("backup-unfinished" if begun else "no-backup", path=source)


def read_manifest(folder: Path) -> Manifest:
    """Read what a backup says of itself. DeploymentError if it cannot be read."""
    path = folder / MANIFEST
    with _named(path):
        text = path.read_bytes()
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        raise DeploymentError("backup-damaged", path=path) from error


def read_documents(path: Path) -> Iterator[Document]:
    """The documents of a list, in its order. DeploymentError for a line that is none."""
    with _named(path), path.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                yield Document(**json.loads(line))
            except (ValueError, TypeError) as error:
                raise DeploymentError("backup-damaged", path=path) from error


def require_whole(folder: Path, file: FileOf) -> None:
    """Refuse a file of the backup that is not as the manifest says (DeploymentError)."""
    path = folder / file.file
    with _named(path), path.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if found != file.sha256:
        raise DeploymentError("backup-damaged", path=path)


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """Say plainly what cannot be read."""
    try:
        yield
    except OSError as error:
        raise DeploymentError("unreadable-file", path=path, detail=error.strerror) from error


@contextlib.contextmanager
def written(path: Path) -> Iterator[None]:
    """Say plainly that a disk is full or that nothing can be written at `path`."""
    try:
        yield
    except OSError as error:
        code = "backup-full" if error.errno in _FULL else "backup-unwritable"
        raise DeploymentError(code, path=path, detail=error.strerror or error) from error


def make_folder(path: Path) -> None:
    """Make a folder for us alone, with those above it that are missing."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)


class Hashed:
    """A new file that is written, hashed and synced; `sha256` and `size` speak of what it holds."""

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
        self._file = os.fdopen(os.open(path, flags, 0o600), "wb")
        self._hash = hashlib.sha256()
        self.path, self.size = path, 0

    def write(self, chunk: bytes) -> None:
        """Append bytes."""
        self._file.write(chunk)
        self._hash.update(chunk)
        self.size += len(chunk)

    def close(self) -> None:
        """Sync it and close it."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    @property
    def sha256(self) -> str:
        """In lower-case hexadecimal."""
        return self._hash.hexdigest()

    def as_part(self) -> FileOf:
        """As the manifest names it."""
        return FileOf(file=self.path.name, bytes=self.size, sha256=self.sha256)


def copy(chunks: Iterable[bytes], path: Path) -> Hashed:
    """Write all of `chunks` to a new file and sync it; one that fails is removed (OSError)."""
    file = Hashed(path)
    try:
        for chunk in chunks:
            file.write(chunk)
        file.close()
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return file


class UnreadableError(Exception):
    """Bytes that a disk does not give back."""


def chunks_of(source: BinaryIO) -> Iterator[bytes]:
    """The bytes of an open file, piece by piece. UnreadableError where the disk fails."""
    while True:
        try:
            chunk = source.read(CHUNK)
        except OSError as error:
            raise UnreadableError(str(error)) from error
        if not chunk:
            return
        yield chunk


def sync_folder(folder: Path) -> None:
    """Make the names in a folder safe."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def compare(file: BinaryIO, document: Document) -> Code | None:
    """Read an open file to its end and say whether it holds the bytes of this document."""
    found, size = hashlib.sha256(), 0
    try:
        for chunk in chunks_of(file):
            found.update(chunk)
            size += len(chunk)
    except UnreadableError:
        return "unreadable"
    return None if (found.hexdigest(), size) == (document.sha256, document.size) else "altered"
