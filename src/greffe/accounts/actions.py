"""Writes about people and accounts."""

from datetime import date

from django.db import transaction

from greffe.accounts.models import Person, Role, StaffRole, User
from greffe.ledger.actions import record
from greffe.ledger.actors import Actor
from greffe.ledger.kinds import Kind


@transaction.atomic
def add_person(
    *, by: Actor, name: str, language: str, client_id: str = "", email: str = ""
) -> Person:
    """Enter a person. `language` is "en" or "fr"; `client_id` has 8 or 10 digits or is empty."""
    person = Person.objects.create(name=name, language=language, client_id=client_id, email=email)
    record(kind=Kind.PERSON_ADDED, by=by, subject=person.id, body={"language": language})
    return person


@transaction.atomic
def open_account(*, by: Actor, person: Person, username: str, password: str | None) -> User:
    """Give a person an account; without a password it cannot be used to sign in with one."""
    user = User.objects.create_user(username=username, password=password, person=person)
    record(kind=Kind.ACCOUNT_OPENED, by=by, subject=person.id, body={"username": username})
    return user


@transaction.atomic
def give_role(
    *, by: Actor, person: Person, role: Role, since: date, office: str = "", division: str = ""
) -> StaffRole:
    """Let a person of the staff act in a role from a day on, at an office or in a division."""
    held = StaffRole.objects.create(
        person=person, role=role, office=office, division=division, held_from=since
    )
    record(
        kind=Kind.ROLE_GIVEN,
        by=by,
        subject=person.id,
        body={"role": role.value, "office": office, "division": division},
    )
    return held
