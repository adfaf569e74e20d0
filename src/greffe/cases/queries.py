"""Reads of cases, always scoped to a person."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from psycopg.types.range import Range

from greffe.accounts.models import Role
from greffe.accounts.viewers import Principal, Viewer
from greffe.cases.models import (
    Case,
    CaseOffice,
    CounselOfRecord,
    Hearing,
    MinisterParticipation,
    Participant,
)
from greffe.cases.permissions import Capacity, footing_in
from greffe.cases.rules import rules
from greffe.law.calendar import eastern, local
from greffe.law.tables import Office


def _now(on: date) -> Q:
    return Q(since__lte=on) & (Q(until=None) | Q(until__gt=on))


def represented_or_own(viewer: Viewer, *, on: date, as_delegate: bool = True) -> QuerySet[Case]:
    """The cases that are this person's on that day: as counsel, as their own, or as a delegate."""
    return Case.objects.filter(pk__in=_ties(viewer, on, as_delegate=as_delegate))


def represents_somebody(viewer: Viewer, *, on: date) -> bool:
    """Whether this person is counsel of record in some case on that day."""
    return CounselOfRecord.objects.filter(_now(on), person=viewer.person).exists()


def _ties(viewer: Viewer, on: date, *, as_delegate: bool = True) -> Any:
    """The ids of those cases. A union, because either half of it is read from an index."""
    principals = viewer.principals if as_delegate else ()
    people = [viewer.id, *(principal.id for principal in principals)]
    counsel = CounselOfRecord.objects.filter(_now(on), person__in=people)
    own = Participant.objects.filter(_now(on), person=viewer.person)
    return counsel.values("case").union(own.values("case"))


def worked_cases(viewer: Viewer, *, on: date) -> QuerySet[Case]:
    """The cases that this person sees by a role of the staff, for the registry's own pages.

    Where they are counsel or a delegate, or it is their own case, they see it as such and not by
    their role.
    """
    apart = represented_or_own(viewer, on=on)
    return Case.objects.filter(_by_role(viewer, on)).exclude(pk__in=apart.values("pk"))


def _by_role(viewer: Viewer, on: date) -> Q:
    """What `capacity_in` asks of one case, of all of them."""
    seen = Q(pk__in=[])
    if viewer.offices():
        here = CaseOffice.objects.filter(_now(on), office__in=viewer.offices())
        seen |= Q(sealed=False, pk__in=here.values("case"))
    if viewer.supervised():
        kept = CaseOffice.objects.filter(_now(on), office__in=viewer.supervised())
        seen |= Q(pk__in=kept.values("case"))
    if viewer.holds(Role.MEMBER):
        heard = Hearing.objects.filter(member=viewer.person, cancelled=False)
        seen |= Q(pk__in=heard.values("case"))
    if viewer.holds(Role.AUDITOR):
        seen |= Q(sealed=False)
    return seen


@dataclass(frozen=True, slots=True)
class SeenCase:
    """A case with the capacity in which this person sees it.

    `principals` are the counsel of record of whom they are a delegate.
    """

    case: Case
    capacity: Capacity
    principals: tuple[Principal, ...] = ()


# By a statement of our own, as every page of a case begins with it.
_CASE = "SELECT * FROM cases_case WHERE id = %s"


def find_case(viewer: Viewer, case_id: UUID, *, on: date) -> SeenCase | None:
    """A case that this person may see, or None: another's does not exist for them."""
    case = next(iter(Case.objects.raw(_CASE, [case_id])), None)
    if case is None:
        return None
    capacity, principals = footing_in(viewer, case, on=on)
    return SeenCase(case, capacity, principals) if capacity else None


def office_of(case: Case, *, on: date) -> Office:
    """The office that handles the case on that day, as the rules describe it on that day."""
    link = case.offices.filter(_now(on)).order_by("-since").first()
    if link is None:
        message = f"case {case.pk} has no office on {on}"
        raise LookupError(message)
    return rules().office(link.office, on)


