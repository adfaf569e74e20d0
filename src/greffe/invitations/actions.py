"""Writes of an invitation, up to its registration form: asked, invited, returned, reviewed.

Each is one transaction with its ledger event and the notice to the person. Officers act at their
own office only. Raises InvitationRefusedError: nothing has changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from greffe.accounts.models import Person, User
from greffe.accounts.viewers import Viewer
from greffe.cases.models import Case
from greffe.invitations.lists import ListRow, WrongRow, person_of
from greffe.invitations.models import UNDER_WAY, Invitation, RegistrationForm
from greffe.invitations.notices import day, send, tell
from greffe.invitations.permissions import is_counsel, is_party
from greffe.invitations.refusals import FormProblem, FormRefusedError, InvitationRefusedError
from greffe.invitations.registration import (
    Registration,
    is_email,
    problems_of,
    telephone,
    tidied,
)
from greffe.invitations.steps import (
    actor_of,
    due_day,
    latest_form,
    lock_for,
    log_event,
    move,
    require,
    today_at,
    was_confirmed,
)
from greffe.ledger.kinds import Kind
from greffe.notices.texts import one_line

Channel, Standing = Invitation.Channel, Invitation.Standing


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody says who asks to be invited: kept as typed, matched by an officer."""

    name: str
    email: str
    phone: str
    file_number: str
    office: str
    language: str


@dataclass(frozen=True, slots=True)
class ManyInvited:
    """What became of a list: who was invited, who had been already, and which rows are wrong."""

    invited: Sequence[Invitation]
    already: Sequence[ListRow]
    wrong: Sequence[WrongRow]


@transaction.atomic
def ask(*, asked: Asked, by: Viewer | None = None) -> Invitation:
    """Note that somebody asks to be invited: on the public page, or an officer by telephone.

    The same is done whoever asks: the person is found by an officer afterwards, see
    `queries.who_may_have_asked`. Raises InvitationRefusedError.
    """
    if by is not None and asked.office not in by.offices():
        raise InvitationRefusedError("not-yours")
    invitation = Invitation.objects.create(
        office=asked.office,
        language=asked.language,
        asked={
            "name": one_line(asked.name),
            "email": one_line(asked.email),
            "phone": one_line(asked.phone),
            "file_number": one_line(asked.file_number),
            "by": "telephone" if by else "portal",
        },
    )
    log_event(Kind.INVITATION_ASKED, actor_of(by, invitation), invitation)
    return invitation


@transaction.atomic
def invite(
    *,
    by: Viewer,
    person: Person,
    office: str,
    channel: str,
    language: str,
    case: Case | None = None,
    to: str = "",
    replaces_account: bool = False,
) -> Invitation:
    """Invite a person: counsel with an active case, or, with `case`, whoever's own case it is.

    `to` is the e-mail, postal address or fax number; without, the person's own. By mail
    and fax the letter is printed by an officer. Raises InvitationRefusedError.
    """
    if office not in by.offices():
        raise InvitationRefusedError("not-yours")
    _may_be_invited(by, person, case, channel, replaces_account=replaces_account)
    invitation = Invitation(
        person=person,
        standing=Standing.PARTY if case else Standing.COUNSEL,
        case=case,
        office=office,
        language=language,
        replaces_account=replaces_account,
    )
    _address(invitation, channel, to)
    invitation.save(force_insert=True)
    _send(by, invitation, "invite", Kind.INVITATION_SENT)
    return invitation


@transaction.atomic
def answer(
    *, by: Viewer, invitation_id: UUID, person: Person, channel: str, language: str, to: str = ""
) -> Invitation:
    """Invite counsel who asked: the invitation in state `asked` becomes that of `person`.

    Raises InvitationRefusedError.
    """
    invitation = lock_for(by, invitation_id)
    require(invitation, "invite")
    _may_be_invited(by, person, None, channel, replaces_account=False)
    invitation.person, invitation.language = person, language
    _address(invitation, channel, to)
    _send(by, invitation, "invite", Kind.INVITATION_SENT, "person", "language")
    return invitation


