"""Limits on guessing: how long to wait after so many failures, counted in PostgreSQL.

A try is counted before the secret is looked at, and given back if it was right: a thousand tries at
once are a thousand failures. It is counted in up to three lanes, and waits for the slowest:

- *place*: this account from this network;
- *network*: this network, whatever the account;
- *account*: this account, wherever from.

Someone who came in before is not held up by what others do: from a browser that the account signed
in from, only the lane of that browser counts; from such a network, the lane of the account does
not. See docs/adr/0015-limits-on-guessing.md.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from greffe.accounts.addresses import Address, network_of


class Kind(StrEnum):
    """What is guessed at. Each has its own counts."""

    PASSWORD = "password"  # noqa: S105 - the name of a kind
    PARTNER = "partner"  # an answer in a partner's name, from one network
    ACCESS_CODE = "access-code"
    USERNAME = "username"  # whether one is taken, when a credential is made
    RESET_LINK = "reset-link"  # e-mails that are asked for
    RECOVERY = "recovery"  # the answers to recovery questions
    SECOND_FACTOR = "second-factor"
    DELEGATE_CODE = "delegate-code"
    INVITATION_CODE = "invitation-code"
    INVITATION_ASKED = "invitation-asked"  # asking to be invited


@dataclass(frozen=True, slots=True)
class Rule:
    """How failures slow a lane down: times in seconds."""

    free: int
    """Failures that cost nothing; the last of them brings the first wait."""
    first: int
    """The first wait. Each further failure doubles it."""
    most: int
    """The longest wait."""
    fades: int
    """One failure is forgotten each time that this has gone by."""

    def wait_after(self, failures: int) -> int:
        """Give how long the next try waits after so many failures."""
        if failures < self.free:
            return 0
        doublings = min(failures - self.free, self.most.bit_length())
        return min(self.most, self.first << doublings)

    def left(self, failures: int, quiet: int) -> int:
        """Give how many of so many failures still count after that many seconds."""
        return max(0, failures - quiet // self.fades)

    @property
    def ceiling(self) -> int:
        """Failures that are counted at most: more would wait no longer, only fade later."""
        failures = self.free
        while self.wait_after(failures) < self.most:
            failures += 1
        return failures

    def waits(self) -> list[int]:
        """Give the wait after each number of failures, from one to the ceiling."""
        return [self.wait_after(failures) for failures in range(1, self.ceiling + 1)]


@dataclass(frozen=True, slots=True)
class Rules:
    """The rule of each lane."""

    place: Rule
    network: Rule
    account: Rule


RULES: Mapping[Kind, Rules] = {
    # Nothing is guessed that could be: these keep a flood out of the ledger. No lane is shared by
    # two networks, so that nobody closes a partner to others (see web/partner_pages.py).
    Kind.PARTNER: Rules(
        place=Rule(free=30, first=10, most=5 * 60, fades=5 * 60),
        network=Rule(free=30, first=10, most=5 * 60, fades=5 * 60),
        account=Rule(free=30, first=10, most=5 * 60, fades=5 * 60),
    ),
    Kind.PASSWORD: Rules(
        # Five: who mistypes, tries an older password and looks for the right one is not slowed.
        # Then 30 seconds, and 15 minutes from the tenth on: about a hundred guesses a day.
        place=Rule(free=5, first=30, most=15 * 60, fades=15 * 60),
        # Thirty: an office or a clinic behind one address, on a Monday. Then at most one in five
        # minutes: whoever tries one password on many accounts gets 288 a day.
        network=Rule(free=30, first=10, most=5 * 60, fades=5 * 60),
        # Twenty: four places of five. Then about a hundred a day, from all the networks there are.
        account=Rule(free=20, first=30, most=15 * 60, fades=15 * 60),
    ),
    # Besides, each code is good for five tries, and how many are sent is limited: accounts.sending.
    Kind.ACCESS_CODE: Rules(
        place=Rule(free=10, first=30, most=15 * 60, fades=15 * 60),
        network=Rule(free=30, first=10, most=5 * 60, fades=5 * 60),
        account=Rule(free=20, first=30, most=15 * 60, fades=15 * 60),
    ),
    # Never given back: whoever makes accounts by the dozen waits, too. Ten from one network at once
    # (a class of new counsel), then one in a quarter of an hour.
    Kind.USERNAME: Rules(
        place=Rule(free=10, first=30, most=15 * 60, fades=15 * 60),
        network=Rule(free=10, first=30, most=15 * 60, fades=15 * 60),
        account=Rule(free=10, first=30, most=15 * 60, fades=15 * 60),
    ),
    # Never given back: three e-mails to one person, then one in half an hour.
    Kind.RESET_LINK: Rules(
        place=Rule(free=3, first=5 * 60, most=30 * 60, fades=30 * 60),
        network=Rule(free=20, first=60, most=5 * 60, fades=5 * 60),
        account=Rule(free=3, first=5 * 60, most=30 * 60, fades=30 * 60),
    ),
    # Answers are guessed more easily than passwords: people tell where they went to school.
    Kind.RECOVERY: Rules(
        place=Rule(free=5, first=60, most=60 * 60, fades=60 * 60),
        network=Rule(free=20, first=60, most=15 * 60, fades=15 * 60),
        account=Rule(free=10, first=60, most=60 * 60, fades=60 * 60),
    ),
    # Six digits of which three are right at a time: with 96 tries a day, one in ten thousand.
    Kind.SECOND_FACTOR: Rules(
        place=Rule(free=5, first=30, most=15 * 60, fades=15 * 60),
        network=Rule(free=30, first=10, most=5 * 60, fades=5 * 60),
        account=Rule(free=10, first=30, most=15 * 60, fades=15 * 60),
    ),
    # Who guesses at the codes of delegates is signed in: their account is what is counted.
    Kind.DELEGATE_CODE: Rules(
        place=Rule(free=10, first=30, most=15 * 60, fades=15 * 60),
        network=Rule(free=30, first=10, most=5 * 60, fades=5 * 60),
        account=Rule(free=20, first=30, most=15 * 60, fades=15 * 60),
    ),
    # By the part of a code that says which it is. Of fifty bits nobody guesses one: this keeps
    # who tries from filling the ledger, and mistyped codes cost nothing.
    Kind.INVITATION_CODE: Rules(
        place=Rule(free=5, first=30, most=15 * 60, fades=15 * 60),
        network=Rule(free=30, first=10, most=5 * 60, fades=5 * 60),
        account=Rule(free=20, first=30, most=15 * 60, fades=15 * 60),
    ),
    # Never given back: each is work for an officer. Three from one person, then one in half an
    # hour; twenty from a network, then one in five minutes.
    Kind.INVITATION_ASKED: Rules(
        place=Rule(free=3, first=5 * 60, most=30 * 60, fades=30 * 60),
        network=Rule(free=20, first=60, most=5 * 60, fades=5 * 60),
        account=Rule(free=3, first=5 * 60, most=30 * 60, fades=30 * 60),
    ),
}

KNOWN_DAYS = 90
"""Days for which a network is known to an account that signed in from it."""


class TooManyTriesError(Exception):
    """The try was not allowed: nothing was looked at and nothing counted.

    `wait` is in how many seconds the next may be made; `first` whether this is the first refusal
    of this wait, so that a flood of tries is recorded once.
    """

    def __init__(self, wait: int, *, first: bool) -> None:
        """Keep both."""
        super().__init__(f"wait {wait} seconds")
        self.wait, self.first = wait, first


@dataclass(frozen=True, slots=True)
class Lane:
    """Something that is counted, by its key, and how it is slowed."""

    key: bytes
    rule: Rule


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that is allowed and counted as a failure, until `succeeded` is told otherwise."""

    place: bytes
    _counted: tuple[tuple[Lane, Any], ...]


