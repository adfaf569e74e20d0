"""Answers of partners that were used, so that none is used twice."""

import hashlib

from django.db import connection

_USE = """
INSERT INTO accounts_partnerreplay (key, forget_at) VALUES (%s::bytea, to_timestamp(%s))
ON CONFLICT DO NOTHING
"""


def use_once(partner_id: str, answer_id: str, *, until: float) -> bool:
    """Note that an answer is used; whether it was not before.

    Of two at the same moment, one gets True. `until` is when the answer is refused for its age, in
    seconds since 1970.
    """
    key = hashlib.sha256(f"{partner_id}\0{answer_id}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute(_USE, [key, until])
        return bool(cursor.rowcount == 1)


def sweep() -> int:
    """Forget the answers that would be refused for their age; give how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_partnerreplay WHERE forget_at < clock_timestamp()")
        return int(cursor.rowcount)
