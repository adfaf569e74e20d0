"""Invitations at every step, made by the product's own actions."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from greffe.accounts.models import Person, User
    from greffe.accounts.viewers import Viewer
    from greffe.cases.models import Case
    from greffe.invitations.models import Invitation, Meeting
    from greffe.invitations.registration import Registration
    from tests.support.scenes import Scene

OFFICE = "montreal"
EMAIL = "amelie.tremblay@example.org"
MOBILE = "+15145550123"


def form(**said: Any) -> Registration:
    """A registration form of counsel that is in order."""
    from greffe.invitations.registration import Registration

    whole: dict[str, Any] = {
        "name": "Amélie Tremblay",
        "address": "12, rue des Érables\nMontréal QC  H2X 1Y4",
        "mobile": "514 555-0123",
        "email": EMAIL,
        "language": "fr",
        "regulator": "barreau-quebec",
        "membership": "lawyer",
        "membership_number": "123456-7",
        "firm": "Tremblay et associés",
    }
    return Registration(**(whole | said))


class Invitations:
    """Counsel with an active case, an officer, and an invitation taken as far as a test asks."""

    def __init__(self, scene: Scene, *, name: str = "Amélie Tremblay") -> None:
        from tests.support.hearings import officer

        self.scene = scene
        self.officer: Viewer = officer(scene, OFFICE)
        self.person: Person = scene.person(name, "fr")
        self.case: Case = self.on_record(self.person)

    def on_record(self, person: Person) -> Case:
        """A case of the office with this person as counsel."""
        from greffe.cases.actions import add_counsel

        case = self.scene.case(office=OFFICE)
        add_counsel(by=self.scene.by, case=case, person=person, since=self.scene.start)
        return case

    def invited(self, **said: Any) -> Invitation:
        """Invite the person, by e-mail unless told otherwise."""
        from greffe.invitations.actions import invite

        asked: dict[str, Any] = {
            "by": self.officer,
            "person": self.person,
            "office": OFFICE,
            "channel": "email",
            "language": "fr",
            "to": EMAIL,
        }
        return invite(**(asked | said))

    def returned(self, **said: Any) -> Invitation:
        """The same, with its form returned and accepted."""
        from greffe.invitations.actions import return_form, review_form

        invitation = self.invited(**said)
        own = form() if invitation.standing == "counsel" else form(email="")
        return_form(invitation_id=invitation.pk, form=own)
        review_form(by=self.officer, invitation_id=invitation.pk, accepted=True)
        return self.now(invitation)

    def proposed(self, **said: Any) -> Invitation:
        """The same, with two times proposed."""
        from greffe.invitations.meeting_actions import propose_meeting

        invitation = self.returned(**said)
        propose_meeting(
            by=self.officer,
            invitation_id=invitation.pk,
            times=[soon(5), soon(6)],
            join="https://meet.example.org/1",
        )
        return self.now(invitation)

    def scheduled(self, **said: Any) -> Invitation:
        """The same, with the first time chosen."""
        from greffe.invitations.meeting_actions import choose_meeting

        invitation = self.proposed(**said)
        choose_meeting(invitation_id=invitation.pk, starts_at=meeting_of(invitation).times[0])
        return self.now(invitation)

    def confirmed(self, **said: Any) -> Invitation:
        """The same, with the meeting held and the identity confirmed."""
        from greffe.invitations.meeting_actions import MeetingRecord, Seen, record_meeting

        invitation = self.scheduled(**said)
        begun(invitation)
        outcome = MeetingRecord(held=True, confirmed=True, seen=[Seen("passport", "4821")])
        record_meeting(by=self.officer, invitation_id=invitation.pk, outcome=outcome)
        return self.now(invitation)

    def coded(self, **said: Any) -> tuple[Invitation, str]:
        """The same, with its code issued; the code in clear."""
        from greffe.invitations.code_actions import issue_code

        invitation = self.confirmed(**said)
        issued = issue_code(by=self.officer, invitation_id=invitation.pk)
        return self.now(invitation), issued.code

    @staticmethod
    def now(invitation: Invitation) -> Invitation:
        """The invitation as it is now."""
        from greffe.invitations.models import Invitation

        return Invitation.objects.select_related("person", "case").get(pk=invitation.pk)


def soon(days: int) -> dt.datetime:
    """A time so many days ahead, on the minute."""
    from django.utils import timezone

    return timezone.now().replace(second=0, microsecond=0) + dt.timedelta(days=days)


def meeting_of(invitation: Invitation) -> Meeting:
    """The meeting to come, or the latest."""
    from greffe.invitations.queries import current_meeting

    meeting = current_meeting(invitation)
    assert meeting is not None
    return meeting


def begun(invitation: Invitation) -> Meeting:
    """Let the time of the meeting come."""
    meeting = meeting_of(invitation)
    meeting.starts_at = soon(0) - dt.timedelta(hours=1)
    meeting.save(update_fields=["starts_at"])
    return meeting


def credential(username: str = "amelie") -> User:
    """An account that acts for nobody yet."""
    from greffe.accounts.models import User

    return User.objects.create_user(username=username, password=None)
