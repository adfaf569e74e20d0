"""Ways out of the registry, known by name: a mail server, or a page of the demonstration.

A higher module that has another way registers it here; the outbox does not know how any works.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings

from greffe.notices import smtp
from greffe.notices.addresses import MailServer
from greffe.notices.letters import Letter


class Session(Protocol):
    """An open way to whoever takes letters."""

    def send(self, letter: Letter) -> None:
        """Hand a letter over: once this returns, it is no longer ours.

        Raises RefusedError for this letter and for good, DelayedError for this letter and now,
        UnreachableError for every letter and now (all in `letters`).
        """


@dataclass(frozen=True, slots=True)
class Channel:
    """A way out: its name, and how a session is opened that lasts at most so many seconds."""

    name: str
    session: Callable[[float], AbstractContextManager[Session]]


class _Page:
    """The demonstration's: nothing leaves, and the page of the outbox shows what would have."""

    def send(self, letter: Letter) -> None:
        """Take a letter; there is nothing to do."""


@contextmanager
def _page(seconds: float) -> Iterator[Session]:
    del seconds
    yield _Page()


@contextmanager
def _smtp(seconds: float) -> Iterator[Session]:
    with smtp.session(MailServer.read(settings.SMTP), seconds) as opened:
        yield opened


_CHANNELS: dict[str, Channel] = {}


def register(channel: Channel) -> None:
    """Make a channel known by its name."""
    _CHANNELS[channel.name] = channel


def channel() -> Channel | None:
    """The channel of this deployment; None where no mail server is named, so that notices wait.

    Raises ImproperlyConfigured for a mail server's address that cannot be meant.
    """
    if settings.SMTP:
        MailServer.read(settings.SMTP)
    return _CHANNELS[settings.NOTICE_CHANNEL] if settings.NOTICE_CHANNEL else None


register(Channel("page", _page))
register(Channel("smtp", _smtp))
