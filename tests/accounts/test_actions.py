"""Writes about people and accounts: each is recorded, and impossible ones are refused."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from greffe.accounts.actions import add_person, give_role, open_account
from greffe.accounts.models import Person, Role
from greffe.ledger.actors import SYSTEM
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event

pytestmark = pytest.mark.django_db


def test_person_and_account_are_apart_and_both_recorded() -> None:
    person = add_person(by=SYSTEM, name="Amal", language="fr", client_id="12345678")
    assert not person.accounts.exists()
    user = open_account(by=SYSTEM, person=person, username="amal", password="x" * 20)
    assert user.get_full_name() == "Amal"
    kinds = Event.objects.filter(subject=person.id).order_by("at").values_list("kind", flat=True)
    assert list(kinds) == [Kind.PERSON_ADDED, Kind.ACCOUNT_OPENED]


@pytest.mark.security(23)
def test_ledger_never_holds_a_password() -> None:
    person = add_person(by=SYSTEM, name="Amal", language="fr")
    open_account(by=SYSTEM, person=person, username="amal", password="correct horse battery")
    bodies = str(list(Event.objects.values_list("body", flat=True)))
    assert "correct horse" not in bodies


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"client_id": "123"}, {"client_id": "abcdefgh"}, {"language": "de"}]
)
def test_person_that_cannot_be_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        add_person(by=SYSTEM, **({"name": "Amal", "language": "fr"} | wrong))
    assert not Person.objects.exists()


@pytest.mark.parametrize(("role", "where"), [(Role.OFFICER, "office"), (Role.MEMBER, "division")])
def test_officer_needs_an_office_and_member_a_division(role: Role, where: str) -> None:
    person = add_person(by=SYSTEM, name="Amal", language="fr")
    with pytest.raises(IntegrityError, match=f"has_an?_{where}"), transaction.atomic():
        give_role(by=SYSTEM, person=person, role=role, since=date(2026, 1, 1))
