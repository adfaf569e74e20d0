"""Clocks, closures and working days."""

import datetime as dt
import zoneinfo
from pathlib import Path

import pytest
from dateutil.easter import easter as easter_of_dateutil
from hypothesis import given, settings
from hypothesis import strategies as st

from greffe.law import calendar
from greffe.law.ruleset import RuleError, RuleSet, load_rules, packaged_rules

RULES = packaged_rules()
OFFICES = sorted(office.id for office in RULES.offices)
ZONES = sorted({office.zone for office in RULES.offices})
DAYS = st.dates(dt.date(2003, 1, 1), dt.date(2060, 12, 31))
INSTANTS = st.datetimes(
    dt.datetime(2003, 1, 1),  # noqa: DTZ001 -- the strategy wants naive bounds
    dt.datetime(2037, 12, 31),  # noqa: DTZ001 -- the same
    timezones=st.just(dt.UTC),
)
offices = pytest.mark.parametrize("office", OFFICES)


def overlay(folder: Path, toml: str) -> RuleSet:
    (folder / "closures.toml").write_text(toml, encoding="utf-8")
    return load_rules(folder)


def shut(office: str, year: int, rules: RuleSet = RULES) -> dict[str, str]:
    return {
        closed.day.isoformat(): closed.row.id for closed in calendar.closures(rules, office, year)
    }


# Clocks


@pytest.mark.requirement("MC-13")
def test_date_of_receipt_source_example_is_the_evening_before_in_vancouver() -> None:
    at = dt.datetime(2021, 4, 2, 5, 0, tzinfo=dt.UTC)
    assert calendar.eastern(at).isoformat() == "2021-04-02T01:00:00-04:00"
    assert calendar.local(at, "America/Vancouver").isoformat() == "2021-04-01T22:00:00-07:00"
    assert calendar.date_of_receipt(at, "America/Vancouver") == dt.date(2021, 4, 1)
    assert calendar.date_of_receipt(at, "America/Toronto") == dt.date(2021, 4, 2)


@pytest.mark.requirement("MC-13")
def test_eastern_winter_has_the_winter_offset() -> None:
    at = dt.datetime(2021, 1, 2, 5, 0, tzinfo=dt.UTC)
    assert calendar.eastern(at).isoformat() == "2021-01-02T00:00:00-05:00"


def test_local_keeps_microseconds() -> None:
    at = dt.datetime(2021, 4, 2, 5, 0, 0, 123456, tzinfo=dt.UTC)
    assert calendar.eastern(at).microsecond == 123456


def test_local_without_offset_is_refused() -> None:
    with pytest.raises(calendar.NaiveTimeError, match="no offset"):
        calendar.eastern(dt.datetime(2021, 4, 2, 1, 0))  # noqa: DTZ001 -- that is the test


def test_local_unknown_zone_is_refused() -> None:
    with pytest.raises(zoneinfo.ZoneInfoNotFoundError):
        calendar.local(dt.datetime(2021, 4, 2, tzinfo=dt.UTC), "America/Gatineau")


def test_eastern_spring_night_skips_the_hour_that_does_not_exist() -> None:
    before = dt.datetime(2021, 3, 14, 6, 59, 59, tzinfo=dt.UTC)
    after = before + dt.timedelta(seconds=1)
    assert calendar.eastern(before).isoformat() == "2021-03-14T01:59:59-05:00"
    assert calendar.eastern(after).isoformat() == "2021-03-14T03:00:00-04:00"


def test_eastern_autumn_night_tells_the_two_half_past_ones_apart() -> None:
    first = dt.datetime(2021, 11, 7, 5, 30, tzinfo=dt.UTC)
    second = first + dt.timedelta(hours=1)
    assert calendar.eastern(first).isoformat() == "2021-11-07T01:30:00-04:00"
    assert calendar.eastern(second).isoformat() == "2021-11-07T01:30:00-05:00"


