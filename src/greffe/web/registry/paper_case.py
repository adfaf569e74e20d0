"""The case of the pages of paper intake."""

from uuid import UUID

from django.http import Http404

from greffe.cases.models import Case
from greffe.filings import paper_actions
from greffe.web.access import PortalRequest


def paper_case_or_404(request: PortalRequest, case_id: UUID) -> Case:
    """A case that this officer's office handles today; 404 otherwise."""
    case = paper_actions.paper_case(request.viewer, case_id)
    if case is None:
        raise Http404
    return case
