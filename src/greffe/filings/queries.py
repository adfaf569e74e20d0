"""Reads of drafts and submissions, always scoped to a person."""

from datetime import date
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from greffe.accounts.viewers import Viewer
from greffe.cases.models import Case
from greffe.cases.permissions import may_read_documents
from greffe.cases.queries import find_case
from greffe.filings.models import Draft, DraftCase, DraftFile, Submission, SubmittedDocument


def whole(drafts: QuerySet[Draft]) -> QuerySet[Draft]:
    """Drafts with their cases and files, in three statements however many there are."""
    links = DraftCase.objects.select_related("case")
    files = DraftFile.objects.select_related("upload__blob")
    return drafts.prefetch_related(Prefetch("case_links", links), Prefetch("files", files))


def find_draft(viewer: Viewer, draft_id: UUID) -> Draft | None:
    """A draft of this person in any state, or None: another's does not exist for them."""
    return whole(Draft.objects.filter(pk=draft_id, person=viewer.person)).first()


def open_drafts(viewer: Viewer, *, case: Case | None = None) -> QuerySet[Draft]:
    """What this person is preparing, the latest change first."""
    drafts = whole(Draft.objects.filter(person=viewer.person, state="open"))
    if case is not None:
        drafts = drafts.filter(cases=case)
    return drafts.order_by("-changed_at")


def submissions_in(viewer: Viewer, case: Case, *, on: date) -> QuerySet[Submission]:
    """What was filed in a case, latest first, for those who may read its documents.

    Others get none.
    """
    seen = find_case(viewer, case.pk, on=on)
    if seen is None or not may_read_documents(seen.capacity):
        return Submission.objects.none()
    return (
        Submission.objects.filter(cases=case)
        .select_related("person", "receipt")
        .prefetch_related("documents")
        .order_by("-received_at", "id")
    )


def find_submission(viewer: Viewer, submission_id: UUID, *, on: date) -> Submission | None:
    """A submission this person made, or in a case whose documents they may read; else None.

    Whoever filed keeps the receipt for ever, also when no longer on the record.
    """
    submission = (
        Submission.objects.select_related("person", "receipt", "draft")
        .prefetch_related("documents", "case_links__case")
        .filter(pk=submission_id)
        .first()
    )
    if submission is None or submission.person_id == viewer.id:
        return submission
    return submission if _may_read(viewer, submission, on) else None


def _may_read(viewer: Viewer, submission: Submission, on: date) -> bool:
    seen = [find_case(viewer, link.case_id, on=on) for link in submission.case_links.all()]
    return bool(seen) and all(s is not None and may_read_documents(s.capacity) for s in seen)


def find_document(
    viewer: Viewer, submission_id: UUID, position: int, *, on: date
) -> SubmittedDocument | None:
    """A filed document, for whoever may read it today. Having filed it once is not enough."""
    document = (
        SubmittedDocument.objects.select_related("blob", "submission")
        .filter(Q(submission_id=submission_id) & Q(position=position))
        .first()
    )
    return document if document and _may_read(viewer, document.submission, on) else None
