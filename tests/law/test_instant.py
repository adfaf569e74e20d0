import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from greffe.law.calendar import NoSuchTimeError, instant, local

ZONES = st.sampled_from(["America/Toronto", "America/Vancouver", "America/Edmonton"])


@pytest.mark.parametrize(
    ("zone", "utc"),
    [("America/Vancouver", "2021-04-01T16:00"), ("America/Toronto", "2021-04-01T13:00")],
)
def test_same_clock_is_another_instant_in_another_zone(zone: str, utc: str) -> None:
    at = instant(dt.date(2021, 4, 1), dt.time(9), zone)
    assert at == dt.datetime.fromisoformat(utc).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        (dt.date(2026, 3, 8), dt.time(2, 30)),  # left out
        (dt.date(2026, 11, 1), dt.time(1, 30)),  # twice
    ],
)
def test_time_on_the_night_of_a_change_is_refused(day: dt.date, clock: dt.time) -> None:
    with pytest.raises(NoSuchTimeError):
        instant(day, clock, "America/Toronto")


@given(
    day=st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)),
    clock=st.times().map(lambda clock: clock.replace(fold=0)),
    zone=ZONES,
)
def test_instant_is_shown_by_the_clocks_as_it_was_asked_for(
    day: dt.date, clock: dt.time, zone: str
) -> None:
    try:
        at = instant(day, clock, zone)
    except NoSuchTimeError:
        assume(False)
    there = local(at, zone)
    assert (there.date(), there.time()) == (day, clock)
