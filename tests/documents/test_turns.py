"""Inspections wait for their turn, and let others have the database meanwhile."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from greffe.documents.turns import AT_ONCE, own_turn

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_more_are_inspected_at_once_than_there_are_processors() -> None:
    inside, most = [0], [0]
    counting, full = threading.Lock(), threading.Event()

    def inspect() -> None:
        with own_turn():
            with counting:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                if inside[0] == AT_ONCE:
                    full.set()
            full.wait(60)
            with counting:
                inside[0] -= 1

    with ThreadPoolExecutor(AT_ONCE * 4) as pool:
        for done in [pool.submit(inspect) for _ in range(AT_ONCE * 4)]:
            done.result()
    assert most == [AT_ONCE]


def test_connection_is_given_back_while_a_document_is_inspected() -> None:
    connection.ensure_connection()
    with own_turn():
        assert connection.connection is None


def test_transaction_keeps_its_connection() -> None:
    with transaction.atomic():
        before = connection.connection
        with own_turn():
            assert connection.connection is before


def test_turn_ends_with_an_error() -> None:
    for _ in range(AT_ONCE + 1):
        with pytest.raises(ValueError, match="inside"), own_turn():
            raise ValueError("inside")
