"""What the registry or the division made of a filing, and filing it again."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from greffe.cases.rules import rules
from greffe.filings.decision_queries import decisions_on
from greffe.filings.messages import refusal_text
from greffe.filings.models import Submission
from greffe.filings.queries import find_submission
from greffe.filings.refiling import file_again, in_name_of_filer, may_file_again
from greffe.filings.refusals import FilingRefusedError
from greffe.law import states
from greffe.web.access import PortalRequest, signed_in
from greffe.web.portal.lines import document_tag, lang, submission_tag


def outcome_of(request: PortalRequest, found: Submission) -> dict[str, Any]:
    """What was decided, in words, with what to do now; `tone` is that of the submission's state."""
    tags = {one.position: document_tag(one.state) for one in found.documents.all()}
    names = {one.position: one.name for one in found.documents.all()}
    decisions = [
        {
            "event": states.SUBMISSION.events[one.event].get(lang()),
            "reason": rules().decision_reason(one.reason) if one.reason else None,
            "note": one.note,
            "at": one.decided_at,
            "documents": [
                {"name": names[position], "tag": tags[position]}
                for position in one.positions
                if position in names
            ],
        }
        for one in decisions_on(found)
    ]
    return {
        "decisions": decisions,
        "again": may_file_again(request.viewer, found),
        "tone": submission_tag(found.state).tone,
        "follows": found.follows,
        "followed_by": list(found.followed_by.order_by("received_at")),
    }


@require_POST
@signed_in
def again(request: PortalRequest, submission_id: UUID) -> HttpResponse:
    """Begin a filing with what was returned."""
    found = find_submission(request.viewer, submission_id, on=timezone.localdate())
    if found is None or not in_name_of_filer(request.viewer, found):
        raise Http404
    try:
        draft = file_again(by=request.viewer, submission_id=submission_id)
    except FilingRefusedError as refusal:
        if refusal.refused.code == "not-yours":
            raise Http404 from refusal
        context = {
            "draft": None,
            "case": found.case_links.all()[0].case,
            "refusal": refusal.refused,
            "text": refusal_text(refusal.refused.code),
            "submission": found,
        }
        return render(request, "portal/filing/refused.html", context, status=409)
    return redirect("portal:draft-files", draft.id)
