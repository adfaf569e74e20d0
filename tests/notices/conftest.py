from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.mail import MailServer, mail_server


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    """A mail server that this deployment sends to."""
    with mail_server() as running:
        settings.SMTP = running.url
        settings.NOTICE_CHANNEL = "smtp"
        settings.MAIL_FROM = "Greffe électronique <greffe@tribunal.example>"
        yield running
