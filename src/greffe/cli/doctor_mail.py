"""What the doctor asks the mail server: whether it answers. Nothing is sent."""

import os
import smtplib
import ssl
from collections.abc import Iterator

from greffe.cli.doctor_outcomes import Outcome

SECONDS = 10.0


def mail() -> Iterator[Outcome]:
    """The mail server that GREFFE_SMTP names."""
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 - the doctor's alone

    from greffe.notices.addresses import MailServer  # noqa: PLC0415 - same

    url = os.environ.get("GREFFE_SMTP", "")
    if not url:
        yield Outcome("mail", "warn", "mail-absent")
        return
    try:
        server = MailServer.read(url)
    except ImproperlyConfigured as error:
        yield Outcome("mail", "fail", "mail-wrong", {"detail": error})
        return
    place = {"host": server.host, "port": server.port}
    try:
        _greet(server.host, server.port, server.security)
    except (OSError, smtplib.SMTPException) as error:
        detail = {"detail": type(error).__name__}
        yield Outcome("mail", "fail", "mail-silent", place | detail, place)
    else:
        yield Outcome("mail", "ok", "mail", place, place)


def _greet(host: str, port: int, security: str) -> None:
    """Say hello, secured as it would be; an error of smtplib or of the network otherwise."""
    tls = ssl.create_default_context()
    if security == "tls":
        smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=tls).quit()
        return
    with smtplib.SMTP(host, port, timeout=SECONDS) as server:
        server.ehlo()
        if security == "starttls":
            server.starttls(context=tls)
