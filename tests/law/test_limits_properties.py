"""What holds of every time limit, on any day, in any office; and the rows and their words."""

import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greffe.law import calendar
from greffe.law.limit_rows import Limit
from greffe.law.limits import due_date, limits_for
from greffe.law.ruleset import RuleError, load_rules
from tests.support.limits import ANY_DAY, ANY_OFFICE, ANY_ROW, EVENT, ROLLING, ROWS, RULES

TWICE = (
    '{days = 5, authority = "A", events_from = 2020-01-01}, '
    '{days = 6, authority = "B", events_from = 2021-01-01}'
)


@pytest.mark.requirement("BY-04")
@settings(deadline=None, max_examples=500)
@given(row_id=st.sampled_from(ROLLING), event=ANY_DAY, office=ANY_OFFICE)
def test_due_date_where_the_rule_rolls_over_is_never_a_closed_day(
    row_id: str, event: dt.date, office: str
) -> None:
    due = due_date(RULES, ROWS[row_id], event=event, office=office)
    assert calendar.is_working_day(RULES, due.date, office)
    assert due.later_reading is None or calendar.is_working_day(RULES, due.later_reading, office)


@settings(deadline=None, max_examples=300)
@given(row_id=ANY_ROW, event=ANY_DAY, later=st.integers(0, 400), office=ANY_OFFICE)
def test_due_date_later_event_never_makes_an_earlier_limit(
    row_id: str, event: dt.date, later: int, office: str
) -> None:
    first, second = (
        due_date(RULES, ROWS[row_id], event=event + dt.timedelta(days=days), office=office)
        for days in (0, later)
    )
    assert first.date <= second.date
    assert (first.later_reading or first.date) <= (second.later_reading or second.date)


@settings(deadline=None, max_examples=300)
@given(row_id=ANY_ROW, event=ANY_DAY, office=ANY_OFFICE)
def test_due_date_is_on_its_side_of_the_event_and_the_later_reading_is_later(
    row_id: str, event: dt.date, office: str
) -> None:
    row = ROWS[row_id]
    due = due_date(RULES, row, event=event, office=office)
    if row.days:
        assert (due.date < event) if row.direction == "before" else (due.date > event)
    assert due.later_reading is None or due.later_reading > due.date
    assert bool(due.open_readings) == (due.later_reading is not None)
    assert set(due.open_readings) <= set(row.open_readings)
    assert due.steps[-1].day == due.date


@settings(deadline=None, max_examples=300)
@given(event=ANY_DAY, office=ANY_OFFICE)
def test_due_date_clear_days_leave_out_both_ends(event: dt.date, office: str) -> None:
    clear = [row for row in RULES.limits if row.division == "ID" and row.clear_days]
    assert len(clear) == 7
    for row in clear:
        due = due_date(RULES, row, event=event, office=office).date
        between = (event - due).days - 1
        assert between == row.days


@settings(deadline=None, max_examples=200)
@given(row_id=ANY_ROW, event=ANY_DAY, office=ANY_OFFICE, shift=st.integers(-40, 40))
def test_limits_for_status_follows_from_the_two_dates(
    row_id: str, event: dt.date, office: str, shift: int
) -> None:
    row = ROWS[row_id]
    due = due_date(RULES, row, event=event, office=office)
    received = due.date + dt.timedelta(days=shift)
    results = limits_for(
        RULES,
        division=row.division,
        document_type=row.document_types[0],
        events={row.event: event},
        office=office,
        received=received,
    )
    for result in results:
        if result.row.id == row_id:
            assert (result.status == "met") == (received <= due.date)
            assert (result.status == "late") == (received > (due.later_reading or due.date))


# The rows themselves and their words


@pytest.mark.parametrize("row", RULES.limits, ids=lambda row: row.id)
def test_limit_row_counted_back_with_rollover_leaves_its_reading_open(row: Limit) -> None:
    if row.direction == "before" and row.rollover == "next-working-day":
        assert "rollover-before" in row.open_readings


@pytest.mark.parametrize("row", RULES.limits, ids=lambda row: row.id)
def test_limit_row_of_the_immigration_division_alone_has_no_rollover_rule(row: Limit) -> None:
    rolls = next(one for one in RULES.divisions if one.id == row.division).limits_roll_over
    assert rolls or row.rollover == "none"


def texts_of(row: Limit, lang: str) -> list[str]:
    kind = row.document_types[0]
    cases = ({}, {row.event: EVENT}, {row.event: dt.date(2026, 4, 16)})
    received = (dt.date(2026, 1, 2), dt.date(2026, 3, 8), dt.date(2026, 9, 1))
    return [
        text
        for events in cases
        for when in received
        for result in limits_for(
            RULES,
            division=row.division,
            document_type=kind,
            events=events,
            office="montreal",
            received=when,
        )
        for text in (result.text(lang), *result.explain(lang))
    ]


@pytest.mark.parametrize("row", RULES.limits, ids=lambda row: row.id)
def test_limit_texts_are_whole_sentences_in_both_languages(row: Limit) -> None:
    english, french = texts_of(row, "en"), texts_of(row, "fr")
    assert len(english) == len(french) > 0
    for text in english + french:
        assert text.endswith(".")
        assert not re.search(r"[{}]|  | \.|None", text)
    assert not any(re.search(r"[^\u00a0][:;?!]", text) for text in french)
    assert not any("\u00a0" in text for text in english)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ('direction = "after"\nopen_readings = ["rollover-before"]', "rollover-before"),
        ('direction = "before"\nopen_readings = ["clear-days"]', "clear-days"),
        ('direction = "before"\nopen_readings = ["holiday"]', "holiday"),
        ('direction = "sideways"', "direction"),
        ('direction = "before"\nrelieves = "nothing"', "nothing"),
        (
            f'direction = "before"\nvaried_by = [{TWICE}]',
            "two variations",
        ),
    ],
)
def test_limit_wrong_row_stops_the_start_with_row_and_reason(
    tmp_path: Path, fields: str, reason: str
) -> None:
    (tmp_path / "limits.toml").write_text(
        '[[limit]]\nid = "wrong"\ndivision = "RPD"\nlabel.en = "W"\nlabel.fr = "W"\n'
        'document_types = ["rpd-disclosure"]\nevent = "hearing"\ndays = 1\n'
        'rollover = "next-working-day"\nauthority = "None"\nin_force_from = 2020-01-01\n'
        f"{fields}\n",
        encoding="utf-8",
    )
    with pytest.raises(RuleError) as caught:
        load_rules(tmp_path)
    assert caught.value.row == "wrong"
    assert reason in caught.value.reason
