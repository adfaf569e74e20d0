"""Sessions end when they were not used for a while, and at the latest after a working day."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext, ngettext

from greffe.accounts import sessions
from greffe.accounts.sessions import Limit

View = TypeVar("View", bound=Callable[..., Any])


def unattended(view: View) -> View:
    """Mark a view that scripts ask by themselves: to answer it is no use of the session."""
    view.unattended = True  # type: ignore[attr-defined]  # the mark that process_view looks for
    return view


class SessionTimes:
    """Ends a session whose time is over before anything is answered in it; notes its use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Wrap the next layer."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; somebody whose session is over is a visitor, and is told why."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            left = sessions.time_left(request.session)
            if left is not None and left.seconds <= 0:
                sessions.expire(request, left.limit)
                messages.info(request, why(left.limit))
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> None:
        """Note that somebody used the session, unless a script did."""
        del args, kwargs
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not _by_script(request, view):
            sessions.note_use(request)


def _by_script(request: HttpRequest, view: Callable[..., Any]) -> bool:
    if getattr(view, "unattended", False):
        return True
    reading = request.method in {"GET", "HEAD"}
    return reading and request.headers.get("Sec-Fetch-Dest") == "empty"


def why(limit: Limit) -> str:
    """Say which limit ended a session, and that nothing is lost."""
    kept = gettext("Sign in to go on. Your drafts are kept.")
    return f"{_idle() if limit == 'idle' else _whole()} {kept}"


def _idle() -> str:
    minutes = settings.SESSION_IDLE_AGE // 60
    return ngettext(
        "Your session ended because it was not used for %(n)s minute.",
        "Your session ended because it was not used for %(n)s minutes.",
        minutes,
    ) % {"n": minutes}


def _whole() -> str:
    hours = settings.SESSION_COOKIE_AGE // 3600
    return ngettext(
        "Your session ended because a session lasts %(n)s hour at most.",
        "Your session ended because a session lasts %(n)s hours at most.",
        hours,
    ) % {"n": hours}