@pytest.mark.parametrize(
    ("at", "day"),
    [
        # Vancouver has sprung forward, so midnight of the 15th comes at 07:00 UTC, no more 08:00.
        ("2021-03-14T07:59:59+00:00", "2021-03-13"),
        ("2021-03-14T08:00:00+00:00", "2021-03-14"),
        ("2021-03-15T06:59:59+00:00", "2021-03-14"),
        ("2021-03-15T07:00:00+00:00", "2021-03-15"),
        ("2021-11-07T06:59:59+00:00", "2021-11-06"),
        ("2021-11-07T07:00:00+00:00", "2021-11-07"),
        ("2021-11-08T07:59:59+00:00", "2021-11-07"),
        ("2021-11-08T08:00:00+00:00", "2021-11-08"),
    ],
)
def test_date_of_receipt_around_the_change_of_clocks_in_vancouver(at: str, day: str) -> None:
    received = calendar.date_of_receipt(dt.datetime.fromisoformat(at), "America/Vancouver")
    assert received.isoformat() == day


@pytest.mark.requirement("MC-13")
@settings(deadline=None)
@given(day=st.dates(dt.date(2003, 1, 2), dt.date(2037, 12, 31)), zone=st.sampled_from(ZONES))
def test_date_of_receipt_changes_at_local_midnight(day: dt.date, zone: str) -> None:
    midnight = dt.datetime.combine(day, dt.time(0), zoneinfo.ZoneInfo(zone)).astimezone(dt.UTC)
    assert calendar.date_of_receipt(midnight, zone) == day
    just_before = midnight - dt.timedelta(microseconds=1)
    assert calendar.date_of_receipt(just_before, zone) == day - dt.timedelta(days=1)


@settings(deadline=None)
@given(at=INSTANTS, zone=st.sampled_from(ZONES))
def test_local_is_the_same_instant(at: dt.datetime, zone: str) -> None:
    assert calendar.local(at, zone) == at


@settings(deadline=None)
@given(at=INSTANTS, later=st.timedeltas(dt.timedelta(0), dt.timedelta(days=3)))
def test_date_of_receipt_later_instant_is_never_an_earlier_day(
    at: dt.datetime, later: dt.timedelta
) -> None:
    for zone in ZONES:
        first, second = (calendar.date_of_receipt(when, zone) for when in (at, at + later))
        assert first <= second


@settings(deadline=None)
@given(at=INSTANTS)
def test_date_of_receipt_west_is_never_ahead_of_the_stamp(at: dt.datetime) -> None:
    stamp = calendar.eastern(at).date()
    for zone in ZONES:
        assert stamp - dt.timedelta(days=1) <= calendar.date_of_receipt(at, zone) <= stamp


# Closures


def test_closures_vancouver_2026_are_those_of_the_wall_calendar() -> None:
    assert shut("vancouver", 2026) == {
        "2026-01-01": "new-year",
        "2026-04-03": "good-friday",
        "2026-04-06": "easter-monday",
        "2026-05-18": "victoria-day",
        "2026-07-01": "canada-day",
        "2026-08-03": "august-civic-day",
        "2026-09-07": "labour-day",
        "2026-09-30": "truth-and-reconciliation",
        "2026-10-12": "thanksgiving",
        "2026-11-11": "remembrance-day",
        "2026-12-25": "christmas",
        "2026-12-28": "boxing-day",  # the 26th is a Saturday
    }


def test_closures_montreal_has_june_and_not_august() -> None:
    vancouver, montreal = shut("vancouver", 2026), shut("montreal", 2026)
    assert montreal.keys() - vancouver.keys() == {"2026-06-24"}
    assert vancouver.keys() - montreal.keys() == {"2026-08-03"}


@pytest.mark.parametrize(
    ("year", "closed"),
    [
        (2021, {"2021-12-27": "christmas", "2021-12-28": "boxing-day"}),  # Saturday and Sunday
        (2022, {"2022-12-26": "boxing-day", "2022-12-27": "christmas"}),  # Sunday and Monday
        (2023, {"2023-12-25": "christmas", "2023-12-26": "boxing-day"}),  # Monday and Tuesday
    ],
)
def test_closures_christmas_on_a_weekend_moves_to_days_of_its_own(
    year: int, closed: dict[str, str]
) -> None:
    december = {day: row for day, row in shut("toronto", year).items() if day >= f"{year}-12"}
    assert december == closed


def test_closures_new_year_on_a_saturday_moves_to_monday() -> None:
    first = calendar.closures(RULES, "toronto", 2022)[0]
    assert (first.day, first.named, first.moved) == (dt.date(2022, 1, 3), dt.date(2022, 1, 1), True)
    assert first.label.get("fr") == "Jour de l’An"
    assert first.label.get("en") == "New Year’s Day"


