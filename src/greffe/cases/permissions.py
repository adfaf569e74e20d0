"""Who may do what with a case, as codes. A case that one may not see does not exist for one."""

from datetime import date
from typing import Any, Literal

from django.db.models import Q

from greffe.accounts.models import Role
from greffe.accounts.viewers import Viewer
from greffe.cases.models import Case

Capacity = Literal["counsel", "claimant", "officer", "member", "auditor"]


def capacity_in(viewer: Viewer, case: Case, *, on: date) -> Capacity | None:
    """In which capacity this person deals with the case on that day, or None.

    Counsel of record first, then the person whose case it is; then staff: officers of the
    office that handles the case, the member who hears it, auditors. Operators run the machine
    and see no case.
    """
    if _current(case.counsel.filter(person=viewer.person), on):
        return "counsel"
    own = case.participants.filter(person=viewer.person)
    if _current(own, on):
        return "claimant"
    return _staff_capacity(viewer, case, on)


def _current(links: Any, on: date) -> bool:
    return bool(links.filter(Q(until=None) | Q(until__gt=on), since__lte=on).exists())


def _staff_capacity(viewer: Viewer, case: Case, on: date) -> Capacity | None:
    if viewer.offices() and _current(case.offices.filter(office__in=viewer.offices()), on):
        return "officer"
    heard = case.hearings.filter(member=viewer.person, cancelled=False)
    if viewer.holds(Role.MEMBER) and heard.exists():
        return "member"
    return "auditor" if viewer.holds(Role.AUDITOR) else None


def may_file(capacity: Capacity | None) -> bool:
    """Whether someone in that capacity may file documents in the case."""
    return capacity in {"counsel", "claimant"}


def may_read_documents(capacity: Capacity | None) -> bool:
    """Whether someone in that capacity may read the documents of the case.

    Auditors read its history.
    """
    return capacity in {"counsel", "claimant", "officer", "member"}
