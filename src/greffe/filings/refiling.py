"""Filing again what was returned: its documents and its text in place, linked to its arrival."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from greffe.accounts.viewers import Viewer
from greffe.documents.actions import offer_again
from greffe.filings.draft_actions import start_draft
from greffe.filings.models import Draft, DraftFile, Submission, SubmissionCase
from greffe.filings.refusals import refuse


def may_file_again(viewer: Viewer, submission: Submission) -> bool:
    """Whether this person filed it and some of it was returned."""
    return submission.person_id == viewer.id and any(
        document.state == "returned" for document in submission.documents.all()
    )


@transaction.atomic
def file_again(*, by: Viewer, submission_id: UUID) -> Draft:
    """Begin a filing from a returned submission, in the same cases, with what was returned.

    An open one from the same submission is given again. The bytes are those already kept. Raises
    FilingRefusedError where nothing was returned, or where this person may no longer file.
    """
    submission = (
        Submission.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk=submission_id, person=by.person)
        .first()
    )
    if submission is None:
        raise refuse("not-yours")
    if not may_file_again(by, submission):
        raise refuse("nothing-returned")
    begun = Draft.objects.filter(follows=submission, person=by.person, state="open").first()
    return begun or _begin(by, submission)


def _begin(by: Viewer, submission: Submission) -> Draft:
    leading, *others = [link.case for link in _links(submission)]
    draft = start_draft(
        by=by,
        case=leading,
        document_type=submission.document_type,
        language=submission.language,
        also_in=[case.pk for case in others],
    )
    draft.follows = submission
    draft.service = submission.service
    draft.named_events = submission.draft.named_events
    draft.changed_at = timezone.now()
    draft.save(update_fields=["follows", "service", "named_events", "changed_at"])
    returned = submission.documents.select_related("blob").filter(state="returned")
    for position, document in enumerate(returned.order_by("position"), start=1):
        upload = offer_again(
            by=by,
            blob=document.blob,
            name=document.name,
            facts=document.facts,
            capacity=submission.capacity,
        )
        DraftFile.objects.create(draft=draft, upload=upload, position=position)
    return draft


def _links(submission: Submission) -> list[SubmissionCase]:
    return list(submission.case_links.select_related("case").order_by("pk"))
