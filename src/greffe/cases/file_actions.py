"""Writes about a case file: its office, its openness, and what is sealed in it.

Each asks again, under the lock of the case, whether the person may: it changes at once.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from greffe.accounts.delegations import acting
from greffe.accounts.viewers import Viewer
from greffe.cases.models import Case, CaseOffice, Openness, RecordEntry
from greffe.cases.permissions import (
    Capacity,
    capacity_in,
    footing_in,
    keeps_seals,
    may_transfer,
)
from greffe.cases.record_queries import same_document
from greffe.cases.rules import rules
from greffe.cases.transfers import move_with
from greffe.law.tables import Office
from greffe.ledger.actions import record
from greffe.ledger.kinds import Kind

REASON_LENGTH = 2000
"""Characters of a reason at most."""


@dataclass
class CaseFileRefusedError(Exception):
    """Something was not done; nothing has changed. The words are in greffe.cases.file_messages."""

    code: str


def offices_for(division: str, *, on: date) -> list[Office]:
    """The offices that serve a division on a day: where its cases can be transferred."""
    return [row for row in rules().offices if row.in_force(on) and division in row.divisions]


@transaction.atomic
def transfer_case(*, by: Viewer, case: Case, office: str, on: date) -> CaseOffice:
    """Have another office handle the case from a day on, today or since the last transfer.

    What waits in the queue goes with it; receipts keep the office of their day.
    Raises CaseFileRefusedError: "not-allowed", "case-closed", "unknown-office", "same-office",
    "wrong-day".
    """
    # The full lock: a filing that is being recorded in the case ends first, and its work moves too.
    locked = Case.objects.select_for_update().get(pk=case.pk)
    capacity = capacity_in(by, locked, on=timezone.localdate())
    if not may_transfer(capacity):
        raise CaseFileRefusedError("not-allowed")
    if locked.status == Case.Status.CLOSED:
        raise CaseFileRefusedError("case-closed")
    if office not in {row.id for row in offices_for(locked.division, on=on)}:
        raise CaseFileRefusedError("unknown-office")
    before = locked.offices.select_for_update().get(until=None)
    if before.office == office:
        raise CaseFileRefusedError("same-office")
    _end(before, on)
    link = CaseOffice.objects.create(case=locked, office=office, since=on)
    move_with(locked, office)
    _record(
        Kind.CASE_TRANSFERRED,
        by,
        capacity,
        locked,
        before=before.office,
        after=office,
        on=on.isoformat(),
    )
    return link


@transaction.atomic
def change_openness(*, by: Viewer, case: Case, public: bool, reason: str, on: date) -> Openness:
    """Open the proceeding to the public from a day on, or close it.

    Raises CaseFileRefusedError: "not-allowed", "no-reason", "reason-too-long", "same-openness",
    "wrong-day".
    """
    locked, capacity = _kept(by, case.pk)
    words = _reason(reason)
    before = locked.openness.select_for_update().get(until=None)
    if before.public == public:
        raise CaseFileRefusedError("same-openness")
    _end(before, on)
    link = Openness.objects.create(case=locked, public=public, since=on)
    said = {"public": "yes" if public else "no", "on": on.isoformat(), "reason": words}
    _record(Kind.OPENNESS_CHANGED, by, capacity, locked, **said)
    return link


def _end(link: CaseOffice | Openness, on: date) -> None:
    """End what held until now, on a day that belongs to it."""
    if not link.since <= on <= timezone.localdate():
        raise CaseFileRefusedError("wrong-day")
    link.until = on
    link.save(update_fields=["until"])


@transaction.atomic
def seal_case(*, by: Viewer, case: Case, reason: str) -> None:
    """Keep a case for its parties, their counsel, its member and the office's supervisors.

    Raises CaseFileRefusedError: "not-allowed", "no-reason", "reason-too-long", "already-sealed".
    """
    locked, capacity = _kept(by, case.pk)
    words = _reason(reason)
    _mark(Case.objects.filter(pk=locked.pk), sealed=True)
    _record(Kind.CASE_SEALED, by, capacity, locked, reason=words)


@transaction.atomic
def unseal_case(*, by: Viewer, case: Case, reason: str) -> None:
    """Lift the sealing of a case. Raises as `seal_case`, with "not-sealed"."""
    locked, capacity = _kept(by, case.pk)
    words = _reason(reason)
    _mark(Case.objects.filter(pk=locked.pk), sealed=False)
    _record(Kind.CASE_UNSEALED, by, capacity, locked, reason=words)


@transaction.atomic
def seal_entry(*, by: Viewer, entry: RecordEntry, reason: str) -> None:
    """Keep a document for the member who hears the case and the office's supervisors.

    A document that is on the file of several cases is sealed on each. Raises as `seal_case`.
    """
    _, capacity = _kept(by, entry.case_id)
    words = _reason(reason)
    _mark(RecordEntry.objects.filter(pk=entry.pk), sealed=True)
    _seal_all(Kind.DOCUMENT_SEALED, by, capacity, entry, words)


@transaction.atomic
def unseal_entry(*, by: Viewer, entry: RecordEntry, reason: str) -> None:
    """Lift the sealing of a document, on every case file that it is on.

    Only for whoever keeps the seals of each of these cases. Raises as `unseal_case`.
    """
    cases = same_document(entry).order_by("case_id").values_list("case_id", flat=True)
    capacities = {case_id: _kept(by, case_id)[1] for case_id in cases}
    words = _reason(reason)
    _mark(RecordEntry.objects.filter(pk=entry.pk), sealed=False)
    _seal_all(Kind.DOCUMENT_UNSEALED, by, capacities[entry.case_id], entry, words)


def _seal_all(
    kind: Kind, by: Viewer, capacity: Capacity | None, entry: RecordEntry, reason: str
) -> None:
    """Do to every entry of the document what was done to one, each with its line of history."""
    everywhere = same_document(entry)
    everywhere.update(sealed=kind == Kind.DOCUMENT_SEALED)
    for one in everywhere.select_related("case"):
        said = {"entry": str(one.id), "position": str(one.position), "reason": reason}
        _record(kind, by, capacity, one.case, **said)


@transaction.atomic
def note_reading(*, by: Viewer, entry: RecordEntry) -> None:
    """Record that somebody opened a document of a case file."""
    footing = footing_in(by, entry.case, on=timezone.localdate())
    of = footing.principals[0].id if footing.capacity == "delegate" else None
    said = {"entry": str(entry.id), "place": entry.position, "sha256": entry.blob.sha256}
    record(
        kind=Kind.DOCUMENT_READ,
        by=acting(by, footing.capacity or "account", of),
        subject=entry.source_id or entry.id,
        case_ids=[entry.case_id],
        body=said,
    )


def _kept(by: Viewer, case_id: UUID) -> tuple[Case, Capacity | None]:
    """Lock a case whose seals this person keeps today; "not-allowed" for anybody else."""
    today = timezone.localdate()
    locked = Case.objects.select_for_update(no_key=True).get(pk=case_id)
    capacity = capacity_in(by, locked, on=today)
    if not keeps_seals(by, locked, capacity, on=today):
        raise CaseFileRefusedError("not-allowed")
    return locked, capacity


def _mark(rows: QuerySet[Case] | QuerySet[RecordEntry], *, sealed: bool) -> None:
    """Seal or unseal one row that is not yet."""
    if not rows.filter(sealed=not sealed).update(sealed=sealed):
        raise CaseFileRefusedError("already-sealed" if sealed else "not-sealed")


def _reason(text: str) -> str:
    """A reason on one line, without what a ledger cannot keep."""
    words = " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())
    if not words:
        raise CaseFileRefusedError("no-reason")
    if len(words) > REASON_LENGTH:
        raise CaseFileRefusedError("reason-too-long")
    return words


def _record(kind: Kind, by: Viewer, capacity: Capacity | None, case: Case, **body: str) -> None:
    actor = by.actor(capacity or "account")
    record(kind=kind, by=actor, subject=case.id, case_ids=[case.id], body=body)
