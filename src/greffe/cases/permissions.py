"""Who may do what with a case, as codes. A case that one may not see does not exist for one."""

from datetime import date
from typing import Any, Literal, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Q

from greffe.accounts.models import Role
from greffe.accounts.viewers import Principal, Viewer
from greffe.cases.models import Case

Capacity = Literal["counsel", "claimant", "delegate", "officer", "member", "auditor"]

TRIBUNAL: frozenset[Capacity] = frozenset({"officer", "member"})
"""Who reads what is for the tribunal only, and works on a case file."""

STAFF: frozenset[Capacity] = TRIBUNAL | {"auditor"}
"""Who sees a case on the registry's own pages: a party sees theirs in the portal."""


_TIES = """
SELECT
    EXISTS (SELECT FROM cases_counselofrecord
        WHERE case_id = %(case)s AND person_id = %(person)s
        AND since <= %(on)s AND (until IS NULL OR until > %(on)s)),
    EXISTS (SELECT FROM cases_participant
        WHERE case_id = %(case)s AND person_id = %(person)s
        AND since <= %(on)s AND (until IS NULL OR until > %(on)s)),
    EXISTS (SELECT FROM cases_caseoffice
        WHERE case_id = %(case)s AND office = ANY(%(offices)s)
        AND since <= %(on)s AND (until IS NULL OR until > %(on)s)),
    EXISTS (SELECT FROM cases_hearing
        WHERE case_id = %(case)s AND member_id = %(person)s AND NOT cancelled),
    ARRAY(SELECT person_id FROM cases_counselofrecord
        WHERE case_id = %(case)s AND person_id = ANY(%(principals)s::uuid[])
        AND since <= %(on)s AND (until IS NULL OR until > %(on)s)
        ORDER BY since, id)
"""


class Footing(NamedTuple):
    """How a person stands in a case: in which capacity, and which counsel they may act for.

    `principals` are those of whom the person is a delegate and who are counsel of record in it, the
    first on the record first.
    """

    capacity: Capacity | None
    principals: tuple[Principal, ...] = ()

    def acts_for(self, person: UUID) -> bool:
        """Whether this is a delegate of that person, who is counsel of record."""
        return any(principal.id == person for principal in self.principals)


def capacity_in(viewer: Viewer, case: Case, *, on: date) -> Capacity | None:
    """In which capacity this person deals with the case on that day, or None; see `footing_in`."""
    return footing_in(viewer, case, on=on).capacity


def footing_in(viewer: Viewer, case: Case, *, on: date) -> Footing:
    """How this person stands in the case on that day, in one statement.

    Counsel of record first, then the person whose case it is, then a delegate of counsel of record;
    then staff: officers of the office that handles the case, the member who hears it, auditors.
    Operators run the machine and see no case. A sealed case is for its parties, counsel and their
    delegates, its member and the office's supervisors.
    """
    offices = viewer.supervised() if case.sealed else viewer.offices()
    asked: dict[str, Any] = {
        "case": case.pk,
        "person": viewer.id,
        "offices": sorted(offices),
        "principals": [principal.id for principal in viewer.principals],
        "on": on,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TIES, asked)
        counsel, own, office, hears, of_record = cursor.fetchone()
    named = {principal.id: principal for principal in viewer.principals}
    ties: tuple[tuple[bool, Capacity], ...] = (
        (counsel, "counsel"),
        (own, "claimant"),
        (bool(of_record), "delegate"),
        (office, "officer"),
        (hears and viewer.holds(Role.MEMBER), "member"),
        (viewer.holds(Role.AUDITOR) and not case.sealed, "auditor"),
    )
    capacity = next((capacity for tied, capacity in ties if tied), None)
    return Footing(capacity, tuple(named[person] for person in of_record))


def may_file(capacity: Capacity | None) -> bool:
    """Whether someone in that capacity may file documents in the case."""
    return capacity in {"counsel", "claimant", "delegate"}


def may_read_documents(capacity: Capacity | None) -> bool:
    """Whether someone in that capacity may read the documents of the case.

    Auditors read its history.
    """
    return capacity in {"counsel", "claimant", "delegate", "officer", "member"}


# What is sealed, and what is for the tribunal only: docs/adr/0010-who-sees-what-is-sealed.md.


def may_read_entry(
    capacity: Capacity | None, *, keeps_seals: bool, tribunal_only: bool, sealed: bool
) -> bool:
    """Whether someone in that capacity may read a document on the file of the case.

    `keeps_seals` is what the function of that name says of the person; the rest is of the document.
    """
    if not may_read_documents(capacity):
        return False
    if sealed:
        return keeps_seals
    return not tribunal_only or capacity in TRIBUNAL


def may_keep_seals(capacity: Capacity | None, *, supervises: bool) -> bool:
    """Whether someone in that capacity seals and unseals, and reads what is sealed.

    The member who hears the case, and supervisors of the office that handles it.
    """
    return capacity == "member" or (capacity == "officer" and supervises)


def keeps_seals(viewer: Viewer, case: Case, capacity: Capacity | None, *, on: date) -> bool:
    """Whether this person, whose capacity in the case is known, keeps its seals on that day."""
    supervises = False
    if capacity == "officer" and viewer.supervised():
        here = case.offices.filter(office__in=viewer.supervised(), since__lte=on)
        supervises = here.filter(Q(until=None) | Q(until__gt=on)).exists()
    return may_keep_seals(capacity, supervises=supervises)


def may_transfer(capacity: Capacity | None) -> bool:
    """Whether someone in that capacity may transfer the case to another office."""
    return capacity == "officer"
