"""What time does to invitations: reminders and expiry, by the rows of law/data/invitations.toml."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from greffe.invitations.models import Invitation
from greffe.invitations.notices import CODE_PATH, day, tell
from greffe.invitations.steps import log_event, move, time_of, today_at
from greffe.law import states
from greffe.ledger.actors import SYSTEM
from greffe.ledger.kinds import Kind

_A_DAY = timedelta(days=1)


def remind_due(*, now: datetime) -> int:
    """Remind everybody, once, whose time ends soon; give how many.

    Whoever has no e-mail address is not reminded here: an officer sees whose time ends.
    """
    count = 0
    waiting = _with_a_time().filter(reminded_at=None)
    for invitation_id in waiting.values_list("id", flat=True):
        with transaction.atomic():
            invitation = _claim(invitation_id)
            if invitation is None or invitation.reminded_at is not None:
                continue
            if _ends_soon(invitation, now) and _remind(invitation, now):
                count += 1
    return count


def _ends_soon(invitation: Invitation, now: datetime) -> bool:
    row, today = time_of(invitation, now), today_at(invitation.office, now)
    if row is None or invitation.due_on is None or invitation.due_on < today:
        return False
    return today >= invitation.due_on - timedelta(days=row.remind_before)


def _remind(invitation: Invitation, now: datetime) -> bool:
    # Its time runs on from where it was: a reminder gives no more of it.
    invitation.state = states.INVITATION.after(invitation.state, "remind")
    invitation.reminded_at, invitation.reminders = now, invitation.reminders + 1
    invitation.save(update_fields=["state", "reminded_at", "reminders"])
    said = {"until": day(invitation.due_on, invitation)}
    if invitation.state == "code-issued":
        said["link"] = CODE_PATH.format(language=invitation.language)
    told = tell(invitation, "invitation-reminder", key=str(invitation.reminders), **said)
    if told:
        log_event(Kind.INVITATION_REMINDED, SYSTEM, invitation)
    return told


def expire_due(*, now: datetime) -> int:
    """Let expire what nobody did in time; give how many."""
    count = 0
    # The day is over first where the clocks are furthest ahead: each office judges by its own.
    for invitation_id in _over(now.date() + _A_DAY).values_list("id", flat=True):
        with transaction.atomic():
            invitation = _claim(invitation_id)
            if invitation is None or not _is_over(invitation, now):
                continue
            for meeting in invitation.meetings.filter(cancelled=False, outcome=""):
                meeting.cancelled, meeting.sequence = True, meeting.sequence + 1
                meeting.save(update_fields=["cancelled", "sequence"])
            was = invitation.state
            move(invitation, "expire")
            log_event(Kind.INVITATION_EXPIRED, SYSTEM, invitation, was=was)
            count += 1
    return count


def _is_over(invitation: Invitation, now: datetime) -> bool:
    due = invitation.due_on
    return due is not None and due < today_at(invitation.office, now)


def _with_a_time() -> QuerySet[Invitation]:
    return Invitation.objects.filter(due_on__isnull=False).order_by("due_on", "id")


def _over(before: date) -> QuerySet[Invitation]:
    return _with_a_time().filter(due_on__lt=before)


def _claim(invitation_id: UUID) -> Invitation | None:
    """Lock one that nobody is acting on; who acts on it at this moment is in time."""
    return (
        Invitation.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("person")
        .filter(pk=invitation_id)
        .first()
    )
