"""Reads of submissions for the registry and the division."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from django.db.models import Prefetch

from greffe.accounts.viewers import Viewer
from greffe.filings.models import QueueItem, Submission, SubmissionDecision
from greffe.filings.permissions import registry_capacity
from greffe.filings.queries import withheld_of


@dataclass(frozen=True, slots=True)
class SeenSubmission:
    """A submission with the capacity in which staff sees it, and its place in the queue if any."""

    submission: Submission
    capacity: Literal["officer", "member"]
    item: QueueItem | None


def find_for_registry(viewer: Viewer, submission_id: UUID, *, on: date) -> SeenSubmission | None:
    """A submission for an officer of its office or the member who hears its case; else None.

    `documents` are those that are not sealed from this person.
    """
    withheld = withheld_of(viewer, [submission_id], on=on)
    submission = (
        Submission.objects.select_related("person", "receipt", "follows")
        .prefetch_related(
            Prefetch("documents", withheld.visible()), "case_links__case", "decisions__person"
        )
        .filter(pk=submission_id)
        .first()
    )
    if submission is None or submission_id in withheld.submissions:
        return None
    item = QueueItem.objects.select_related("holder").filter(pk=submission_id).first()
    capacity = registry_capacity(viewer, submission, item, on=on)
    return None if capacity is None else SeenSubmission(submission, capacity, item)


def decisions_on(submission: Submission) -> list[SubmissionDecision]:
    """What was decided about a submission and concerns its filer, the latest first."""
    told = ("accept", "accept-part", "return", "refuse", "refuse-part")
    return list(submission.decisions.filter(event__in=told).order_by("-decided_at", "-pk"))
