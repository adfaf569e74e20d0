"""Reminders and expiry, by the rows of the law and the clock of the office."""

import datetime as dt

import pytest
from django.utils import timezone

from greffe.invitations.actions import send_again
from greffe.invitations.clock_actions import expire_due, remind_due
from greffe.invitations.code_actions import issue_code
from greffe.invitations.models import Invitation
from greffe.invitations.queries import mail_of
from greffe.invitations.refusals import InvitationRefusedError
from greffe.invitations.tasks import keep_time
from greffe.law.calendar import instant
from greffe.ledger.actors import SYSTEM
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from greffe.rules import rules
from tests.support.invitations import Invitations
from tests.support.scenes import Scene

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres15,
    pytest.mark.requirement("MC-04"),
]


@pytest.fixture
def desk(scene: Scene) -> Invitations:
    return Invitations(scene)


def at(invitation: Invitation, days: int, hour: int = 12) -> dt.datetime:
    """So many days after the last day, by the clock of the office."""
    assert invitation.due_on is not None
    zone = rules().office(invitation.office).zone
    return instant(invitation.due_on + dt.timedelta(days=days), dt.time(hour), zone)


def test_time_of_each_step_is_that_of_its_row(desk: Invitations) -> None:
    invitation = desk.invited()
    days = rules().invitation_time("form").days
    assert invitation.due_on == timezone.localdate() + dt.timedelta(days=days)
    from greffe.invitations.actions import return_form
    from tests.support.invitations import form

    return_form(invitation_id=invitation.pk, form=form())
    assert desk.now(invitation).due_on is None


def test_person_is_reminded_once_before_the_time_ends(desk: Invitations) -> None:
    invitation = desk.invited()
    before = rules().invitation_time("form").remind_before
    assert remind_due(now=at(invitation, -before - 1)) == 0
    assert remind_due(now=at(invitation, -before)) == 1
    assert remind_due(now=at(invitation, -before)) == 0
    assert mail_of(invitation).filter(kind="invitation-reminder").count() == 1
    assert desk.now(invitation).due_on == invitation.due_on
    event = Event.objects.get(kind=Kind.INVITATION_REMINDED)
    assert event.actor_name == SYSTEM.name


def test_invitation_lasts_to_the_end_of_its_last_day_at_the_office(desk: Invitations) -> None:
    invitation = desk.invited()
    assert expire_due(now=at(invitation, 0, hour=23)) == 0
    assert expire_due(now=at(invitation, 1, hour=0)) == 1
    assert expire_due(now=at(invitation, 2)) == 0
    assert desk.now(invitation).state == "expired"
    event = Event.objects.get(kind=Kind.INVITATION_EXPIRED)
    assert (event.subject, event.body["was"]) == (invitation.pk, "invited")


def test_what_the_registry_is_to_do_never_expires(desk: Invitations) -> None:
    invitation = desk.returned()
    assert expire_due(now=timezone.now() + dt.timedelta(days=3650)) == 0
    assert desk.now(invitation).state == "form-returned"


def test_expired_invitation_begins_again(desk: Invitations) -> None:
    invitation = desk.invited()
    expire_due(now=at(invitation, 1))
    again = send_again(by=desk.officer, invitation_id=invitation.pk)
    assert (again.state, again.sendings) == ("invited", 2)


def test_expired_code_is_issued_anew_without_another_meeting(desk: Invitations) -> None:
    invitation, first = desk.coded()
    expire_due(now=at(invitation, 1))
    with pytest.raises(InvitationRefusedError, match="identity-confirmed"):
        send_again(by=desk.officer, invitation_id=invitation.pk)
    second = issue_code(by=desk.officer, invitation_id=invitation.pk).code
    assert (second != first, desk.now(invitation).state) == (True, "code-issued")


def test_times_that_nobody_chose_end_with_the_invitation(desk: Invitations) -> None:
    invitation = desk.proposed()
    expire_due(now=at(invitation, 1))
    assert invitation.meetings.get().cancelled
    with pytest.raises(InvitationRefusedError, match="identity-not-confirmed"):
        issue_code(by=desk.officer, invitation_id=invitation.pk)


def test_worker_keeps_the_time(desk: Invitations) -> None:
    invitation = desk.invited()
    Invitation.objects.update(due_on=timezone.localdate() - dt.timedelta(days=2))
    keep_time(timestamp=0)
    assert desk.now(invitation).state == "expired"
