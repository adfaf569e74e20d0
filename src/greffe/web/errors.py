"""Calm pages for what went wrong.

An error nobody expected gets an id and a log line without names.
"""

import logging
import secrets
import sys
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

from greffe.logs import outline

logger = logging.getLogger("greffe.errors")


def _page(request: HttpRequest, name: str, status: int, **context: Any) -> HttpResponse:
    return render(request, f"errors/{name}.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that makes no sense."""
    del exception
    return _page(request, "400", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what this person may not do."""
    del exception
    return _page(request, "403", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for a page that is not there, or not there for this person: the same page."""
    del exception
    match, viewer = request.resolver_match, getattr(request, "viewer", None)
    if match and viewer:  # a page that is there, but not for this person: ids only, no names
        ids = " ".join(str(value) for value in match.kwargs.values())
        logger.info("refused %s %s to account %s", match.view_name, ids, viewer.account_id)
    return _page(request, "404", 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that did not come from a page of this session: nothing was sent, try again."""
    del reason
    return _page(request, "csrf", 403)


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer whoever tries to sign in too often: wait, then try again."""
    return _page(request, "429", 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an error that nobody expected, with an id that finds its log line."""
    error_id = secrets.token_hex(4)
    match = getattr(request, "resolver_match", None)
    error = sys.exception()
    logger.error(
        "unexpected error %s in %s: %s",
        error_id,
        match.view_name if match else "no page",
        outline(error) if error else "?",
    )
    page = loader.render_to_string("errors/500.html", {"error_id": error_id})
    return HttpResponse(page, status=500)
