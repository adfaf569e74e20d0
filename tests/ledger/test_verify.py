import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from greffe.ledger import verify as verifying
from greffe.ledger.actions import sequence
from greffe.ledger.checkpoint import latest_checkpoint, make_checkpoint
from greffe.ledger.commitments import GENESIS, link_hash
from greffe.ledger.models import Event, Link
from greffe.ledger.verify import verify
from greffe.sealing.keys import KeyRing
from tests.support.ledger import chained, file_each, settle, tampering

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres15,
    pytest.mark.security(23),
]

COPY_EVENT = """
INSERT INTO ledger_event
SELECT (json_populate_record(event, json_build_object('id', %s::uuid, 'xid', %s::text))).*
FROM ledger_event AS event WHERE event.id = %s
"""


def found() -> list[tuple[str, int | None, uuid.UUID | None]]:
    return [(problem.kind, problem.seq, problem.event_id) for problem in verify().problems]


def rechain(cursor: Any, first: int) -> None:
    """Recompute every link from the place `first`, as a thorough forger would."""
    links = list(Link.objects.select_related("event").order_by("seq"))
    previous = bytes(links[first - 2].hash) if first > 1 else GENESIS
    for link in links[first - 1 :]:
        own = link_hash(link.seq, previous, link.event_id, bytes(link.event.commitment))
        cursor.execute(
            "UPDATE ledger_link SET previous = %s, hash = %s WHERE seq = %s",
            [previous, own, link.seq],
        )
        previous = own


def renumber(cursor: Any, after: int, step: int) -> None:
    """Make room in the chain, or close it up."""
    cursor.execute("UPDATE ledger_link SET seq = -(seq + %s) WHERE seq > %s", [step, after])
    cursor.execute("UPDATE ledger_link SET seq = -seq WHERE seq < 0")


