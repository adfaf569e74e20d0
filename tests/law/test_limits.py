"""Every row of limits.toml with dates reckoned by hand, on the calendar of each office."""

import datetime as dt

import pytest

from greffe.law.limits import due_date, limits_for
from tests.support.limits import EVENT, ROWS, RULES, day

# The event is EVENT: see tests.support.limits for the wall calendar.
BY_HAND: dict[str, tuple[str, str | None]] = {
    # Refugee Protection Division
    "rpd-boc-port-of-entry": ("2026-04-27", None),  # 45 by practice notice: Sunday 26 April
    "rpd-boc-extension": ("2026-03-09", None),  # working days: 11, 10, 9
    "rpd-boc-changes": ("2026-03-02", None),
    "rpd-contact-information": ("2026-03-23", None),  # Sunday 22
    "rpd-counsel-removal-request": ("2026-03-09", None),
    "rpd-language-change": ("2026-03-02", None),
    "rpd-interpreter": ("2026-03-02", None),
    "rpd-minister-intervention": ("2026-03-02", None),
    "rpd-disclosure": ("2026-03-02", None),
    "rpd-disclosure-response": ("2026-03-06", "2026-03-09"),  # Saturday 7
    "rpd-witness-information": ("2026-03-02", None),
    "rpd-application": ("2026-03-02", None),
    "rpd-application-response": ("2026-03-17", None),
    "rpd-application-reply": ("2026-03-16", None),  # Sunday 15
    "rpd-change-location": ("2026-02-20", None),
    "rpd-change-date": ("2026-03-09", None),
    "rpd-change-date-counsel": ("2026-03-19", None),  # working days: 13, 16, 17, 18, 19
    "rpd-join-separate": ("2026-02-20", None),
    "rpd-constitutional-question": ("2026-03-02", None),
    "rpd-reasons-request": ("2026-03-22", "2026-03-23"),  # a Sunday, and no rollover
    # Refugee Appeal Division
    "rad-notice-of-appeal": ("2026-03-27", None),
    "rad-minister-notice-of-appeal": ("2026-03-27", None),
    "rad-appellant-record": ("2026-04-13", None),  # Saturday 11 April
    "rad-minister-supporting-documents": ("2026-04-13", None),
    "rad-reply-record": ("2026-03-27", None),
    "rad-respondent-record": ("2026-03-27", None),
    "rad-respondent-record-extension": ("2026-03-27", None),
    "rad-counsel-removal-request": ("2026-03-06", None),  # more than 11, 10, 9 must be left
    "rad-language-change": ("2026-02-20", None),
    "rad-application-response": ("2026-03-19", None),
    "rad-third-party-response": ("2026-03-19", None),
    "rad-participation-response": ("2026-03-23", None),  # Sunday 22
    "rad-application-reply": ("2026-03-17", None),
    "rad-interpreter": ("2026-02-20", None),
    "rad-witness-information": ("2026-02-20", None),
    "rad-change-location": ("2026-02-20", None),
    "rad-change-date": ("2026-03-09", None),  # more than 11, 10 must be left
    "rad-reasons-request": ("2026-03-22", "2026-03-23"),
    # Immigration Appeal Division
    "iad-notice-of-appeal-sponsorship": ("2026-04-13", None),  # Saturday 11 April
    "iad-notice-of-appeal-removal-order": ("2026-04-13", None),
    "iad-notice-of-appeal-residency": ("2026-05-11", None),
    "iad-minister-notice-of-appeal": ("2026-04-13", None),
    "iad-contact-information-appellant": ("2026-03-12", None),
    "iad-contact-information-respondent": ("2026-04-01", None),
    "iad-counsel-removal-request": ("2026-03-09", None),
    "iad-language-change": ("2026-01-26", None),
    "iad-appeal-record-sponsorship": ("2026-05-11", None),
    "iad-appeal-record-residency": ("2026-05-11", None),
    "iad-appeal-record-examination": ("2026-04-13", None),
    "iad-disclosure": ("2026-05-11", None),
    "iad-responding-evidence": ("2026-02-10", None),
    "iad-stay-disclosure": ("2026-02-09", "2026-02-10"),  # clear days in French only
    "iad-interpreter": ("2026-02-19", "2026-02-20"),  # clear days in French only
    "iad-interpreter-witness": ("2026-02-10", None),
    "iad-witness-information": ("2026-02-10", None),
    "iad-application-response": ("2026-03-19", None),
    "iad-application-reply": ("2026-03-17", None),
    "iad-change-location": ("2026-02-10", None),
    "iad-change-date": ("2026-03-06", "2026-03-09"),  # 11, 10, 9 clear: Sunday 8
    "iad-confidentiality": ("2026-02-20", None),
    "iad-constitutional-question": ("2026-03-02", None),
    "iad-reasons-request": ("2026-03-22", "2026-03-23"),
    # Immigration Division
    "id-reasons-request": ("2026-03-22", "2026-03-23"),
    "id-detention-information": ("2026-03-08", "2026-03-09"),  # 11, 10, 9 clear: Sunday 8
    "id-language-change": ("2026-03-06", None),  # 11, 10, 9, 8, 7 clear
    "id-interpreter": ("2026-03-06", None),
    "id-disclosure": ("2026-03-06", None),
    "id-witness-information": ("2026-03-06", None),
    "id-private-proceeding": ("2026-03-06", None),
    "id-public-proceeding": ("2026-03-06", None),
    "id-application-response": ("2026-03-17", None),
    "id-application-reply": ("2026-03-15", "2026-03-16"),  # a Sunday, and no rollover
    "id-constitutional-question": ("2026-03-02", None),
}