def _may_be_invited(
    by: Viewer, person: Person, case: Case | None, channel: str, *, replaces_account: bool
) -> None:
    """Refuse whom this officer may not invite. Locks the person: two at once are told apart."""
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    on = timezone.localdate()
    if case is None and not is_counsel(by, person, on=on):
        raise InvitationRefusedError("no-active-case")
    if case is not None and not is_party(by, person, case, on=on):
        raise InvitationRefusedError("not-in-case")
    if case is not None and channel == Channel.EMAIL:
        raise InvitationRefusedError("party-by-letter")
    if person.invitations.filter(state__in=UNDER_WAY).exists():
        raise InvitationRefusedError("already-invited")
    if not replaces_account and User.objects.filter(person=person, is_active=True).exists():
        raise InvitationRefusedError("has-account")


def _address(invitation: Invitation, channel: str, to: str) -> None:
    """Set by which way and to what address an invitation goes; the person's own without `to`."""
    person = invitation.person
    assert person is not None  # noqa: S101 - it has just been set
    own = {Channel.EMAIL: person.email, Channel.MAIL: person.address, Channel.FAX: ""}
    if channel not in own:
        raise InvitationRefusedError("no-address")
    to = to.strip() or own[Channel(channel)]
    if not to:
        raise InvitationRefusedError("no-address")
    if channel == Channel.EMAIL and not is_email(to):
        raise InvitationRefusedError("bad-address")
    if channel == Channel.FAX:
        to = telephone(to) or ""
        if not to:
            raise InvitationRefusedError("bad-address")
    invitation.channel, invitation.sent_to = channel, to


def _send(by: Viewer, invitation: Invitation, event: str, kind: Kind, *fields: str) -> None:
    """Move an invitation on, and send it by e-mail where that is its way."""
    invitation.sendings += 1
    move(invitation, event, "channel", "sent_to", "sendings", *fields)
    log_event(kind, by.actor("officer"), invitation, channel=str(invitation.channel))
    if invitation.channel == Channel.EMAIL:
        send(
            invitation,
            "invitation",
            to=invitation.sent_to,
            key=str(invitation.sendings),
            until=day(invitation.due_on, invitation),
        )


def invite_many(*, by: Viewer, office: str, rows: Sequence[ListRow]) -> ManyInvited:
    """Invite everybody of a list, each in a transaction of its own.

    Rows that are wrong are named and hold nobody else up; the same list again invites nobody twice.
    `lists.read_list` makes the rows of a CSV file.
    """
    if office not in by.offices():
        raise InvitationRefusedError("not-yours")
    invited: list[Invitation] = []
    already: list[ListRow] = []
    wrong: list[WrongRow] = []
    for row in rows:
        person = person_of(by, row, on=timezone.localdate())
        if isinstance(person, WrongRow):
            wrong.append(person)
            continue
        try:
            invited.append(
                invite(
                    by=by,
                    person=person,
                    office=office,
                    channel=row.channel,
                    language=row.language or person.language,
                    to=row.to,
                )
            )
        except InvitationRefusedError as refusal:
            if refusal.code in {"already-invited", "has-account"}:
                already.append(row)
            else:
                wrong.append(WrongRow(row.number, refusal.code))
    return ManyInvited(invited, already, wrong)


@transaction.atomic
def send_again(*, by: Viewer, invitation_id: UUID, channel: str = "", to: str = "") -> Invitation:
    """Send an invitation once more, by another way or to another address if given.

    One that expired begins again. Raises InvitationRefusedError.
    """
    invitation = lock_for(by, invitation_id)
    require(invitation, "send-again")
    person = invitation.person
    if person is None:
        raise InvitationRefusedError("not-now")
    if invitation.state == "expired":
        if was_confirmed(invitation):
            raise InvitationRefusedError("identity-confirmed")
        _may_be_invited(
            by,
            person,
            invitation.case,
            channel or invitation.channel,
            replaces_account=invitation.replaces_account,
        )
    elif invitation.case_id and channel == Channel.EMAIL:
        raise InvitationRefusedError("party-by-letter")
    same_way = channel in {"", invitation.channel}
    _address(invitation, channel or invitation.channel, to or (invitation.sent_to * same_way))
    _send(by, invitation, "send-again", Kind.INVITATION_SENT_AGAIN)
    return invitation


