"""The code of an invitation: issued once the identity is confirmed, checked, and bound."""

from dataclasses import dataclass
from uuid import UUID

from greffe.accounts.addresses import Address
from greffe.accounts.models import User
from greffe.accounts.viewers import Viewer
from greffe.invitations.models import Invitation, InvitationCode


@dataclass(frozen=True, slots=True)
class Issued:
    """A code in clear, in groups of four: shown or printed this once, then kept by nobody."""

    code: str
    row: InvitationCode


def issue_code(*, by: Viewer, invitation_id: UUID) -> Issued:
    """Issue a code; one issued before is revoked. By e-mail it is sent, else the letter has it.

    Raises InvitationRefusedError.
    """
    raise NotImplementedError


def check_code(
    *, user: User, typed: str, address: Address | None, expected: UUID | None = None
) -> InvitationCode:
    """Find the code that a signed-in account typed; nothing is used up by it.

    `expected` is the invitation whose link brought the person here. Raises TooManyTriesError, and
    InvitationRefusedError: a wrong code and an unknown one cannot be told apart.
    """
    raise NotImplementedError


def activate(*, user: User, code_id: UUID, mobile: str) -> Invitation:
    """Bind a code that was checked to the account: it acts for the person from now on.

    `mobile` is the number that the access code went to. Of two at once, one wins. Raises
    InvitationRefusedError.
    """
    raise NotImplementedError
