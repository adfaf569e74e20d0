"""Reads of the registry's queue: pages by key, in the stored order, never counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Self
from uuid import UUID

from django.db.models import Count, Exists, F, Min, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.dateparse import parse_date, parse_datetime

from greffe.accounts.models import Role
from greffe.accounts.viewers import Viewer
from greffe.cases.models import Hearing, Participant
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
    def of(cls, item: QueueItem) -> Self:
        """The place of an item."""
        return cls(item.due_on, item.received_at, item.pk)

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

    @property
    def after(self) -> Q:
        """What comes after it. The first condition lets the index begin at the place."""
        same_day = Q(due_on=self.due_on)
        later = Q(received_at__gt=self.received_at)
        next_ = Q(received_at=self.received_at, submission_id__gt=self.submission_id)
        return Q(due_on__gte=self.due_on) & (Q(due_on__gt=self.due_on) | same_day & (later | next_))


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


def queue_page(viewer: Viewer, filters: Filters, *, after: Place | None = None) -> list[QueueItem]:
    """At most PAGE + 1 lines of the queue after a place: one more says that there is a next page.

    Each has its submission with person and cases, its holder, and `principal` (a name).
    """
    items = _filtered(viewer, filters)
    if after is not None:
        items = items.filter(after.after)
    principal = Participant.objects.filter(
        case__submission_links__submission=OuterRef("pk"), principal=True, until=None
    ).order_by("pk")
    links = SubmissionCase.objects.select_related("case").order_by("pk")
    page = (
        items.select_related("submission__person", "holder")
        .prefetch_related(Prefetch("submission__case_links", links))
        .annotate(principal=Subquery(principal.values("person__name")[:1]))
        .order_by(*ORDER)
    )
    return list(page[: PAGE + 1])


def _filtered(viewer: Viewer, filters: Filters) -> QuerySet[QueueItem]:
    asked: dict[str, Any] = {
        "office": filters.office,
        "division": filters.division,
        "document_type": filters.document_type,
        "holder": filters.holder,
        "due_on__lte": filters.due_by,
        "received_at__lt": filters.arrived_before,
    }
    items = queue_scope(viewer).filter(**{name: value for name, value in asked.items() if value})
    match filters.whose:
        case "mine":
            return items.filter(holder=viewer.person)
        case "free":
            return items.filter(holder=None, with_division=False)
        case "division":
            return items.filter(with_division=True)
        case "all":
            return items.filter(with_division=False)


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
