"""What a registration form must say, and telephone numbers as people type them."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greffe.invitations.form_messages import PROBLEMS, problem_text
from greffe.invitations.registration import problems_of, telephone, tidied
from tests.support.invitations import form
from tools.french import faults

pytestmark = pytest.mark.requirement("MC-02")

TODAY = dt.date(2026, 11, 22)


def problems(*, counsel: bool = True, email_needed: bool = True, **said: Any) -> list[str]:
    found = problems_of(tidied(form(**said)), counsel=counsel, email_needed=email_needed, on=TODAY)
    return [problem.code for problem in found]


def test_form_in_order_has_no_problem() -> None:
    assert problems() == []


def test_empty_form_is_told_everything_at_once_in_the_order_of_its_fields() -> None:
    empty = dict.fromkeys(form().__slots__, "")
    assert problems(**empty) == [
        "name-missing",
        "address-missing",
        "mobile-missing",
        "email-missing",
        "language-missing",
        "regulator-missing",
    ]


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"regulator": "guild-of-bakers"}, "regulator-missing"),
        ({"membership": ""}, "membership-missing"),
        ({"membership": "notary"}, "membership-of-another"),
        ({"membership_number": ""}, "number-missing"),
        ({"membership_number": "№ 12"}, "number-wrong"),
        ({"mobile": "555 0123"}, "mobile-wrong"),
        ({"mobile": "+1 014 555 0123"}, "mobile-wrong"),
        ({"phone": "none"}, "phone-wrong"),
        ({"email": "amélie@exemple.ca"}, "email-wrong"),
        ({"email": "amelie at example.ca"}, "email-wrong"),
        ({"language": "de"}, "language-missing"),
        ({"firm": "x" * 201}, "too-long"),
    ],
)
def test_wrong_field_is_told(said: dict[str, str], wrong: str) -> None:
    assert problems(**said) == [wrong]


def test_counsel_who_is_not_paid_has_no_number() -> None:
    assert problems(regulator="none", membership="unpaid", membership_number="") == []


def test_claimant_is_asked_for_no_regulator_and_no_email() -> None:
    nothing = {"regulator": "", "membership": "", "membership_number": "", "email": ""}
    assert problems(counsel=False, email_needed=False, **nothing) == []


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("514 555-0123", "+15145550123"),
        ("(514) 555.0123", "+15145550123"),
        ("1 514 555 0123", "+15145550123"),
        ("+1 514 555 0123", "+15145550123"),
        ("514\u2011555\u20110123", "+15145550123"),
        ("٥١٤ ٥٥٥ ٠١٢٣", "+15145550123"),
        ("514 555 0123", "+15145550123"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("0033 6 12 34 56 78", "+33612345678"),
        ("011 33 6 12 34 56 78", "+33612345678"),
        ("514 555 012", None),
        ("514 555 01234", None),
        ("114 555 0123", None),
        ("514 055 0123", None),
        ("514 555 0123 x12", None),
        ("+1 514 555 01234", None),
        ("call me", None),
        ("", None),
    ],
)
def test_telephone_is_read_as_people_type_it(typed: str, number: str | None) -> None:
    assert telephone(typed) == number


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_number_or_is_none(typed: str) -> None:
    number = telephone(typed)
    assert number is None or (telephone(number) == number and number[1:].isascii())


def test_lines_of_an_address_stay_and_nothing_else_breaks_a_line() -> None:
    tidy = tidied(form(address=" 12 Main  St \r\n\r\n Ottawa\x00 ", name="A\nB\t C"))
    assert (tidy.address, tidy.name) == ("12 Main St\nOttawa", "A B C")


def test_every_problem_has_words_in_both_languages() -> None:
    import re
    from pathlib import Path

    from greffe.invitations import registration

    source = Path(registration.__file__).read_text("utf-8")
    named = set(re.findall(r'FormProblem\("[a-z_]+", "([a-z-]+)"\)', source))
    assert named <= set(PROBLEMS)
    assert {"name-missing", "address-missing", "mobile-missing", "too-long"} <= set(PROBLEMS)
    for code, text in PROBLEMS.items():
        assert list(faults(text.fr)) == [], code
    empty = tidied(form(**dict.fromkeys(form().__slots__, "")))
    for problem in problems_of(empty, counsel=True, email_needed=True, on=TODAY):
        assert problem_text(problem).en != problem_text(problem).fr
