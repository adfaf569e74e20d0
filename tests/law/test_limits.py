"""Every row of limits.toml with dates reckoned by hand, and the readings, texts and properties."""

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greffe.law import calendar
from greffe.law.limit_rows import Limit
from greffe.law.limits import LimitAhead, LimitResult, due_date, limits_ahead, limits_for
from greffe.law.ruleset import RuleError, load_rules, packaged_rules

RULES = packaged_rules()
ROWS = {row.id: row for row in RULES.limits}
OFFICES = sorted(office.id for office in RULES.offices)
ROLLING = sorted(row.id for row in RULES.limits if row.rollover != "none")
LANGS = ("en", "fr")
TWICE = (
    '{days = 5, authority = "A", events_from = 2020-01-01}, '
    '{days = 6, authority = "B", events_from = 2021-01-01}'
)
ANY_DAY = st.dates(dt.date(2003, 1, 1), dt.date(2060, 12, 31))
ANY_ROW = st.sampled_from(sorted(ROWS))
ANY_OFFICE = st.sampled_from(OFFICES)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def judged(
    document_type: str, received: str, office: str = "vancouver", **events: str
) -> tuple[LimitResult, ...]:
    known = {name.replace("_", "-"): day(text) for name, text in events.items()}
    return limits_for(
        RULES,
        division=document_type.split("-", maxsplit=1)[0].upper(),
        document_type=document_type,
        events=known,
        office=office,
        received=day(received),
    )


# The event is on Thursday 12 March 2026 in Vancouver, read off a wall calendar of 2026:
#   January    26 Monday
#   February    9 Monday, 10 Tuesday, 19 Thursday, 20 Friday
#   March       1 Sunday, 2 Monday, 5 Thursday, 6 Friday, 7 Saturday, 8 Sunday, 9 Monday,
#              12 Thursday, 15 Sunday, 16 Monday, 17 Tuesday, 19 Thursday, 22 Sunday, 23 Monday,
#              27 Friday
#   April       1 Wednesday, 3 Good Friday, 6 Easter Monday, 11 Saturday, 13 Monday, 26 Sunday
#   May        11 Monday
# None of these days but the third and the sixth of April is a closure.
EVENT = dt.date(2026, 3, 12)
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


# Judging a document


@pytest.mark.requirement("BY-04")
@pytest.mark.requirement("MC-13")
def test_limits_for_example_of_the_source_is_on_time_in_vancouver_and_late_in_toronto() -> None:
    at = dt.datetime(2021, 4, 2, 5, 0, tzinfo=dt.UTC)
    status = {
        office.id: limits_for(
            RULES,
            division="RPD",
            document_type="rpd-disclosure",
            events={"hearing": dt.date(2021, 4, 11)},
            office=office.id,
            received=calendar.date_of_receipt(at, office.zone),
        )[0].status
        for office in RULES.offices
    }
    assert status == {"vancouver": "met", "calgary": "met", "toronto": "late", "montreal": "late"}


@pytest.mark.requirement("BY-04")
def test_limit_result_on_time_says_so_in_one_sentence() -> None:
    (result,) = judged("rpd-disclosure", "2021-04-01", hearing="2021-04-11")
    assert result.text("en") == (
        "Received Thursday 1 April 2021; the limit was Thursday 1 April 2021: on time."
    )
    assert result.text("fr") == (
        "Reçu le jeudi 1er avril 2021\u00a0; le délai expirait le jeudi 1er avril 2021\u00a0: "
        "dans le délai."
    )
    assert result.as_json() == {
        "id": "rpd-disclosure",
        "due": "2021-04-01",
        "status": "met",
        "event": {"en": "the hearing", "fr": "l’audience", "date": "2021-04-11"},
        "en": f"Disclosure of documents. {result.text('en')}",
        "fr": f"Communication de documents. {result.text('fr')}",
        "authority": "SOR/2012-256, r. 34(3)(a), with r. 41(3)",
    }


def test_limit_result_early_says_that_the_limit_is_still_to_come() -> None:
    (result,) = judged("rpd-disclosure", "2021-03-01", hearing="2021-04-11")
    assert "the limit is Thursday 1 April 2021: on time." in result.text("en")
    assert "le délai expire le jeudi 1er avril 2021" in result.text("fr")


def test_limit_result_late_tells_the_longer_limit_for_a_response() -> None:
    late, response = judged("rpd-disclosure", "2021-04-05", hearing="2021-04-11")
    assert late.text("en") == (
        "Received Monday 5 April 2021; the limit was Thursday 1 April 2021: late."
    )
    assert (response.row.id, response.status) == ("rpd-disclosure-response", "met")
    assert response.text("en").endswith("another party or of the Division.")


