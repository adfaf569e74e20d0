"""Who may prepare and file what, as codes that greffe.filings.messages turns into text."""

from datetime import date
from typing import Literal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from greffe.accounts.viewers import Viewer
from greffe.cases.models import Case, CounselOfRecord
from greffe.cases.permissions import Capacity, capacity_in, footing_in, may_file
from greffe.filings.models import Draft, DraftCase, QueueItem, Submission
from greffe.filings.queue_queries import queue_scope

Refusal = Literal["not-yours", "not-on-record"]


def refusal_to_file(
    viewer: Viewer, case: Case, *, on: date, of: UUID | None = None
) -> Refusal | None:
    """Why this person may not file in the case on that day, or None if they may.

    In their own name, or in that of `of`, whose delegate they are.
    """
    return None if _files_as(viewer, case, of or viewer.id, on) else "not-on-record"


def _files_as(viewer: Viewer, case: Case, of: UUID, on: date) -> Capacity | None:
    """In which capacity this person may file in the case in the name of `of`, or None."""
    footing = footing_in(viewer, case, on=on)
    if of != viewer.id:
        return "delegate" if footing.acts_for(of) else None
    own = may_file(footing.capacity) and footing.capacity != "delegate"
    return footing.capacity if own else None


def drafts_of(viewer: Viewer, *, on: date) -> QuerySet[Draft]:
    """The drafts that are this person's to work on, in any state.

    Their own, and those of counsel whose delegate they are where that counsel is of record in every
    case: a principal's own matter is not their delegate's.
    """
    own = Q(person=viewer.person)
    if not viewer.principals:
        return Draft.objects.filter(own)
    of_record = CounselOfRecord.objects.filter(
        Q(until=None) | Q(until__gt=on),
        since__lte=on,
        case=OuterRef("case"),
        person=OuterRef("draft__person"),
    )
    elsewhere = DraftCase.objects.filter(~Exists(of_record), draft=OuterRef("pk"))
    principals = [principal.id for principal in viewer.principals]
    return Draft.objects.filter(own | Q(~Exists(elsewhere), person__in=principals))


def filing_capacity(viewer: Viewer, draft: Draft, *, on: date) -> Capacity | None:
    """In which capacity this person may file the draft: on record in every case of it, or None.

    The draft of counsel whose delegate they are is filed as a delegate.
    """
    capacities = [_files_as(viewer, case, draft.person_id, on) for case in draft.ordered_cases]
    return capacities[0] if capacities and all(capacities) else None


def registry_capacity(
    viewer: Viewer, submission: Submission, item: QueueItem | None, *, on: date
) -> Literal["officer", "member"] | None:
    """In which capacity this person decides on a submission: of its office, or hearing its case.

    While it waits, the queue says who sees it; afterwards, the leading case does, unless another
    case of it is sealed from this person. Nobody decides on what they filed themselves.
    """
    if viewer.id in {submission.person_id, submission.sent_by_id}:
        return None
    if item is not None:
        if not queue_scope(viewer).filter(pk=item.pk).exists():
            return None
        return "officer" if item.office in viewer.offices() else "member"
    links = submission.case_links.select_related("case").order_by("pk")
    cases = [link.case for link in links]
    if any(case.sealed and capacity_in(viewer, case, on=on) is None for case in cases):
        return None
    capacity = capacity_in(viewer, cases[0], on=on) if cases else None
    return capacity if capacity == "officer" or capacity == "member" else None  # noqa: PLR1714 - narrows the type
