"""By when the registry looks at what arrives, and why it returns or refuses it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greffe.law.calendar import is_working_day
from greffe.law.registry import due_on, reasons_for
from greffe.law.ruleset import packaged_rules

RULES = packaged_rules()
DAYS = st.dates(dt.date(2021, 1, 1), dt.date(2030, 12, 1))


@pytest.mark.parametrize(
    ("received", "hearing", "due"),
    [
        ("2026-11-20", None, "2026-11-24"),  # Friday: Monday and Tuesday are the two days
        ("2026-11-16", None, "2026-11-18"),
        ("2026-11-16", "2026-11-18", "2026-11-17"),  # the day before a hearing comes sooner
        ("2026-11-16", "2026-11-16", "2026-11-16"),  # heard the same day: today
        ("2026-11-16", "2026-12-16", "2026-11-18"),
        ("2026-12-24", None, "2026-12-30"),  # Friday and Monday closed: Tuesday, Wednesday
    ],
)
def test_arrival_is_due_by_the_service_standard_or_before_the_hearing(
    received: str, hearing: str | None, due: str
) -> None:
    day = dt.date.fromisoformat
    found = due_on(
        RULES,
        received=day(received),
        hearing=day(hearing) if hearing else None,
        office="montreal",
    )
    assert found == day(due)


@given(received=DAYS, ahead=st.integers(0, 40))
def test_arrival_is_never_due_before_it_came_nor_later_for_a_hearing(
    received: dt.date, ahead: int
) -> None:
    hearing = received + dt.timedelta(days=ahead)
    usual = due_on(RULES, received=received, hearing=None, office="vancouver")
    sooner = due_on(RULES, received=received, hearing=hearing, office="vancouver")
    assert received <= sooner <= usual
    assert is_working_day(RULES, usual, "vancouver")


@pytest.mark.requirement("MC-14")
def test_three_codes_return_a_submission() -> None:
    assert [row.id for row in reasons_for(RULES, "return", dt.date(2026, 1, 1))] == [
        "procedure-not-followed",
        "unrelated-cases",
        "wrong-place",
    ]


@pytest.mark.requirement("MC-15")
def test_division_has_reasons_of_its_own() -> None:
    found = {row.id for row in reasons_for(RULES, "refuse", dt.date(2026, 1, 1))}
    assert found == {"late", "not-served", "rules-not-satisfied"}


def test_no_reason_before_the_rows_are_in_force() -> None:
    assert reasons_for(RULES, "return", dt.date(2020, 10, 25)) == ()
