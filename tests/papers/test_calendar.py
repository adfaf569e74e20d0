import dataclasses
import datetime as dt
import unicodedata
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from greffe.papers.calendar import Attendee, Entry, calendar_of, method_of

pytestmark = pytest.mark.requirement("MC-16")

MADE = dt.datetime(2026, 11, 22, 9, 30, 15, 250000, tzinfo=ZoneInfo("America/Toronto"))
ENTRY = Entry(
    uid="0b0e6c9c-0000-4000-8000-000000000001@greffe.example",
    revision=3,
    cancelled=False,
    starts_at=dt.datetime(2026, 12, 7, 9, tzinfo=ZoneInfo("America/Toronto")),
    minutes=90,
    title="Hearing MC6-02345",
    place="Room 5",
    description="Montréal",
    link="https://greffe.example/en/portal/",
    organizer="registry@greffe.example",
    registry="Registry of the tribunal",
)


def lines(content: bytes) -> dict[str, str]:
    """The lines of a file as RFC 5545 (3.1) says to read them: by name, with what they hold."""
    assert content.endswith(b"\r\n")
    unfolded = content.replace(b"\r\n ", b"").decode()
    read = {}
    for line in unfolded.removesuffix("\r\n").split("\r\n"):
        name, _, value = line.partition(":")
        read[name.partition(";")[0]] = value
    return read


def plain(value: str) -> str:
    """A text value without its escapes (RFC 5545, 3.3.11)."""
    said, escaped = "", False
    for character in value:
        if escaped:
            said += "\n" if character in "nN" else character
            escaped = False
        elif character == "\\":
            escaped = True
        else:
            assert character not in ",;", value
            said += character
    return said


def test_entry_says_when_in_utc_and_who_keeps_it() -> None:
    read = lines(calendar_of(ENTRY, made=MADE))
    expected = {
        "VERSION": "2.0",
        "METHOD": "PUBLISH",
        "UID": ENTRY.uid,
        "SEQUENCE": "3",
        "DTSTAMP": "20261122T143015Z",
        "DTSTART": "20261207T140000Z",
        "DTEND": "20261207T153000Z",
        "STATUS": "CONFIRMED",
        "SUMMARY": "Hearing MC6-02345",
        "ORGANIZER": "mailto:registry@greffe.example",
        "CLASS": "PRIVATE",
    }
    assert {name: read[name] for name in expected} == expected


def test_entry_of_a_cancelled_hearing_strikes_it_out() -> None:
    read = lines(calendar_of(dataclasses.replace(ENTRY, cancelled=True), made=MADE))
    assert (read["METHOD"], read["STATUS"]) == ("CANCEL", "CANCELLED")
    assert (read["UID"], read["DTSTART"]) == (ENTRY.uid, "20261207T140000Z")


@pytest.mark.parametrize(
    ("zone", "day", "instant"),
    [
        ("America/Toronto", dt.date(2026, 3, 6), "20260306T140000Z"),
        ("America/Toronto", dt.date(2026, 3, 9), "20260309T130000Z"),
        ("America/Toronto", dt.date(2026, 10, 30), "20261030T130000Z"),
        ("America/Toronto", dt.date(2026, 11, 2), "20261102T140000Z"),
        ("America/Vancouver", dt.date(2021, 3, 12), "20210312T170000Z"),
        ("America/Vancouver", dt.date(2021, 3, 15), "20210315T160000Z"),
    ],
)
def test_same_clock_on_both_sides_of_a_change_is_another_instant(
    zone: str, day: dt.date, instant: str
) -> None:
    starts_at = dt.datetime.combine(day, dt.time(9), tzinfo=ZoneInfo(zone))
    read = lines(calendar_of(dataclasses.replace(ENTRY, starts_at=starts_at), made=MADE))
    assert read["DTSTART"] == instant


