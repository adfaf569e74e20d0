"""Time that goes by for the limits on guessing, without waiting for it."""

from django.db import connection

_EARLIER = """
UPDATE accounts_failurecount SET
    since = since - gone, until = until - gone, forget_at = forget_at - gone,
    known_until = known_until - gone
FROM (SELECT %s * interval '1 second' AS gone) AS given
"""


def time_goes_by(seconds: float) -> None:
    """Move everything that was counted so many seconds into the past."""
    with connection.cursor() as cursor:
        cursor.execute(_EARLIER, [seconds])
