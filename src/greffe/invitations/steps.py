"""What every action on an invitation does: lock it, see whose it is, move it on, record it."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from greffe.accounts.viewers import Viewer
from greffe.invitations.models import Invitation, Meeting, RegistrationForm
from greffe.invitations.refusals import InvitationRefusedError
from greffe.law import states
from greffe.law.calendar import local
from greffe.law.tables import InvitationTime
from greffe.ledger.actions import record
from greffe.ledger.actors import SYSTEM, Actor
from greffe.ledger.kinds import Kind
from greffe.rules import rules

TIMED = {"invited": "form", "meeting-proposed": "meeting", "code-issued": "code"}
"""The rows of law/data/invitations.toml that say how long a state may last."""


def lock(invitation_id: UUID) -> Invitation:
    """Lock an invitation for this transaction; InvitationRefusedError where there is none."""
    found = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("person", "case")
        .filter(pk=invitation_id)
        .first()
    )
    if found is None:
        raise InvitationRefusedError("not-yours")
    return found


def lock_for(by: Viewer | None, invitation_id: UUID) -> Invitation:
    """The same, for an officer of its office; `by` None is the invited person, by the link."""
    invitation = lock(invitation_id)
    if by is not None and invitation.office not in by.offices():
        raise InvitationRefusedError("not-yours")
    return invitation


def require(invitation: Invitation, event: str) -> None:
    """Refuse what the state does not allow."""
    if not states.INVITATION.allows(invitation.state, event):
        raise InvitationRefusedError("not-now")


def move(invitation: Invitation, event: str, *fields: str) -> None:
    """Move an invitation on, count its time anew, and save it with `fields`."""
    require(invitation, event)
    invitation.state = states.INVITATION.after(invitation.state, event)
    invitation.changed_at = timezone.now()
    invitation.due_on = due_day(invitation, invitation.changed_at)
    invitation.reminded_at = None
    always = ("state", "changed_at", "due_on", "reminded_at")
    invitation.save(update_fields=[*always, *fields])


def due_day(invitation: Invitation, at: datetime) -> date | None:
    """The last day on which the person may do what is theirs to do, by the clock of the office."""
    row = time_of(invitation, at)
    return today_at(invitation.office, at) + timedelta(days=row.days) if row else None


def time_of(invitation: Invitation, at: datetime) -> InvitationTime | None:
    """How long the state of an invitation may last; None where the registry is to act."""
    step = TIMED.get(invitation.state)
    return rules().invitation_time(step, today_at(invitation.office, at)) if step else None


def today_at(office: str, at: datetime) -> date:
    """The day that it is at an office."""
    return local(at, rules().office(office).zone).date()


def day_has_come(meeting: Meeting) -> bool:
    """Whether there may be an outcome to record: a meeting may be held earlier on its day."""
    at, office = meeting.starts_at, meeting.office
    return at is not None and today_at(office, at) <= today_at(office, timezone.now())


def actor_of(by: Viewer | None, invitation: Invitation) -> Actor:
    """Who acts: an officer, or the person who was invited and has no account yet."""
    if by is not None:
        return by.actor("officer")
    person = invitation.person
    return Actor(name=person.name, capacity="invited", person_id=person.id) if person else SYSTEM


def log_event(kind: Kind, by: Actor, invitation: Invitation, **body: Any) -> None:
    """Record what happened to an invitation, in the history of its case where it names one."""
    record(
        kind=kind,
        by=by,
        subject=invitation.id,
        # The invitation stands among them: its history is read by the same index as a case's.
        case_ids=[invitation.id, *([invitation.case_id] if invitation.case_id else [])],
        body={"person": str(invitation.person_id or ""), "state": invitation.state} | body,
    )


def case_ids(invitation: Invitation) -> list[UUID]:
    """In whose history it belongs: its own, which is read like that of a case, and its case's."""
    return [invitation.id, *([invitation.case_id] if invitation.case_id else [])]


def latest_form(invitation: Invitation) -> RegistrationForm | None:
    """The registration form that counts, if one came back."""
    return invitation.forms.order_by("-returned_at", "-id").first()


def was_confirmed(invitation: Invitation) -> bool:
    """Whether the identity was confirmed at a meeting of this invitation."""
    return invitation.meetings.filter(outcome="confirmed").exists()
