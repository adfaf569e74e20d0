"""Who is looking: the person behind an account, and what the registry lets that person be."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.db import connection

from greffe.accounts.models import Person, Role, User
from greffe.ledger.actors import Actor


class HeldRole(NamedTuple):
    """A staff role that a person holds on the day that was asked for."""

    role: Role
    office: str = ""
    division: str = ""


class Principal(NamedTuple):
    """A person in whose name another one acts, as their delegate."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person with the staff roles held today, and those they are a delegate of.

    Cases decide the rest.
    """

    person: Person
    account_id: int
    roles: tuple[HeldRole, ...] = ()
    principals: tuple[Principal, ...] = ()

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
    """The viewer behind an account on a day, or None where the account acts for nobody.

    The database is asked unless the account was just read for a request (`Backend`).
    """
    if user.person is None:
        return None
    ties = getattr(user, "ties", None)
    if ties is None:
        ties = _ties_of(user.person.pk)
    return Viewer(
        person=user.person,
        account_id=user.pk,
        roles=ties.roles(on),
        principals=ties.principals,
    )


class Ties(NamedTuple):
    """What a person is, beside being somebody: staff roles with their dates, whom they act for."""

    staff: tuple[tuple[HeldRole, date, date | None], ...]
    principals: tuple[Principal, ...]

    @classmethod
    def read(cls, staff: Iterable[Any], principals: Iterable[Any]) -> "Ties":
        """Read the two lists that `_TIES` makes."""
        return cls(
            tuple(
                (
                    HeldRole(Role(role), office, division),
                    _day(since),
                    _day(until) if until else None,
                )
                for role, office, division, since, until in staff
            ),
            tuple(Principal(UUID(key), name) for key, name in principals),
        )

    def roles(self, on: date) -> tuple[HeldRole, ...]:
        """The roles held on a day: from their first day to the day before their last."""
        return tuple(
            held
            for held, since, until in self.staff
            if since <= on and (until is None or until > on)
        )


_day = date.fromisoformat
_TIES = """
COALESCE((
    SELECT json_agg(json_build_array(role, office, division, held_from, held_to) ORDER BY id)
    FROM accounts_staffrole WHERE person_id = person.id
), '[]'::json),
COALESCE((
    SELECT json_agg(json_build_array(principal.id, principal.name)
        ORDER BY principal.name, principal.id)
    FROM accounts_delegation AS delegation
    JOIN accounts_person AS principal ON principal.id = delegation.principal_id
    WHERE delegation.delegate_id = person.id AND delegation.until IS NULL
), '[]'::json)
"""
_USER_FIELDS = tuple(field.attname for field in User._meta.concrete_fields)  # noqa: SLF001 - public
_PERSON_FIELDS = tuple(field.attname for field in Person._meta.concrete_fields)  # noqa: SLF001 - same
_ACCOUNT = f"""SELECT {", ".join(f"account.{name}" for name in _USER_FIELDS)},
    {", ".join(f"person.{name}" for name in _PERSON_FIELDS)}, {_TIES}
FROM accounts_user AS account LEFT JOIN accounts_person AS person ON person.id = account.person_id
WHERE account.id = %s
"""  # noqa: S608 - the names of our own columns


def _ties_of(person: UUID) -> Ties:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_TIES} FROM accounts_person AS person WHERE id = %s",  # noqa: S608 - ours
            [person],
        )
        return Ties.read(*cursor.fetchone())


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """django-allauth's sign-in; who is looking is read by one statement, at each request.

    Four of the ORM took a page longer than all that it has to say of the person.
    """

    def get_user(self, user_id: Any) -> User | None:
        """Read an account with all that it is; None where it is closed or gone."""
        with connection.cursor() as cursor:
            cursor.execute(_ACCOUNT, [user_id])
            row = cursor.fetchone()
        if row is None:
            return None
        of_person = len(_USER_FIELDS)
        user = User.from_db(connection.alias, _USER_FIELDS, row[:of_person])
        if user.person_id is not None:
            user.person = Person.from_db(connection.alias, _PERSON_FIELDS, row[of_person:-2])
            user.ties = Ties.read(*row[-2:])  # type: ignore[attr-defined]  # read by viewer_of
        return user if self.user_can_authenticate(user) else None
