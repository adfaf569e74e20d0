"""Two at the same moment: one invitation, one time, one account for one code."""

import pytest

from greffe.accounts.models import User
from greffe.invitations.code_actions import activate, issue_code
from greffe.invitations.meeting_actions import choose_meeting, move_meeting
from greffe.invitations.models import Invitation, InvitationCode
from greffe.invitations.refusals import InvitationRefusedError
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.at_once import at_once
from tests.support.invitations import MOBILE, Invitations, credential, meeting_of, soon
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres15]


@pytest.fixture
def desk(scene: Scene) -> Invitations:
    return Invitations(scene)


@pytest.mark.security(4)
@pytest.mark.requirement("MC-04")
def test_code_from_two_browsers_at_once_joins_one_account(desk: Invitations) -> None:
    invitation, _ = desk.coded()
    row = InvitationCode.objects.get()
    users = [credential("one"), credential("two")]
    done = at_once(
        invitation,
        *[lambda user=user: activate(user=user, code_id=row.pk, mobile=MOBILE) for user in users],
    )
    errors = [one.exception() for one in done]
    assert [error for error in errors if error is None] == [None]
    assert {str(error) for error in errors if error} == {"code-used"}
    assert User.objects.filter(person=desk.person).count() == 1
    assert Event.objects.filter(kind=Kind.INVITATION_ACTIVATED).count() == 1


@pytest.mark.requirement("MC-01")
def test_person_invited_by_two_officers_at_once_is_invited_once(desk: Invitations) -> None:
    done = at_once(desk.person, desk.invited, desk.invited)
    errors = [one.exception() for one in done]
    assert [type(error) for error in errors] == [type(None), InvitationRefusedError]
    assert Invitation.objects.count() == 1


@pytest.mark.requirement("MC-03")
def test_time_chosen_while_the_times_change_is_chosen_or_told(desk: Invitations) -> None:
    from greffe.invitations.meeting_actions import propose_meeting

    invitation = desk.proposed()
    first = meeting_of(invitation).times[0]
    proposing, choosing = at_once(
        invitation,
        lambda: propose_meeting(by=desk.officer, invitation_id=invitation.pk, times=[soon(9)]),
        lambda: choose_meeting(invitation_id=invitation.pk, starts_at=first),
    )
    assert proposing.exception() is None
    assert str(choosing.exception()) == "time-not-offered"
    assert desk.now(invitation).state == "meeting-proposed"


@pytest.mark.requirement("MC-03")
def test_meeting_moved_by_two_officers_at_once_is_moved_once(desk: Invitations) -> None:
    invitation = desk.scheduled()
    move = {"by": desk.officer, "invitation_id": invitation.pk, "sequence": 0}
    done = at_once(
        invitation,
        lambda: move_meeting(starts_at=soon(8), **move),
        lambda: move_meeting(starts_at=soon(9), **move),
    )
    assert str(done[1].exception()) == "stale"
    assert (meeting_of(invitation).starts_at, meeting_of(invitation).sequence) == (soon(8), 1)


def test_code_issued_twice_at_once_leaves_one_that_opens(desk: Invitations) -> None:
    invitation = desk.confirmed()
    issue = lambda: issue_code(by=desk.officer, invitation_id=invitation.pk)  # noqa: E731 - two uses
    done = at_once(invitation, issue, issue)
    assert [one.exception() for one in done] == [None, None]
    assert InvitationCode.objects.filter(used_at=None, revoked_at=None).count() == 1
