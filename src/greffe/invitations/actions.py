"""Writes of an invitation, up to its registration form: asked, invited, returned, reviewed.

Each is one transaction with its ledger event and the notice to the person. Officers act at their
own office only. Raises InvitationRefusedError: nothing has changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from greffe.accounts.models import Person
from greffe.accounts.viewers import Viewer
from greffe.cases.models import Case
from greffe.invitations.lists import ListRow, WrongRow
from greffe.invitations.models import Invitation, RegistrationForm
from greffe.invitations.registration import Registration


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


def ask(*, asked: Asked, by: Viewer | None = None) -> Invitation:
    """Note that somebody asks to be invited: on the public page, or an officer by telephone.

    The same is done whoever asks: the person is found by an officer afterwards, see
    `queries.who_may_have_asked`. Raises InvitationRefusedError.
    """
    raise NotImplementedError


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
    raise NotImplementedError


def answer(
    *, by: Viewer, invitation_id: UUID, person: Person, channel: str, language: str, to: str = ""
) -> Invitation:
    """Invite counsel who asked: the invitation in state `asked` becomes that of `person`.

    Raises InvitationRefusedError.
    """
    raise NotImplementedError


def invite_many(*, by: Viewer, office: str, rows: Sequence[ListRow]) -> ManyInvited:
    """Invite everybody of a list, each in a transaction of its own.

    Rows that are wrong are named and hold nobody else up; the same list again invites nobody twice.
    `lists.read_list` makes the rows of a CSV file.
    """
    raise NotImplementedError


def send_again(*, by: Viewer, invitation_id: UUID, channel: str = "", to: str = "") -> Invitation:
    """Send an invitation once more, by another way or to another address if given.

    One that expired begins again. Raises InvitationRefusedError.
    """
    raise NotImplementedError


def revoke(*, by: Viewer, invitation_id: UUID, why: str) -> Invitation:
    """End an invitation, and its code with it. `why` is for the registry and is not sent."""
    raise NotImplementedError


def return_form(
    *, invitation_id: UUID, form: Registration, by: Viewer | None = None, on_paper: bool = False
) -> RegistrationForm:
    """Take a registration form: from the person by the link, or entered by an officer.

    Until it is reviewed it may be returned again. Raises FormRefusedError with every problem, and
    InvitationRefusedError.
    """
    raise NotImplementedError


def review_form(
    *, by: Viewer, invitation_id: UUID, accepted: bool, note: str = ""
) -> RegistrationForm:
    """Accept the latest form, or send it back with a note that the person reads.

    Raises InvitationRefusedError.
    """
    raise NotImplementedError


def correct_mobile(*, by: Viewer, invitation_id: UUID, mobile: str) -> RegistrationForm:
    """Enter another mobile number while the code waits: the old one takes no access code any more.

    Raises FormRefusedError and InvitationRefusedError.
    """
    raise NotImplementedError
