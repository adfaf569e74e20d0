"""What is asked of a partner by ourselves: never for long, never much, never somewhere else."""

import time
from typing import Any, cast
from urllib.parse import urlsplit

import requests

from greffe.accounts.partners.configuration import is_loopback
from greffe.accounts.partners.refusals import PartnerError, Why

CONNECT_SECONDS, READ_SECONDS = 3.0, 5.0
WHOLE_SECONDS = 8.0
"""Seconds after which an answer that still drips in is given up."""
MOST_BYTES = 512 * 1024


class PartnerSession(requests.Session):
    """Asks within time and size limits, and follows no redirection. django-allauth asks by it."""

    def request(self, *args: Any, **options: Any) -> requests.Response:
        """Ask, and read the whole answer. Raises requests.RequestException."""
        until = time.monotonic() + WHOLE_SECONDS
        options |= {
            "timeout": (CONNECT_SECONDS, READ_SECONDS),
            "allow_redirects": False,
            "stream": True,
        }
        response = super().request(*args, **options)
        body = bytearray()
        with response:
            for chunk in response.iter_content(16 * 1024):
                body += chunk
                if len(body) > MOST_BYTES or time.monotonic() > until:
                    raise requests.RequestException("too long an answer")
        response._content = bytes(body)  # noqa: SLF001 - what reading it at once would have kept
        return response


def read_json(address: str) -> dict[str, Any]:
    """Give the JSON object at an address. Raises PartnerError(SILENT) where there is none."""
    try:
        with PartnerSession() as session:
            response = session.get(address, headers={"Accept": "application/json"})
        if response.status_code != requests.codes.ok:
            raise PartnerError(Why.SILENT)
        found = response.json()
    except (requests.RequestException, ValueError, RecursionError) as error:
        raise PartnerError(Why.SILENT) from error
    if not isinstance(found, dict):
        raise PartnerError(Why.SILENT)
    return cast("dict[str, Any]", found)


def is_safe(address: object) -> bool:
    """Whether nobody on the way to this address can read or change what is said."""
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    )
