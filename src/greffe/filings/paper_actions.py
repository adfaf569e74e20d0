"""Writes of paper intake: files received, documents placed on the case file.

What is uploaded and not confirmed stays an upload of the officer, and expires.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from greffe.accounts.viewers import Viewer
from greffe.cases.actions import Placed, place_on_record
from greffe.cases.models import Case, RecordEntry
from greffe.cases.queries import find_case
from greffe.documents.actions import discard_upload, inspect_upload, receive_upload, take_uploads
from greffe.documents.models import Upload
from greffe.documents.store import StoredBlob
from greffe.filings.paper import Details, Judged, judge_paper
from greffe.filings.refusals import refuse
from greffe.ledger.actions import record
from greffe.ledger.kinds import Kind

OFFICER = "officer"
"""The capacity in which paper is taken in: at the office that handles the case."""

SCAN = "scan"
"""Under this name the facts of a scan of several documents keep its reading (batch_actions)."""


def paper_case(by: Viewer, case_id: UUID) -> Case | None:
    """The case, for an officer of the office that handles it today; None for everybody else."""
    seen = find_case(by, case_id, on=timezone.localdate())
    return seen.case if seen is not None and seen.capacity == OFFICER else None


def waiting_uploads(by: Viewer, uploads: Sequence[UUID]) -> list[Upload]:
    """Those of these uploads that are this person's and that nothing took, in the order asked."""
    found = {
        upload.id: upload
        for upload in Upload.objects.filter(
            pk__in=uploads, person=by.person, taken=False, draft_file=None
        ).select_related("blob")
        if SCAN not in (upload.facts or {})
    }
    return [found[upload] for upload in dict.fromkeys(uploads) if upload in found]


def receive_paper(*, by: Viewer, case_id: UUID, stored: StoredBlob, name: str) -> Upload:
    """Take a file for the paper of a case, whose bytes are safe, and have it inspected.

    Raises FilingRefusedError where the case is not of this officer's office.
    """
    with transaction.atomic():
        if paper_case(by, case_id) is None:
            raise refuse("not-of-office")
        upload = receive_upload(by=by, stored=stored, name=name, capacity=OFFICER)
    inspect_upload(upload=upload)
    return upload


@transaction.atomic
def record_look(*, by: Viewer, upload: Upload, case: Case | None) -> None:
    """Record that an officer looked at the pages of paper before it is on file.

    `case` is the one it is for, None where no cover sheet says so.
    """
    record(
        kind=Kind.DOCUMENT_READ,
        by=by.actor(OFFICER),
        subject=upload.id,
        case_ids=[case.pk] if case is not None else [],
        body={"upload": str(upload.id), "sha256": upload.blob.sha256},
    )


def inspect_waiting(uploads: Iterable[Upload]) -> None:
    """Have those inspected that nobody has looked at: a crash may have come in between."""
    for upload in uploads:
        if upload.inspected.verdict == "not-inspected":
            inspect_upload(upload=upload)


@transaction.atomic
def discard_paper(*, by: Viewer, upload_id: UUID) -> None:
    """Throw away a file that waits; does nothing for one that is gone or on file by now."""
    held = _hold(by, [upload_id])
    for upload in held:
        discard_upload(by=by, upload=upload, capacity=OFFICER)


@transaction.atomic
def place_paper(
    *,
    by: Viewer,
    case_id: UUID,
    uploads: Sequence[UUID],
    details: Details,
    confirmed: frozenset[str],
) -> list[RecordEntry]:
    """Put documents received on paper on the file of a case, all of them or none.

    `confirmed` are the keys of the warnings that the page showed and the officer ticked. Raises
    FilingRefusedError: nothing was placed.
    """
    case = paper_case(by, case_id)
    if case is None:
        raise refuse("not-of-office")
    # Two officers with the same paper: the second waits here, and is then warned of the first.
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    held = _hold(by, uploads)
    if not held or len(held) != len(set(uploads)):
        raise refuse("gone" if uploads else "no-file")
    judged = judge_paper(case, details, held, now=timezone.now())
    if judged.refusal:
        raise refuse(judged.refusal)
    if not confirmed.issuperset(warned.key for warned in judged.warnings):
        raise refuse("not-confirmed")
    arrivals = [Arrival(upload, upload.name, details, upload.id, 1) for upload in held]
    return place_arrivals(by=by, case=case, judged=judged, arrivals=arrivals)


def _hold(by: Viewer, uploads: Sequence[UUID]) -> list[Upload]:
    """Lock the uploads that wait, so that only one request takes them."""
    waiting = waiting_uploads(by, uploads)
    still = set(
        Upload.objects.select_for_update()
        .filter(pk__in=[upload.pk for upload in waiting], taken=False)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return [upload for upload in waiting if upload.pk in still]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A document about to be placed: its bytes, its name on the file, what is said of it.

    `source_id` and `position` say where it came from: its upload, or its cover sheet.
    """

    upload: Upload
    name: str
    details: Details
    source_id: UUID
    position: int
    scan: dict[str, Any] | None = None


@transaction.atomic
def place_arrivals(
    *, by: Viewer, case: Case, judged: Judged, arrivals: Sequence[Arrival]
) -> list[RecordEntry]:
    """Place documents that were judged, in the caller's transaction, with their two events each."""
    actor = by.actor(OFFICER)
    documents = [_placed(arrival, judged) for arrival in arrivals]
    entries = place_on_record(by=actor, case=case, documents=documents)
    for entry, arrival in zip(entries, arrivals, strict=True):
        body = {
            "entry": str(entry.id),
            "sha256": arrival.upload.blob.sha256,
            "document_type": entry.document_type,
            "method": entry.method,
            "received_at": entry.received_at.isoformat(),
            "date_of_receipt": entry.date_of_receipt.isoformat(),
            "office": judged.office.id,
            "received_by": entry.received_by,
            "filed_by": entry.filed_by,
            "audience": entry.audience,
            "warnings": sorted(warned.code for warned in judged.warnings),
            "limits": [limit.as_json() for limit in judged.limits],
        }
        record(
            kind=Kind.PAPER_RECEIVED,
            by=actor,
            subject=entry.id,
            case_ids=[case.id],
            body=body | ({"scan": arrival.scan} if arrival.scan else {}),
        )
    take_uploads([arrival.upload for arrival in arrivals])
    return entries


def _placed(arrival: Arrival, judged: Judged) -> Placed:
    said = arrival.details
    return Placed(
        name=arrival.name,
        blob=arrival.upload.blob,
        pages=arrival.upload.inspected.pages,
        received_at=said.received_at,
        date_of_receipt=judged.received_on,
        document_type=said.document_type,
        source=RecordEntry.Source.PAPER,
        source_id=arrival.source_id,
        source_position=arrival.position,
        method=said.method,
        filed_by=said.filed_by,
        received_by=said.received_by,
        audience=RecordEntry.Audience(said.audience),
    )
