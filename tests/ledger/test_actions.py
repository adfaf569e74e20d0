import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import Error, IntegrityError, connection, transaction

from greffe.ledger.actions import record, sequence
from greffe.ledger.actors import SYSTEM
from greffe.ledger.commitments import commitment_of
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event, Link
from greffe.ledger.tasks import chain_events
from greffe.ledger.verify import verify
from greffe.sealing.canonical import CanonicalError
from tests.support.ledger import JANE, chained, file_each, filed, settle, tampering

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres15]


def in_thread(work: Callable[[], Any]) -> Any:
    """Run with a connection of the thread's own, closed at its end."""
    try:
        return work()
    finally:
        connection.close()


def test_record_stores_what_its_commitment_says() -> None:
    event = file_each(1)[0]
    stored = Event.objects.get(pk=event.id)
    again = commitment_of(
        stored.at,
        event_id=stored.id,
        kind=stored.kind,
        by=stored.actor,
        subject=stored.subject,
        case_ids=stored.case_ids,
        body=stored.body,
        salt=bytes(stored.salt),
    )
    assert again == bytes(stored.commitment) == bytes(event.commitment)
    assert (stored.actor, stored.at, stored.body) == (JANE, event.at, event.body)


def test_record_outside_a_transaction_raises() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        filed()
    assert not Event.objects.exists()


@pytest.mark.security(23)
def test_record_that_the_database_refuses_undoes_the_change() -> None:
    def change() -> None:
        ContentType.objects.create(app_label="x", model="undone")
        filed(kind="not-a-kind")

    with pytest.raises(IntegrityError, match="ledger_event_kind_closed"), transaction.atomic():
        change()
    assert not ContentType.objects.filter(model="undone").exists()


def test_record_is_undone_with_the_change() -> None:
    def change() -> None:
        filed()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        change()
    assert not Event.objects.exists()


@pytest.mark.parametrize("body", [{"a": 1.5}, {"a": uuid.UUID(int=1)}, {"a": 2**60}, {1: "a"}])
def test_record_of_a_body_without_canonical_form_raises(body: Any) -> None:
    with pytest.raises(CanonicalError), transaction.atomic():
        filed(body=body)
    assert not Event.objects.exists()


def test_record_takes_one_round_trip(django_assert_num_queries: Any) -> None:
    with transaction.atomic(), django_assert_num_queries(1):
        filed()


def test_record_of_the_registry_needs_neither_subject_nor_case() -> None:
    with transaction.atomic():
        event = record(kind=Kind.CHECKPOINT_PUBLISHED, by=SYSTEM, subject=None, body={})
    assert Event.objects.get(pk=event.id).case_ids == []


def test_sequence_links_in_the_order_of_recording() -> None:
    with transaction.atomic():
        events = [filed() for _ in range(3)]
    events += file_each(2)
    settle()
    assert sequence() == 5
    assert list(Link.objects.order_by("seq").values_list("seq", "event_id")) == [
        (place, event.id) for place, event in enumerate(events, start=1)
    ]


def test_sequence_continues_where_it_stopped() -> None:
    file_each(5)
    settle()
    assert [sequence(limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert verify().ok
    assert verify().links == 5


def test_sequence_inside_a_transaction_raises() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        sequence()


def test_sequence_does_not_overtake_an_older_transaction_still_open() -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slow() -> list[uuid.UUID]:
        with transaction.atomic():
            first = filed().id
            begun.set()
            assert may_end.wait(60)
            return [first, filed().id]

    with ThreadPoolExecutor(1) as pool:
        older = pool.submit(in_thread, slow)
        try:
            assert begun.wait(60)
            newer = [event.id for event in file_each(2)]
            overtaken = sequence()
        finally:
            may_end.set()
        expected = older.result(60) + newer
    assert overtaken == 0
    settle()
    assert sequence() == 4
    assert list(Link.objects.order_by("seq").values_list("event_id", flat=True)) == expected
    assert verify().ok


def test_sequence_by_several_at_once_leaves_no_gap_and_no_double() -> None:
    start = threading.Barrier(6, timeout=60)

    def writer() -> int:
        start.wait()
        return len(file_each(15))

    def sequencer() -> int:
        start.wait()
        return sum(sequence(limit=4) for _ in range(10))

    with ThreadPoolExecutor(6) as pool:
        writers = [pool.submit(in_thread, writer) for _ in range(3)]
        sequencers = [pool.submit(in_thread, sequencer) for _ in range(3)]
        written = sum(job.result(60) for job in writers)
        linked = sum(job.result(60) for job in sequencers)
    settle()
    linked += sequence()
    assert linked == written == 45
    assert list(Link.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 46))
    assert verify().ok


def test_sequence_after_a_restore_to_a_younger_server_goes_on() -> None:
    """Restored rows carry transaction ids that this server has yet to give out."""
    chained(2)
    waiting = file_each(1)[0].id
    with tampering() as cursor:
        cursor.execute("UPDATE ledger_event SET xid = (xid::text::bigint + 1e12)::text::xid8")
    file_each(2)
    settle()
    assert verify().waiting == 3
    assert verify().ok
    assert sequence(limit=1) == 1
    assert sequence() == 2
    file_each(1)
    settle()
    assert sequence() == 1
    assert Link.objects.filter(event_id=waiting).exists()
    report = verify()
    assert (report.ok, report.links, report.waiting) == (True, 6, 0)


def test_sequence_refused_by_the_database_links_nothing() -> None:
    file_each(2)
    settle()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_link ADD CONSTRAINT full_disk CHECK (seq < 2)")
    try:
        with pytest.raises(Error):
            sequence()
        assert not Link.objects.exists()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_link DROP CONSTRAINT full_disk")
    assert sequence() == 2


def test_task_chains_everything_that_waits() -> None:
    file_each(5)
    settle()
    chain_events(timestamp=0)
    assert Link.objects.count() == 5
