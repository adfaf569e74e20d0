"""Writes of a batch: one scan of several paper documents, each under its cover sheet.

The scan is split when it is received; the split documents wait as uploads beside it. Placing takes
the scan too: it is kept as it came, and each document on file names it by its fingerprint.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from greffe.accounts.viewers import Viewer
from greffe.cases.models import Case, RecordEntry
from greffe.cases.rules import rules
from greffe.documents.actions import receive_upload, take_uploads
from greffe.documents.models import Upload
from greffe.documents.names import clean_name
from greffe.documents.sandbox import scans
from greffe.documents.store import StoredBlob
from greffe.documents.stores import document_store
from greffe.documents.turns import own_turn
from greffe.filings.batches import Found, SheetCase, found_in_batch
from greffe.filings.paper_actions import OFFICER, SCAN, Arrival, place_arrivals
from greffe.filings.refusals import refuse
from greffe.law.facts import FileFacts


def receive_scan(*, by: Viewer, stored: StoredBlob, name: str) -> Upload:
    """Take a scan whose bytes are safe, read its cover sheets and split it at each of them.

    What was found is read with `greffe.filings.batches.found_in_batch`. Raises FilingRefusedError
    for a person who is an officer nowhere.
    """
    if not by.offices():
        raise refuse("not-of-office")
    with transaction.atomic():
        upload = receive_upload(by=by, stored=stored, name=name, capacity=OFFICER)
        upload.facts = {SCAN: None}
        upload.save(update_fields=["facts"])
    read_scan(by=by, scan=upload)
    return upload


def read_scan(*, by: Viewer, scan: Upload) -> None:
    """Read and split a scan, unless that is done: a crash may have come before.

    Outside any transaction, for it takes time. Documents that a crash leaves behind expire.
    """
    if (scan.facts or {}).get(SCAN) is not None:
        return
    try:
        with own_turn(), document_store().open(scan.blob.key) as file:
            split = scans.split_scan(file.fileno(), strict=not settings.DEMO)
    except scans.ScanError as error:
        if error.code == "not-inspected":
            return  # no fault of the scan: it is read when its page is opened again
        reading: dict[str, Any] = {"code": error.code, "pages": 0, "sections": []}
    else:
        sections = [_keep(by, scan, section) for section in split.sections]
        reading = {"code": "", "pages": split.pages, "sections": sections}
    scan.facts = {SCAN: reading}
    with transaction.atomic():
        Upload.objects.filter(pk=scan.pk, facts__scan=None).update(facts=scan.facts)
    scan.refresh_from_db()


def _keep(by: Viewer, scan: Upload, section: scans.Section) -> dict[str, Any]:
    """Store the document of a section as an upload that waits, and say what the section is."""
    said: dict[str, Any] = {
        "sheet": section.sheet,
        "text": section.text,
        "turned": section.turned,
        "pages": list(section.pages),
        "upload": None,
        "size": len(section.document),
    }
    largest = rules().filing_limit(timezone.localdate()).max_bytes
    if not section.document or len(section.document) > largest:
        return said
    with document_store().writer() as writer:
        writer.write(section.document)
        stored = writer.commit()
    with transaction.atomic():
        upload = receive_upload(by=by, stored=stored, name=scan.name, capacity=OFFICER)
        # We have just made this file, of pages that were opened in the sandbox.
        facts = FileFacts(size=stored.size, verdict="opens", pages=len(section.pages))
        upload.facts = facts.model_dump(mode="json")
        upload.save(update_fields=["facts"])
    return said | {"upload": str(upload.id)}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch: the documents placed, and what was chosen but could not be."""

    placed: tuple[RecordEntry, ...]
    left: tuple[Found, ...]


@transaction.atomic
def place_batch(*, by: Viewer, scan_id: UUID, chosen: Collection[int]) -> Outcome:
    """Place the documents of a scan that were chosen, by the pages of their sheets.

    Choosing one confirms what the page warned of. Those that cannot be placed by now are left and
    named; the others are placed, all in one transaction. Raises FilingRefusedError where none can.
    """
    scan = (
        Upload.objects.select_for_update(of=("self",))
        .select_related("blob")
        .filter(pk=scan_id, person=by.person, facts__has_key=SCAN)
        .first()
    )
    if scan is None:
        raise refuse("gone")
    _lock_cases(by, scan)
    found = [
        one for one in found_in_batch(by, scan, now=timezone.now()) if one.sheet_page in chosen
    ]
    ready = [one for one in found if one.placeable]
    if not ready:
        raise refuse("nothing-to-place")
    entries = list(_place(by, scan, ready))
    if not scan.taken:
        take_uploads([scan])
    left = tuple(one for one in found if not one.placeable)
    return Outcome(tuple(entries), left)


def _lock_cases(by: Viewer, scan: Upload) -> None:
    """Lock the cases in one order, so that two batches never wait for each other."""
    cases = {one.case.pk for one in found_in_batch(by, scan, now=timezone.now()) if one.case}
    list(
        Case.objects.select_for_update(no_key=True)
        .filter(pk__in=cases)
        .order_by("pk")
        .values_list("pk")
    )


def _place(by: Viewer, scan: Upload, ready: Sequence[Found]) -> Iterator[RecordEntry]:
    placeable = [SheetCase.of(one) for one in ready]
    by_case = sorted(placeable, key=lambda one: (one.case.pk, one.found.sheet_page))
    for _case, group in groupby(by_case, key=lambda one: one.case.pk):
        for one in group:
            arrival = Arrival(
                upload=one.upload,
                name=_name(one),
                details=one.sheet.details,
                source_id=one.sheet.id,
                position=1,
                scan={"sha256": scan.blob.sha256, "pages": list(one.found.pages)},
            )
            yield from place_arrivals(by=by, case=one.case, judged=one.judged, arrivals=[arrival])


def _name(one: SheetCase) -> str:
    """The file's name by the registry's own convention, in the language of the case."""
    kind = rules().document_type(one.sheet.details.document_type)
    label = kind.label.get(one.case.language)
    return clean_name(f"{one.case.file_number} - {label}.pdf".replace("/", "-")).text
