"""Reads of invitations, scoped to the offices of whoever looks."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from greffe.accounts.models import Person
from greffe.accounts.viewers import Viewer
from greffe.invitations.lists import folded
from greffe.invitations.models import Invitation, Meeting
from greffe.invitations.notices import MAIL_KEY
from greffe.invitations.permissions import active_cases, counsel_now, parties_now
from greffe.invitations.steps import latest_form
from greffe.law.identifiers import parse_file_number
from greffe.notices.models import Notice

__all__ = [
    "counsel_to_invite",
    "current_meeting",
    "find_invitation",
    "latest_form",
    "mail_of",
    "of_link",
    "of_offices",
    "parties_to_invite",
    "who_may_have_asked",
]


MAIL_KINDS = (
    *("invitation", "invitation-reminder", "registration-received", "registration-not-accepted"),
    *("meeting-proposed", "meeting-scheduled", "meeting-moved", "meeting-cancelled"),
    *("identity-not-confirmed", "invitation-code", "portal-joined"),
)
"""The notices of an invitation."""


def of_offices(viewer: Viewer, *, state: str = "", search: str = "") -> QuerySet[Invitation]:
    """The invitations of this officer's offices, the latest change first."""
    found = Invitation.objects.filter(office__in=viewer.offices()).select_related("person", "case")
    if state:
        found = found.filter(state=state)
    if search := search.replace("\x00", "").strip():
        number = search.replace(" ", "")
        found = found.filter(
            Q(person__name__icontains=search)
            | Q(case__file_number__icontains=number)
            | Q(asked__name__icontains=search)
        )
    return found.order_by("-changed_at", "id")


def find_invitation(viewer: Viewer, invitation_id: UUID) -> Invitation | None:
    """One of them, or None: another office's does not exist."""
    return of_offices(viewer).filter(pk=invitation_id).first()


def of_link(invitation_id: UUID) -> Invitation | None:
    """The invitation that a link leads to, or None where it is of nobody yet."""
    found = Invitation.objects.select_related("person", "case")
    return found.filter(pk=invitation_id, person__isnull=False).first()


def current_meeting(invitation: Invitation) -> Meeting | None:
    """The meeting to come, or the latest one."""
    meetings = invitation.meetings.order_by("-created_at", "-id")
    return meetings.filter(cancelled=False, outcome="").first() or meetings.first()


def _people_in(viewer: Viewer, search: str, *, counsel: bool) -> QuerySet[Person]:
    on = timezone.localdate()
    cases = active_cases(viewer, on=on)
    links = counsel_now(cases, on=on) if counsel else parties_now(cases, on=on)
    if search := search.replace("\x00", "").strip():
        number = Q(case__file_number__icontains=search.replace(" ", ""))
        links = links.filter(number | Q(person__name__icontains=search))
    return Person.objects.filter(pk__in=links.values("person")).order_by("name", "id")


def counsel_to_invite(viewer: Viewer, search: str) -> QuerySet[Person]:
    """Counsel with an active case of this officer's offices, by name or file number."""
    return _people_in(viewer, search, counsel=True)


def parties_to_invite(viewer: Viewer, search: str) -> QuerySet[Person]:
    """People whose own case is an open one of this officer's offices, by name or file number."""
    return _people_in(viewer, search, counsel=False)


def who_may_have_asked(viewer: Viewer, invitation: Invitation) -> list[Person]:
    """Who may be behind an invitation that was asked for: by its file number, e-mail and name.

    Only counsel with an active case; those of the file that was named come first.
    """
    said = invitation.asked
    number = parse_file_number(said.get("file_number", ""))
    on = timezone.localdate()
    links = counsel_now(active_cases(viewer, on=on), on=on)
    same = Q(person__name__iexact=said.get("name", ""))
    if said.get("email"):
        same |= Q(person__email__iexact=said["email"])
    if number is not None:
        same |= Q(case__file_number=number.text)
    people = {link.person_id: link.person for link in links.filter(same).select_related("person")}
    name = folded(said.get("name", ""))
    return sorted(people.values(), key=lambda one: (folded(one.name) != name, one.name, one.pk))


def mail_of(invitation: Invitation) -> QuerySet[Notice]:
    """The e-mails of an invitation, the latest first, with those that came back or failed."""
    of_it = Notice.objects.filter(dedupe__startswith=f"{MAIL_KEY}:{invitation.id}:")
    return of_it.order_by("-created_at", "-id")
