"""State tables: total, and what people may no longer do."""

from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greffe.law.rows import Text
from greffe.law.states import DRAFT, SUBMISSION, TABLES, StateTable, TransitionError

WORD = Text(en="word", fr="mot")
BOTH = [pytest.param(table, id=table.name) for table in TABLES]


@pytest.mark.parametrize("table", BOTH)
def test_table_answers_every_pair(table: StateTable) -> None:
    for state in table.states:
        for event in table.events:
            if table.allows(state, event):
                assert table.after(state, event) in table.states
            else:
                with pytest.raises(TransitionError, match=event):
                    table.after(state, event)


@pytest.mark.parametrize("table", BOTH)
def test_every_state_is_reached_from_the_first(table: StateTable) -> None:
    reached, before = {table.initial}, set[str]()
    while reached != before:
        before = set(reached)
        reached |= {to for (state, _), to in table.table.items() if state in before and to}
    assert reached == set(table.states)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_state_has_its_own_label(lang: str) -> None:
    for table in TABLES:
        labels = [table.label(state, lang) for state in table.states]
        assert len(set(labels)) == len(labels)


def test_draft_becomes_one_submission_or_none() -> None:
    assert DRAFT.after("open", "submit") == "submitted"
    assert DRAFT.after("submitted", "submit") == "submitted"
    for state in ("expired", "discarded"):
        with pytest.raises(TransitionError):
            DRAFT.after(state, "submit")


def test_draft_that_was_submitted_does_not_change() -> None:
    assert not any(DRAFT.allows("submitted", event) for event in ("change", "expire", "discard"))


def test_submission_begins_received() -> None:
    assert SUBMISSION.initial == "received"


@given(st.text(), st.text())
def test_unknown_state_or_event_is_refused(state: str, event: str) -> None:
    if (state, event) not in DRAFT.table:
        with pytest.raises(TransitionError):
            DRAFT.after(state, event)


@pytest.mark.parametrize("table", [{}, {("a", "go"): "b"}, {("a", "go"): "a", ("a", "stop"): "a"}])
def test_table_with_a_hole_or_an_unknown_name_is_refused(table: dict[tuple[str, str], str]) -> None:
    with pytest.raises(ValueError, match="do not agree"):
        StateTable("x", "a", {"a": WORD}, {"go": WORD}, MappingProxyType(table))
