"""Pages for signed-in people, and what they look up.

Found for those who may, 404 for the others.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from greffe.accounts.viewers import Viewer
from greffe.cases.queries import SeenCase, find_case

P = ParamSpec("P")


class PortalRequest(HttpRequest):
    """A request of somebody who is signed in."""

    viewer: Viewer


Page = Callable[Concatenate[PortalRequest, P], HttpResponseBase]


def signed_in(page: Page[P]) -> Callable[Concatenate[Any, P], HttpResponseBase]:
    """Let only a signed-in person who is somebody reach a page; others are asked to sign in."""

    @wraps(page)
    def guarded(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.viewer:
            if request.user.is_authenticated:  # an account that acts for nobody yet
                return redirect("invitation:code")
            return redirect_to_login(page_of(request), reverse("sign-in"))
        return page(request, *args, **kwargs)

    return cast("Callable[Concatenate[Any, P], HttpResponseBase]", guarded)


def page_of(request: HttpRequest) -> str:
    """The page to come back to after signing in: for a form, the one that it was sent from."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    reading = request.method in {"GET", "HEAD"}
    if reading or came_from.netloc != request.get_host() or not came_from.path:
        return request.get_full_path()
    return urlunsplit(("", "", came_from.path, came_from.query, ""))


def case_or_404(request: PortalRequest, case_id: UUID) -> SeenCase:
    """A case that this person may see, with their capacity in it; 404 otherwise."""
    seen = find_case(request.viewer, case_id, on=timezone.localdate())
    if seen is None:
        raise Http404
    return seen


def content_length(request: HttpRequest) -> int:
    """How many bytes the request says it brings; 0 where it does not say, or says nonsense."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isdecimal() else 0
