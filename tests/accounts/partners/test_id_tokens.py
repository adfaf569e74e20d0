"""The edges of an ID token's times, to the second, and which keys are taken."""

import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from pydantic import SecretStr

from greffe.accounts.partners.configuration import CLOCK_SECONDS, OpenIDPartner
from greffe.accounts.partners.id_tokens import Expected, UnknownKeyError, subject_of
from greffe.accounts.partners.refusals import PartnerError

NOW = 1_800_000_000
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = json.loads(RSAAlgorithm.to_jwk(KEY.public_key())) | {"kid": "one"}
PARTNER = OpenIDPartner.model_validate(
    {
        "id": "canada",
        "label": {"en": "Canada", "fr": "Canada"},
        "levels": ["urn:example:level:2"],
        "protocol": "openid-connect",
        "issuer": "https://issuer.example",
        "client_id": "greffe",
        "client_secret_file": "secret",
    }
).model_copy(update={"secret": SecretStr("secret")})


def look(keys: list[dict[str, Any]] | None = None, kid: str | None = "one", **claims: Any) -> str:
    """Have a token looked at that is right in everything but these claims."""
    said = {
        "iss": PARTNER.issuer,
        "aud": "greffe",
        "sub": "alice",
        "nonce": "n",
        "acr": "urn:example:level:2",
        "iat": NOW,
        "exp": NOW + 300,
    } | claims
    token = jwt.encode(said, KEY, algorithm="RS256", headers={"kid": kid} if kid else {})
    expected = Expected(PARTNER, "n", NOW)
    return subject_of(token, keys={"keys": keys or [PUBLIC]}, expected=expected, now=NOW)


def test_number_of_seconds_is_said_in_one_place() -> None:
    assert CLOCK_SECONDS == 90


@pytest.mark.security(13)
@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"exp": NOW - 89}, ""),
        ({"exp": NOW - 90}, "expired"),
        ({"iat": NOW - 90}, ""),
        ({"iat": NOW - 91}, "expired"),
        ({"iat": NOW + 90}, ""),
        ({"iat": NOW + 91}, "early"),
        ({"nbf": NOW + 90}, ""),
        ({"nbf": NOW + 91}, "early"),
        ({"iat": True}, "malformed"),
        ({"sub": "a" * 255}, ""),
        ({"sub": "a\0b"}, "malformed"),
        ({"sub": 7}, "malformed"),
        ({"aud": ["greffe"]}, ""),
        ({"aud": []}, "audience"),
        ({"nonce": ""}, "nonce"),
    ],
    ids=str,
)
def test_edges(claims: dict[str, Any], why: str) -> None:
    if not why:
        assert look(**claims) == claims.get("sub", "alice")
        return
    with pytest.raises(PartnerError) as refused:
        look(**claims)
    assert refused.value.why == why


@pytest.mark.security(13)
@pytest.mark.parametrize(
    "keys",
    [
        [PUBLIC, PUBLIC],
        [PUBLIC | {"use": "enc"}],
        [PUBLIC | {"alg": "PS256"}],
        [PUBLIC | {"kid": "two"}],
        ["no key"],
    ],
    ids=["twice", "to encrypt", "for another algorithm", "another name", "no key"],
)
def test_key_that_is_not_plainly_the_one_is_not_taken(keys: list[Any]) -> None:
    with pytest.raises(UnknownKeyError):
        look(keys)


def test_only_key_of_a_partner_needs_no_name() -> None:
    assert look(kid=None) == "alice"
