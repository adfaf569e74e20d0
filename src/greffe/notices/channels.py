"""Ways out of the registry, known by name: a mail server, GC Notify, a page of the demonstration.

A higher module that has another way registers it here; the outbox does not know how any works.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings

from greffe.notices import gc_notify, smtp
from greffe.notices.addresses import MailServer, NotifyService
from greffe.notices.letters import Letter
from greffe.notices.outbox import MAIL


class Session(Protocol):
    """An open way to whoever takes letters or text messages."""

    def send(self, letter: Letter) -> str | None:
        """Hand a letter over: once this returns, it is no longer ours.

        Gives the name under which whoever took it has it, where there is one.
        Raises RefusedError for this letter and for good, DelayedError for this letter and now,
        UnreachableError for every letter and now (all in `letters`).
        """


@dataclass(frozen=True, slots=True)
class Channel:
    """A way out: its name, and how a session is opened that lasts at most so many seconds."""

    name: str
    session: Callable[[float], AbstractContextManager[Session]]
    shown: bool = False
    """Whether what is sent stays here to be read, so that secret words stay until their end."""


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


@contextmanager
def _notify_mail(seconds: float) -> Iterator[Session]:
    service = NotifyService.read(settings.NOTIFY_URL, settings.NOTIFY_KEY)
    with gc_notify.mail_session(service, settings.NOTIFY_MAIL_TEMPLATE, seconds) as opened:
        yield opened


@contextmanager
def _notify_text(seconds: float) -> Iterator[Session]:
    service = NotifyService.read(settings.NOTIFY_URL, settings.NOTIFY_KEY)
    with gc_notify.text_session(service, settings.NOTIFY_TEXT_TEMPLATE, seconds) as opened:
        yield opened


_CHANNELS: dict[str, Channel] = {}


def register(channel: Channel) -> None:
    """Make a channel known by its name."""
    _CHANNELS[channel.name] = channel


def channel(medium: str = MAIL) -> Channel | None:
    """The channel of this deployment for e-mails or text messages; None where none is configured.

    Raises ImproperlyConfigured for a mail server's address, or a key of GC Notify, that cannot be
    meant.
    """
    if settings.SMTP:
        MailServer.read(settings.SMTP)
    if settings.NOTIFY_KEY:
        NotifyService.read(settings.NOTIFY_URL, settings.NOTIFY_KEY)
    name = settings.NOTICE_CHANNEL if medium == MAIL else settings.TEXT_CHANNEL
    return _CHANNELS[name] if name else None


register(Channel("page", _page, shown=True))
register(Channel("smtp", _smtp))
register(Channel("gc-notify", _notify_mail))
register(Channel("gc-notify-text", _notify_text))
