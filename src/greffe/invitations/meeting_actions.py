"""Writes of the identity meeting: times proposed, chosen, moved, cancelled, its outcome recorded.

Each is one transaction with its ledger events and the notice to the person. `sequence` is that of
the meeting as the page showed it. Raises InvitationRefusedError: nothing has changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from greffe.accounts.models import Person
from greffe.accounts.viewers import Viewer
from greffe.invitations.models import Invitation, Meeting
from greffe.invitations.notices import day, tell, when
from greffe.invitations.papers import calendar_file
from greffe.invitations.refusals import InvitationRefusedError
from greffe.invitations.steps import (
    actor_of,
    day_has_come,
    latest_form,
    lock_for,
    log_event,
    move,
    require,
    today_at,
)
from greffe.ledger.kinds import Kind
from greffe.notices.texts import one_line
from greffe.rules import rules

MOST_TIMES: Final = 10
FURTHEST: Final = timedelta(days=183)
"""A meeting later than this is a slip of the year."""

LAST_SIGNS: Final = 4


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


@transaction.atomic
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
    invitation = lock_for(by, invitation_id)
    require(invitation, "propose")
    form = latest_form(invitation)
    if form is None or not form.accepted:
        raise InvitationRefusedError("form-not-accepted")
    offered = sorted(set(times))
    if not 1 <= len(offered) <= MOST_TIMES:
        raise InvitationRefusedError("no-times")
    for at in offered:
        _is_to_come(at)
    meeting = _to_come(invitation) or Meeting(invitation=invitation, office=invitation.office)
    meeting.times, meeting.minutes, meeting.join = offered, minutes, one_line(join)
    meeting.save()
    move(invitation, "propose")
    log_event(
        Kind.MEETING_PROPOSED,
        by.actor("officer"),
        invitation,
        meeting=str(meeting.id),
        times=[at.isoformat() for at in offered],
    )
    tell(
        invitation,
        "meeting-proposed",
        key=f"{meeting.id}:{timezone.now().isoformat()}",
        until=day(invitation.due_on, invitation),
    )
    return meeting


def _to_come(invitation: Invitation) -> Meeting | None:
    return invitation.meetings.filter(cancelled=False, outcome="").first()


def _is_to_come(at: datetime) -> None:
    now = timezone.now()
    if at <= now:
        raise InvitationRefusedError("time-passed")
    if at > now + FURTHEST:
        raise InvitationRefusedError("meeting-too-far")


def _meeting(invitation: Invitation, sequence: int | None) -> Meeting:
    """The meeting to come, as the page of that sequence showed it."""
    meeting = _to_come(invitation)
    if meeting is None:
        raise InvitationRefusedError("not-now")
    if sequence is not None and meeting.sequence != sequence:
        raise InvitationRefusedError("stale")
    return meeting


@transaction.atomic
def choose_meeting(
    *, invitation_id: UUID, starts_at: datetime, by: Viewer | None = None
) -> Meeting:
    """Fix the meeting at one of the times offered: the person by the link, or an officer.

    The same choice again changes nothing. Raises InvitationRefusedError.
    """
    invitation = lock_for(by, invitation_id)
    meeting = _meeting(invitation, None)
    if invitation.state == "scheduled" and meeting.starts_at == starts_at:
        return meeting
    require(invitation, "choose")
    if starts_at not in meeting.times:
        raise InvitationRefusedError("time-not-offered")
    _is_to_come(starts_at)
    _fix(by, invitation, meeting, starts_at, "choose")
    _tell_when(invitation, meeting, "meeting-scheduled")
    return meeting


def _fix(
    by: Viewer | None, invitation: Invitation, meeting: Meeting, at: datetime, event: str
) -> None:
    meeting.starts_at = at
    meeting.save()
    move(invitation, event)
    log_event(
        Kind.MEETING_SCHEDULED,
        actor_of(by, invitation),
        invitation,
        meeting=str(meeting.id),
        starts_at=at.isoformat(),
        sequence=meeting.sequence,
    )


def _tell_when(invitation: Invitation, meeting: Meeting, kind: str, **said: str) -> None:
    said |= {"when": when(meeting, invitation), "calendar": calendar_file(meeting, invitation)}
    if kind != "meeting-cancelled":
        said["join"] = meeting.join
    tell(invitation, kind, key=f"{meeting.id}:{meeting.sequence}", **said)


@transaction.atomic
def move_meeting(
    *, by: Viewer, invitation_id: UUID, sequence: int, starts_at: datetime, join: str = ""
) -> Meeting:
    """Put a scheduled meeting at another time, as often as need be; calendars follow.

    The same request again changes nothing. Raises InvitationRefusedError.
    """
    invitation = lock_for(by, invitation_id)
    require(invitation, "move")
    meeting = _meeting(invitation, None)
    join = one_line(join) or meeting.join
    if (meeting.starts_at, meeting.join) == (starts_at, join):
        return meeting
    _meeting(invitation, sequence)
    _is_to_come(starts_at)
    before = when(meeting, invitation)
    meeting.join = join
    meeting.sequence += 1
    _fix(by, invitation, meeting, starts_at, "move")
    _tell_when(invitation, meeting, "meeting-moved", before=before)
    return meeting


@transaction.atomic
def cancel_meeting(
    *, invitation_id: UUID, sequence: int, by: Viewer | None = None, note: str = ""
) -> Meeting:
    """Cancel a meeting, or the times offered; without `by`, the person says that none suits.

    `note` is read by the other side. Raises InvitationRefusedError.
    """
    invitation = lock_for(by, invitation_id)
    require(invitation, "cancel")
    meeting = _meeting(invitation, sequence)
    fixed = invitation.state == "scheduled"
    meeting.cancelled, meeting.sequence = True, meeting.sequence + 1
    meeting.note = note.strip()
    meeting.save(update_fields=["cancelled", "sequence", "note"])
    move(invitation, "cancel")
    log_event(
        Kind.MEETING_CANCELLED,
        actor_of(by, invitation),
        invitation,
        meeting=str(meeting.id),
        sequence=meeting.sequence,
    )
    if fixed:
        _tell_when(invitation, meeting, "meeting-cancelled", note=meeting.note)
    return meeting


@transaction.atomic
def record_meeting(*, by: Viewer, invitation_id: UUID, outcome: MeetingRecord) -> Meeting:
    """Record what came of the meeting: not held, held, and whether the identity is confirmed.

    One that was held and not decided is decided by recording again. An identity is confirmed only
    with a document seen. Raises InvitationRefusedError.
    """
    invitation = lock_for(by, invitation_id)
    decided_later = invitation.state == "held"
    if decided_later:
        meeting = invitation.meetings.filter(outcome="held").latest("created_at")
    else:
        require(invitation, "hold")
        meeting = _meeting(invitation, None)
        if not day_has_come(meeting):
            raise InvitationRefusedError("meeting-to-come")
    seen = _seen(outcome, invitation)
    _is_whole(outcome, [*meeting.seen, *seen], decided_later=decided_later)
    meeting.outcome = _outcome(outcome)
    meeting.held_by = _holder(by, outcome) if outcome.held else None
    meeting.seen = [*meeting.seen, *seen]
    meeting.note = outcome.note.strip()
    meeting.recorded_at = timezone.now()
    meeting.save()
    _take_note(by, invitation, meeting, outcome, decided_later=decided_later)
    return meeting


def _outcome(outcome: MeetingRecord) -> Meeting.Outcome:
    if not outcome.held:
        return Meeting.Outcome.NOT_HELD
    if outcome.confirmed is None:
        return Meeting.Outcome.HELD
    return Meeting.Outcome.CONFIRMED if outcome.confirmed else Meeting.Outcome.REFUSED


def _seen(outcome: MeetingRecord, invitation: Invitation) -> list[dict[str, str]]:
    """The documents seen, as they are kept: never more than the last four signs of a number."""
    on = today_at(invitation.office, timezone.now())
    kinds = {row.id for row in rules().identity_documents if row.in_force(on)}
    kept = []
    for one in outcome.seen:
        last = one.last.strip().upper()
        if one.kind not in kinds or len(last) != LAST_SIGNS or not last.isalnum():
            raise InvitationRefusedError("bad-document-seen")
        kept.append({"kind": one.kind, "last": last})
    return kept


def _is_whole(
    outcome: MeetingRecord, seen: Sequence[dict[str, str]], *, decided_later: bool
) -> None:
    if decided_later and (not outcome.held or outcome.confirmed is None):
        raise InvitationRefusedError("not-now")
    if outcome.confirmed and not outcome.held:
        raise InvitationRefusedError("not-now")
    if outcome.confirmed and not seen:
        raise InvitationRefusedError("no-documents-seen")
    if (not outcome.held or outcome.confirmed is False) and not outcome.note.strip():
        raise InvitationRefusedError("no-reason")


def _holder(by: Viewer, outcome: MeetingRecord) -> Person:
    if outcome.held_by is None:
        return by.person
    return Person.objects.filter(pk=outcome.held_by).first() or by.person


def _take_note(
    by: Viewer,
    invitation: Invitation,
    meeting: Meeting,
    outcome: MeetingRecord,
    *,
    decided_later: bool,
) -> None:
    """Move the invitation on, record it, and tell the person what they must know."""
    actor, about = by.actor("officer"), {"meeting": str(meeting.id)}
    if not outcome.held:
        move(invitation, "miss")
        log_event(Kind.MEETING_CANCELLED, actor, invitation, not_held=True, **about)
        return
    if not decided_later:
        move(invitation, "hold")
        held_by = str(meeting.held_by_id)
        log_event(Kind.MEETING_HELD, actor, invitation, held_by=held_by, **about)
    if outcome.confirmed is None:
        return
    move(invitation, "confirm" if outcome.confirmed else "refuse")
    if outcome.confirmed:
        kinds = [one["kind"] for one in meeting.seen]
        log_event(Kind.IDENTITY_CONFIRMED, actor, invitation, documents=kinds, **about)
    else:
        log_event(Kind.IDENTITY_REFUSED, actor, invitation, **about)
        tell(invitation, "identity-not-confirmed", key=str(meeting.id))