def test_limits_every_row_was_reckoned_by_hand() -> None:
    assert sorted(BY_HAND) == sorted(row.id for row in RULES.limits)


@pytest.mark.requirement("BY-04")
@pytest.mark.parametrize("row_id", sorted(BY_HAND))
def test_due_date_agrees_with_the_hand(row_id: str) -> None:
    due = due_date(RULES, ROWS[row_id], event=EVENT, office="vancouver")
    later = due.later_reading.isoformat() if due.later_reading else None
    assert (due.date.isoformat(), later) == BY_HAND[row_id]


@pytest.mark.parametrize("row_id", sorted(BY_HAND))
def test_limits_for_every_row_is_found_and_met_on_its_last_day(row_id: str) -> None:
    row, last = ROWS[row_id], day(BY_HAND[row_id][0])
    for kind in row.document_types:
        results = limits_for(
            RULES,
            division=row.division,
            document_type=kind,
            events={row.event: EVENT},
            office="vancouver",
            received=last,
        )
        status = {result.row.id: result.status for result in results}
        assert status.get(row_id, "met" if row.relieves is None else None) == "met"


# Closures of each office, by hand


@pytest.mark.parametrize(
    ("row_id", "event", "office", "due", "later"),
    [
        # +15 is Good Friday 3 April, Easter Monday is closed too.
        ("rad-notice-of-appeal", "2026-03-19", "toronto", "2026-04-07", None),
        # +7 is Wednesday 24 June, closed in Québec only.
        ("rad-application-response", "2026-06-17", "montreal", "2026-06-25", None),
        ("rad-application-response", "2026-06-17", "toronto", "2026-06-24", None),
        # +5 is Monday 3 August, closed everywhere else.
        ("rpd-application-response", "2026-07-29", "montreal", "2026-08-03", None),
        ("rpd-application-response", "2026-07-29", "calgary", "2026-08-04", None),
        # +7 is Christmas, a Friday; the 26th, a Saturday, is kept on Monday 28.
        ("iad-application-response", "2026-12-18", "toronto", "2026-12-29", None),
        # +10 is 1 January 2027, a Friday.
        ("rpd-contact-information", "2026-12-22", "vancouver", "2027-01-04", None),
        # -10 is Easter Monday: Thursday 2 April, or Tuesday 7.
        ("rpd-disclosure", "2026-04-16", "calgary", "2026-04-02", "2026-04-07"),
        # Three working days before Thursday 31 December: 30, 29, 24.
        ("iad-counsel-removal-request", "2026-12-31", "montreal", "2026-12-24", None),
        # -10 is 29 February 2032, a Sunday.
        ("rpd-disclosure", "2032-03-10", "toronto", "2032-02-27", "2032-03-01"),
        # -10 over the end of February, without and with the leap day.
        ("rpd-disclosure", "2027-03-11", "toronto", "2027-03-01", None),
        ("rpd-disclosure", "2028-03-10", "toronto", "2028-02-29", None),
        # Immigration Division: H-6 is Saturday 4 April, which nothing moves.
        ("id-disclosure", "2026-04-10", "vancouver", "2026-04-04", None),
        # H-6 is Good Friday: the Interpretation Act may allow Saturday.
        ("id-disclosure", "2026-04-09", "vancouver", "2026-04-03", "2026-04-04"),
        # H-31 is Friday 13 March, H-30 Saturday 14: Friday, or Monday.
        ("iad-stay-disclosure", "2026-04-13", "vancouver", "2026-03-13", "2026-03-16"),
        # H-31 is Saturday 7 March, H-30 Sunday 8: Friday, or Monday.
        ("iad-stay-disclosure", "2026-04-07", "vancouver", "2026-03-06", "2026-03-09"),
    ],
)
def test_due_date_on_the_calendar_of_the_office(
    row_id: str, event: str, office: str, due: str, later: str | None
) -> None:
    counted = due_date(RULES, ROWS[row_id], event=day(event), office=office)
    assert counted.date == day(due)
    assert counted.later_reading == (day(later) if later else None)


def test_due_date_immigration_division_at_least_five_days_is_six_before() -> None:
    hearing = dt.date(2026, 3, 12)
    counted = due_date(RULES, ROWS["id-disclosure"], event=hearing, office="vancouver")
    assert counted.date == hearing - dt.timedelta(days=6)


@pytest.mark.parametrize(
    ("referral", "days", "due"),
    [
        ("2020-08-28", 15, "2020-09-14"),  # Saturday 12 September
        ("2020-08-29", 45, "2020-10-13"),  # a Tuesday, the day after Thanksgiving
    ],
)
def test_due_date_practice_notice_varies_claims_referred_from_its_day(
    referral: str, days: int, due: str
) -> None:
    row = ROWS["rpd-boc-port-of-entry"]
    counted = due_date(RULES, row, event=day(referral), office="toronto")
    assert (counted.days, counted.date) == (days, day(due))
    assert ("practice notice" in counted.authority) == (days == 45)


def test_due_date_open_readings_that_change_nothing_are_not_named() -> None:
    row = ROWS["iad-stay-disclosure"]
    assert due_date(RULES, row, event=EVENT, office="toronto").open_readings == ("clear-days",)
    # Counted both ways it falls on the same weekend: the languages make no difference.
    weekend = due_date(RULES, row, event=day("2026-04-07"), office="toronto").open_readings
    assert weekend == ("rollover-before",)
    # Friday in French; Saturday in English, and from there Friday or Monday.
    both = due_date(RULES, row, event=day("2026-04-13"), office="toronto").open_readings
    assert set(both) == {"clear-days", "rollover-before"}
    plain = due_date(RULES, ROWS["rpd-disclosure"], event=EVENT, office="toronto")
    assert plain.open_readings == ()