def test_hearing_across_a_change_of_the_clocks_lasts_as_long_as_it_lasts() -> None:
    """On 1 November 2026 at two in the morning the clocks of Toronto go back by an hour."""
    starts_at = dt.datetime(2026, 11, 1, 0, 30, tzinfo=ZoneInfo("America/Toronto"))
    entry = dataclasses.replace(ENTRY, starts_at=starts_at, minutes=180)
    read = lines(calendar_of(entry, made=MADE))
    assert (read["DTSTART"], read["DTEND"]) == ("20261101T043000Z", "20261101T073000Z")


@given(text=st.text(max_size=300))
@example(text="BEGIN:VEVENT\r\nSTATUS:CANCELLED")
@example(text="a\\nb;c,d\\")
@example(text="é" * 74 + "😀" * 40)
@example(text="\x00\x1f\x85\u2028")
def test_any_text_is_folded_and_escaped_and_comes_back_as_it_was(text: str) -> None:
    content = calendar_of(dataclasses.replace(ENTRY, place=text, title=text), made=MADE)
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    assert content.count(b"BEGIN:VEVENT\r\n") == 1
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        one for one in kept if one == "\n" or unicodedata.category(one) not in {"Cc", "Cs"}
    )
    read = lines(content)
    assert plain(read["LOCATION"]) == plain(read["SUMMARY"]) == kept
    assert read["STATUS"] == "CONFIRMED"


def meeting(**changes: Any) -> dict[str, str]:
    invited = dataclasses.replace(
        ENTRY, attendees=[Attendee('Jo Roe, "JR"', "jo@example.org")], **changes
    )
    content = calendar_of(invited, made=MADE)
    assert f"METHOD:{method_of(invited)}\r\n".encode() in content
    return lines(content)


@pytest.mark.requirement("MC-03")
def test_invitation_asks_the_calendar_of_who_is_invited_to_take_it_in() -> None:
    """RFC 5546 (3.2.2): a request has its attendees; nobody is asked to answer."""
    content = calendar_of(
        dataclasses.replace(ENTRY, attendees=[Attendee("Jo Roe", "jo@example.org")]), made=MADE
    )
    read = lines(content)
    assert (read["METHOD"], read["STATUS"], read["SEQUENCE"]) == ("REQUEST", "CONFIRMED", "3")
    attendee = content.replace(b"\r\n ", b"").decode().partition("ATTENDEE;")[2].partition("\r")[0]
    params, _, address = attendee.partition(":")
    assert address == "mailto:jo@example.org"
    assert {"RSVP=FALSE", "PARTSTAT=ACCEPTED", "ROLE=REQ-PARTICIPANT"} <= set(params.split(";"))
    assert 'CN="Jo Roe"' in params or "CN=Jo Roe" in params


@pytest.mark.requirement("MC-03")
def test_meeting_that_is_moved_and_cancelled_stays_the_same_entry_with_a_higher_number() -> None:
    later = ENTRY.starts_at + dt.timedelta(days=1)
    first, moved = meeting(), meeting(revision=4, starts_at=later)
    gone = meeting(revision=5, starts_at=later, cancelled=True)
    assert {first["UID"], moved["UID"], gone["UID"]} == {ENTRY.uid}
    assert [one["SEQUENCE"] for one in (first, moved, gone)] == ["3", "4", "5"]
    assert [one["METHOD"] for one in (first, moved, gone)] == ["REQUEST", "REQUEST", "CANCEL"]
    assert moved["DTSTART"] == gone["DTSTART"] == "20261208T140000Z"
    assert gone["ATTENDEE"] == "mailto:jo@example.org"


@pytest.mark.requirement("MC-03")
@given(name=st.text(max_size=80))
@example(name='Jo"\r\nSTATUS:CANCELLED')
def test_any_name_of_who_is_invited_stays_within_its_line(name: str) -> None:
    content = calendar_of(
        dataclasses.replace(ENTRY, attendees=[Attendee(name, "jo@example.org")]), made=MADE
    )
    read = lines(content)
    assert read["STATUS"] == "CONFIRMED"
    assert read["SEQUENCE"] == "3"
    assert content.count(b"\r\nATTENDEE") == 1
