"""Invitation codes, and the links that lead to somebody's own invitation.

A code has sixteen signs in groups of four. The first group is the selector: it says which code it
is and is no secret. Eleven signs are the secret (50 bits), the last one checks the others for
typing errors (ISO 7064, the hybrid system MOD 25,24). No two signs look alike, and none is a vowel.
"""

import secrets
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Iterable
from dataclasses import dataclass
from hmac import compare_digest
from math import log2
from typing import Final
from uuid import UUID

from django.utils.crypto import salted_hmac

ALPHABET: Final = "2345679CDFGHJKMNPQRTVWXY"
SELECTOR_SIGNS: Final = 4
SECRET_SIGNS: Final = 11
SIGNS: Final = SELECTOR_SIGNS + SECRET_SIGNS + 1
GROUP: Final = 4
BITS: Final = SECRET_SIGNS * log2(len(ALPHABET))

_LONGEST = 80
_LINK_BYTES = 16


@dataclass(frozen=True, slots=True)
class Code:
    """A code in its two parts; its repr shows neither."""

    selector: str
    secret: str

    def __repr__(self) -> str:
        """Give nothing away to a log."""
        return "Code()"

    @property
    def spoken(self) -> str:
        """The code as it is printed and read aloud: four groups of four."""
        signs = self.selector + self.secret
        whole = signs + _check_sign(signs)
        return "-".join(whole[at : at + GROUP] for at in range(0, SIGNS, GROUP))

    def hashed(self) -> bytes:
        """The secret as it is kept: an HMAC under the registry's own secret."""
        value = f"{self.selector}:{self.secret}"
        return salted_hmac("greffe.invitations.code", value, algorithm="sha256").digest()

    def matches(self, kept: bytes) -> bool:
        """Whether this is the code that was kept, in a time that does not tell how nearly."""
        return compare_digest(self.hashed(), kept)


def new_code() -> Code:
    """Make a code of random signs."""
    return Code(_random(SELECTOR_SIGNS), _random(SECRET_SIGNS))


def read_code(typed: str) -> Code | None:
    """Read a code as people type it, or None where it cannot be one: a sign is wrong or missing.

    Small letters, spaces and dashes of any kind do not matter. Nothing is looked up for this.
    """
    signs = _plain(typed)
    if len(signs) != SIGNS or not set(signs) <= set(ALPHABET):
        return None
    if signs[-1] != _check_sign(signs[:-1]):
        return None
    return Code(signs[:SELECTOR_SIGNS], signs[SELECTOR_SIGNS:-1])


def link_token(invitation_id: UUID) -> str:
    """Give what cannot be guessed of the address of an invitation: its id, and 128 bits of HMAC."""
    raw = invitation_id.bytes + _link_mac(invitation_id)
    return urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def invitation_of(token: str) -> UUID | None:
    """Give the invitation that a link leads to, or None for a link that is none of ours."""
    if len(token) != len(link_token(UUID(int=0))) or not token.isascii():
        return None
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (Error, ValueError):
        return None
    invitation_id = UUID(bytes=raw[:16])
    ours = compare_digest(link_token(invitation_id).encode(), token.encode())
    return invitation_id if ours else None


def own_path(invitation_id: UUID, language: str) -> str:
    """Give the path of the page of an invitation, for whoever was invited."""
    return f"/{language}/invitation/mine/{link_token(invitation_id)}/"


def _link_mac(invitation_id: UUID) -> bytes:
    made = salted_hmac("greffe.invitations.link", invitation_id.hex, algorithm="sha256")
    return made.digest()[:_LINK_BYTES]


def _random(count: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(count))


def _plain(typed: str) -> str:
    if len(typed) > _LONGEST:
        return ""
    return "".join(_kept(unicodedata.normalize("NFKC", typed))).upper()


def _kept(text: str) -> Iterable[str]:
    for sign in text:
        category = unicodedata.category(sign)
        if category[0] not in "ZP" and category not in {"Cf", "Cc", "Pd"} and sign != "\u2212":
            yield sign


def _check_sign(signs: str) -> str:
    """The check sign of ISO 7064, hybrid system MOD N+1,N with N the signs of the alphabet."""
    base = len(ALPHABET)
    product = base
    for sign in signs:
        total = (product + ALPHABET.index(sign)) % base or base
        product = total * 2 % (base + 1)
    return ALPHABET[(1 - product) % base]