@pytest.fixture(autouse=True)
def _free_numbers() -> Any:
    """Drop the constraint that negative places break while a forger renumbers."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_link DROP CONSTRAINT ledger_link_from_one")
    yield
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE ledger_link ADD CONSTRAINT ledger_link_from_one CHECK (seq >= 1)"
        )


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing.create(tmp_path / "keys", demonstration=True, name="Registry")


def test_verify_of_an_empty_ledger_finds_nothing() -> None:
    report = verify()
    assert (report.ok, report.links, report.head_seq, report.waiting) == (True, 0, 0, 0)


def test_verify_of_a_whole_ledger_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "_CHUNK", 3)
    chained(8)
    file_each(2)
    seen: list[int] = []
    report = verify(progress=seen.append)
    assert (report.ok, report.links, report.head_seq, report.waiting) == (True, 8, 8, 2)
    assert seen == [3, 6, 8]
    assert report.head_hash == bytes(Link.objects.get(seq=8).hash).hex()


@pytest.mark.parametrize("place", [1, 3, 6])
def test_verify_names_an_event_removed(place: int) -> None:
    events = chained(6)
    with tampering() as cursor:
        cursor.execute("DELETE FROM ledger_event WHERE id = %s", [events[place - 1].id])
    assert found() == [("removed", place, events[place - 1].id)]


@pytest.mark.parametrize("place", [1, 3])
def test_verify_names_the_event_whose_link_was_removed(place: int) -> None:
    events = chained(6)
    with tampering() as cursor:
        cursor.execute("DELETE FROM ledger_link WHERE seq = %s", [place])
    assert found() == [("removed", place, events[place - 1].id)]


@pytest.mark.parametrize("places", [[1], [3], [3, 4], [2, 5]])
def test_verify_names_the_place_of_events_removed_with_their_links(places: list[int]) -> None:
    chained(6)
    with tampering() as cursor:
        cursor.execute(
            "WITH gone AS (DELETE FROM ledger_link WHERE seq = ANY(%s) RETURNING event_id)"
            " DELETE FROM ledger_event WHERE id IN (SELECT event_id FROM gone)",
            [places],
        )
    gaps = {(p.seq, p.through) for p in verify().problems if p.kind == "removed"}
    assert {n for first, last in gaps for n in range(first or 0, (last or 0) + 1)} == set(places)
    assert {kind for kind, *_ in found()} == {"removed"}


@pytest.mark.parametrize("place", [1, 3, 5])
def test_verify_finds_a_removal_whose_gap_was_closed(place: int) -> None:
    chained(6)
    with tampering() as cursor:
        cursor.execute("DELETE FROM ledger_link WHERE seq = %s RETURNING event_id", [place])
        cursor.execute("DELETE FROM ledger_event WHERE id = %s", cursor.fetchone())
        renumber(cursor, place, -1)
    assert found() == [("removed", place, None)]


@pytest.mark.parametrize(
    "change",
    [
        "body = body || '{\"pages\": 13}'",
        "at = at + interval '1 microsecond'",
        "actor_name = 'somebody else'",
        "for_name = ''",
        "kind = 'draft-started'",
        "subject = NULL",
        "case_ids = '{}'",
        "body = '1.5'",
        "salt = sha256(salt)",
        "commitment = sha256(commitment)",
    ],
)
def test_verify_names_an_event_altered(change: str) -> None:
    events = chained(6)
    with tampering() as cursor:
        cursor.execute(f"UPDATE ledger_event SET {change} WHERE id = %s", [events[2].id])
    assert found() == [("altered", 3, events[2].id)]


@pytest.mark.parametrize("column", ["previous", "hash"])
@pytest.mark.parametrize("place", [1, 3, 6])
def test_verify_names_a_link_altered(column: str, place: int) -> None:
    events = chained(6)
    with tampering() as cursor:
        cursor.execute(
            f"UPDATE ledger_link SET {column} = sha256({column}) WHERE seq = %s", [place]
        )
    assert found() == [("altered", place, events[place - 1].id)]


def test_verify_names_an_event_altered_with_its_commitment_and_link() -> None:
    events = chained(6)
    with tampering() as cursor:
        cursor.execute(
            "UPDATE ledger_event SET commitment = sha256(commitment) WHERE id = %s", [events[2].id]
        )
        link = Link.objects.select_related("event").get(seq=3)
        own = link_hash(3, bytes(link.previous), link.event_id, bytes(link.event.commitment))
        cursor.execute("UPDATE ledger_link SET hash = %s WHERE seq = 3", [own])
    assert found() == [("altered", 3, events[2].id)]


def test_verify_names_an_event_added_beside_the_chain() -> None:
    events = chained(3)
    forged = uuid.uuid4()
    with tampering() as cursor:
        cursor.execute(COPY_EVENT, [forged, "3", events[0].id])
    assert sequence() == 0
    kinds = found()
    assert kinds == [("added", None, forged)]


@pytest.mark.parametrize("place", [1, 3, 6])
@pytest.mark.parametrize("fitting", [True, False])
def test_verify_names_an_event_added_into_the_chain(place: int, fitting: bool) -> None:
    events = chained(6)
    with tampering() as cursor:
        forged = file_each(1)[0]
        renumber(cursor, place - 1, 1)
        link = Link.objects.filter(seq=place - 1).first()
        previous = bytes(link.hash) if link else GENESIS
        own = link_hash(place if fitting else 99, previous, forged.id, bytes(forged.commitment))
        cursor.execute(
            "INSERT INTO ledger_link (seq, event_id, previous, hash) VALUES (%s, %s, %s, %s)",
            [place, forged.id, previous, own],
        )
    assert found() == [("added", place, forged.id)]
    assert Link.objects.get(seq=place + 1).event_id == events[place - 1].id


@pytest.mark.parametrize(("first", "second"), [(1, 2), (2, 5), (5, 6), (1, 6)])
def test_verify_names_events_that_changed_places(first: int, second: int) -> None:
    events = chained(6)
    with tampering() as cursor:
        for place, event in ((0, events[first - 1]), (first, events[second - 1])):
            cursor.execute("UPDATE ledger_link SET seq = %s WHERE event_id = %s", [place, event.id])
        cursor.execute("UPDATE ledger_link SET seq = %s WHERE seq = 0", [second])
    assert found() == [
        ("reordered", first, events[second - 1].id),
        ("reordered", second, events[first - 1].id),
    ]


def test_verify_names_links_that_changed_events() -> None:
    events = chained(6)
    with tampering() as cursor:
        one, two, between = events[1].id, events[4].id, uuid.uuid4()
        for old, new in ((one, between), (two, one), (between, two)):
            cursor.execute("UPDATE ledger_link SET event_id = %s WHERE event_id = %s", [new, old])
    assert found() == [("reordered", 2, two), ("reordered", 5, one)]


def test_verify_names_each_of_several_problems() -> None:
    events = chained(9)
    with tampering() as cursor:
        cursor.execute("UPDATE ledger_event SET for_name = 'x' WHERE id = %s", [events[1].id])
        cursor.execute("DELETE FROM ledger_event WHERE id = %s", [events[4].id])
        cursor.execute("DELETE FROM ledger_link WHERE seq = 8")
    assert found() == [
        ("altered", 2, events[1].id),
        ("removed", 5, events[4].id),
        ("removed", 8, events[7].id),
    ]


def test_verify_stops_after_enough_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "ENOUGH", 3)
    chained(8)
    with tampering() as cursor:
        cursor.execute("UPDATE ledger_event SET for_name = 'x'")
    report = verify()
    assert (report.ok, report.complete, len(report.problems)) == (False, False, 3)


def test_verify_of_a_chain_cut_off_needs_a_checkpoint(ring: KeyRing) -> None:
    chained(6)
    envelope = make_checkpoint(ring)
    assert envelope is not None
    with tampering() as cursor:
        cursor.execute("DELETE FROM ledger_link WHERE seq >= 5")
        cursor.execute(
            "DELETE FROM ledger_event WHERE id NOT IN (SELECT event_id FROM ledger_link)"
        )
    assert found() == [("truncated", 6, None)]
    with tampering() as cursor:
        cursor.execute("DELETE FROM ledger_checkpoint")
    assert verify().ok
    kept_elsewhere = verify(checkpoints=[envelope], published=ring.published())
    assert [problem.kind for problem in kept_elsewhere.problems] == ["truncated"]


def test_verify_of_a_chain_rewritten_needs_a_checkpoint(ring: KeyRing) -> None:
    chained(6)
    make_checkpoint(ring)
    with tampering() as cursor:
        cursor.execute("DELETE FROM ledger_link WHERE seq = 2 RETURNING event_id")
        cursor.execute("DELETE FROM ledger_event WHERE id = %s", cursor.fetchone())
        renumber(cursor, 2, -1)
        rechain(cursor, 2)
    settle()
    sequence()
    assert found() == [("rewritten", 6, Link.objects.get(seq=6).event_id)]


def test_checkpoint_agrees_with_the_chain_that_grew_since(ring: KeyRing) -> None:
    assert make_checkpoint(ring) is None
    chained(3)
    envelope = make_checkpoint(ring)
    chained(3)
    report = verify(checkpoints=[envelope], published=ring.published())  # type: ignore[list-item]  # not None: there are links
    assert (report.ok, report.links, report.checkpoints) == (True, 7, 2)
    assert envelope == latest_checkpoint()
    assert envelope is not None
    assert envelope["payload"] == {
        "schema": "greffe.checkpoint/1",
        "seq": 3,
        "count": 3,
        "hash": bytes(Link.objects.get(seq=3).hash).hex(),
        "at": envelope["payload"]["at"],
    }
    assert Event.objects.get(kind="checkpoint-published").body["payload"] == envelope["payload"]


def test_checkpoint_that_the_registry_did_not_sign_is_named(ring: KeyRing) -> None:
    chained(3)
    envelope = make_checkpoint(ring)
    assert envelope is not None
    forged = envelope | {"payload": envelope["payload"] | {"hash": "00" * 32}}
    report = verify(checkpoints=[forged, {}], published=ring.published())
    assert [(problem.kind, problem.seq) for problem in report.problems] == [
        ("checkpoint-invalid", 3),
        ("checkpoint-invalid", None),
    ]
