"""Limits on sending codes, apart from the limits on guessing: by telephone, account and network.

A message costs money and rings in somebody's pocket. It is counted before it is queued, in the
transaction that queues it, whether or not there is anybody to send it to.
"""

from collections.abc import Mapping
from typing import Final

from greffe.accounts import limits
from greffe.accounts.addresses import Address, network_of
from greffe.accounts.limits import Lane, Rule, lane_key

RULES: Final[Mapping[str, Rule]] = {
    # One, then after 30 seconds, a minute, two: who waits for a message that is late asks again.
    # From the eighth on one an hour: whoever asks on and on makes a telephone ring 24 times a day.
    "phone": Rule(free=1, first=30, most=3600, fades=3600),
    # An account that is tried with several numbers. Three, for somebody whose number has changed.
    "account": Rule(free=3, first=30, most=3600, fades=3600),
    # Twenty: an office where many sign in for the first time on the same morning.
    "network": Rule(free=20, first=10, most=5 * 60, fades=5 * 60),
}


class TooManySentError(Exception):
    """Nothing was sent and nothing counted: the next may be sent in `wait` seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"wait {wait} seconds")
        self.wait = wait


def count_sending(*, phone: str, account: str, address: Address | None) -> int:
    """Count a message to a telephone number, asked for by an account from an address.

    Gives in how many seconds the next one may be sent. Raises TooManySentError.
    """
    try:
        limits.count(_lanes(phone, account, address))
    except limits.TooManyTriesError as refusal:
        raise TooManySentError(refusal.wait) from None
    return wait_for_next(phone=phone, account=account, address=address)


def wait_for_next(*, phone: str, account: str, address: Address | None) -> int:
    """Give in how many seconds the next message may be sent; 0 where it may be sent now."""
    return limits.wait_of(_lanes(phone, account, address))


def phone_of(mobile: str, account: int) -> str:
    """What is counted as the telephone: one without a number waits as long, and by itself."""
    return mobile or f"none {account}"


def _lanes(phone: str, account: str, address: Address | None) -> list[Lane]:
    parts = {"phone": phone, "account": account, "network": network_of(address)}
    return [Lane(lane_key("sending", name, parts[name]), rule) for name, rule in RULES.items()]
