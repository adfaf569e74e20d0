"""Addresses of the mail server and of GC Notify, read from the environment. Needs no settings."""

import re
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


_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_KEY = re.compile(rf".*?-?{_UUID}-{_UUID}", re.IGNORECASE | re.DOTALL)
_HERE = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class NotifyService:
    """Where GC Notify answers, and the key of this service."""

    url: str
    key: str = field(repr=False)

    @classmethod
    def read(cls, url: str, key: str) -> Self:
        """Read an address (https://, or http:// on this machine) and a key.

        A key ends with the identifiers of the service and of the secret. Raises
        ImproperlyConfigured, which tells neither.
        """
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            host = None
        safe = host and (parts.scheme == "https" or (parts.scheme == "http" and host in _HERE))
        if not safe or parts.username or parts.query or parts.fragment:
            raise ImproperlyConfigured("GREFFE_NOTIFY_URL: https://host, nothing else")
        if not _KEY.fullmatch(key):
            raise ImproperlyConfigured("GREFFE_NOTIFY_KEY: not a key of GC Notify")
        return cls(url.rstrip("/"), key)
