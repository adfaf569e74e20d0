"""How many text messages a day: counted in the outbox, warned of, and not gone beyond.

A day is a day of UTC: that is when GC Notify begins to count anew.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection

WARNED_AT = 70
"""Per cent of the day's number from which the registry warns."""

_TAKING = 0x7465_7874  # "text", the advisory lock of the one who takes from the day's number

TODAY = """
SELECT count(*) FROM notices_notice
WHERE medium = 'text' AND state IN ('queued', 'sending', 'sent')
    AND created_at >= date_trunc('day', clock_timestamp() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
"""

_NEXT_DAY = """
SELECT (date_trunc('day', clock_timestamp() AT TIME ZONE 'UTC') + interval '1 day')
    AT TIME ZONE 'UTC'
"""


@dataclass(frozen=True, slots=True)
class Usage:
    """How many of the day's text messages are used."""

    used: int
    quota: int

    @property
    def per_cent(self) -> int:
        """The part that is used, rounded down."""
        return self.used * 100 // self.quota if self.quota else 100

    @property
    def level(self) -> int:
        """What is to be said: 100 where none is left, 70 from there on, 0 before."""
        if self.used >= self.quota:
            return 100
        return WARNED_AT if self.used * 100 >= self.quota * WARNED_AT else 0

    @property
    def crossed(self) -> bool:
        """Whether the last message was the one from which more is to be said."""
        return self.level > Usage(self.used - 1, self.quota).level


class QuotaSpentError(Exception):
    """No more text messages are sent today. `again` is when the next day begins."""

    def __init__(self, usage: Usage, again: datetime) -> None:
        super().__init__(f"{usage.used} of {usage.quota}")
        self.usage, self.again = usage, again


def usage() -> Usage:
    """How many were used today."""
    with connection.cursor() as cursor:
        cursor.execute(TODAY)
        (used,) = cursor.fetchone()
    return Usage(int(used), settings.TEXT_DAILY_QUOTA)


def take() -> Usage:
    """Take one of the day's, in this transaction: one after the other. Raises QuotaSpentError."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TAKING])
        before = usage()
        if before.used >= before.quota:
            cursor.execute(_NEXT_DAY)
            (again,) = cursor.fetchone()
            raise QuotaSpentError(before, again)
    return Usage(before.used + 1, before.quota)