@transaction.atomic
def revoke(*, by: Viewer, invitation_id: UUID, why: str) -> Invitation:
    """End an invitation, and its code with it. `why` is for the registry and is not sent."""
    invitation = lock_for(by, invitation_id)
    require(invitation, "revoke")
    if not why.strip():
        raise InvitationRefusedError("no-reason")
    now = timezone.now()
    invitation.codes.filter(used_at=None, revoked_at=None).update(revoked_at=now)
    for meeting in invitation.meetings.filter(cancelled=False, outcome=""):
        meeting.cancelled, meeting.sequence = True, meeting.sequence + 1
        meeting.save(update_fields=["cancelled", "sequence"])
    invitation.note = why.strip()
    move(invitation, "revoke", "note")
    log_event(Kind.INVITATION_REVOKED, by.actor("officer"), invitation)
    return invitation


@transaction.atomic
def return_form(
    *, invitation_id: UUID, form: Registration, by: Viewer | None = None, on_paper: bool = False
) -> RegistrationForm:
    """Take a registration form: from the person by the link, or entered by an officer.

    Until it is reviewed it may be returned again. Raises FormRefusedError with every problem, and
    InvitationRefusedError.
    """
    invitation = lock_for(by, invitation_id)
    require(invitation, "return-form")
    earlier = latest_form(invitation)
    if invitation.state == "form-returned" and earlier is not None and earlier.accepted:
        raise InvitationRefusedError("not-now")
    form = tidied(form)
    counsel = invitation.standing == Standing.COUNSEL
    problems = problems_of(
        form,
        counsel=counsel,
        email_needed=invitation.channel == Channel.EMAIL,
        on=today_at(invitation.office, timezone.now()),
    )
    if problems:
        raise FormRefusedError(problems)
    if not counsel:
        form = replace(form, regulator="", membership="", membership_number="", firm="")
    kept = _keep(invitation, form, by, on_paper=on_paper)
    invitation.language = form.language
    move(invitation, "return-form", "language")
    log_event(
        Kind.REGISTRATION_RETURNED,
        actor_of(by, invitation),
        invitation,
        form=str(kept.id),
        on_paper=on_paper,
    )
    tell(invitation, "registration-received", key=str(kept.id))
    return kept


def _keep(
    invitation: Invitation, form: Registration, by: Viewer | None, *, on_paper: bool
) -> RegistrationForm:
    return RegistrationForm.objects.create(
        invitation=invitation,
        name=form.name,
        regulator=form.regulator,
        membership=form.membership,
        membership_number=form.membership_number,
        firm=form.firm,
        address=form.address,
        phone=form.phone,
        mobile=form.mobile,
        email=form.email,
        language=form.language,
        on_paper=on_paper,
        entered_by=by.person if by else None,
    )


@transaction.atomic
def review_form(
    *, by: Viewer, invitation_id: UUID, accepted: bool, note: str = ""
) -> RegistrationForm:
    """Accept the latest form, or send it back with a note that the person reads.

    Raises InvitationRefusedError.
    """
    invitation = lock_for(by, invitation_id)
    form = latest_form(invitation)
    event = "accept-form" if accepted else "send-back"
    require(invitation, event)
    if form is None or form.accepted is not None:
        raise InvitationRefusedError("stale")
    words = note.strip()
    if not accepted and not words:
        raise InvitationRefusedError("no-reason")
    form.accepted, form.note = accepted, words
    form.reviewed_by, form.reviewed_at = by.person, timezone.now()
    form.save(update_fields=["accepted", "note", "reviewed_by", "reviewed_at"])
    move(invitation, event)
    log_event(
        Kind.REGISTRATION_REVIEWED,
        by.actor("officer"),
        invitation,
        form=str(form.id),
        accepted=accepted,
    )
    if not accepted:
        until = day(due_day(invitation, timezone.now()), invitation)
        tell(invitation, "registration-not-accepted", key=str(form.id), note=words, until=until)
    return form


@transaction.atomic
def correct_mobile(*, by: Viewer, invitation_id: UUID, mobile: str) -> RegistrationForm:
    """Enter another mobile number while the code waits: the old one takes no access code any more.

    Raises FormRefusedError and InvitationRefusedError.
    """
    invitation = lock_for(by, invitation_id)
    form = latest_form(invitation)
    if invitation.state not in {"confirmed", "code-issued"} or form is None:
        raise InvitationRefusedError("not-now")
    number = telephone(mobile)
    if number is None:
        raise FormRefusedError((FormProblem("mobile", "mobile-wrong"),))
    form.mobile = number
    form.save(update_fields=["mobile"])
    log_event(
        Kind.CONTACT_CHANGED, by.actor("officer"), invitation, form=str(form.id), field="mobile"
    )
    return form
