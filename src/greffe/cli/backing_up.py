"""Making a backup: the database first, then every document that its snapshot names."""

import contextlib
import datetime as dt
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from greffe.cases.rules import rules
from greffe.cli.backup_database import Snapshot, submissions_with, take_snapshot
from greffe.cli.backup_folder import (
    DAMAGED,
    DOCUMENTS,
    DUMP,
    KEYS,
    LIST,
    MANIFEST,
    UNFINISHED,
    Code,
    Document,
    Manifest,
    Problem,
    Progress,
    UnreadableError,
    chunks_of,
    copy,
    make_folder,
    place_of,
    read_documents,
    sync_folder,
    whole_backups,
    written,
)
from greffe.cli.processes import try_lock
from greffe.cli.speech import DeploymentError
from greffe.documents.store import FileStore, StoreError
from greffe.ledger.keys import key_ring
from greffe.sealing.keys import KeyFolderError


@dataclass
class Sums:
    """What became of the documents."""

    copied: int = 0
    linked: int = 0
    problems: list[Problem] = field(default_factory=list)


def back_up(
    target: Path, store: FileStore, *, full: bool, progress: Progress
) -> tuple[Manifest, Sums]:
    """Make a backup in a new folder of `target`, and give what it says of itself.

    Documents that an earlier backup there has already become hard links to its files, unless
    `full`. Raises DeploymentError and OperationalError; what was begun is then removed.
    """
    _refuse_inside(target)
    with written(target):
        make_folder(target)
    with _alone(target), written(target):
        earlier = _earlier(target)
        work = target / f"{UNFINISHED}{secrets.token_hex(4)}"
        work.mkdir(mode=0o700)
        try:
            manifest, sums = _fill(work, store, [] if full else earlier, progress)
            whole = _give_its_name(work, target, manifest)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
        for remains in target.glob(f"{UNFINISHED}*"):
            shutil.rmtree(remains, ignore_errors=True)
    return manifest.model_copy(update={"name": whole.name}), sums


def _refuse_inside(target: Path) -> None:
    """Refuse a place that is part of what is backed up, or of what must stay apart from it."""
    for place in (settings.STORE, settings.KEYS, settings.STATE / "postgres"):
        if target.resolve().is_relative_to(Path(place).resolve()):
            raise DeploymentError("backup-inside", path=target, place=place)


@contextlib.contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Be the only one that makes a backup here."""
    with written(target):
        held = try_lock(target / "lock")
    if held is None:
        raise DeploymentError("backup-runs", path=target)
    try:
        yield
    finally:
        os.close(held)


def _earlier(target: Path) -> list[Path]:
    """Where whole documents may be already: the last backup, and what a killed one left."""
    remains = sorted(target.glob(f"{UNFINISHED}*"))
    for folder in remains:
        (folder / DUMP).unlink(missing_ok=True)  # only its documents are of use
    return [*whole_backups(target)[-1:], *remains]


def _fill(
    work: Path, store: FileStore, earlier: Sequence[Path], progress: Progress
) -> tuple[Manifest, Sums]:
    published = _published()
    progress.begin("dump", None)
    taken = take_snapshot(work, published=published, dumped=progress.advance)
    if published is not None:
        copy([json.dumps(published, ensure_ascii=False).encode()], work / KEYS)
    progress.begin("documents", taken.documents.size)
    sums = Sums()
    for document in read_documents(work / LIST):
        _keep(document, work, store, earlier, sums)
        progress.advance(document.size)
    for kind in (DOCUMENTS, DAMAGED):
        _sync_folders(work / kind)
    _name_uses(sums)
    return _manifest(taken, sums), sums


def _published() -> Mapping[str, Any] | None:
    """The public halves of the keys; the private ones stay apart from the database's backups."""
    try:
        return key_ring().published()
    except KeyFolderError:
        return None


