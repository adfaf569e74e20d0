"""Words are found as people look for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greffe.documents.sandbox.finding import in_one_line, occurrences


def found(text: str, term: str) -> list[str]:
    return [text[start:end] for start, end in occurrences(text, term)]


@pytest.mark.parametrize(
    ("text", "term", "expected"),
    [
        ("The hearing of the claim", "HEARING", ["hearing"]),
        ("Déposé à Montréal", "depose", ["Déposé"]),
        ("Depose a Montreal", "montréal", ["Montreal"]),
        ("l’audience", "l'audience", ["l’audience"]),
        ("the next\nline", "next line", ["next\nline"]),
        ("à 22 h", "22 h", ["22 h"]),
        ("aaa", "aa", ["aa"]),
        ("nothing of it", "xyz", []),
        ("anything", "", []),
        ("Straße und STRASSE", "strasse", ["Straße", "STRASSE"]),
        ("eﬃcient oﬀice", "office", ["oﬀice"]),
        ("İstanbul", "istanbul", ["İstanbul"]),
    ],
)
def test_term_is_found_without_regard_to_case_accents_and_lines(
    text: str, term: str, expected: list[str]
) -> None:
    assert found(text, term) == expected


def test_words_broken_at_the_end_of_a_line_are_mended() -> None:
    assert in_one_line("a per\u0002\r\nsecu\u00adtion  of\n\n them") == "a persecution of them"


@given(st.text(), st.text(min_size=1))
def test_places_are_in_the_text_in_order_and_apart(text: str, term: str) -> None:
    last = 0
    for start, end in occurrences(text, term):
        assert last <= start < end <= len(text)
        last = end


@given(st.text(alphabet="abcdéÀ’- "), st.text(alphabet="abcdéÀ’- ", min_size=1), st.text("abcd"))
def test_what_is_there_is_found(before: str, term: str, after: str) -> None:
    assert found(before + term + after, term)