def test_limit_result_between_two_readings_is_left_to_the_division() -> None:
    # 10 days before Thursday 16 April 2026 is Easter Monday.
    (friday,) = judged("rpd-witness-information", "2026-04-03", hearing="2026-04-16")
    assert (friday.status, friday.due) == ("unknown", day("2026-04-02"))
    assert friday.later_reading == day("2026-04-07")
    assert "the Division decides which applies" in friday.text("en")
    assert "la Section dira laquelle s’applique" in friday.text("fr")
    assert "Thursday 2 April 2026" in friday.text("en")
    assert "Tuesday 7 April 2026" in friday.text("en")
    assert "closer to the event" in friday.text("en")


@pytest.mark.parametrize(
    ("received", "status"),
    [
        ("2026-04-02", "met"),
        ("2026-04-03", "unknown"),
        ("2026-04-07", "unknown"),
        ("2026-04-08", "late"),
    ],
)
def test_limit_result_status_around_two_readings(received: str, status: str) -> None:
    (result,) = judged("rpd-witness-information", received, hearing="2026-04-16")
    assert result.status == status


def test_limit_result_met_still_tells_the_other_reading() -> None:
    (result,) = judged("rpd-witness-information", "2026-04-02", hearing="2026-04-16")
    assert "the earlier date is used here" in result.text("en")
    assert "la date la plus hâtive est retenue ici" in result.text("fr")
    assert "Tuesday 7 April 2026" in result.text("en")
    assert "mardi 7 avril 2026" in result.text("fr")


def test_limit_result_explains_each_step() -> None:
    (result,) = judged("rad-notice-of-appeal", "2026-04-01", written_reasons_received="2026-03-19")
    counted, moved = result.explain("en")
    assert counted == (
        "15 days after receipt of the written reasons (Thursday 19 March 2026): "
        "Friday 3 April 2026."
    )
    assert moved == (
        "Friday 3 April 2026 is not a working day at this office (Good Friday): "
        "the limit moves to Tuesday 7 April 2026."
    )
    assert "(Vendredi saint)" in result.explain("fr")[1]
    (weekend,) = judged("rpd-reply", "2026-03-13", response_received="2026-03-12")
    assert "(fin de semaine)" in weekend.explain("fr")[1]


def test_limit_result_explains_the_move_back_of_the_careful_reading() -> None:
    (result,) = judged("rpd-witness-information", "2026-04-01", hearing="2026-04-16")
    assert result.explain("en")[1] == (
        "Monday 6 April 2026 is not a working day at this office (Easter Monday): "
        "the last working day before it, Thursday 2 April 2026, is used."
    )


def test_limit_result_practice_notice_tells_what_the_rule_itself_says() -> None:
    (result,) = judged("rpd-boc", "2026-04-20", referral="2026-03-12")
    assert "A practice notice sets 45 days where the rule itself says 15." in result.text("en")
    assert "practice notice" in result.as_json()["authority"]
    (unknown,) = judged("rpd-boc", "2026-04-20")
    assert "(45 days after the referral of the claim)" in unknown.text("en")


def test_limits_for_more_time_for_the_form_counts_back_from_its_own_limit() -> None:
    # Due on Monday 27 April; working days before it: Friday 24, Thursday 23, Wednesday 22.
    (result,) = judged("rpd-application-boc-extension", "2026-04-22", referral="2026-03-12")
    assert (result.status, result.due) == ("met", day("2026-04-22"))
    assert result.event_date == day("2026-04-27")
    (told,) = judged("rpd-application-boc-extension", "2026-04-22", boc_due="2026-04-24")
    assert (told.status, told.due) == ("late", day("2026-04-21"))


@pytest.mark.requirement("BY-04")
def test_limits_for_missing_event_says_which_date_is_missing() -> None:
    (result,) = judged("rpd-witness-information", "2026-03-02")
    assert (result.status, result.due, result.event_date) == ("unknown", None, None)
    assert result.text("en") == (
        "No date can be given for this limit (10 days before the hearing): "
        "the date of the hearing is not known."
    )
    assert result.text("fr") == (
        "Aucune date ne peut être donnée pour ce délai (10\u00a0jours avant l’audience)\u00a0: "
        "la date de l’audience n’est pas connue."
    )
    assert result.as_json()["event"] is None
    assert result.explain("en") == ()


def test_limits_for_missing_event_shows_no_relief() -> None:
    assert [result.row.id for result in judged("rpd-disclosure", "2026-03-02")] == [
        "rpd-disclosure"
    ]


