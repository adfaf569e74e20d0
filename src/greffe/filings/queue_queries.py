"""Reads of the registry's queue: pages by key, in the stored order, never counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, Self
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.utils.dateparse import parse_date, parse_datetime

from greffe.accounts.models import Role
from greffe.accounts.viewers import Viewer
from greffe.cases.models import Case, Hearing
from greffe.filings.models import QueueItem, SubmissionCase

PAGE = 50
"""Lines of a page of the queue."""

Whose = Literal["mine", "free", "all", "division"]
ORDER = ("due_on", "received_at", "submission_id")


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the queue is looked at. `whose`: held by me, by nobody, all, or before the division.

    Empty texts mean any; `due_by` keeps what is due on that day or before; `holder` what that
    officer holds; `arrived_before` what was received before that moment.
    """

    whose: Whose = "all"
    office: str = ""
    division: str = ""
    document_type: str = ""
    holder: UUID | None = None
    due_by: date | None = None
    arrived_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the order of the queue, as an address can carry it."""

    due_on: date
    received_at: datetime
    submission_id: UUID

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read what `text` wrote; None for anything else."""
        try:
            due, received, submission = text.split("|")
            day, instant = parse_date(due), parse_datetime(received)
            place = None if not (day and instant) else cls(day, instant, UUID(submission))
        except ValueError:
            return None
        return place if place and place.received_at.tzinfo else None

    @property
    def text(self) -> str:
        """The place in characters."""
        return f"{self.due_on.isoformat()}|{self.received_at.isoformat()}|{self.submission_id}"


def queue_scope(viewer: Viewer) -> QuerySet[QueueItem]:
    """What waits and this person may see: their offices' work, or what their division must decide.

    What concerns a sealed case is for the supervisors of its office and the member who hears it.
    """
    links = SubmissionCase.objects.filter(submission=OuterRef("pk"))
    sealed = Exists(links.filter(case__sealed=True))
    # The office by itself, beside what is sealed: so a page is read from the index, in its order.
    seen = Q(office__in=viewer.offices()) & (~sealed | Q(office__in=viewer.supervised()))
    if viewer.holds(Role.MEMBER):
        heard = Hearing.objects.filter(
            case__submission_links__submission=OuterRef("pk"),
            member=viewer.person,
            cancelled=False,
        )
        seen |= Q(Exists(heard), with_division=True)
    return QueueItem.objects.filter(seen)


class Line(NamedTuple):
    """A line of the queue: what waits, in which cases (file numbers), for whom, with whom.

    `follows`: it was filed again after a return. `principal` and `holder` are names, or None.
    """

    pk: UUID
    due_on: date
    received_at: datetime
    office: str
    document_type: str
    with_division: bool
    number: str
    follows: bool
    cases: tuple[str, ...]
    principal: str | None
    holder_id: UUID | None
    holder: str | None

    @property
    def place(self) -> Place:
        """Its place in the order of the queue."""
        return Place(self.due_on, self.received_at, self.pk)


# `queue_scope` as SQL: composing this statement took Django longer than PostgreSQL takes to run it.
_LINES = """
SELECT item.submission_id, item.due_on, item.received_at, item.office, item.document_type,
    item.with_division, submission.number, submission.follows_id IS NOT NULL,
    ARRAY(
        SELECT filed.file_number FROM filings_submissioncase AS link
        JOIN cases_case AS filed ON filed.id = link.case_id
        WHERE link.submission_id = item.submission_id ORDER BY link.id
    ),
    (
        SELECT person.name FROM filings_submissioncase AS link
        JOIN cases_participant AS part ON part.case_id = link.case_id
        JOIN accounts_person AS person ON person.id = part.person_id
        WHERE link.submission_id = item.submission_id AND part.principal AND part.until IS NULL
        ORDER BY part.id LIMIT 1
    ),
    item.holder_id, holder.name
FROM filings_queueitem AS item
JOIN filings_submission AS submission ON submission.id = item.submission_id
LEFT JOIN accounts_person AS holder ON holder.id = item.holder_id
WHERE """
# Asked of each line as it comes, never of all filings first: a page is 51 lines of an index.
_OF_OFFICE = """item.office IN ({}) AND (
    item.office = ANY(%(supervised)s) OR (
        SELECT bool_or(filed.sealed) FROM filings_submissioncase AS link
        JOIN cases_case AS filed ON filed.id = link.case_id
        WHERE link.submission_id = item.submission_id
    ) IS NOT TRUE
)"""
_HEARD = """item.with_division AND EXISTS (
    SELECT FROM filings_submissioncase AS link JOIN cases_hearing AS hearing USING (case_id)
    WHERE link.submission_id = item.submission_id
        AND hearing.member_id = %(person)s AND NOT hearing.cancelled
)"""
_ASKED = {
    "office": "item.office = %(office)s",
    "division": "item.division = %(division)s",
    "document_type": "item.document_type = %(document_type)s",
    "holder": "item.holder_id = %(holder)s",
    "due_by": "item.due_on <= %(due_by)s",
    "arrived_before": "item.received_at < %(arrived_before)s",
}
_WHOSE: dict[Whose, str] = {
    "mine": "item.holder_id = %(person)s",
    "free": "item.holder_id IS NULL AND NOT item.with_division",
    "division": "item.with_division",
    "all": "NOT item.with_division",
}
# The first condition lets the index begin at the place.
_AFTER = """item.due_on >= %(due_on)s
    AND (item.due_on, item.received_at, item.submission_id) > (%(due_on)s, %(received)s, %(key)s)"""
