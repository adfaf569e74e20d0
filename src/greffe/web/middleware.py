"""What every response carries, and who is looking."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from greffe.accounts.models import User
from greffe.accounts.viewers import Viewer, viewer_of

GetResponse = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


class ResponseHeaders:
    """Adds to every response the headers that Django does not know (security bar, item 18)."""

    def __init__(self, get_response: GetResponse) -> None:
        """Wrap the next layer."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with the headers. Pages and documents are never kept by a shared cache."""
        response = self._get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"
        )
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class ActorMiddleware:
    """Puts the viewer on the request, read from the database when first asked for."""

    def __init__(self, get_response: GetResponse) -> None:
        """Wrap the next layer."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with `request.viewer`: a Viewer, or something false for a visitor."""
        request.viewer = SimpleLazyObject(lambda: _viewer(request))  # type: ignore[attr-defined]  # ours
        return self._get_response(request)


def _viewer(request: HttpRequest) -> Viewer | None:
    user = request.user
    return viewer_of(user, on=timezone.localdate()) if isinstance(user, User) else None
