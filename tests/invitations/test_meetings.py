"""The identity meeting: proposed, chosen, moved, cancelled, held, and what is kept of it."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from greffe.invitations.actions import return_form
from greffe.invitations.meeting_actions import (
    MeetingRecord,
    Seen,
    cancel_meeting,
    choose_meeting,
    move_meeting,
    propose_meeting,
    record_meeting,
)
from greffe.invitations.models import Invitation, Meeting
from greffe.invitations.queries import mail_of
from greffe.invitations.refusals import InvitationRefusedError
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from greffe.notices.letters import message_of
from tests.support.invitations import Invitations, begun, form, meeting_of, soon
from tests.support.scenes import Scene

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres15,
    pytest.mark.requirement("MC-03"),
]

PASSPORT = (Seen("passport", "4821"),)


@pytest.fixture
def desk(scene: Scene) -> Invitations:
    return Invitations(scene)


def refusal(act: Any) -> str:
    with pytest.raises(InvitationRefusedError) as caught:
        act()
    return caught.value.code


def said_in(invitation: Invitation, kind: str) -> list[str]:
    mail = mail_of(invitation).filter(kind=kind).order_by("created_at")
    return [str(message_of(one).get_body(("plain",)).get_content()) for one in mail]  # type: ignore[union-attr] # each has one


def test_times_are_proposed_once_the_form_is_accepted(desk: Invitations) -> None:
    invitation = desk.invited()
    return_form(invitation_id=invitation.pk, form=form())
    propose = lambda **said: propose_meeting(  # noqa: E731 - two uses
        by=desk.officer, invitation_id=invitation.pk, **said
    )
    assert refusal(lambda: propose(times=[soon(3)])) == "form-not-accepted"


@pytest.mark.parametrize(
    ("days", "code"),
    [
        ([], "no-times"),
        (range(1, 12), "no-times"),
        ([-1], "time-passed"),
        ([200], "meeting-too-far"),
    ],
)
def test_times_that_cannot_be_kept_are_not_proposed(
    desk: Invitations, days: Any, code: str
) -> None:
    invitation = desk.returned()
    times = [soon(day) for day in days]
    propose = {"by": desk.officer, "invitation_id": invitation.pk}
    assert refusal(lambda: propose_meeting(times=times, **propose)) == code
    assert desk.now(invitation).state == "form-returned"


def test_new_times_take_the_place_of_the_old(desk: Invitations) -> None:
    invitation = desk.proposed()
    old = meeting_of(invitation).times[0]
    propose_meeting(by=desk.officer, invitation_id=invitation.pk, times=[soon(9)])
    choose = lambda at: choose_meeting(invitation_id=invitation.pk, starts_at=at)  # noqa: E731 - two uses
    assert refusal(lambda: choose(old)) == "time-not-offered"
    assert choose(soon(9)).starts_at == soon(9)
    assert Meeting.objects.count() == 1


def test_same_choice_twice_is_one_and_another_is_told(desk: Invitations) -> None:
    invitation = desk.scheduled()
    first, second = meeting_of(invitation).times
    choose_meeting(invitation_id=invitation.pk, starts_at=first)
    assert Event.objects.filter(kind=Kind.MEETING_SCHEDULED).count() == 1
    late = {"invitation_id": invitation.pk, "starts_at": second}
    assert refusal(lambda: choose_meeting(**late)) == "not-now"


def test_time_that_has_passed_meanwhile_is_told(desk: Invitations) -> None:
    invitation = desk.proposed()
    past = soon(-1)
    Meeting.objects.update(times=[past])
    act = {"invitation_id": invitation.pk, "starts_at": past}
    assert refusal(lambda: choose_meeting(**act)) == "time-passed"


def test_meeting_is_told_by_the_clock_of_its_office(desk: Invitations) -> None:
    from greffe.invitations.notices import when

    invitation = desk.scheduled()
    meeting = meeting_of(invitation)
    meeting.starts_at = dt.datetime(2027, 1, 8, 3, 30, tzinfo=dt.UTC)
    assert when(meeting, invitation) == "jeudi 7 janvier 2027, 22\u00a0h\u00a030 (Montréal)"
    meeting.office = "vancouver"
    assert when(meeting, invitation) == "jeudi 7 janvier 2027, 19\u00a0h\u00a030 (Vancouver)"


def test_meeting_moved_twice_is_told_twice_and_calendars_follow(desk: Invitations) -> None:
    invitation = desk.scheduled()
    move = {"by": desk.officer, "invitation_id": invitation.pk}
    move_meeting(sequence=0, starts_at=soon(8), **move)
    moved = move_meeting(sequence=1, starts_at=soon(9), join="+1 514 555 0100", **move)
    again = move_meeting(sequence=1, starts_at=soon(9), join="+1 514 555 0100", **move)
    assert (moved.sequence, again.sequence, moved.pk) == (2, 2, meeting_of(invitation).pk)
    assert len(said_in(invitation, "meeting-moved")) == 2
    latest = mail_of(invitation).filter(kind="meeting-moved").latest("created_at")
    entries = [part.get_content() for part in message_of(latest).iter_attachments()]
    assert [entry for entry in entries if "SEQUENCE:2" in str(entry)]
    assert refusal(lambda: move_meeting(sequence=1, starts_at=soon(7), **move)) == "stale"
    assert refusal(lambda: move_meeting(sequence=2, starts_at=soon(-7), **move)) == "time-passed"


def test_cancelled_meeting_makes_room_for_another(desk: Invitations) -> None:
    invitation = desk.scheduled()
    cancel = {"by": desk.officer, "invitation_id": invitation.pk}
    assert refusal(lambda: cancel_meeting(sequence=4, **cancel)) == "stale"
    first = cancel_meeting(sequence=0, note="The officer is ill.", **cancel)
    assert "The officer is ill." in said_in(invitation, "meeting-cancelled")[0]
    second = propose_meeting(by=desk.officer, invitation_id=invitation.pk, times=[soon(4)])
    assert (first.cancelled, first.sequence) == (True, 1)
    assert (second.sequence, second.pk == first.pk) == (0, False)


def record(desk: Invitations, invitation: Invitation, **said: Any) -> Meeting:
    outcome = MeetingRecord(**({"held": True} | said))
    return record_meeting(by=desk.officer, invitation_id=invitation.pk, outcome=outcome)


def test_outcome_says_who_when_and_which_documents_were_seen(desk: Invitations) -> None:
    invitation = desk.scheduled()
    begun(invitation)
    seen = [Seen("passport", "ab12"), Seen("membership-card", "0007")]
    meeting = record(desk, invitation, confirmed=True, seen=seen)
    assert meeting.held_by == desk.officer.person
    assert meeting.seen == [
        {"kind": "passport", "last": "AB12"},
        {"kind": "membership-card", "last": "0007"},
    ]
    assert desk.now(invitation).state == "confirmed"
    kinds = Event.objects.filter(subject=invitation.pk).values_list("kind", flat=True)
    assert {Kind.MEETING_HELD, Kind.IDENTITY_CONFIRMED} <= set(kinds)
    assert not [one for one in Event.objects.all() if "AB12" in str(one.body)]


def test_meeting_that_has_not_begun_has_no_outcome(desk: Invitations) -> None:
    invitation = desk.scheduled()
    assert refusal(lambda: record(desk, invitation, confirmed=True, seen=PASSPORT)) == (
        "meeting-to-come"
    )


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"confirmed": True}, "no-documents-seen"),
        ({"confirmed": True, "seen": [Seen("passport", "123")]}, "bad-document-seen"),
        ({"confirmed": True, "seen": [Seen("passport", "AB123456")]}, "bad-document-seen"),
        ({"confirmed": True, "seen": [Seen("library-card", "1234")]}, "bad-document-seen"),
        ({"confirmed": False}, "no-reason"),
        ({"held": False}, "no-reason"),
        ({"held": False, "confirmed": True, "seen": PASSPORT, "note": "x"}, "not-now"),
    ],
)
def test_outcome_that_is_not_whole_is_not_recorded(
    desk: Invitations, said: dict[str, Any], code: str
) -> None:
    invitation = desk.scheduled()
    begun(invitation)
    assert refusal(lambda: record(desk, invitation, **said)) == code
    assert desk.now(invitation).state == "scheduled"


def test_meeting_that_was_not_held_is_proposed_anew(desk: Invitations) -> None:
    invitation = desk.scheduled()
    begun(invitation)
    record(desk, invitation, held=False, note="Nobody came.")
    propose_meeting(by=desk.officer, invitation_id=invitation.pk, times=[soon(4)])
    assert desk.now(invitation).state == "meeting-proposed"


def test_identity_is_decided_after_the_meeting(desk: Invitations) -> None:
    invitation = desk.scheduled()
    begun(invitation)
    record(desk, invitation, seen=PASSPORT)
    assert desk.now(invitation).state == "held"
    assert refusal(lambda: record(desk, invitation)) == "not-now"
    meeting = record(desk, invitation, confirmed=True)
    assert (meeting.outcome, len(meeting.seen)) == ("confirmed", 1)
    assert Event.objects.filter(kind=Kind.MEETING_HELD).count() == 1


def test_identity_that_is_not_confirmed_is_told_without_the_reason(desk: Invitations) -> None:
    invitation = desk.scheduled()
    begun(invitation)
    record(desk, invitation, confirmed=False, note="The photo is not theirs.")
    assert desk.now(invitation).state == "refused"
    assert "photo is not theirs" not in said_in(invitation, "identity-not-confirmed")[0]
    assert timezone.now() >= meeting_of(invitation).recorded_at  # type: ignore[operator] # it has just been recorded
