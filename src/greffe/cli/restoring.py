"""Putting a backup back where nothing is yet, and verifying the whole against the ledger.

Bytes first, then the rows, in one transaction: no row ever names bytes that are not there. A mark
in the store says which backup is being put back, so that one cut short can go on where it was.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import connection

from greffe.cli.backup_database import (
    filed_otherwise,
    is_empty,
    put_back,
    restore_program,
    submissions_with,
)
from greffe.cli.backup_folder import (
    DUMP,
    KEYS,
    LIST,
    Code,
    Document,
    Manifest,
    Progress,
    UnreadableError,
    chunks_of,
    compare,
    copy,
    make_folder,
    place_of,
    read_documents,
    sync_folder,
    written,
)
from greffe.cli.checking import Found, read_whole
from greffe.cli.doctor_database import migrations_of_this_version
from greffe.cli.speech import DeploymentError
from greffe.documents.store import FileStore, StoreError
from greffe.ledger.grants import grant_application_role
from greffe.ledger.keys import key_ring
from greffe.ledger.verify import verify
from greffe.sealing.keys import KeyFolderError, load_published

MARK = "being-restored"
"""The file in the store that names the backup that is being put back."""


def restore(
    folder: Path,
    store: FileStore,
    *,
    checkpoints: Sequence[Mapping[str, Any]] = (),
    progress: Progress,
) -> tuple[Manifest, Found]:
    """Put a backup into an empty database and an empty store, and verify what came of it.

    As the owner of the database. Raises DeploymentError where something is in the way or cannot be
    used; what is missing or altered is no error but named in what is given.
    """
    manifest = read_whole(folder)
    known = migrations_of_this_version()[1]
    ours = {app for app, _ in known}
    ahead = [one for one in manifest.migrations if one[0] in ours and one not in known]
    if ahead:
        raise DeploymentError("newer-backup", version=manifest.greffe)
    program = restore_program(manifest.postgres, manifest.pg_dump)
    goes_on = _claim(store, manifest)
    found = Found()
    _put_documents_back(folder, store, found, manifest, progress)
    if not goes_on or is_empty():
        progress.begin("database", manifest.database.bytes)
        put_back(program, folder / DUMP, restored=progress.advance)
    found.application_role = grant_application_role(connection)
    found.pending_migrations = len(known - set(manifest.migrations))
    _verify(folder, store, manifest, found, checkpoints, progress)
    with written(store.root):
        (store.root / MARK).unlink(missing_ok=True)
        sync_folder(store.root)
    return manifest, found


def _claim(store: FileStore, manifest: Manifest) -> bool:
    """Take an empty store and database for this backup; True where an earlier try goes on.

    DeploymentError where either holds something.
    """
    mark = store.root / MARK
    with written(store.root):
        make_folder(store.root)
        if mark.is_file() and mark.read_text() == manifest.name:
            return True
        if any(store.root.iterdir()):
            raise DeploymentError("store-not-empty", path=store.root)
        if not is_empty():
            raise DeploymentError("database-not-empty")
        copy([manifest.name.encode()], mark)
        sync_folder(store.root)
    return False


def _put_documents_back(
    folder: Path, store: FileStore, found: Found, manifest: Manifest, progress: Progress
) -> None:
    progress.begin("documents", manifest.documents.size)
    incoming = store.root / "incoming"
    with written(store.root):
        make_folder(incoming)
        for document in read_documents(folder / LIST):
            if not _is_there(store, document):
                code = _put_back(place_of(folder, document), incoming, store, document)
                if code:
                    found.note(document, code)
            progress.advance(document.size)


def _is_there(store: FileStore, document: Document) -> bool:
    with contextlib.suppress(StoreError):
        return store.stat(document.key).size == document.size
    return False


def _put_back(source: Path, incoming: Path, store: FileStore, document: Document) -> Code | None:
    """Copy one document into the store; bytes that are not those of its row stay out."""
    part = incoming / f"{document.key}.part"
    try:
        opened = source.open("rb")
    except OSError as error:
        return "missing" if isinstance(error, FileNotFoundError) else "unreadable"
    try:
        with opened:
            file = copy(chunks_of(opened), part)
    except UnreadableError:
        return "unreadable"
    if (file.sha256, file.size) != (document.sha256, document.size):
        part.unlink()
        return "altered"
    store.place(part, document.key)
    return None


def _verify(
    folder: Path,
    store: FileStore,
    manifest: Manifest,
    found: Found,
    checkpoints: Sequence[Mapping[str, Any]],
    progress: Progress,
) -> None:
    """Read every document that the restored rows name, and the ledger, and compare."""
    progress.begin("verify", manifest.documents.size)
    for document in _rows():
        if document.key not in found.problems:
            code = _judge_in_store(store, document)
            if code:
                found.note(document, code)
        found.documents, found.size = found.documents + 1, found.size + document.size
        progress.advance(document.size)
    kept = [manifest.checkpoint] if manifest.checkpoint else []
    published = _published(folder)
    found.ledger = verify(checkpoints=[*kept, *checkpoints], published=published)
    head = {"seq": found.ledger.head_seq, "hash": found.ledger.head_hash}
    found.ledger_differs = head != manifest.ledger.get("head")
    found.filed_otherwise = filed_otherwise()
    uses = submissions_with(list(found.problems))
    for key, numbers in uses.items():
        changed = found.problems[key].model_copy(update={"filed_in": tuple(numbers)})
        found.problems[key] = changed


def _rows() -> Iterator[Document]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, sha256, size FROM documents_blob ORDER BY key")
        while rows := cursor.fetchmany(1000):
            yield from (Document(*row) for row in rows)


def _judge_in_store(store: FileStore, document: Document) -> Code | None:
    try:
        with store.open(document.key) as file:
            return compare(file, document)
    except StoreError as error:
        return "missing" if error.code == "missing" else "unreadable"


def _published(folder: Path) -> Mapping[str, Any] | None:
    """The public keys: our own, or else those that the backup brought."""
    with contextlib.suppress(KeyFolderError):
        return key_ring().published()
    with contextlib.suppress(OSError, ValueError):
        return load_published((folder / KEYS).read_bytes())
    return None
