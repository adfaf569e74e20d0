"""Who may prepare and file what, as codes that greffe.filings.messages turns into text."""

from datetime import date
from typing import Literal

from greffe.accounts.viewers import Viewer
from greffe.cases.models import Case
from greffe.cases.permissions import Capacity, capacity_in, may_file
from greffe.filings.models import Draft, QueueItem, Submission
from greffe.filings.queue_queries import queue_scope

Refusal = Literal["not-yours", "not-on-record"]


def refusal_to_file(viewer: Viewer, case: Case, *, on: date) -> Refusal | None:
    """Why this person may not file in the case on that day, or None if they may."""
    return None if may_file(capacity_in(viewer, case, on=on)) else "not-on-record"


def filing_capacity(viewer: Viewer, draft: Draft, *, on: date) -> Capacity | None:
    """In which capacity this person may file the draft: on record in every case of it, or None."""
    if draft.person_id != viewer.id:
        return None
    capacities = [capacity_in(viewer, case, on=on) for case in draft.ordered_cases]
    if not capacities or not all(may_file(capacity) for capacity in capacities):
        return None
    return capacities[0]


def registry_capacity(
    viewer: Viewer, submission: Submission, item: QueueItem | None, *, on: date
) -> Literal["officer", "member"] | None:
    """In which capacity this person decides on a submission: of its office, or hearing its case.

    While it waits, the queue says who sees it; afterwards, the leading case does, unless another
    case of it is sealed from this person. Nobody decides on what they filed themselves.
    """
    if submission.person_id == viewer.id:
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