def test_closures_thirty_september_begins_in_2021() -> None:
    assert "2020-09-30" not in shut("toronto", 2020)
    assert shut("toronto", 2021)["2021-09-30"] == "truth-and-reconciliation"


def test_closures_one_day_of_2022_is_of_that_year_alone() -> None:
    assert shut("calgary", 2022)["2022-09-19"] == "day-of-mourning-2022"
    assert "2023-09-19" not in shut("calgary", 2023)


def test_closures_victoria_day_is_the_monday_before_the_25th_of_may() -> None:
    for year, day in [(2020, 18), (2025, 19), (2026, 18), (2027, 24)]:
        assert shut("toronto", year)[f"{year}-05-{day}"] == "victoria-day"


@pytest.mark.parametrize("year", range(1990, 2200))
def test_easter_agrees_with_another_reckoning(year: int) -> None:
    assert calendar.easter(year) == easter_of_dateutil(year)


@settings(deadline=None)
@given(year=st.integers(2003, 2200), office=st.sampled_from(OFFICES))
def test_closures_each_rule_closes_one_day_that_is_no_weekend(year: int, office: str) -> None:
    days = [
        closed for closed in calendar.closures(RULES, office, year) if closed.row.rule != "date"
    ]
    assert len({closed.row.id for closed in days}) == len(days)
    assert len(days) in {11, 12}
    assert not any(calendar.is_weekend(closed.day) for closed in days)
    assert all(closed.day >= closed.named for closed in days)


def test_closures_overlay_adds_a_day_and_removes_another(tmp_path: Path) -> None:
    rules = overlay(
        tmp_path,
        """
        [defaults]
        authority = "Notice of the office"
        in_force_from = 2026-01-01

        [[closure]]
        id = "flood"
        label.en = "Flood"
        label.fr = "Inondation"
        rule = "date"
        date = 2026-03-12
        offices = ["calgary"]

        [[closure]]
        id = "open-on-easter-monday"
        label.en = "Open on Easter Monday"
        label.fr = "Ouvert le lundi de Pâques"
        rule = "open"
        date = 2026-04-06
        offices = ["calgary"]
        """,
    )
    changed = shut("calgary", 2026, rules)
    assert changed.keys() - shut("calgary", 2026).keys() == {"2026-03-12"}
    assert shut("calgary", 2026).keys() - changed.keys() == {"2026-04-06"}
    assert shut("toronto", 2026, rules) == shut("toronto", 2026)
    assert not calendar.is_working_day(rules, dt.date(2026, 3, 12), "calgary")
    assert calendar.is_working_day(rules, dt.date(2026, 4, 6), "calgary")
    assert not calendar.is_working_day(RULES, dt.date(2026, 4, 6), "calgary")


def test_closures_overlay_ends_a_rule_by_its_dates(tmp_path: Path) -> None:
    rules = overlay(
        tmp_path,
        """
        [[closure]]
        id = "boxing-day"
        label.en = "Boxing Day"
        label.fr = "Lendemain de Noël"
        rule = "fixed"
        month = 12
        day = 26
        authority = "Notice of the office"
        in_force_from = 2002-06-28
        in_force_to = 2024-12-31
        """,
    )
    assert "boxing-day" in shut("toronto", 2024, rules).values()
    assert "boxing-day" not in shut("toronto", 2025, rules).values()


def test_closures_end_of_december_moves_into_the_next_year(tmp_path: Path) -> None:
    rules = overlay(
        tmp_path,
        """
        [[closure]]
        id = "new-years-eve"
        label.en = "New Year’s Eve"
        label.fr = "Veille du jour de l’An"
        rule = "fixed"
        month = 12
        day = 31
        authority = "Notice of the office"
        in_force_from = 2020-01-01
        """,
    )
    # 31 December 2022 is a Saturday, 1 January 2023 a Sunday: Monday and Tuesday are both taken.
    assert "new-years-eve" not in shut("toronto", 2022, rules).values()
    january = {day: row for day, row in shut("toronto", 2023, rules).items() if day < "2023-02"}
    assert january == {"2023-01-02": "new-years-eve", "2023-01-03": "new-year"}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ('rule = "fixed"\nmonth = 12', "missing"),
        ('rule = "fixed"\nmonth = 2\nday = 29', "day"),
        ('rule = "easter"\noffset = 1\nmonth = 4', "month"),
        ('rule = "weekday"\nmonth = 5\nweekday = 1', "nth or on_or_before"),
        ('rule = "date"\ndate = 2026-03-12\noffices = ["atlantis"]', "atlantis"),
    ],
)
def test_closure_wrong_row_stops_the_start_with_file_row_and_reason(
    tmp_path: Path, fields: str, reason: str
) -> None:
    head = '[[closure]]\nid = "wrong"\nlabel.en = "W"\nlabel.fr = "W"\nauthority = "None"\n'
    with pytest.raises(RuleError) as caught:
        overlay(tmp_path, f"{head}in_force_from = 2020-01-01\n{fields}\n")
    assert caught.value.row == "wrong"
    assert caught.value.file.endswith("closures.toml")
    assert reason in caught.value.reason


