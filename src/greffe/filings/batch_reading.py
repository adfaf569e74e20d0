"""What the worker does with the scan of a batch: reads its cover sheets, splits it at each of them.

A scan says itself whether it was read: under SCAN in its facts stands nothing, or what was found.
Reading changes nothing until its one transaction; a crash before leaves bytes that no row knows.
"""

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from greffe.cases.rules import rules
from greffe.documents.actions import keep_part
from greffe.documents.models import Upload
from greffe.documents.sandbox import scans
from greffe.documents.store import StoredBlob, StoreError
from greffe.documents.stores import document_store
from greffe.documents.turns import own_turn
from greffe.filings.paper_actions import SCAN
from greffe.law.facts import FileFacts

logger = logging.getLogger(__name__)

_READER = 0x6261_7463_6865  # "batche", the advisory lock of the one who reads batches


@dataclass(frozen=True, slots=True)
class _Part:
    """A section of a scan, and its document in the store where it has one that can be filed."""

    section: scans.Section
    stored: StoredBlob | None

    def said(self, upload: UUID | None) -> dict[str, Any]:
        """What is kept of it with the scan."""
        return {
            "sheet": self.section.sheet,
            "text": self.section.text,
            "turned": self.section.turned,
            "pages": list(self.section.pages),
            "upload": str(upload) if upload else None,
            "size": len(self.section.document),
        }


def unread_scans(*, now: datetime) -> QuerySet[Upload]:
    """Scans that nobody has read yet, the oldest first."""
    waiting = Upload.objects.filter(taken=False, expires_at__gt=now)
    return waiting.filter(facts__has_key=SCAN, facts__scan=None).order_by("received_at", "id")


def read_batches() -> None:
    """Read every scan that waits, unless somebody does; whoever does finds those that come.

    A scan that the registry cannot read for reasons of its own is left for the next time.
    """
    tried: set[UUID] = set()
    while _one_left(tried) is not None:
        with _only_reader() as ours:
            if not ours:
                return
            while (scan := _one_left(tried)) is not None:
                tried.add(scan.id)
                read_scan(scan=scan)


def _one_left(tried: set[UUID]) -> Upload | None:
    waiting = unread_scans(now=timezone.now()).select_related("blob", "person")
    return waiting.exclude(pk__in=tried).first()


@contextlib.contextmanager
def _only_reader() -> Iterator[bool]:
    """Whether nobody else reads batches; then nobody else does while in here.

    One at a time, so that large scans leave the worker its other place for receipts. The lock is
    that of a connection of its own, without a transaction: it ends with this process, and the
    other connection can be given back while a scan is read.
    """
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_READER])
            (ours,) = cursor.fetchone()
            try:
                yield ours
            finally:
                # Closing gives it back once the server has noticed; the next would go away first.
                with contextlib.suppress(DatabaseError):
                    cursor.execute("SELECT pg_advisory_unlock_all()")
    finally:
        own.close()


def read_scan(*, scan: Upload) -> None:
    """Read and split a scan, unless that is done. Outside any transaction, for it takes time."""
    try:
        with own_turn(), document_store().open(scan.blob.key) as file:
            split = scans.split_scan(file.fileno(), strict=not settings.DEMO)
    except scans.ScanError as error:
        if error.code == "not-inspected":
            logger.warning("scan %s was not read: %s", scan.id, error)
            return  # no fault of the scan: it is read at the next sweep
        _note(scan, error.code, 0, [])
    except StoreError:
        logger.exception("scan %s was not read", scan.id)
    else:
        with contextlib.suppress(StoreError):
            _keep(scan, split)


def _keep(scan: Upload, split: scans.Split) -> None:
    """Store the documents of a scan, then note them and what the scan holds in one transaction."""
    parts: list[_Part] = []
    try:
        for section in split.sections:
            parts.append(_stored(section))  # noqa: PERF401 - those before a failure are undone
    except StoreError:
        logger.exception("the documents of scan %s were not kept", scan.id)
        _undo(parts)
        raise
    # Where the note itself fails, its rows may be there: the sweep of the store looks again.
    if not _note(scan, "", split.pages, parts):
        _undo(parts)


def _stored(section: scans.Section) -> _Part:
    largest = rules().filing_limit(timezone.localdate()).max_bytes
    if not section.document or len(section.document) > largest:
        return _Part(section, None)
    with document_store().writer() as writer:
        writer.write(section.document)
        return _Part(section, writer.commit())


def _undo(parts: list[_Part]) -> None:
    """Throw away documents that no row knows."""
    for part in parts:
        if part.stored is not None:
            document_store().delete(part.stored.key)


@transaction.atomic
def _note(scan: Upload, code: str, pages: int, parts: list[_Part]) -> bool:
    """Write what a scan holds, once; False where it was read, placed or thrown away meanwhile."""
    still = unread_scans(now=timezone.now()).filter(pk=scan.pk)
    if still.select_for_update(of=("self",)).first() is None:
        return False
    sections = [part.said(_waiting(scan, part)) for part in parts]
    scan.facts = {SCAN: {"code": code, "pages": pages, "sections": sections}}
    scan.save(update_fields=["facts"])
    return True


def _waiting(scan: Upload, part: _Part) -> UUID | None:
    """The document of a part as an upload that waits for its officer."""
    if part.stored is None:
        return None
    # We have just made this file, of pages that were opened in the sandbox.
    facts = FileFacts(size=part.stored.size, verdict="opens", pages=len(part.section.pages))
    return keep_part(of=scan, stored=part.stored, facts=facts).id
