"""Reads of invitations, scoped to the offices of whoever looks."""

from uuid import UUID

from django.db.models import QuerySet

from greffe.accounts.models import Person
from greffe.accounts.viewers import Viewer
from greffe.invitations.models import Invitation, Meeting, RegistrationForm
from greffe.notices.models import Notice


def of_offices(viewer: Viewer, *, state: str = "", search: str = "") -> QuerySet[Invitation]:
    """The invitations of this officer's offices, the latest change first."""
    raise NotImplementedError


def find_invitation(viewer: Viewer, invitation_id: UUID) -> Invitation | None:
    """One of them, or None: another office's does not exist."""
    raise NotImplementedError


def latest_form(invitation: Invitation) -> RegistrationForm | None:
    """The form that counts."""
    raise NotImplementedError


def current_meeting(invitation: Invitation) -> Meeting | None:
    """The meeting to come, or the latest one."""
    raise NotImplementedError


def counsel_to_invite(viewer: Viewer, search: str) -> QuerySet[Person]:
    """Counsel with an active case of this officer's offices, by name or file number."""
    raise NotImplementedError


def parties_to_invite(viewer: Viewer, search: str) -> QuerySet[Person]:
    """People whose own case is an open one of this officer's offices, by name or file number."""
    raise NotImplementedError


def who_may_have_asked(viewer: Viewer, invitation: Invitation) -> QuerySet[Person]:
    """Who may be behind an invitation that was asked for: by its file number, e-mail and name."""
    raise NotImplementedError


def mail_of(invitation: Invitation) -> QuerySet[Notice]:
    """The e-mails of an invitation, the latest first, with those that came back or failed."""
    raise NotImplementedError
