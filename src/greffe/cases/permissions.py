"""Who may do what with a case, as codes. A case that one may not see does not exist for one."""

from datetime import date
from typing import Any, Literal

from django.db import connection

from greffe.accounts.models import Role
from greffe.accounts.viewers import Viewer
from greffe.cases.models import Case

Capacity = Literal["counsel", "claimant", "officer", "member", "auditor"]


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
        WHERE case_id = %(case)s AND member_id = %(person)s AND NOT cancelled)
"""


def capacity_in(viewer: Viewer, case: Case, *, on: date) -> Capacity | None:
    """In which capacity this person deals with the case on that day, or None.

    Counsel of record first, then the person whose case it is; then staff: officers of the
    office that handles the case, the member who hears it, auditors. Operators run the machine
    and see no case. A sealed case is for its parties and counsel, its member and the office's
    supervisors.
    """
    offices = viewer.supervised() if case.sealed else viewer.offices()
    asked: dict[str, Any] = {
        "case": case.pk,
        "person": viewer.id,
        "offices": sorted(offices),
        "on": on,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TIES, asked)
        counsel, own, office, hears = cursor.fetchone()
    ties: tuple[tuple[bool, Capacity], ...] = (
        (counsel, "counsel"),
        (own, "claimant"),
        (office, "officer"),
        (hears and viewer.holds(Role.MEMBER), "member"),
        (viewer.holds(Role.AUDITOR) and not case.sealed, "auditor"),
    )
    return next((capacity for tied, capacity in ties if tied), None)


def may_file(capacity: Capacity | None) -> bool:
    """Whether someone in that capacity may file documents in the case."""
    return capacity in {"counsel", "claimant"}


def may_read_documents(capacity: Capacity | None) -> bool:
    """Whether someone in that capacity may read the documents of the case.

    Auditors read its history.
    """
    return capacity in {"counsel", "claimant", "officer", "member"}