_IN_CASE = """item.submission_id IN (
    SELECT link.submission_id FROM filings_submissioncase AS link WHERE link.case_id = %(case)s
)"""
_IN_ORDER = " ORDER BY item.due_on, item.received_at, item.submission_id"


def queue_page(viewer: Viewer, filters: Filters, *, after: Place | None = None) -> list[Line]:
    """At most PAGE + 1 lines of the queue after a place: one more says there is a next page."""
    given = {name: getattr(filters, name) for name in _ASKED if getattr(filters, name)}
    conditions = [_WHOSE[filters.whose], *(_ASKED[name] for name in given)]
    if after is not None:
        conditions.append(_AFTER)
        given |= {"due_on": after.due_on, "received": after.received_at, "key": after.submission_id}
    return _lines(viewer, conditions, given, f"{_IN_ORDER} LIMIT {PAGE + 1}")


def waiting_in(viewer: Viewer, case: Case) -> list[Line]:
    """What of a case waits, as far as this person sees it."""
    return _lines(viewer, [_IN_CASE], {"case": case.pk}, _IN_ORDER)


def _lines(
    viewer: Viewer, conditions: Sequence[str], given: dict[str, Any], order: str
) -> list[Line]:
    # An office by its own name, not in an array: so a page is read from the index, in its order.
    offices = {f"office_{n}": office for n, office in enumerate(sorted(viewer.offices()))}
    seen = [_OF_OFFICE.format(", ".join(f"%({name})s" for name in offices))] if offices else []
    if viewer.holds(Role.MEMBER):
        seen.append(_HEARD)
    if not seen:
        return []
    scope = " OR ".join(f"({one})" for one in seen)
    given |= {"person": viewer.person.pk, "supervised": sorted(viewer.supervised())} | offices
    with connection.cursor() as cursor:
        cursor.execute(_LINES + " AND ".join([f"({scope})", *conditions]) + order, given)
        return [Line._make([*row[:8], tuple(row[8]), *row[9:]]) for row in cursor.fetchall()]


def next_of_mine(viewer: Viewer) -> QueueItem | None:
    """The most urgent submission that this person holds, or decides as a member."""
    items = queue_scope(viewer)
    if viewer.offices():
        items = items.filter(holder=viewer.person)
    return items.order_by(*ORDER).first()


@dataclass(frozen=True, slots=True)
class Load:
    """What one officer holds at an office, or what nobody does (`holder` None)."""

    office: str
    holder: UUID | None
    name: str
    count: int
    oldest: datetime
    due_first: date


def load_of(offices: Sequence[str]) -> list[Load]:
    """The work that waits at these offices, by office and officer; what nobody holds first."""
    rows = (
        QueueItem.objects.filter(office__in=offices)
        .values("office", "holder", "holder__name")
        .annotate(count=Count("pk"), oldest=Min("received_at"), due_first=Min("due_on"))
        .order_by("office", F("holder__name").asc(nulls_first=True), "holder")
    )
    return [
        Load(
            office=row["office"],
            holder=row["holder"],
            name=row["holder__name"] or "",
            count=row["count"],
            oldest=row["oldest"],
            due_first=row["due_first"],
        )
        for row in rows
    ]
