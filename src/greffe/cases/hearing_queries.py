"""Reads of hearings and of the notices issued for them, always scoped to a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from greffe.accounts.models import Person, Role, StaffRole
from greffe.accounts.viewers import Viewer
from greffe.cases.models import Case, Hearing, RecordEntry
from greffe.cases.permissions import Capacity, capacity_in
from greffe.cases.queries import counsel_in, participants_in
from greffe.cases.record_queries import Sight
from greffe.cases.rules import rules
from greffe.law.calendar import date_of_receipt, local
from greffe.law.limits import LimitAhead, limits_ahead
from greffe.law.tables import Office


@dataclass(frozen=True, slots=True)
class SeenHearing:
    """A hearing with the capacity in which this person sees its case."""

    hearing: Hearing
    capacity: Capacity


def find_hearing(viewer: Viewer, hearing_id: UUID, *, on: date) -> SeenHearing | None:
    """A hearing of a case that this person may see, or None."""
    hearing = (
        Hearing.objects.select_related("case", "member", "postponed_to")
        .filter(pk=hearing_id)
        .first()
    )
    capacity = capacity_in(viewer, hearing.case, on=on) if hearing else None
    return SeenHearing(hearing, capacity) if hearing and capacity else None


def hearings_in(case: Case) -> QuerySet[Hearing]:
    """Every hearing of a case, the latest first."""
    return case.hearings.select_related("member", "postponed_to").order_by("-starts_at", "id")


def coming_hearings(case: Case, *, now: datetime) -> QuerySet[Hearing]:
    """The hearings to come that stand, the next one first."""
    coming = case.hearings.filter(starts_at__gte=now, cancelled=False)
    return coming.select_related("member").order_by("starts_at", "id")


def first_of(hearing: Hearing) -> Hearing:
    """The hearing that was first fixed, of those that took one another's place."""
    while before := Hearing.objects.filter(postponed_to=hearing).first():
        hearing = before
    return hearing


def last_of(hearing: Hearing) -> Hearing:
    """The hearing that took this one's place in the end, or itself."""
    while hearing.postponed_to is not None:
        hearing = hearing.postponed_to
    return hearing


def place_of(hearing: Hearing) -> Office:
    """The office where the hearing is held, whose clock its time is told by."""
    return rules().office(hearing.office)


def local_start(hearing: Hearing) -> datetime:
    """When the hearing begins, by the clock of its place."""
    return local(hearing.starts_at, place_of(hearing).zone)


def members_of(division: str, *, on: date) -> QuerySet[Person]:
    """The members of a division on that day, by name."""
    held = StaffRole.objects.filter(
        Q(held_to=None) | Q(held_to__gt=on),
        role=Role.MEMBER,
        division=division,
        held_from__lte=on,
    )
    return Person.objects.filter(pk__in=held.values("person")).order_by("name", "id")


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told of a change: by e-mail, or by mail where the registry knows no address."""

    by_email: Sequence[Person]
    by_mail: Sequence[Person]


def people_to_tell(case: Case, *, on: date) -> Told:
    """The people of a case and its counsel on that day, the principal first; nobody twice.

    Two people with one address are told once, at that address, in the language of the first.
    """
    people = [link.person for link in participants_in(case, on=on)]
    people += [link.person for link in counsel_in(case, on=on)]
    seen = {person.pk: person for person in people}
    addresses: dict[str, Person] = {}
    for person in seen.values():
        if person.email:
            addresses.setdefault(person.email.casefold(), person)
    by_mail = [person for person in seen.values() if not person.email]
    return Told(list(addresses.values()), by_mail)


def limits_set_by(
    case: Case, office: Office, *, starts_at: datetime, place: Office, now: datetime
) -> Sequence[LimitAhead]:
    """What a hearing at that time and place asks of the person, by its own date alone."""
    return limits_ahead(
        rules(),
        division=case.division,
        events={"hearing": local(starts_at, place.zone).date()},
        office=office.id,
        today=date_of_receipt(now, office.zone),
        party="person",
    )


def notices_in(viewer: Viewer, case: Case, capacity: Capacity, *, on: date) -> list[RecordEntry]:
    """The notices issued in a case that this person may read, the latest first."""
    sight = Sight.known(viewer, case, capacity, on=on)
    entries = case.record.filter(source=RecordEntry.Source.NOTICE).select_related("blob")
    return [entry for entry in entries.order_by("-position") if sight.reads(entry)]


def notice_of(hearing: Hearing) -> RecordEntry | None:
    """The notice to appear that was issued for a hearing, or None."""
    entries = RecordEntry.objects.select_related("blob", "case").filter(
        case=hearing.case_id, source=RecordEntry.Source.NOTICE, source_id=hearing.pk
    )
    return entries.order_by("position").first()
