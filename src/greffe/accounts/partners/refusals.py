"""Why a sign-in through a partner came to nothing."""

from enum import StrEnum


class Why(StrEnum):
    """The reason, as the ledger and the log keep it."""

    CANCELLED = "cancelled"  # the person did not sign in there
    DECLINED = "declined"  # the partner says so itself
    SILENT = "silent"  # it did not answer in time, or not as the protocol wants
    STATE = "state"  # nothing was begun in this session, or it is finished already
    ISSUER = "issuer"
    AUDIENCE = "audience"
    NONCE = "nonce"
    PKCE = "pkce"
    LEVEL = "level"
    SIGNATURE = "signature"
    EXPIRED = "expired"
    EARLY = "early"
    MALFORMED = "malformed"
    UNSOLICITED = "unsolicited"
    REPLAYED = "replayed"
    TOGETHER = "together"  # the same first sign-in twice at the same moment
    TRIES = "too-many-tries"


NO_REFUSALS = frozenset({Why.CANCELLED, Why.SILENT, Why.TOGETHER})
"""What the registry did not refuse."""


class PartnerError(Exception):
    """The sign-in came to nothing. Nothing was made and nobody is signed in."""

    def __init__(self, why: Why) -> None:
        """Keep why."""
        super().__init__(why.value)
        self.why = why
