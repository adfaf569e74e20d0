"""The browsers that an account signed in from, known by a signed cookie that they keep.

The cookie holds an id drawn at random and, for each account that signed in with it, a mark that
only this registry can make: no name. It opens nothing. It only keeps the failures of others from
holding its owner up: see greffe.accounts.limits.
"""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from greffe.accounts.limits import one_spelling

DAYS = 400
"""As long as browsers keep any cookie."""
ACCOUNTS = 8
"""Accounts that one browser is known for, the last ones: a shared computer of a clinic."""

_SALT = "greffe.accounts.known_browsers"


def known_browser(request: HttpRequest, username: str) -> str:
    """Give the id of the browser if this account signed in from it before, or ""."""
    browser, marks = _read(request)
    return browser if browser and _mark(browser, username) in marks else ""


def remember_browser(request: HttpRequest, response: HttpResponseBase, username: str) -> None:
    """Let the browser keep that this account signed in from it."""
    browser, marks = _read(request)
    browser = browser or secrets.token_urlsafe(16)
    mark = _mark(browser, username)
    marks = [mark, *(other for other in marks if other != mark)][:ACCOUNTS]
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        signing.dumps([browser, *marks], salt=_SALT),
        max_age=DAYS * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    """Give what the cookie says, nothing where it is not ours or too old."""
    cookie = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    try:
        said: Any = signing.loads(cookie, salt=_SALT, max_age=DAYS * 24 * 3600)
    except signing.BadSignature:
        return "", []
    browser, *marks = said
    return str(browser), [str(mark) for mark in marks]


def _mark(browser: str, username: str) -> str:
    value = f"{browser} {one_spelling(username)}"
    return salted_hmac(_SALT, value, algorithm="sha256").hexdigest()[:32]