def test_limits_for_alternatives_without_a_date_are_one_unknown_naming_each() -> None:
    (result,) = judged("iad-notice-of-appeal", "2026-03-02")
    assert len(result.missing) == 3
    for words in ("sponsorship", "removal order", "residency obligation", "60 days after"):
        assert words in result.text("en")
    assert "parrainage" in result.text("fr")
    assert "handed to the member" not in result.text("en")
    assert result.as_json()["en"] == result.text("en")


def test_limits_for_alternatives_the_known_event_decides() -> None:
    (result,) = judged(
        "iad-notice-of-appeal", "2026-03-02", residency_decision_received="2026-01-05"
    )
    assert (result.row.id, result.due) == ("iad-notice-of-appeal-residency", day("2026-03-06"))


def test_limits_for_hearing_stands_in_for_the_next_proceeding() -> None:
    (result,) = judged("rpd-language-change", "2026-03-02", hearing="2026-03-12")
    assert (result.event.id, result.due) == ("hearing", day("2026-03-02"))
    (nearer,) = judged(
        "rpd-language-change", "2026-03-02", hearing="2026-03-12", next_proceeding="2026-03-05"
    )
    assert (nearer.event.id, nearer.status) == ("next-proceeding", "late")


def test_limits_for_document_without_a_limit_in_days_is_empty() -> None:
    assert judged("rpd-withdrawal", "2026-03-02", hearing="2026-03-12") == ()


def test_limits_for_row_not_yet_in_force_is_not_applied() -> None:
    known = {"hearing": "2023-02-20"}
    assert judged("iad-witness-information", "2023-01-13", **known) == ()
    assert len(judged("iad-witness-information", "2023-01-14", **known)) == 1


# What lies ahead


def ahead(today: str, events: Mapping[str, str], **options: str) -> list[tuple[str, int]]:
    limits = limits_ahead(
        RULES,
        division="RPD",
        events={name: day(text) for name, text in events.items()},
        office="vancouver",
        today=day(today),
        party=options.get("party"),  # type: ignore[arg-type]  # a literal in every call here
    )
    return [(limit.row.id, limit.days_left) for limit in limits]


@pytest.mark.requirement("BY-04")
def test_limits_ahead_of_a_hearing_come_earliest_first_with_the_days_left() -> None:
    limits = ahead("2026-02-24", {"hearing": "2026-03-12"})
    assert limits[0] == ("rpd-change-location", -4)
    assert ("rpd-disclosure", 6) in limits
    assert ("rpd-change-date", 13) in limits
    assert [left for _, left in limits] == sorted(left for _, left in limits)
    assert not {"rpd-application-response", "rpd-boc-port-of-entry"} & {row for row, _ in limits}


def test_limits_ahead_of_a_party_leave_out_what_the_other_files() -> None:
    events = {"hearing": "2026-03-12"}
    person = {row for row, _ in ahead("2026-02-24", events, party="person")}
    minister = {row for row, _ in ahead("2026-02-24", events, party="minister")}
    assert "rpd-minister-intervention" in minister - person
    assert "rpd-boc-changes" in person - minister
    assert "rpd-disclosure" in person & minister


@pytest.mark.parametrize(
    ("today", "en", "fr"),
    [
        ("2026-02-24", "6 days left.", "il reste 6\u00a0jours."),
        ("2026-03-01", "1 day left.", "il reste 1\u00a0jour."),
        ("2026-03-02", "today is the last day.", "c’est aujourd’hui le dernier jour."),
    ],
)
def test_limit_ahead_says_the_place_and_the_days_left(today: str, en: str, fr: str) -> None:
    limit = ahead_of("rpd-disclosure", today)
    assert limit.text("en") == (f"Must be received by Monday 2 March 2026, Vancouver time: {en}")
    assert limit.text("fr") == (
        f"Doit être reçu au plus tard le lundi 2 mars 2026, heure de Vancouver\u00a0: {fr}"
    )


def test_limit_ahead_passed_says_so() -> None:
    limit = ahead_of("rpd-disclosure", "2026-03-03")
    assert limit.passed
    assert limit.text("en") == (
        "Had to be received by Monday 2 March 2026, Vancouver time: the limit has passed."
    )
    assert limit.text("fr").endswith("le délai est expiré.")


def ahead_of(row_id: str, today: str) -> LimitAhead:
    limits = limits_ahead(
        RULES,
        division="RPD",
        events={"hearing": EVENT},
        office="vancouver",
        today=day(today),
    )
    return next(limit for limit in limits if limit.row.id == row_id)


# Properties


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
