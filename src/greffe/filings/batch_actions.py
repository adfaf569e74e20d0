"""Writes of a batch: one scan of several paper documents, each under its cover sheet.

The worker splits it (batch_reading); the split documents wait as uploads beside it. Placing takes
the scan too: it is kept as it came, and each document on file names it by its fingerprint.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from greffe.accounts.viewers import Viewer
from greffe.cases.models import Case, RecordEntry
from greffe.cases.rules import rules
from greffe.documents.actions import receive_upload, take_uploads
from greffe.documents.models import Upload
from greffe.documents.names import clean_name
from greffe.documents.store import StoredBlob
from greffe.filings.batches import Found, SheetCase, found_in_batch
from greffe.filings.paper_actions import OFFICER, SCAN, Arrival, place_arrivals
from greffe.filings.refusals import refuse


@transaction.atomic
def receive_scan(*, by: Viewer, stored: StoredBlob, name: str) -> Upload:
    """Take a scan whose bytes are safe, for the worker to read and split.

    What was found is read with `greffe.filings.batches.found_in_batch`. Raises FilingRefusedError
    for a person who is an officer nowhere.
    """
    if not by.offices():
        raise refuse("not-of-office")
    upload = receive_upload(by=by, stored=stored, name=name, capacity=OFFICER)
    upload.facts = {SCAN: None}
    upload.save(update_fields=["facts"])
    _wake_worker()
    return upload


def _wake_worker() -> None:
    from greffe.filings.tasks import read_batches  # noqa: PLC0415 - tasks are loaded after models

    read_batches.defer()


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
