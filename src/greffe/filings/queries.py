"""Reads of drafts and submissions, always scoped to a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from greffe.accounts.viewers import Viewer
from greffe.cases.models import Case
from greffe.cases.permissions import Capacity, capacity_in, may_read_documents
from greffe.cases.record_queries import withheld_filings
from greffe.filings.models import (
    Draft,
    DraftCase,
    DraftFile,
    QueueItem,
    Submission,
    SubmittedDocument,
)
from greffe.filings.permissions import drafts_of, registry_capacity


def whole(drafts: QuerySet[Draft]) -> QuerySet[Draft]:
    """Drafts with their cases and files, in three statements however many there are."""
    links = DraftCase.objects.select_related("case")
    files = DraftFile.objects.select_related("upload__blob")
    return drafts.prefetch_related(Prefetch("case_links", links), Prefetch("files", files))


def find_draft(viewer: Viewer, draft_id: UUID) -> Draft | None:
    """A draft of this person in any state, or None: another's does not exist for them."""
    drafts = drafts_of(viewer, on=timezone.localdate()).select_related("person")
    return whole(drafts.filter(pk=draft_id)).first()


def open_drafts(viewer: Viewer, *, case: Case | None = None) -> QuerySet[Draft]:
    """What this person is preparing, the latest change first."""
    drafts = drafts_of(viewer, on=timezone.localdate()).filter(state="open")
    drafts = whole(drafts.select_related("person"))
    if case is not None:
        drafts = drafts.filter(cases=case)
    return drafts.order_by("-changed_at")


@dataclass(frozen=True, slots=True)
class Withheld:
    """What of some filings a person may not see: rows of documents, and filings with nothing left.

    See docs/adr/0010-who-sees-what-is-sealed.md.
    """

    documents: frozenset[int] = frozenset()
    submissions: frozenset[UUID] = frozenset()

    def visible(self) -> QuerySet[SubmittedDocument]:
        """The documents that are left."""
        left = SubmittedDocument.objects.select_related("blob").order_by("position")
        return left.exclude(pk__in=self.documents)


def withheld_of(viewer: Viewer, submissions: Sequence[UUID], *, on: date) -> Withheld:
    """What of these filings (their ids) is sealed from this person on that day."""
    filed = withheld_filings(viewer, submissions, on=on)
    if not filed:
        return Withheld()
    ids = {submission_id for submission_id, _ in filed}
    rows = SubmittedDocument.objects.filter(submission__in=ids)
    places = list(rows.values_list("pk", "submission_id", "position"))
    left = {submission for _, submission, position in places if (submission, position) not in filed}
    hidden = {pk for pk, submission, position in places if (submission, position) in filed}
    return Withheld(frozenset(hidden), frozenset(ids - left))


# By a statement of our own: to compose it took Django longer than PostgreSQL takes to answer.
_IN_CASE = """
SELECT * FROM filings_submission
WHERE id IN (SELECT submission_id FROM filings_submissioncase WHERE case_id = %s)
ORDER BY received_at DESC, id
"""


def submissions_in(
    viewer: Viewer, case: Case, capacity: Capacity | None, *, on: date
) -> list[Submission]:
    """What was filed in a case, latest first, for those who may read its documents.

    Others get none. A filing of which this person may see no document is there for who filed it
    alone.
    """
    if not may_read_documents(capacity):
        return []
    filed = list(Submission.objects.raw(_IN_CASE, [case.pk]))
    withheld = withheld_of(viewer, [one.pk for one in filed], on=on).submissions
    return [one for one in filed if one.pk not in withheld or one.person_id == viewer.id]


def find_submission(viewer: Viewer, submission_id: UUID, *, on: date) -> Submission | None:
    """A submission this person made, or in a case whose documents they may read; else None.

    Whoever filed keeps the receipt for ever, also when no longer on the record. `documents` are
    those that are not sealed from this person.
    """
    withheld = withheld_of(viewer, [submission_id], on=on)
    submission = (
        Submission.objects.select_related("person", "sent_by", "receipt", "draft")
        .prefetch_related(Prefetch("documents", withheld.visible()), "case_links__case")
        .filter(pk=submission_id)
        .first()
    )
    if submission is None or submission.person_id == viewer.id:
        return submission
    if submission_id in withheld.submissions:
        return None
    return submission if _may_read(viewer, submission, on) else None


def may_keep_receipt(viewer: Viewer, submission: Submission) -> bool:
    """Whether this person gets the receipt itself of a submission that they found.

    It names every document: whoever filed has it, others only where nothing is sealed from them.
    """
    if submission.person_id == viewer.id:
        return True
    filed = SubmittedDocument.objects.filter(submission=submission).count()
    return len(submission.documents.all()) == filed


def _may_read(viewer: Viewer, submission: Submission, on: date) -> bool:
    """Every case of it is theirs to read; or they work on it, though one is at another office."""
    cases = [link.case for link in submission.case_links.all()]
    if cases and all(may_read_documents(capacity_in(viewer, case, on=on)) for case in cases):
        return True
    if not viewer.roles:
        return False
    item = QueueItem.objects.filter(pk=submission.pk).first()
    return registry_capacity(viewer, submission, item, on=on) is not None


def find_document(
    viewer: Viewer, submission_id: UUID, position: int, *, on: date
) -> SubmittedDocument | None:
    """A filed document, for whoever may read it today. Having filed it once is not enough.

    The documents of its submission are those that this person may see.
    """
    withheld = withheld_of(viewer, [submission_id], on=on)
    others = Prefetch("submission__documents", withheld.visible())
    document = (
        withheld.visible()
        .select_related("submission")
        .prefetch_related(others, "submission__case_links__case")
        .filter(Q(submission_id=submission_id) & Q(position=position))
        .first()
    )
    return document if document and _may_read(viewer, document.submission, on) else None


def may_open_documents(viewer: Viewer, submission: Submission, *, on: date) -> bool:
    """Whether this person may open what they see of a submission today, not only its receipt."""
    return _may_read(viewer, submission, on)
