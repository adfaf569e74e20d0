"""Filing again what was returned: its documents and its text in place, linked to its arrival."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from greffe.accounts.delegations import still_acts_for
from greffe.accounts.viewers import Viewer
from greffe.documents.actions import offer_again
from greffe.filings.draft_actions import start_draft
from greffe.filings.models import Draft, DraftFile, Submission, SubmissionCase
from greffe.filings.permissions import drafts_of
from greffe.filings.refusals import refuse


def in_name_of_filer(viewer: Viewer, submission: Submission) -> bool:
    """Whether it was filed in the name of this person, or of counsel whose delegate they are."""
    names = {viewer.id, *(principal.id for principal in viewer.principals)}
    return submission.person_id in names


def may_file_again(viewer: Viewer, submission: Submission) -> bool:
    """Whether it was filed in this person's name, or their principal's, and some was returned."""
    return in_name_of_filer(viewer, submission) and any(
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
        .filter(pk=submission_id)
        .first()
    )
    if submission is None or not still_acts_for(by, submission.person_id):
        raise refuse("not-yours")
    if not may_file_again(by, submission):
        raise refuse("nothing-returned")
    begun = drafts_of(by, on=timezone.localdate()).filter(follows=submission, state="open")
    return begun.first() or _begin(by, submission)


def _begin(by: Viewer, submission: Submission) -> Draft:
    leading, *others = [link.case for link in _links(submission)]
    draft = start_draft(
        by=by,
        case=leading,
        document_type=submission.document_type,
        language=submission.language,
        also_in=[case.pk for case in others],
        of=submission.person_id,
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
            of=submission.person_id,
        )
        DraftFile.objects.create(draft=draft, upload=upload, position=position)
    return draft


def _links(submission: Submission) -> list[SubmissionCase]:
    return list(submission.case_links.select_related("case").order_by("pk"))