def minister_is_party(case: Case, *, on: date) -> bool:
    """Whether the Minister takes part in the case on that day.

    By the division's rules, or by choice.
    """
    if rules().division(case.division, on).minister_is_always_party:
        return True
    return MinisterParticipation.objects.filter(_now(on), case=case).exists()


def participants_in(case: Case, *, on: date) -> QuerySet[Participant]:
    """The people whose matter it is on that day, the principal one first."""
    people = case.participants.filter(_now(on)).select_related("person")
    return people.order_by("-principal", "id")


def counsel_in(case: Case, *, on: date) -> QuerySet[CounselOfRecord]:
    """Counsel on the record on that day, in the order of coming on."""
    return case.counsel.filter(_now(on)).select_related("person").order_by("since", "id")


def next_hearing(case: Case, *, now: datetime) -> Hearing | None:
    """The next hearing that stands."""
    return case.hearings.filter(starts_at__gte=now, cancelled=False).order_by("starts_at").first()


def known_events(case: Case, *, now: datetime) -> Mapping[str, date]:
    """The dated events of the case from which time limits run, by the ids of law/data/events.toml.

    A hearing's day is that of the place where it is held.
    """
    events = dict(case.known_dates.values_list("event", "on"))
    hearing = next_hearing(case, now=now)
    if hearing is not None:
        zone = rules().office(hearing.office).zone
        events["hearing"] = local(hearing.starts_at, zone).date()
    return events


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stands at a moment, as far as a filing in it is judged, read in one statement."""

    case: Case
    office: Office
    events: Mapping[str, date]
    minister: Sequence[Range[date]]

    def minister_is_party(self, on: date) -> bool:
        """As the function of the same name."""
        always = rules().division(self.case.division, on).minister_is_always_party
        return always or any(on in taking_part for taking_part in self.minister)


_STANDING = """
SELECT
    (SELECT office FROM cases_caseoffice
     WHERE case_id = %(case)s AND since <= %(on)s AND (until IS NULL OR until > %(on)s)
     ORDER BY since DESC LIMIT 1),
    (SELECT json_object_agg(event, "on") FROM cases_knowndate WHERE case_id = %(case)s),
    ARRAY(SELECT daterange(since, until) FROM cases_ministerparticipation
          WHERE case_id = %(case)s),
    hearing.starts_at, hearing.office
FROM (VALUES (1)) AS one LEFT JOIN LATERAL (
    SELECT starts_at, office FROM cases_hearing
    WHERE case_id = %(case)s AND starts_at >= %(now)s AND NOT cancelled
    ORDER BY starts_at LIMIT 1
) AS hearing ON true
"""


def standing(case: Case, *, now: datetime) -> Standing:
    """Give at once what `office_of`, `known_events` and `minister_is_party` give one by one."""
    on = eastern(now).date()
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"case": case.pk, "on": on, "now": now})
        office, known, minister, starts_at, place = cursor.fetchone()
    if office is None:
        raise LookupError(f"case {case.pk} has no office on {on}")
    if isinstance(known, str):  # Django leaves JSON as text
        known = json.loads(known)
    events = {event: date.fromisoformat(day) for event, day in (known or {}).items()}
    if starts_at is not None:
        events["hearing"] = local(starts_at, rules().office(place).zone).date()
    return Standing(case, rules().office(office, on), events, minister)


def family_cases(viewer: Viewer, case: Case, *, on: date, of: UUID | None = None) -> QuerySet[Case]:
    """The other open cases of the family in which this person may file too.

    In their own name, or in that of `of`, whose delegate they are.
    """
    if case.family_group_id is None:
        return Case.objects.none()
    if of is None or of == viewer.id:
        filed_in = _ties(viewer, on, as_delegate=False)
    else:
        filed_in = CounselOfRecord.objects.filter(_now(on), person=of).values("case")
    return (
        Case.objects.filter(pk__in=filed_in)
        .filter(family_group=case.family_group_id, division=case.division, status="open")
        .exclude(pk=case.pk)
        .order_by("file_number")
    )
