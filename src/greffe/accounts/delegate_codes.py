"""The code by which a delegate tells counsel which account is theirs (docs/adr/0022-delegates.md).

Nothing is stored: a code is an HMAC of the account, of half a day and of how often its person was
named before. So it ends by itself, and is good for one naming.
"""

import hmac
import time

from django.utils.crypto import salted_hmac

from greffe.accounts.models import Delegation, User

ALPHABET = "23456789BCDFGHJKMNPQRTVWXY"
"""Digits and capital letters of which none looks like another, and that make no words."""
LENGTH = 12
"""Signs of a code: 56 bits."""
GROUP = 4
PERIOD = 12 * 60 * 60
"""Seconds after which a new code is shown; the one before is still good for as long again."""


def code_of(user: User) -> str:
    """Give the code that the account shows now, in groups of four."""
    code = _code(user.pk, int(time.time()) // PERIOD, _named_before(user))
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def is_code_of(user: User | None, typed: str) -> bool:
    """Whether this is the code of an account, now or half a day ago.

    For no account it takes as long, and is never right.
    """
    given = "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum())
    pk, named = (user.pk, _named_before(user)) if user else (0, _named_before(None))
    period = int(time.time()) // PERIOD
    codes = [_code(pk, period - back, named) for back in (0, 1)]
    same = [hmac.compare_digest(code, given) for code in codes]
    return user is not None and any(same)


def _named_before(user: User | None) -> int:
    return Delegation.objects.filter(delegate=user.person_id if user else None).count()


def _code(account: int, period: int, named: int) -> str:
    value = f"{account}:{period}:{named}"
    digest = salted_hmac("greffe.accounts.delegate_codes", value, algorithm="sha256").digest()
    number = int.from_bytes(digest, "big")
    signs = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[place])
    return "".join(signs)
