import uuid

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from greffe.ledger.actors import SYSTEM, Actor
from greffe.ledger.kinds import Kind
from greffe.ledger.messages import PROBLEMS, line
from greffe.ledger.queries import Position, Standing, history, readings, verify_event_in_ledger
from tests.support.ledger import JANE, chained, file_each, filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres15]


def test_history_gives_the_events_of_a_case_newest_first_page_by_page() -> None:
    one, two = uuid.uuid4(), uuid.uuid4()
    with transaction.atomic():
        events = [filed(case_ids=[one] if n % 3 else [two, one]) for n in range(7)]
        filed(case_ids=[two])
    newest_first = [event.id for event in reversed(events)]
    seen, before = [], None
    while page := history(one, before=before, limit=3):
        seen += [event.id for event in page]
        before = Position.of(page[-1])
    assert seen == newest_first
    assert len(history(two)) == 4
    assert history(uuid.uuid4()) == []


def test_event_with_its_commitment_is_known_at_its_place() -> None:
    event = chained(2)[1]
    assert verify_event_in_ledger(event.id, bytes(event.commitment)) == Standing(
        known=True, matches=True, seq=2, at=event.at
    )
    assert not verify_event_in_ledger(event.id, bytes(32)).matches


def test_event_not_chained_yet_is_known_without_a_place() -> None:
    event = file_each(1)[0]
    standing = verify_event_in_ledger(event.id, bytes(event.commitment))
    assert (standing.known, standing.matches, standing.seq) == (True, True, None)


def test_event_that_never_was_is_not_known() -> None:
    assert verify_event_in_ledger(uuid.uuid4(), bytes(32)) == Standing(known=False)


def test_line_of_history_says_who_did_what_for_whom() -> None:
    with transaction.atomic(), translation.override("en"):
        assert line(filed()) == f"{JANE.name}, for Amal, filed documents"
        assert line(filed(by=SYSTEM, kind=Kind.CASE_CLOSED)) == "The registry closed the case"


@pytest.mark.security(23)
def test_line_of_history_cannot_be_forged_by_a_name() -> None:
    forger = Actor(name="A\nB \u202ec\u2028d", capacity="counsel")
    with transaction.atomic(), translation.override("en"):
        assert line(filed(by=forger)) == "A\ufffdB \ufffdc\ufffdd filed documents"


def test_every_kind_of_event_has_a_line() -> None:
    assert all(str(kind.label) and str(kind.label) != kind.value for kind in Kind)


def test_every_problem_has_words_in_both_languages() -> None:
    for text in PROBLEMS.values():
        assert text.en != text.fr
        assert "{place}" in text.en
        assert "{place}" in text.fr


READER = uuid.UUID(int=31)


def test_readings_of_a_person_are_read_from_their_index_on_any_page() -> None:
    reader = Actor(name="Ana", capacity="officer", person_id=READER)
    with transaction.atomic():
        events = [filed(by=reader, kind=Kind.DOCUMENT_READ) for _ in range(5)]
        filed(by=reader)
    assert readings(person_id=READER) == events[::-1]
    assert readings(person_id=READER, before=Position.of(events[2])) == events[1::-1]
    with transaction.atomic(), connection.cursor() as cursor:
        # So few rows are read whole otherwise.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        with CaptureQueriesContext(connection) as asked:
            readings(person_id=READER, before=Position.of(events[2]))
        cursor.execute(f"EXPLAIN {asked[0]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "using ledger_event_readings" in plan
    condition = next(line for line in plan.splitlines() if "Index Cond" in line)
    assert "actor_person_id" in condition
    assert "at <=" in condition
