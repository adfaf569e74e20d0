"""Asked, invited, sent again, returned, reviewed, revoked: what is done, and what is refused."""

from typing import Any

import pytest

from greffe.invitations import actions
from greffe.invitations.actions import Asked
from greffe.invitations.messages import OWNERS, REFUSALS, STATES
from greffe.invitations.models import Invitation, RegistrationForm
from greffe.invitations.queries import (
    counsel_to_invite,
    find_invitation,
    mail_of,
    of_offices,
    parties_to_invite,
    who_may_have_asked,
)
from greffe.invitations.refusals import FormRefusedError, InvitationRefusedError
from greffe.law.states import INVITATION
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from greffe.notices.bounce_actions import note_bounce
from greffe.notices.bounces import Bounce, Failure
from greffe.notices.letters import message_of
from greffe.notices.models import Notice
from tests.support.hearings import officer
from tests.support.invitations import EMAIL, OFFICE, Invitations, form
from tests.support.scenes import Scene
from tools.french import faults

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres15,
    pytest.mark.requirement("MC-01"),
]


@pytest.fixture
def desk(scene: Scene) -> Invitations:
    return Invitations(scene)


def refusal(act: Any) -> str:
    with pytest.raises(InvitationRefusedError) as caught:
        act()
    return caught.value.code


def kinds(invitation: Invitation) -> list[str]:
    events = Event.objects.filter(subject=invitation.pk).order_by("at")
    return list(events.values_list("kind", flat=True))


def asked(**said: str) -> Asked:
    whole = {
        "name": "Amélie Tremblay",
        "email": EMAIL,
        "phone": "",
        "file_number": "MC6-00001",
        "office": OFFICE,
        "language": "fr",
    }
    return Asked(**(whole | said))


def test_every_state_has_its_words_its_next_step_and_its_owner_in_both_languages() -> None:
    assert set(STATES) == set(INVITATION.states)
    for state, words in STATES.items():
        for text in (words.person, words.officer, words.person_next, words.officer_next):
            assert text.en != text.fr, state
            assert list(faults(text.fr)) == [], state
        assert words.owner in OWNERS


def test_state_with_a_time_is_the_person_s_and_no_other_is() -> None:
    from greffe.invitations.steps import TIMED

    assert {state for state, words in STATES.items() if words.owner == "person"} == set(TIMED)
    for state in TIMED:
        assert INVITATION.allows(state, "expire")
        assert INVITATION.allows(state, "remind")


def test_every_refusal_has_words_and_a_remedy_in_both_languages() -> None:
    from typing import get_args

    from greffe.invitations.refusals import RefusalCode

    assert set(REFUSALS) == set(get_args(RefusalCode))
    for message in REFUSALS.values():
        assert message.text.en != message.text.fr
        assert list(faults(message.text.fr)) + list(faults(message.remedy.fr)) == []


def test_counsel_with_an_active_case_is_invited_by_email(desk: Invitations) -> None:
    invitation = desk.invited()
    assert (invitation.state, invitation.standing) == ("invited", "counsel")
    assert kinds(invitation) == [Kind.INVITATION_SENT]
    letter = message_of(mail_of(invitation).get())
    assert letter["To"] == EMAIL
    assert "/fr/invitation/mine/" in str(letter.get_content())


@pytest.mark.parametrize("channel", ["mail", "fax"])
def test_letter_is_printed_and_no_email_goes_out(desk: Invitations, channel: str) -> None:
    invitation = desk.invited(channel=channel, to="514 555 0123")
    assert invitation.sent_to == ("+15145550123" if channel == "fax" else "514 555 0123")
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"office": "vancouver"}, "not-yours"),
        ({"to": "nowhere"}, "bad-address"),
        ({"to": ""}, "no-address"),
        ({"channel": "pigeon"}, "no-address"),
        ({"channel": "fax", "to": "12"}, "bad-address"),
    ],
)
def test_invitation_that_cannot_be_sent_is_not_made(
    desk: Invitations, said: dict[str, str], code: str
) -> None:
    assert refusal(lambda: desk.invited(**said)) == code
    assert not Invitation.objects.exists()