def _keep(
    document: Document, work: Path, store: FileStore, earlier: Sequence[Path], sums: Sums
) -> None:
    """Have the bytes of one document in the backup, and note what is wrong with them."""
    target = place_of(work, document)
    make_folder(target.parent)
    code = _problem_in_store(document, store)
    saved = any(_link(place_of(folder, document), target, document.size) for folder in earlier)
    if saved:
        sums.linked += 1
    elif code in {None, "altered"}:
        code = _copy(document, work, store)
        sums.copied += code is None
    if code:
        problem = Problem(code=code, key=document.key, sha256=document.sha256, saved=saved)
        sums.problems.append(problem)


def _problem_in_store(document: Document, store: FileStore) -> Code | None:
    """What can be seen without reading the bytes: that they are not there, or not so many."""
    try:
        with _opened(store, document.key) as file:
            found = os.fstat(file.fileno()).st_size
    except StoreError as error:
        return "missing" if error.code == "missing" else "unreadable"
    return None if found == document.size else "altered"


def _opened(store: FileStore, key: str) -> BinaryIO:
    """Open a document. What was deleted since the snapshot is still in the trash."""
    for look in (store.open, store.open_deleted):
        with contextlib.suppress(StoreError):
            return look(key)
    return store.open(key)  # it may have come back in between


def _link(source: Path, target: Path, size: int) -> bool:
    """Have the file of an earlier backup here too; False where that cannot be done."""
    try:
        if source.stat().st_size != size:
            return False
        os.link(source, target)
    except OSError:  # not there, or a file system without links: it is copied then
        return False
    return True


def _copy(document: Document, work: Path, store: FileStore) -> Code | None:
    """Copy the bytes from the store; what they are not, they are not called."""
    target = place_of(work, document)
    part = target.with_name(f"{document.key}.part")
    try:
        with _opened(store, document.key) as source:
            file = copy(chunks_of(source), part)
    except StoreError as error:
        return "missing" if error.code == "missing" else "unreadable"
    except UnreadableError:
        return "unreadable"
    if (file.sha256, file.size) == (document.sha256, document.size):
        part.rename(target)
        return None
    damaged = place_of(work, document, DAMAGED)
    make_folder(damaged.parent)
    part.rename(damaged)
    return "altered"


def _sync_folders(folder: Path) -> None:
    if folder.is_dir():
        for shard in folder.iterdir():
            sync_folder(shard)
        sync_folder(folder)


def _name_uses(sums: Sums) -> None:
    """Say in which submissions the documents with problems were filed."""
    if not sums.problems:
        return
    uses = submissions_with([problem.key for problem in sums.problems])
    sums.problems = [
        problem.model_copy(update={"filed_in": tuple(uses.get(problem.key, ()))})
        for problem in sums.problems
    ]


def _manifest(taken: Snapshot, sums: Sums) -> Manifest:
    return Manifest(
        name="",
        made_at=taken.made_at,
        finished_at=f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
        greffe=version("greffe"),
        postgres=taken.postgres,
        pg_dump=taken.pg_dump,
        migrations=taken.migrations,
        rules=rules().hash,
        database=taken.database,
        documents=taken.documents,
        ledger=taken.ledger,
        checkpoint=taken.checkpoint,
        problems=tuple(sums.problems),
    )


def _give_its_name(work: Path, target: Path, manifest: Manifest) -> Path:
    """Write the manifest, then give the folder the name of a whole backup."""
    stamp = manifest.made_at.replace("-", "").replace(":", "")
    whole = target / stamp
    number = 1
    while whole.exists():
        number += 1
        whole = target / f"{stamp}-{number}"
    said = manifest.model_copy(update={"name": whole.name}).model_dump(mode="json")
    fresh = work / f"{MANIFEST}.new"
    copy([json.dumps(said, indent=1, ensure_ascii=False).encode()], fresh)
    fresh.rename(work / MANIFEST)
    sync_folder(work)
    work.rename(whole)
    sync_folder(target)
    return whole
