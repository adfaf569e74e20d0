"""Pages for the registry's own people. For everybody else there is nothing there."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate
from uuid import UUID

from django.http import Http404, HttpResponseBase
from django.utils import timezone

from greffe.accounts.models import Role
from greffe.filings.decision_queries import SeenSubmission, find_for_registry
from greffe.web.access import P, Page, PortalRequest, signed_in

REGISTRY = frozenset({Role.OFFICER, Role.SUPERVISOR})
SUPERVISORS = frozenset({Role.SUPERVISOR})
BENCH = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.MEMBER})


def for_roles(
    roles: frozenset[Role],
) -> Callable[[Page[P]], Callable[Concatenate[Any, P], HttpResponseBase]]:
    """Let only people who hold one of these roles today reach a page."""

    def guard(page: Page[P]) -> Callable[Concatenate[Any, P], HttpResponseBase]:
        @wraps(page)
        def guarded(
            request: PortalRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            if not any(request.viewer.holds(role) for role in roles):
                raise Http404
            return page(request, *args, **kwargs)

        return signed_in(guarded)

    return guard


def submission_or_404(request: PortalRequest, submission_id: UUID) -> SeenSubmission:
    """A submission that this person may work on or look at as staff; 404 otherwise."""
    seen = find_for_registry(request.viewer, submission_id, on=timezone.localdate())
    if seen is None:
        raise Http404
    return seen
