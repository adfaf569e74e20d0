"""Words that must wait in the database and that nobody may read there.

The key comes from the deployment's secret, which is not in the database: who has a copy of that
alone reads nothing.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

_SALT = "greffe.notices.sealed"

SECRET = frozenset({"code"})
"""Fields of an e-mail that nobody may read in the database."""


class SealError(Exception):
    """What is sealed cannot be opened: it is not ours, or the secret has been changed since."""


def seal(words: str) -> str:
    """Give words sealed, as a text."""
    return _box().encrypt(words.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """Give sealed words. Raises SealError."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SealError from None


def hidden(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give the values of a notice with those sealed that are secret."""
    return {name: seal(value) if name in SECRET else value for name, value in values.items()}


def revealed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give them back as they were. Raises SealError."""
    return {name: unseal(value) if name in SECRET else value for name, value in values.items()}


def _box() -> MultiFernet:
    """The newest secret seals; the former ones that the deployment still knows open as well."""
    return MultiFernet(
        [Fernet(_key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _key(secret: str | bytes) -> bytes:
    made = salted_hmac(_SALT, "key", secret=secret, algorithm="sha256")
    return urlsafe_b64encode(made.digest())
