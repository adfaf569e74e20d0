"""The address of the mail server, read from the environment. Needs no settings."""

from dataclasses import dataclass, field
from typing import Literal, Self
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

Security = Literal["starttls", "tls", "none"]
_SCHEMES: dict[str, tuple[Security, int]] = {
    "smtp": ("starttls", 587),
    "smtps": ("tls", 465),
    "smtp+plain": ("none", 25),
}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over, and how."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def read(cls, url: str) -> Self:
        """Read an address: smtp:// (STARTTLS, required), smtps://, smtp+plain:// (no TLS).

        Raises ImproperlyConfigured, without the address: it may hold a password.
        """
        try:
            parts = urlsplit(url)
            security, port = _SCHEMES[parts.scheme]
            host, port = parts.hostname, parts.port or port
        except (KeyError, ValueError):
            host, security, port = None, "none", 0
        if not host:
            message = (
                "GREFFE_SMTP: smtp://, smtps:// or smtp+plain://, then user:password@host:port"
            )
            raise ImproperlyConfigured(message)
        if parts.username and security == "none":
            raise ImproperlyConfigured("GREFFE_SMTP: no password is sent without TLS")
        return cls(
            host, port, security, unquote(parts.username or ""), unquote(parts.password or "")
        )