def test_counsel_without_an_active_case_is_not_invited(desk: Invitations, scene: Scene) -> None:
    from greffe.cases.actions import close_case

    assert refusal(lambda: desk.invited(person=scene.person("Nobody"))) == "no-active-case"
    close_case(by=scene.by, case=desk.case, on=scene.today)
    assert refusal(desk.invited) == "no-active-case"


def test_counsel_of_another_office_s_case_is_that_office_s_to_invite(
    desk: Invitations, scene: Scene
) -> None:
    by = officer(scene, "vancouver")
    assert refusal(lambda: desk.invited(by=by, office="vancouver")) == "no-active-case"
    assert not counsel_to_invite(by, "Tremblay").exists()
    assert list(counsel_to_invite(desk.officer, "tremblay")) == [desk.person]
    assert list(counsel_to_invite(desk.officer, desk.case.file_number)) == [desk.person]


def test_person_is_invited_once_at_a_time_and_not_beside_an_account(
    desk: Invitations, scene: Scene
) -> None:
    invitation = desk.invited()
    assert refusal(desk.invited) == "already-invited"
    actions.revoke(by=desk.officer, invitation_id=invitation.pk, why="By mistake.")
    scene_user = scene.user()
    scene_user.person = desk.person
    scene_user.save()
    assert refusal(desk.invited) == "has-account"
    assert desk.invited(replaces_account=True).replaces_account


@pytest.mark.requirement("MC-17")
def test_party_is_invited_by_letter_to_their_own_case_alone(
    desk: Invitations, scene: Scene
) -> None:
    party = desk.case.participants.get().person
    said = {"person": party, "case": desk.case, "channel": "mail", "to": "12 Main St"}
    assert refusal(lambda: desk.invited(**(said | {"channel": "email"}))) == "party-by-letter"
    other = scene.case(office=OFFICE)
    assert refusal(lambda: desk.invited(**(said | {"case": other}))) == "not-in-case"
    assert refusal(lambda: desk.invited(**(said | {"person": desk.person}))) == "not-in-case"
    assert refusal(lambda: desk.invited(**(said | {"case": None}))) == "no-active-case"
    invitation = desk.invited(**said)
    assert (invitation.standing, invitation.case) == ("party", desk.case)
    assert Event.objects.filter(case_ids__contains=[desk.case.pk], subject=invitation.pk).exists()
    assert party in parties_to_invite(desk.officer, party.name)


def test_who_asks_is_matched_by_an_officer(desk: Invitations, scene: Scene) -> None:
    found = actions.ask(asked=asked(file_number=desk.case.file_number))
    assert (found.state, found.person) == ("asked", None)
    assert who_may_have_asked(desk.officer, found) == [desk.person]
    assert who_may_have_asked(officer(scene, "vancouver"), found) == []
    answered = actions.answer(
        by=desk.officer,
        invitation_id=found.pk,
        person=desk.person,
        channel="email",
        language="fr",
        to=EMAIL,
    )
    assert (answered.state, answered.person) == ("invited", desk.person)
    assert kinds(found) == [Kind.INVITATION_ASKED, Kind.INVITATION_SENT]


def test_who_asked_and_is_no_counsel_is_not_invited(desk: Invitations, scene: Scene) -> None:
    found = actions.ask(asked=asked(name="Nobody"), by=desk.officer)
    assert found.asked["by"] == "telephone"
    nobody = scene.person("Nobody")
    said = {"by": desk.officer, "invitation_id": found.pk, "channel": "email", "language": "en"}
    assert refusal(lambda: actions.answer(person=nobody, to=EMAIL, **said)) == "no-active-case"
    assert desk.now(found).state == "asked"


@pytest.mark.security(15)
def test_officer_of_another_office_can_do_nothing(desk: Invitations, scene: Scene) -> None:
    invitation, by = desk.invited(), officer(scene, "vancouver")
    assert find_invitation(by, invitation.pk) is None
    assert not of_offices(by).exists()
    assert of_offices(desk.officer, state="invited", search="tremb").get() == invitation
    for act in (
        lambda: actions.send_again(by=by, invitation_id=invitation.pk),
        lambda: actions.revoke(by=by, invitation_id=invitation.pk, why="x"),
        lambda: actions.return_form(by=by, invitation_id=invitation.pk, form=form()),
        lambda: actions.review_form(by=by, invitation_id=invitation.pk, accepted=True),
    ):
        assert refusal(act) == "not-yours"


