"""Writes about cases. Each is one transaction with its ledger event."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from greffe.accounts.models import Person
from greffe.cases.models import (
    Case,
    CaseOffice,
    CounselOfRecord,
    FamilyGroup,
    Hearing,
    KnownDate,
    MinisterParticipation,
    Openness,
    Participant,
    RecordEntry,
)
from greffe.cases.rules import rules
from greffe.documents.models import Blob
from greffe.law.identifiers import parse_file_number
from greffe.ledger.actions import record
from greffe.ledger.actors import Actor
from greffe.ledger.kinds import Kind


@transaction.atomic
def open_case(
    *,
    by: Actor,
    file_number: str,
    division: str,
    office: str,
    language: str,
    since: date,
    family_group: FamilyGroup | None = None,
) -> Case:
    """Open a case at an office, with the openness that the division's rules give it.

    Raises ValueError for a number that is none, LookupError for an unknown office or division.
    """
    number = parse_file_number(file_number)
    if number is None:
        message = f"{file_number!r} is not a file number"
        raise ValueError(message)
    row = rules().division(division)
    rules().office(office)
    case = Case.objects.create(
        file_number=number.text, division=division, language=language, family_group=family_group
    )
    CaseOffice.objects.create(case=case, office=office, since=since)
    Openness.objects.create(case=case, public=row.default_openness == "public", since=since)
    _record(Kind.CASE_OPENED, by, case, division=division, office=office)
    return case


@transaction.atomic
def add_participant(
    *, by: Actor, case: Case, person: Person, part: str, since: date, principal: bool = False
) -> Participant:
    """Enter a person in a case."""
    link = Participant.objects.create(
        case=case, person=person, part=part, since=since, principal=principal
    )
    _record(Kind.PARTICIPANT_ADDED, by, case, person=str(person.id), part=part)
    return link


@transaction.atomic
def add_counsel(*, by: Actor, case: Case, person: Person, since: date) -> CounselOfRecord:
    """Put counsel on the record from a day on."""
    link = CounselOfRecord.objects.create(case=case, person=person, since=since)
    _record(Kind.COUNSEL_ADDED, by, case, person=str(person.id))
    return link


@transaction.atomic
def remove_counsel(*, by: Actor, case: Case, person: Person, on: date) -> None:
    """Take counsel off the record. `on` is the first day without them: access ends as it begins."""
    link = CounselOfRecord.objects.select_for_update().get(case=case, person=person, until=None)
    link.until = on
    link.save(update_fields=["until"])
    _record(Kind.COUNSEL_REMOVED, by, case, person=str(person.id))


@transaction.atomic
def join_minister(*, by: Actor, case: Case, department: str, since: date) -> MinisterParticipation:
    """Note that the Minister takes part from a day on."""
    link = MinisterParticipation.objects.create(case=case, department=department, since=since)
    _record(Kind.MINISTER_JOINED, by, case, department=department)
    return link


@transaction.atomic
def record_appeal(*, by: Actor, case: Case, on: date) -> None:
    """Record an appeal as filed: from then on documents can be filed in it."""
    locked = Case.objects.select_for_update().get(pk=case.pk)
    locked.appeal_recorded_on = on
    locked.save(update_fields=["appeal_recorded_on"])
    _record(Kind.APPEAL_RECORDED, by, case, on=on.isoformat())


@transaction.atomic
def close_case(*, by: Actor, case: Case, on: date) -> None:
    """Close a case: nothing more can be filed in it."""
    locked = Case.objects.select_for_update().get(pk=case.pk)
    locked.status, locked.closed_on = Case.Status.CLOSED, on
    locked.save(update_fields=["status", "closed_on"])
    _record(Kind.CASE_CLOSED, by, case, on=on.isoformat())


@transaction.atomic
def schedule_hearing(
    *,
    by: Actor,
    case: Case,
    starts_at: datetime,
    office: str,
    member: Person | None = None,
    minutes: int = 180,
    place: str = "",
) -> Hearing:
    """Enter a hearing at an office, also one that is over, and tell nobody.

    `starts_at` is an aware time. What an officer fixes goes through `hearing_actions.schedule`.
    """
    rules().office(office)
    hearing = Hearing.objects.create(
        case=case, starts_at=starts_at, office=office, member=member, minutes=minutes, place=place
    )
    _record(Kind.HEARING_SCHEDULED, by, case, hearing=str(hearing.id))
    return hearing


@transaction.atomic
def note_date(*, by: Actor, case: Case, event: str, on: date) -> KnownDate:
    """Note the date of an event from which time limits run (an id of law/data/events.toml)."""
    known, _ = KnownDate.objects.update_or_create(case=case, event=event, defaults={"on": on})
    _record(Kind.DATE_NOTED, by, case, event=event, on=on.isoformat())
    return known


@dataclass(frozen=True, slots=True)
class Placed:
    """A document that goes on the file of a case; the fields are those of `RecordEntry`.

    `received_at` is an aware time, `date_of_receipt` the day at the office that handles the case.
    """

    name: str
    blob: Blob
    pages: int | None
    received_at: datetime
    date_of_receipt: date
    document_type: str = ""
    source: RecordEntry.Source = RecordEntry.Source.FILING
    source_id: UUID | None = None
    source_position: int | None = None
    method: str = "portal"
    filed_by: str = ""
    received_by: str = ""
    audience: RecordEntry.Audience = RecordEntry.Audience.PARTIES
    sealed: bool = False


@transaction.atomic
def place_on_record(*, by: Actor, case: Case, documents: Sequence[Placed]) -> list[RecordEntry]:
    """Put documents on the file of a case, in their order: the one way for anything to get there.

    Places are numbered from 1 in each case without a gap, whoever does this at the same time.
    """
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    last = case.record.aggregate(last=Max("position"))["last"] or 0
    entries = [
        RecordEntry.objects.create(case=case, position=position, **_columns(document))
        for position, document in enumerate(documents, start=last + 1)
    ]
    for entry in entries:
        _record(
            Kind.DOCUMENT_PLACED,
            by,
            case,
            entry=str(entry.id),
            position=str(entry.position),
            source=entry.source,
            sha256=entry.blob.sha256,
        )
    return entries


def _columns(document: Placed) -> dict[str, Any]:
    return {field.name: getattr(document, field.name) for field in fields(document)}


@transaction.atomic
def refuse_on_record(*, by: Actor, source_id: UUID, positions: Sequence[int]) -> None:
    """Mark documents of a filing that are on file as refused: they keep their place and say so."""
    entries = RecordEntry.objects.select_for_update(of=("self",)).filter(
        source=RecordEntry.Source.FILING, source_id=source_id, source_position__in=positions
    )
    for entry in entries.select_related("case"):
        entry.refused = True
        entry.save(update_fields=["refused"])
        _record(Kind.DOCUMENT_REFUSED, by, entry.case, entry=str(entry.id))


def _record(kind: Kind, by: Actor, case: Case, **body: str) -> None:
    record(kind=kind, by=by, subject=case.id, case_ids=[case.id], body=body)
