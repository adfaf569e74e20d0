"""The code of an invitation: issued once the identity is confirmed, checked, and bound."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from greffe.accounts import limits
from greffe.accounts.actors import account_actor
from greffe.accounts.addresses import Address
from greffe.accounts.models import Person, User
from greffe.accounts.viewers import Viewer
from greffe.invitations.codes import Code, new_code, read_code
from greffe.invitations.models import Invitation, InvitationCode, RegistrationForm
from greffe.invitations.notices import CODE_PATH, JOINED_PATH, address_of, day, send, tell
from greffe.invitations.refusals import InvitationRefusedError, RefusalCode
from greffe.invitations.steps import (
    latest_form,
    lock,
    lock_for,
    log_event,
    move,
    require,
    was_confirmed,
)
from greffe.law.calendar import instant
from greffe.ledger.actions import record
from greffe.ledger.actors import Actor
from greffe.ledger.kinds import Kind
from greffe.rules import rules

_NOBODYS = new_code()


@dataclass(frozen=True, slots=True, repr=False)
class Issued:
    """A code in clear, in groups of four: shown or printed this once, then kept by nobody."""

    code: str
    row: InvitationCode


@transaction.atomic
def issue_code(*, by: Viewer, invitation_id: UUID) -> Issued:
    """Issue a code; one issued before is revoked. By e-mail it is sent, else the letter has it.

    Raises InvitationRefusedError.
    """
    invitation = lock_for(by, invitation_id)
    require(invitation, "issue")
    if not was_confirmed(invitation):
        raise InvitationRefusedError("identity-not-confirmed")
    now = timezone.now()
    invitation.codes.filter(used_at=None, revoked_at=None).update(revoked_at=now)
    try:
        with transaction.atomic():
            move(invitation, "issue")
    except IntegrityError:  # it had expired, and the person was invited anew since
        raise InvitationRefusedError("already-invited") from None
    assert invitation.due_on is not None  # noqa: S101 - a code has its time by the rows
    zone = rules().office(invitation.office).zone
    code, row = _new_row(invitation, instant(invitation.due_on + timedelta(days=1), time(0), zone))
    by_email = invitation.channel == Invitation.Channel.EMAIL
    log_event(
        Kind.INVITATION_CODE_ISSUED,
        by.actor("officer"),
        invitation,
        code=str(row.id),
        by_email=by_email,
    )
    if by_email:
        send(
            invitation,
            "invitation-code",
            to=address_of(invitation),
            key=str(row.id),
            code=code.spoken,
            until=day(invitation.due_on, invitation),
            link=CODE_PATH.format(language=invitation.language),
        )
    return Issued(code.spoken, row)


def _new_row(invitation: Invitation, expires_at: datetime) -> tuple[Code, InvitationCode]:
    """A code whose selector no other has: of 331,776, one more is tried where it is taken."""
    code = new_code()
    while InvitationCode.objects.filter(selector=code.selector).exists():
        code = new_code()
    row = InvitationCode.objects.create(
        invitation=invitation, selector=code.selector, secret=code.hashed(), expires_at=expires_at
    )
    return code, row


def check_code(*, user: User, typed: str, address: Address | None) -> InvitationCode:
    """Find the code that a signed-in account typed; nothing is used up by it.

    Raises TooManyTriesError, and InvitationRefusedError: a wrong code and an unknown one cannot be
    told apart.
    """
    code = read_code(typed)
    if code is None:  # seen without a look at any code: it tells nothing, and costs no try
        raise InvitationRefusedError("mistyped")
    tried = limits.attempt(limits.Kind.INVITATION_CODE, code.selector, address=address)
    rows = InvitationCode.objects.select_related("invitation__person")
    row = rows.filter(selector=code.selector).first()
    kept = bytes(row.secret) if row is not None else _NOBODYS.hashed()
    if not code.matches(kept) or row is None:
        _record_refusal(user, "wrong-code")
        raise InvitationRefusedError("wrong-code")
    limits.succeeded(tried)
    refusal = _refusal(user, row)
    if refusal is not None:
        _record_refusal(user, refusal)
        raise InvitationRefusedError(refusal)
    return row


def _refusal(user: User, row: InvitationCode) -> RefusalCode | None:
    """Why a code that is right cannot be used by this account now, or None if it can."""
    invitation = row.invitation
    if user.person_id is not None and user.person_id != invitation.person_id:
        return "code-of-another"
    if row.used_at is not None:
        return "code-used"
    if row.revoked_at is not None or invitation.state == "revoked":
        return "code-revoked"
    if row.expires_at <= timezone.now() or invitation.state != "code-issued":
        return "code-expired"
    others = User.objects.filter(person=invitation.person_id, is_active=True).exclude(pk=user.pk)
    if user.person_id is not None or (not invitation.replaces_account and others.exists()):
        return "account-taken"
    return None


def _record_refusal(user: User, why: RefusalCode) -> None:
    """Record that a code was refused: never which, for a wrong one may be nearly right."""
    with transaction.atomic():
        record(
            kind=Kind.INVITATION_CODE_REFUSED,
            by=account_actor(user),
            subject=user.person_id,
            body={"why": why},
        )


@transaction.atomic
def activate(*, user: User, code_id: UUID, mobile: str) -> Invitation:
    """Bind a code that was checked to the account: it acts for the person from now on.

    `mobile` is the number that the access code went to. Of two at once, one wins. Raises
    InvitationRefusedError.
    """
    found = InvitationCode.objects.filter(pk=code_id).values_list("invitation", flat=True).first()
    if found is None:
        raise InvitationRefusedError("wrong-code")
    # The account first: whoever enters an access code has it locked already.
    account = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    invitation = lock(found)
    assert invitation.person_id is not None  # noqa: S101 - a code was issued to somebody
    person = Person.objects.select_for_update(no_key=True).get(pk=invitation.person_id)
    row = InvitationCode.objects.select_for_update().get(pk=code_id)
    row.invitation = invitation
    refusal = _refusal(account, row)
    if refusal is not None:
        raise InvitationRefusedError(refusal)
    form = latest_form(invitation)
    if form is None or form.mobile != mobile:
        raise InvitationRefusedError("phone-changed")
    row.used_at = timezone.now()
    row.save(update_fields=["used_at"])
    replaced = _close_others(invitation, account)
    _take_over(person, form)
    account.person = person
    account.save(update_fields=["person"])
    user.person = person
    invitation.account = account
    move(invitation, "activate", "account")
    actor = Actor(person.name, "account", person_id=person.id, account_id=account.pk)
    log_event(
        Kind.INVITATION_ACTIVATED,
        actor,
        invitation,
        account=account.username,
        code=str(row.id),
        replaced=replaced,
    )
    tell(
        invitation,
        "portal-joined",
        key=str(row.id),
        link=JOINED_PATH.format(language=invitation.language),
    )
    return invitation


def _close_others(invitation: Invitation, account: User) -> list[str]:
    """Close the accounts that this one takes the place of; give their usernames."""
    others = User.objects.select_for_update().filter(person=invitation.person_id, is_active=True)
    closed = []
    for other in others.exclude(pk=account.pk).order_by("pk"):
        other.is_active = False
        other.save(update_fields=["is_active"])
        record(
            kind=Kind.ACCOUNT_CLOSED,
            by=account_actor(other),
            subject=invitation.person_id,
            body={"username": other.username, "why": "replaced"},
        )
        closed.append(other.username)
    return closed


def _take_over(person: Person, form: RegistrationForm) -> None:
    """Write the contact details of the form to the person, whose name stays that of the cases."""
    person.language, person.mobile, person.address = form.language, form.mobile, form.address
    person.phone = form.phone or person.phone
    person.email = form.email or person.email
    person.firm = form.firm or person.firm
    person.save(update_fields=["language", "mobile", "address", "phone", "email", "firm"])
