"""Dates in words."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greffe.law.calendar import eastern, local
from greffe.law.dates import long_date, long_time

AT = dt.datetime(2021, 4, 2, 5, 0, 59, 999999, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("day", "en", "fr"),
    [
        ("2021-04-01", "Thursday 1 April 2021", "jeudi 1er avril 2021"),
        ("2024-02-29", "Thursday 29 February 2024", "jeudi 29 février 2024"),
        ("2026-08-31", "Monday 31 August 2026", "lundi 31 août 2026"),
        ("2026-12-11", "Friday 11 December 2026", "vendredi 11 décembre 2026"),
    ],
)
def test_long_date_both_languages(day: str, en: str, fr: str) -> None:
    assert long_date(dt.date.fromisoformat(day), "en") == en
    assert long_date(dt.date.fromisoformat(day), "fr") == fr


def test_long_date_regional_french_is_french() -> None:
    assert long_date(dt.date(2021, 4, 1), "fr-ca") == "jeudi 1er avril 2021"


def test_long_time_says_the_place_whose_clock_it_is() -> None:
    vancouver = local(AT, "America/Vancouver")
    assert long_time(vancouver, "en", "Vancouver") == "Thursday 1 April 2021, 22:00 (Vancouver)"
    french = "jeudi 1er avril 2021, 22\u00a0h\u00a000 (Vancouver)"
    assert long_time(vancouver, "fr", "Vancouver") == french


def test_long_time_early_hour_is_padded_in_english_only() -> None:
    assert long_time(eastern(AT), "en") == "Friday 2 April 2021, 01:00"
    assert long_time(eastern(AT), "fr") == "vendredi 2 avril 2021, 1\u00a0h\u00a000"


def test_long_time_last_second_of_the_day_stays_on_its_day() -> None:
    at = dt.datetime(2021, 4, 1, 23, 59, 59, 999999, tzinfo=dt.UTC)
    assert long_time(at, "en") == "Thursday 1 April 2021, 23:59"


@given(st.dates(dt.date(1900, 1, 1)), st.sampled_from(["en", "fr"]))
def test_long_date_no_two_days_share_their_words(day: dt.date, lang: str) -> None:
    assert long_date(day, lang) != long_date(day - dt.timedelta(days=1), lang)
    assert str(day.year) in long_date(day, lang)