# A row whose wait is not over is not updated, and so not returned: the try is refused. The clock is
# read again once the row is locked: whoever had to wait for it reads a later one. The rest of an
# interval is carried over in `since`, so that tries that were right do not put off the fading.
_COUNT = """
INSERT INTO accounts_failurecount AS count (key, failures, since, until, forget_at, told)
SELECT %(key)s::bytea, 1, now, now + waits[1] * interval '1 second',
    now + greatest(waits[1], fades) * interval '1 second', false
FROM (SELECT clock_timestamp() AS now, %(waits)s::int[] AS waits, %(fades)s::int AS fades) AS given
ON CONFLICT (key) DO UPDATE SET (failures, since, until, forget_at, told) = (
    SELECT more, since, now + waits[more] * interval '1 second',
        greatest(
            since + more * fades * interval '1 second',
            now + waits[more] * interval '1 second', count.known_until
        ),
        false
    FROM (
        SELECT now, waits, fades, least(still + 1, cardinality(waits)) AS more,
            CASE WHEN still = 0 THEN now ELSE count.since + steps * fades * interval '1 second' END
                AS since
        FROM (
            SELECT now, waits, fades, steps, greatest(count.failures - steps, 0) AS still
            FROM (
                SELECT now, waits, fades,
                    greatest(floor(extract(epoch FROM now - count.since) / fades), 0)::bigint
                        AS steps
                FROM (
                    SELECT clock_timestamp() AS now, %(waits)s::int[] AS waits,
                        %(fades)s::int AS fades
                ) AS given
            ) AS gone_by
        ) AS faded
    ) AS counted
)
WHERE count.until <= clock_timestamp()
RETURNING until
"""

# At the ceiling nothing was added. A wait that another try has brought meanwhile stays.
_GIVE_BACK = """
UPDATE accounts_failurecount SET
    failures = CASE WHEN failures < %(ceiling)s THEN greatest(failures - 1, 0) ELSE failures END,
    until = CASE WHEN until = %(mine)s THEN least(until, clock_timestamp()) ELSE until END
WHERE key = %(key)s::bytea
"""

