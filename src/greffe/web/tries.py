"""Tries at a secret from a page: counted before it is looked at, given back if it was right."""

import logging
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import ngettext

from greffe.accounts import limits
from greffe.accounts.addresses import client_address
from greffe.accounts.known_browsers import known_browser
from greffe.accounts.models import User
from greffe.accounts.signals import record_refusal

logger = logging.getLogger(__name__)

_TWO_MINUTES = 120


def begin_try(request: HttpRequest, kind: limits.Kind, subject: str) -> limits.Attempt:
    """Count a try at the secret of `subject` from where the request comes from.

    Give it to `limits.succeeded` if it was right. Raises limits.TooManyTriesError if it must wait.
    """
    return limits.attempt(
        kind,
        subject,
        address=client_address(request, proxies=settings.TRUSTED_PROXIES),
        browser=known_browser(request, subject),
    )


def password_is_right(request: HttpRequest, user: User, typed: str, *, at: str) -> bool:
    """Check the password of who is signed in, as one more try at it; a wrong one is recorded.

    `at` says where it was asked, for the ledger. Raises limits.TooManyTriesError.
    """
    try:
        tried = begin_try(request, limits.Kind.PASSWORD, user.username)
    except limits.TooManyTriesError as refusal:
        logger.info("a password was not looked at: it has to wait %s seconds", refusal.wait)
        if refusal.first:
            record_refusal(user.username, body={"why": "too-many-tries", "at": at})
        raise
    if user.check_password(typed):
        limits.succeeded(tried)
        return True
    record_refusal(user.username, body={"at": at})
    return False


def wait_words(seconds: int) -> str:
    """Say how long to wait: in minutes, rounded up, from two on."""
    if seconds < _TWO_MINUTES:
        words = ngettext(
            "There were too many failed tries. Wait %(n)d second, then try again.",
            "There were too many failed tries. Wait %(n)d seconds, then try again.",
            seconds,
        )
        return words % {"n": seconds}
    minutes = -(-seconds // 60)
    words = ngettext(
        "There were too many failed tries. Wait %(n)d minute, then try again.",
        "There were too many failed tries. Wait %(n)d minutes, then try again.",
        minutes,
    )
    return words % {"n": minutes}


def status_of(refusal: limits.TooManyTriesError | None) -> int:
    """Give the status of a form that was not taken: 429 where the try had to wait, else 422."""
    wrong, wait = HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS
    return wrong if refusal is None else wait


def say_when(response: HttpResponseBase, refusal: limits.TooManyTriesError | None) -> None:
    """Tell programs when to try again."""
    if refusal is not None:
        response.headers["Retry-After"] = str(refusal.wait)
