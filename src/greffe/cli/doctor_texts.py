"""What the doctor says of text messages: who sends them, and how many are left of the day's."""

import os
import socket
import ssl
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg

from greffe.cli.doctor_outcomes import Outcome

SECONDS = 10.0
_DEFAULT_URL = "https://api.notification.canada.ca"
_DEFAULT_QUOTA = "1000"


def service() -> Iterator[Outcome]:
    """The service that GREFFE_NOTIFY_KEY is for. Nothing is sent."""
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 - the doctor's alone

    from greffe.notices.addresses import NotifyService  # noqa: PLC0415 - same

    key, template = (os.environ.get(f"GREFFE_NOTIFY_{x}", "") for x in ("KEY", "TEXT_TEMPLATE"))
    if not (key and template):
        yield Outcome("texts", "warn", "texts-absent")
        return
    try:
        found = NotifyService.read(os.environ.get("GREFFE_NOTIFY_URL", _DEFAULT_URL), key)
    except ImproperlyConfigured as error:
        yield Outcome("texts", "fail", "texts-wrong", {"detail": error})
        return
    parts = urlsplit(found.url)
    host, secured = str(parts.hostname), parts.scheme == "https"
    port = parts.port or (443 if secured else 80)
    place = {"host": host, "port": port}
    try:
        _greet(host, port, secured=secured)
    except OSError as error:
        detail = {"detail": type(error).__name__}
        yield Outcome("texts", "fail", "texts-silent", place | detail, place)
    else:
        yield Outcome("texts", "ok", "texts", place, place)


def _greet(host: str, port: int, *, secured: bool) -> None:
    """Open a connection, secured as it would be, and leave."""
    with socket.create_connection((host, port), timeout=SECONDS) as opened:
        if secured:
            ssl.create_default_context().wrap_socket(opened, server_hostname=host).close()


def used(connection: psycopg.Connection[Any]) -> Outcome:
    """How many of the day's text messages are used."""
    from greffe.notices.quota import TODAY, Usage  # noqa: PLC0415 - the doctor's alone

    ready = connection.execute("SELECT to_regclass('notices_notice')").fetchone() != (None,)
    (count,) = (connection.execute(TODAY).fetchone() if ready else None) or (0,)
    usage = Usage(int(count), int(os.environ.get("GREFFE_TEXT_QUOTA") or _DEFAULT_QUOTA))
    numbers = {"used": usage.used, "quota": usage.quota}
    if usage.level == 100:  # noqa: PLR2004 - all of it
        return Outcome("text-quota", "fail", "text-quota-spent", numbers, numbers)
    if usage.level:
        return Outcome("text-quota", "warn", "text-quota-low", numbers, numbers)
    return Outcome("text-quota", "ok", "text-quota", numbers, numbers)
