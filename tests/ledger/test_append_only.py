import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from greffe.ledger.actions import sequence
from greffe.ledger.checkpoint import make_checkpoint
from greffe.ledger.grants import grant_application_role
from greffe.ledger.models import Link
from greffe.sealing.keys import KeyRing
from tests.support.ledger import chained, file_each, settle

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres15,
    pytest.mark.security(23),
]

LEDGER = ["ledger_event", "ledger_link", "ledger_checkpoint"]
CHANGES = [
    "UPDATE ledger_event SET for_name = ''",
    "UPDATE ledger_event SET for_name = '' WHERE FALSE",
    "DELETE FROM ledger_event",
    "TRUNCATE ledger_event CASCADE",
    "TRUNCATE ledger_link",
    "UPDATE ledger_link SET linked_at = linked_at",
    "DELETE FROM ledger_link",
    "UPDATE ledger_checkpoint SET seq = 1",
    "DELETE FROM ledger_checkpoint",
    "TRUNCATE ledger_checkpoint",
    "INSERT INTO ledger_link SELECT * FROM ledger_link ON CONFLICT (seq) DO UPDATE SET seq = 9",
]


@pytest.fixture
def role() -> Iterator[str]:
    """Have a role of the application, of this database alone: roles are the server's."""
    name = f"greffe_app_{connection.settings_dict['NAME']}"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE ROLE "{name}"')
    yield name
    with connection.cursor() as cursor:
        cursor.execute(f'RESET ROLE; DROP OWNED BY "{name}"; DROP ROLE "{name}"')


@pytest.mark.parametrize("change", CHANGES)
def test_change_of_the_ledger_by_its_owner_is_refused(change: str) -> None:
    chained(2)
    with (
        connection.cursor() as cursor,
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
    ):
        cursor.execute(change)
    assert Link.objects.count() == 2


@pytest.mark.parametrize("change", CHANGES)
def test_change_of_the_ledger_by_the_application_is_refused(change: str, role: str) -> None:
    chained(2)
    assert grant_application_role(connection, role=role)
    with connection.cursor() as cursor:
        cursor.execute(f'SET ROLE "{role}"')
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute(change)
    assert Link.objects.count() == 2


def test_application_role_records_chains_and_makes_checkpoints(role: str, tmp_path: Path) -> None:
    ring = KeyRing.create(tmp_path / "keys", demonstration=True, name="Registry")
    grant_application_role(connection, role=role)
    with connection.cursor() as cursor:
        cursor.execute(f'SET ROLE "{role}"')
    file_each(2)
    settle()
    assert sequence() == 2
    assert make_checkpoint(ring) is not None


def test_application_role_cannot_say_which_transaction_it_is(role: str) -> None:
    grant_application_role(connection, role=role)
    with connection.cursor() as cursor:
        cursor.execute(f'SET ROLE "{role}"')
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute("INSERT INTO ledger_event (id, xid) VALUES (%s, '3')", [uuid.uuid4()])


def test_application_role_has_no_right_but_its_own_on_any_table(role: str) -> None:
    grant_application_role(connection, role=role)
    grant_application_role(connection, role=role)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
            " WHERE grantee = %s",
            [role],
        )
        rights: dict[str, set[str]] = {}
        for table, right in cursor:
            rights.setdefault(table, set()).add(right)
    assert rights.pop("django_content_type") == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert {right for table in LEDGER for right in rights.pop(table)} == {"SELECT"}
    assert {"TRUNCATE", "REFERENCES", "TRIGGER"}.isdisjoint(set().union(*rights.values()))


def test_grant_without_such_a_role_does_nothing() -> None:
    assert not grant_application_role(connection, role="greffe_app_that_nobody_made")
