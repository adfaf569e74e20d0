"""Where somebody's work begins: after sign-in, and from the header of every page."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from greffe.accounts.models import Role
from greffe.accounts.viewers import Viewer


@dataclass(frozen=True, slots=True)
class Way:
    """A link of the header."""

    label: str
    href: str


def ways_of(viewer: Viewer | None) -> list[Way]:
    """The first pages of what a signed-in person does here, the most used first."""
    if not viewer:  # an account that acts for nobody yet
        return [Way(gettext("Enter my invitation code"), reverse("invitation:code"))]
    mine = Way(gettext("My cases"), reverse("portal:my-cases"))
    cases = Way(gettext("Cases"), reverse("registry:cases"))
    if viewer.offices():
        invited = Way(gettext("Invitations"), reverse("registry:invitations"))
        return [Way(gettext("Queue"), reverse("registry:queue")), cases, invited]
    if viewer.holds(Role.MEMBER):
        return [cases, Way(gettext("Queue"), reverse("registry:queue"))]
    if viewer.holds(Role.AUDITOR):
        return [cases]
    if viewer.holds(Role.OPERATOR):
        return [mine, Way(gettext("Accounts"), reverse("registry:accounts"))]
    return [mine]


def landing(viewer: Viewer | None) -> str:
    """The address at which this person's work begins."""
    return ways_of(viewer)[0].href
