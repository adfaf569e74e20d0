"""What a partner that speaks OpenID Connect publishes of itself."""

import time
from dataclasses import dataclass
from typing import Any

from greffe.accounts.partners.configuration import OpenIDPartner
from greffe.accounts.partners.fetching import is_safe, read_json
from greffe.accounts.partners.refusals import PartnerError, Why

KEPT_SECONDS = 600.0
"""Seconds for which what a partner publishes is not asked again, but for a key it did not name."""

_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Published:
    """What was published, and until when it is not asked again (on the monotonic clock)."""

    metadata: dict[str, Any]
    keys: dict[str, Any]
    until: float


_published: dict[str, Published] = {}


def published(partner: OpenIDPartner, *, anew: bool = False) -> Published:
    """What the partner publishes of itself, checked, and its keys; asked at most every ten minutes.

    Raises PartnerError: SILENT, ISSUER where the metadata is another's, PKCE where it lacks S256.
    """
    known = _published.get(partner.issuer)
    if known is not None and not anew and time.monotonic() < known.until:
        return known
    metadata = read_json(f"{partner.issuer.rstrip('/')}/.well-known/openid-configuration")
    if metadata.get("issuer") != partner.issuer:
        raise PartnerError(Why.ISSUER)
    if not all(is_safe(metadata.get(name)) for name in _ENDPOINTS):
        raise PartnerError(Why.SILENT)
    methods = metadata.get("code_challenge_methods_supported")
    if not isinstance(methods, list) or "S256" not in methods:
        raise PartnerError(Why.PKCE)
    keys = read_json(metadata["jwks_uri"])
    found = Published(metadata, keys, time.monotonic() + KEPT_SECONDS)
    _published[partner.issuer] = found
    return found


def forget_published() -> None:
    """Ask every partner anew what it publishes."""
    _published.clear()
