import datetime as dt
import string
from typing import get_args

import pytest

from greffe.papers import texts

PAPERS = pytest.mark.parametrize("paper", get_args(texts.Paper))


@PAPERS
@pytest.mark.requirement("BY-06")
def test_every_text_is_in_both_languages_with_the_same_values(paper: texts.Paper) -> None:
    for code, row in texts._texts(paper).items():
        assert set(row) == {"en", "fr"}, code
        english, french = (_names(row[lang]) for lang in ("en", "fr"))
        assert english == french, code


def _names(words: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(words)} - {None}


@PAPERS
@pytest.mark.requirement("BY-06")
def test_french_texts_have_their_typography(paper: texts.Paper) -> None:
    for code, row in texts._texts(paper).items():
        assert "'" not in row["fr"], code
        assert not any(f" {mark}" in row["fr"] for mark in ":;?!»"), code


@pytest.mark.requirement("BY-06")
@pytest.mark.parametrize(
    ("day", "english", "french"),
    [
        (dt.date(2021, 4, 1), "Thursday 1 April 2021", "jeudi 1er avril 2021"),
        (dt.date(2026, 8, 31), "Monday 31 August 2026", "lundi 31 août 2026"),
        (dt.date(2028, 2, 29), "Tuesday 29 February 2028", "mardi 29 février 2028"),
    ],
)
def test_long_date_reads_as_each_language_writes_it(
    day: dt.date, english: str, french: str
) -> None:
    assert texts.long_date(day, "en").replace("\u00a0", " ") == english
    assert texts.long_date(day, "fr").replace("\u00a0", " ") == french


def test_clock_and_whole_numbers_follow_the_language() -> None:
    at = dt.datetime(2021, 4, 1, 9, 5, tzinfo=dt.UTC)
    assert (texts.clock(at, "en"), texts.clock(at, "fr")) == ("09:05", "9\u00a0h\u00a005")
    assert texts.whole(52428800, "en") == "52,428,800"
    assert texts.whole(52428800, "fr") == "52\u00a0428\u00a0800"


def test_text_of_an_unknown_code_is_an_error() -> None:
    with pytest.raises(KeyError):
        texts.text("no-such-code", "en")