def test_invitation_is_sent_again_by_another_way(desk: Invitations) -> None:
    invitation = desk.invited()
    actions.send_again(by=desk.officer, invitation_id=invitation.pk, to="new@example.org")
    assert {one.recipient for one in mail_of(invitation)} == {EMAIL, "new@example.org"}
    sent = actions.send_again(
        by=desk.officer, invitation_id=invitation.pk, channel="mail", to="12 Main St"
    )
    assert (sent.channel, sent.sent_to, sent.sendings) == ("mail", "12 Main St", 3)
    assert mail_of(invitation).count() == 2


def test_email_that_bounces_is_seen_at_the_invitation(desk: Invitations, scene: Scene) -> None:
    invitation = desk.invited()
    mail = mail_of(invitation).get()
    Notice.objects.filter(pk=mail.pk).update(state="sent", sent_at=mail.created_at)
    bounce = Bounce(
        message_ids=(mail.message_id,),
        failures=(Failure(frozenset({EMAIL}), "5.1.1", "no such user"),),
        fingerprint="f" * 64,
    )
    assert note_bounce(by=scene.by, bounce=bounce) == "noted"
    mail = mail_of(invitation).get()
    assert (mail.state, mail.last_error) == ("failed", "bounced 5.1.1")


@pytest.mark.requirement("MC-02")
def test_form_is_returned_reviewed_and_sent_back(desk: Invitations) -> None:
    invitation = desk.invited()
    first = actions.return_form(invitation_id=invitation.pk, form=form())
    again = actions.return_form(invitation_id=invitation.pk, form=form(firm="Other"))
    assert (first.mobile, desk.now(invitation).state) == ("+15145550123", "form-returned")
    review = {"by": desk.officer, "invitation_id": invitation.pk}
    assert refusal(lambda: actions.review_form(accepted=False, **review)) == "no-reason"
    sent_back = actions.review_form(accepted=False, note="Wrong number.", **review)
    assert (sent_back.pk, desk.now(invitation).state) == (again.pk, "invited")
    letter = mail_of(invitation).get(kind="registration-not-accepted")
    assert "Wrong number." in str(message_of(letter).get_content())
    actions.return_form(invitation_id=invitation.pk, form=form())
    actions.review_form(accepted=True, **review)
    assert refusal(lambda: actions.review_form(accepted=True, **review)) == "stale"
    late = lambda: actions.return_form(invitation_id=invitation.pk, form=form())  # noqa: E731 - one use
    assert refusal(late) == "not-now"


@pytest.mark.requirement("MC-02")
def test_form_on_paper_is_entered_by_an_officer(desk: Invitations) -> None:
    invitation = desk.invited(channel="mail", to="12 Main St")
    kept = actions.return_form(
        invitation_id=invitation.pk, form=form(email=""), by=desk.officer, on_paper=True
    )
    assert (kept.on_paper, kept.entered_by) == (True, desk.officer.person)
    event = Event.objects.get(kind=Kind.REGISTRATION_RETURNED)
    assert (event.actor_capacity, event.body["on_paper"]) == ("officer", True)
    assert not Notice.objects.exists()


def test_form_that_is_wrong_changes_nothing(desk: Invitations) -> None:
    invitation = desk.invited()
    with pytest.raises(FormRefusedError) as caught:
        actions.return_form(invitation_id=invitation.pk, form=form(mobile="1", name=""))
    assert [one.field for one in caught.value.problems] == ["name", "mobile"]
    assert (desk.now(invitation).state, RegistrationForm.objects.count()) == ("invited", 0)


def test_revoked_invitation_ends_with_its_code_and_its_meeting(desk: Invitations) -> None:
    invitation = desk.scheduled()
    revoked = {"by": desk.officer, "invitation_id": invitation.pk}
    assert refusal(lambda: actions.revoke(why=" ", **revoked)) == "no-reason"
    actions.revoke(why="Left the firm.", **revoked)
    meeting = invitation.meetings.get()
    assert (desk.now(invitation).state, meeting.cancelled, meeting.sequence) == ("revoked", True, 1)
    assert refusal(lambda: actions.revoke(why="Again.", **revoked)) == "not-now"
