"""Who is looking: the person behind an account, and what the registry lets that person be."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from greffe.accounts.models import Person, Role, StaffRole, User
from greffe.ledger.actors import Actor


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person with the staff roles held today. Cases decide the rest."""

    person: Person
    account_id: int
    roles: tuple[StaffRole, ...] = ()

    @property
    def id(self) -> UUID:
        """The person's id, by which every query is scoped."""
        return self.person.id

    def holds(self, role: Role) -> bool:
        """Whether this person has that staff role today, at any office or division."""
        return any(held.role == role for held in self.roles)

    def offices(self) -> frozenset[str]:
        """The offices where this person is a registry officer or a supervisor today."""
        registry = {Role.OFFICER, Role.SUPERVISOR}
        return frozenset(held.office for held in self.roles if held.role in registry)

    def supervised(self) -> frozenset[str]:
        """The offices whose officers this person supervises today."""
        return frozenset(held.office for held in self.roles if held.role == Role.SUPERVISOR)

    def divisions(self) -> frozenset[str]:
        """The divisions of which this person is a member today."""
        return frozenset(held.division for held in self.roles if held.role == Role.MEMBER)

    def actor(self, capacity: str) -> Actor:
        """The same person as the ledger names them, acting in this capacity."""
        return Actor(
            name=self.person.name,
            capacity=capacity,
            person_id=self.person.id,
            account_id=self.account_id,
        )


def viewer_of(user: User, *, on: date) -> Viewer | None:
    """The viewer behind an account on a day, or None where the account acts for nobody."""
    if user.person is None:
        return None
    roles = StaffRole.objects.filter(
        Q(held_to=None) | Q(held_to__gt=on), person=user.person, held_from__lte=on
    )
    return Viewer(person=user.person, account_id=user.pk, roles=tuple(roles))
