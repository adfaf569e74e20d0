import dataclasses
import hashlib
import uuid

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from greffe.ledger.chain import REACH, Problem, Row, Walk
from greffe.ledger.commitments import GENESIS, link_hash

pytestmark = pytest.mark.security(23)


def chain(length: int) -> list[Row]:
    rows, previous = [], GENESIS
    for seq in range(1, length + 1):
        event, commitment = uuid.UUID(int=seq), hashlib.sha256(bytes([seq % 256])).digest()
        own = link_hash(seq, previous, event, commitment)
        rows.append(Row(seq, event, previous, own, commitment))
        previous = own
    return rows


def problems(rows: list[Row]) -> list[Problem]:
    walk = Walk()
    for row in rows:
        walk.feed(row)
    walk.finish()
    return [walk.problems[seq] for seq in sorted(walk.problems)]


def renumbered(rows: list[Row]) -> list[Row]:
    return [dataclasses.replace(row, seq=seq) for seq, row in enumerate(rows, start=1)]


@given(st.integers(0, 12))
def test_walk_of_a_whole_chain_finds_nothing(length: int) -> None:
    assert problems(chain(length)) == []


@given(st.permutations(range(10)), st.booleans())
def test_walk_of_any_other_order_finds_it(order: list[int], with_links: bool) -> None:
    rows = chain(10)
    if with_links:
        found = renumbered([rows[n] for n in order])
    else:
        taken = [{"event_id": rows[n].event_id, "commitment": rows[n].commitment} for n in order]
        found = [dataclasses.replace(row, **other) for row, other in zip(rows, taken, strict=True)]
    assert bool(problems(found)) == (order != sorted(order))


@given(st.sets(st.integers(0, 9), min_size=1), st.booleans())
def test_walk_of_any_removal_but_the_end_finds_it(gone: set[int], closed_up: bool) -> None:
    rows = [row for place, row in enumerate(chain(12)) if place not in gone]
    assert problems(renumbered(rows) if closed_up else rows)


@given(
    st.integers(0, 9),
    st.sampled_from(["previous", "hash", "commitment", "event_id"]),
    st.binary(min_size=32, max_size=32),
)
def test_walk_of_one_changed_value_names_its_link(place: int, column: str, value: bytes) -> None:
    rows = chain(10)
    new = uuid.UUID(bytes=value[:16]) if column == "event_id" else value
    assume(new != getattr(rows[place], column))
    rows[place] = dataclasses.replace(rows[place], **{column: new})
    assert [(p.kind, p.seq) for p in problems(rows)] == [("altered", place + 1)]


@pytest.mark.parametrize("step", [1, 3, REACH])
def test_walk_of_a_long_chain_names_only_the_links_put_into_it(step: int) -> None:
    rows = chain(200)
    forged = [Row(0, uuid.uuid4(), bytes(32), bytes(32), bytes(32)) for _ in range(step)]
    found = problems(renumbered(rows[:100] + forged + rows[100:]))
    assert [(p.kind, p.seq) for p in found] == [("added", 101 + n) for n in range(step)]


@pytest.mark.parametrize("step", [1, 3, REACH])
def test_walk_of_a_long_chain_names_only_the_links_cut_out_of_it(step: int) -> None:
    rows = chain(200)
    found = problems(renumbered(rows[:100] + rows[100 + step :]))
    assert [(p.kind, p.seq, p.through) for p in found] == [("removed", 101, 100 + step)]


def test_problem_tells_its_places_and_event_in_both_languages() -> None:
    event = uuid.uuid4()
    removed = Problem("removed", seq=3, through=5).as_json()
    assert "3 to 5" in removed["en"]
    assert "3 à 5" in removed["fr"]
    assert str(event) in Problem("altered", seq=3, event_id=event).text.fr
