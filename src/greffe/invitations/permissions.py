"""Whom an officer may invite: counsel with an active case, or a party to their own case."""

from datetime import date

from django.db.models import Q, QuerySet

from greffe.accounts.models import Person
from greffe.accounts.viewers import Viewer
from greffe.cases.models import Case, CaseOffice, CounselOfRecord, Participant
from greffe.cases.queries import worked_cases


def _now(on: date) -> Q:
    return Q(since__lte=on) & (Q(until=None) | Q(until__gt=on))


def active_cases(viewer: Viewer, *, on: date) -> QuerySet[Case]:
    """The open cases that this officer's offices handle, and that this officer may see."""
    here = CaseOffice.objects.filter(_now(on), office__in=viewer.offices())
    return worked_cases(viewer, on=on).filter(status=Case.Status.OPEN, pk__in=here.values("case"))


def counsel_now(cases: QuerySet[Case], *, on: date) -> QuerySet[CounselOfRecord]:
    """Who is counsel on the record in these cases on that day."""
    return CounselOfRecord.objects.filter(_now(on), case__in=cases.values("pk"))


def parties_now(cases: QuerySet[Case], *, on: date) -> QuerySet[Participant]:
    """Whose cases these are on that day, with those who stand for them."""
    return Participant.objects.filter(_now(on), case__in=cases.values("pk"))


def is_counsel(viewer: Viewer, person: Person, *, on: date) -> bool:
    """Whether this person is counsel in an active case of the officer's offices."""
    return counsel_now(active_cases(viewer, on=on), on=on).filter(person=person).exists()


def is_party(viewer: Viewer, person: Person, case: Case, *, on: date) -> bool:
    """Whether this is the person's own case, and an active one of the officer's offices."""
    cases = active_cases(viewer, on=on).filter(pk=case.pk)
    return parties_now(cases, on=on).filter(person=person).exists()
