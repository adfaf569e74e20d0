"""Writes of the identity meeting: times proposed, chosen, moved, cancelled, its outcome recorded.

Each is one transaction with its ledger events and the notice to the person. `sequence` is that of
the meeting as the page showed it. Raises InvitationRefusedError: nothing has changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from greffe.accounts.viewers import Viewer
from greffe.invitations.models import Meeting


@dataclass(frozen=True, slots=True)
class Seen:
    """An identity document that was shown: its kind (invitations.toml), its last four signs."""

    kind: str
    last: str


@dataclass(frozen=True, slots=True)
class MeetingRecord:
    """What came of a meeting. `confirmed` None: held, and not decided yet.

    `held_by` is the person who held it where that is not the officer who enters it. `note` says
    why, where it was not held or the identity not confirmed: the person does not read it.
    """

    held: bool
    confirmed: bool | None = None
    seen: Sequence[Seen] = ()
    held_by: UUID | None = None
    note: str = ""


def propose_meeting(
    *,
    by: Viewer,
    invitation_id: UUID,
    times: Sequence[datetime],
    minutes: int = 30,
    join: str = "",
) -> Meeting:
    """Offer times (aware, one to ten) for the meeting; new ones take the place of the old.

    `join` is how to join it: an address or a telephone number. Raises InvitationRefusedError.
    """
    raise NotImplementedError


def choose_meeting(
    *, invitation_id: UUID, starts_at: datetime, by: Viewer | None = None
) -> Meeting:
    """Fix the meeting at one of the times offered: the person by the link, or an officer.

    The same choice again changes nothing. Raises InvitationRefusedError.
    """
    raise NotImplementedError


def move_meeting(
    *, by: Viewer, invitation_id: UUID, sequence: int, starts_at: datetime, join: str = ""
) -> Meeting:
    """Put a scheduled meeting at another time, as often as need be; calendars follow."""
    raise NotImplementedError


def cancel_meeting(
    *, invitation_id: UUID, sequence: int, by: Viewer | None = None, note: str = ""
) -> Meeting:
    """Cancel a meeting, or the times offered; without `by`, the person says that none suits."""
    raise NotImplementedError


def record_meeting(*, by: Viewer, invitation_id: UUID, outcome: MeetingRecord) -> Meeting:
    """Record what came of the meeting: not held, held, and whether the identity is confirmed.

    One that was held and not decided is decided by recording again. An identity is confirmed only
    with a document seen. Raises InvitationRefusedError.
    """
    raise NotImplementedError
