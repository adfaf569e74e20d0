"""Accounts as the registry's own people see them: who may end one's sessions, or close it.

Operators see every account. Officers see those of people who hold no role of the staff, and none
that acts for nobody: such an account opens nothing.
"""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from greffe.accounts.models import Role, StaffRole, User
from greffe.accounts.viewers import Viewer


def accounts_for(viewer: Viewer, on: date) -> QuerySet[User]:
    """The accounts that somebody may look at and end on a day; none for most people."""
    everyone = User.objects.select_related("person")
    if viewer.holds(Role.OPERATOR):
        return everyone
    if not viewer.offices():
        return everyone.none()
    held = StaffRole.objects.filter(
        Q(held_to=None) | Q(held_to__gt=on), person=OuterRef("person"), held_from__lte=on
    )
    return everyone.exclude(person=None).exclude(Exists(held))


def search(viewer: Viewer, asked: str, on: date) -> QuerySet[User]:
    """Those of them whose username, name or e-mail address holds what is asked, by name."""
    found = accounts_for(viewer, on).filter(
        Q(username__icontains=asked)
        | Q(person__name__icontains=asked)
        | Q(person__email__iexact=asked)
    )
    return found.order_by("person__name", "username")
