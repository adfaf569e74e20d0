"""The states of a notice: every pair answered, every state reached, labels in both languages."""

import pytest

from greffe.law.states import TransitionError
from greffe.notices.states import NOTICE


def test_every_state_is_reached_from_the_first() -> None:
    reached, before = {NOTICE.initial}, set[str]()
    while reached != before:
        before = set(reached)
        reached |= {to for (state, _), to in NOTICE.table.items() if state in before and to}
    assert reached == set(NOTICE.states)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_state_has_its_own_label(lang: str) -> None:
    assert len({NOTICE.label(state, lang) for state in NOTICE.states}) == len(NOTICE.states)


def test_what_was_sent_is_never_sent_again_unless_it_comes_back() -> None:
    for event in set(NOTICE.events) - {"bounce"}:
        with pytest.raises(TransitionError):
            NOTICE.after("sent", event)
    assert NOTICE.after("sent", "bounce") == "failed"


def test_only_what_was_sent_comes_back() -> None:
    assert [state for state in NOTICE.states if NOTICE.allows(state, "bounce")] == ["sent"]


def test_only_what_failed_is_tried_again_by_an_officer() -> None:
    assert [state for state in NOTICE.states if NOTICE.allows(state, "retry")] == ["failed"]