# Working days


def test_is_working_day_weekend_and_closure_are_none() -> None:
    assert calendar.is_working_day(RULES, dt.date(2026, 3, 12), "vancouver")  # a Thursday
    assert not calendar.is_working_day(RULES, dt.date(2026, 3, 14), "vancouver")
    assert not calendar.is_working_day(RULES, dt.date(2026, 3, 15), "vancouver")
    assert not calendar.is_working_day(RULES, dt.date(2026, 4, 3), "vancouver")


def test_next_working_day_easter_weekend_is_tuesday() -> None:
    tuesday = dt.date(2026, 4, 7)
    assert calendar.next_working_day(RULES, dt.date(2026, 4, 3), "montreal") == tuesday
    assert calendar.next_working_day(RULES, tuesday, "montreal") == tuesday


def test_previous_working_day_easter_monday_is_thursday() -> None:
    before = calendar.previous_working_day(RULES, dt.date(2026, 4, 6), "montreal")
    assert before == dt.date(2026, 4, 2)


def test_add_working_days_year_end_skips_every_closure() -> None:
    # 2026: Thursday 24, Friday 25 closed, Monday 28 closed, Tuesday 29, Wednesday 30, Thursday 31.
    thursday = dt.date(2026, 12, 31)
    assert calendar.add_working_days(RULES, thursday, -3, "toronto") == dt.date(2026, 12, 24)
    # 2027: Friday 1 January closed, Monday 4.
    assert calendar.add_working_days(RULES, thursday, 1, "toronto") == dt.date(2027, 1, 4)
    assert calendar.add_working_days(RULES, thursday, 0, "toronto") == thursday


def test_add_working_days_leap_day_is_counted() -> None:
    # 2024: Wednesday 28 February, Thursday 29, Friday 1 March.
    assert calendar.add_working_days(RULES, dt.date(2024, 2, 28), 2, "toronto") == dt.date(
        2024, 3, 1
    )


@settings(deadline=None)
@given(day=DAYS, count=st.integers(-60, 60), office=st.sampled_from(OFFICES))
def test_add_working_days_counts_exactly_that_many(day: dt.date, count: int, office: str) -> None:
    end = calendar.add_working_days(RULES, day, count, office)
    step = 1 if count > 0 else -1
    span = range(step, (end - day).days + step, step)
    passed = [day + dt.timedelta(days=n) for n in span]
    assert sum(calendar.is_working_day(RULES, each, office) for each in passed) == abs(count)
    assert count == 0 or calendar.is_working_day(RULES, end, office)


@settings(deadline=None)
@given(day=DAYS, count=st.integers(1, 40), office=st.sampled_from(OFFICES))
def test_add_working_days_there_and_back_is_the_same_working_day(
    day: dt.date, count: int, office: str
) -> None:
    start = calendar.next_working_day(RULES, day, office)
    there = calendar.add_working_days(RULES, start, count, office)
    assert calendar.add_working_days(RULES, there, -count, office) == start


@offices
def test_next_working_day_rows_that_close_a_year_are_an_error(tmp_path: Path, office: str) -> None:
    start = dt.date(2026, 1, 1)
    days = (start + dt.timedelta(days=n) for n in range(400))
    rows = "".join(
        f'[[closure]]\nid = "shut-{day}"\nlabel.en = "S"\nlabel.fr = "F"\nrule = "date"\n'
        f'date = {day}\nauthority = "Test"\nin_force_from = 2026-01-01\n'
        for day in days
    )
    with pytest.raises(calendar.NoWorkingDayError, match=office):
        calendar.next_working_day(overlay(tmp_path, rows), start, office)