_KNOW = """
INSERT INTO accounts_failurecount AS count
    (key, failures, since, until, forget_at, told, known_until)
SELECT %(key)s::bytea, 0, now, now, known, false, known
FROM (SELECT clock_timestamp() AS now, clock_timestamp() + %(days)s * interval '1 day' AS known)
    AS given
ON CONFLICT (key) DO UPDATE SET
    known_until = EXCLUDED.known_until,
    forget_at = greatest(count.forget_at, EXCLUDED.known_until)
"""

_KNOWN = """
SELECT FROM accounts_failurecount WHERE key = %s::bytea AND known_until > clock_timestamp()
"""

_WAIT = """
SELECT coalesce(ceil(extract(epoch FROM max(until) - clock_timestamp())), 0)::int
FROM accounts_failurecount WHERE key = ANY(%s::bytea[])
"""

_TELL = """
UPDATE accounts_failurecount SET told = true
WHERE key = ANY(%s::bytea[]) AND until > clock_timestamp() AND NOT told
"""


def attempt(kind: Kind, subject: str, *, address: Address | None, browser: str = "") -> Attempt:
    """Count a try at the secret of `subject` as a failure, before the secret is looked at.

    `subject` is what the guess is at, as typed: a username. `address` is where it comes from;
    `browser` the id of a browser that this account signed in from, or "". Gives what `succeeded`
    wants. Raises TooManyTriesError if the try must wait: nothing is counted then. Whether such an
    account exists is never asked.
    """
    place, lanes = _lanes(kind, subject, network_of(address), browser)
    return Attempt(place, tuple(count(lanes)))


def count(lanes: Sequence[Lane]) -> list[tuple[Lane, Any]]:
    """Count once in each lane, or in none; give each with the moment until which it then waits.

    Raises TooManyTriesError if one of them must wait. Lanes are given in the same order each time.
    """
    counted: list[tuple[Lane, Any]] = []
    with transaction.atomic(), connection.cursor() as cursor:
        for lane in lanes:  # always in this order: two tries never wait for each other
            given: Any = {"key": lane.key, "waits": lane.rule.waits(), "fades": lane.rule.fades}
            cursor.execute(_COUNT, given)
            row = cursor.fetchone()
            if row is None:
                transaction.set_rollback(True)
                break
            counted.append((lane, row[0]))
    if len(counted) < len(lanes):
        raise _refusal([lane.key for lane in lanes])
    return counted


def succeeded(tried: Attempt) -> None:
    """Give a try back that was right, and know the network that it came from."""
    with transaction.atomic(), connection.cursor() as cursor:
        for lane, mine in tried._counted:  # noqa: SLF001 - ours
            back = {"key": lane.key, "ceiling": lane.rule.ceiling, "mine": mine}
            cursor.execute(_GIVE_BACK, back)
        cursor.execute(_KNOW, {"key": tried.place, "days": KNOWN_DAYS})


def sweep() -> int:
    """Remove the counts that say nothing any more; give how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_failurecount WHERE forget_at < clock_timestamp()")
        return int(cursor.rowcount)


def one_spelling(username: str) -> str:
    """Give the spelling under which every way of typing one username is counted.

    Upper case first: the database takes “ı” for “I”, as this must, or each would be counted apart.
    """
    return unicodedata.normalize("NFKC", username.strip().upper()).casefold()


def _lanes(kind: Kind, subject: str, network: str, browser: str) -> tuple[bytes, list[Lane]]:
    subject, rules = one_spelling(subject), RULES[kind]
    place = lane_key(kind, "place", subject, network)
    if browser:
        return place, [Lane(lane_key(kind, "browser", subject, browser), rules.place)]
    lanes = [Lane(place, rules.place), Lane(lane_key(kind, "network", network), rules.network)]
    if not _is_known(place):
        lanes.append(Lane(lane_key(kind, "account", subject), rules.account))
    return place, lanes


def lane_key(*parts: str) -> bytes:
    """Name a lane without saying whose it is to who lacks the registry's secret."""
    value = json.dumps(parts).encode()
    return salted_hmac("greffe.accounts.limits", value, algorithm="sha256").digest()


def _is_known(place: bytes) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [place])
        return cursor.fetchone() is not None


def wait_of(lanes: Sequence[Lane]) -> int:
    """Give in how many seconds none of these lanes waits any more; 0 where none does."""
    with connection.cursor() as cursor:
        cursor.execute(_WAIT, [[lane.key for lane in lanes]])
        (wait,) = cursor.fetchone()
    return max(0, int(wait))


def _refusal(keys: list[bytes]) -> TooManyTriesError:
    with connection.cursor() as cursor:
        cursor.execute(_WAIT, [keys])
        (wait,) = cursor.fetchone()
        cursor.execute(_TELL, [keys])
        return TooManyTriesError(max(1, wait), first=cursor.rowcount > 0)
