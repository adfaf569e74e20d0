"""The ID token of OpenID Connect, verified whole: django-allauth leaves out nonce, level and keys.

Everything here is by OpenID Connect Core 1.0, section 3.1.3.7, read strictly.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from greffe.accounts.partners.configuration import CLOCK_SECONDS, OpenIDPartner
from greffe.accounts.partners.refusals import PartnerError, Why

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
"""Signatures that only the partner can make: no shared secret, and never none."""
LONGEST_SUBJECT = 255
_LIFETIME = 3600
"""Seconds for which an ID token is looked at at all, whatever it says itself."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token must say: for which sign-in, begun when (seconds since 1970)."""

    partner: OpenIDPartner
    nonce: str
    asked_at: int


def subject_of(token: str, *, keys: Mapping[str, Any], expected: Expected, now: int) -> str:
    """Verify an ID token and give its subject.

    `keys` is the partner's JWK set. Raises PartnerError with the first thing that is wrong;
    UnknownKeyError where the token names a key that the set does not hold.
    """
    claims = _signed_claims(token, keys)
    partner = expected.partner
    _demand(claims.get("iss") == partner.issuer, Why.ISSUER)
    audience = claims.get("aud")
    _demand(audience in (partner.client_id, [partner.client_id]), Why.AUDIENCE)
    _demand(claims.get("azp", partner.client_id) == partner.client_id, Why.AUDIENCE)
    issued, expires = _instant(claims, "iat"), _instant(claims, "exp")
    _demand(expires > now - CLOCK_SECONDS, Why.EXPIRED)
    _demand(issued > now - _LIFETIME, Why.EXPIRED)
    _demand(issued >= expected.asked_at - CLOCK_SECONDS, Why.EXPIRED)
    _demand(issued <= now + CLOCK_SECONDS, Why.EARLY)
    if "nbf" in claims:
        _demand(_instant(claims, "nbf") <= now + CLOCK_SECONDS, Why.EARLY)
    _demand(bool(expected.nonce) and claims.get("nonce") == expected.nonce, Why.NONCE)
    _demand(claims.get("acr") in partner.levels, Why.LEVEL)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or "\0" in subject:
        raise PartnerError(Why.MALFORMED)
    return subject


class UnknownKeyError(PartnerError):
    """The token names a key that the partner had not published when we looked."""


def _signed_claims(token: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise PartnerError(Why.MALFORMED) from error
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise PartnerError(Why.SIGNATURE)
    # Claims are ours to judge, each with its own reason; the signature alone is judged here.
    only = {"verify_signature": True} | dict.fromkeys(
        ("verify_exp", "verify_nbf", "verify_iat", "verify_aud", "verify_iss"), False
    )
    only |= dict.fromkeys(("verify_sub", "verify_jti"), False)
    try:
        key = _key(keys, header.get("kid"), algorithm)
        return jwt.decode(token, key.key, algorithms=[algorithm], options=only)  # type: ignore[arg-type]  # its own keys
    except jwt.InvalidSignatureError as error:
        raise PartnerError(Why.SIGNATURE) from error
    except (jwt.PyJWTError, TypeError, ValueError) as error:
        raise PartnerError(Why.MALFORMED) from error


def _key(keys: Mapping[str, Any], name: object, algorithm: str) -> jwt.PyJWK:
    """The key that the token names, or the only one where it names none."""
    listed = keys.get("keys")
    fit = [
        one
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict)
        and one.get("use", "sig") == "sig"
        and one.get("alg", algorithm) == algorithm
        and (name is None or one.get("kid") == name)
    ]
    if len(fit) != 1:
        raise UnknownKeyError(Why.SIGNATURE)
    return jwt.PyJWK(fit[0], algorithm=algorithm)


def _instant(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise PartnerError(Why.MALFORMED)
    return value


def _demand(holds: bool, why: Why) -> None:
    if not holds:
        raise PartnerError(why)
