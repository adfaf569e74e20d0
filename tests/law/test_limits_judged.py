"""A document judged against its time limits, and what lies ahead of a case."""

import datetime as dt
from collections.abc import Mapping

import pytest

from greffe.law import calendar
from greffe.law.limits import LimitAhead, limits_ahead, limits_for
from tests.support.limits import EVENT, RULES, day, judged


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
