"""A hearing or a meeting as an iCalendar object (RFC 5545, RFC 5546), for people's calendars.

The lines, their folding and their escapes are the `icalendar` package's; what they say is ours.
"""

import datetime as dt
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

PRODUCT = "-//Greffe//Electronic registry//EN"
MEDIA_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who is invited, with their e-mail address."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A hearing or a meeting in a calendar. Its times are aware.

    The `uid` stays with one that is moved, and each change has a higher `revision`: a calendar that
    has the entry moves it, or strikes it out where it is `cancelled`. `organizer` is an e-mail
    address. With `attendees` it is an invitation to them, which their calendars offer to take in;
    they have agreed on the time already, so none of these asks for an answer.
    """

    uid: str
    revision: int
    cancelled: bool
    starts_at: dt.datetime
    minutes: int
    title: str
    place: str
    description: str
    link: str
    organizer: str
    registry: str
    attendees: Sequence[Attendee] = ()


def calendar_of(entry: Entry, *, made: dt.datetime) -> bytes:
    """Return the bytes of a file with this one entry, as it is at the moment `made`.

    Its times are in UTC: they mean one instant in every calendar, whatever its zone.
    """
    from icalendar import Calendar, Event  # noqa: PLC0415 - it takes a quarter second

    starts_at = entry.starts_at.astimezone(dt.UTC)
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.revision)
    event.add("dtstamp", made.astimezone(dt.UTC).replace(microsecond=0))
    event.add("dtstart", starts_at)
    event.add("dtend", starts_at + dt.timedelta(minutes=entry.minutes))
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("summary", _plain(entry.title))
    event.add("location", _plain(entry.place))
    event.add("description", _plain(entry.description))
    event.add("url", entry.link)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT" if entry.cancelled else "OPAQUE")
    event.add("organizer", _address(entry.organizer, entry.registry))
    for attendee in entry.attendees:
        params = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
        event.add("attendee", _address(attendee.email, attendee.name, params))
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method_of(entry))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def method_of(entry: Entry) -> Literal["CANCEL", "PUBLISH", "REQUEST"]:
    """Say what the file asks of a calendar; an e-mail that carries it names the same (RFC 6047)."""
    if entry.cancelled:
        return "CANCEL"
    return "REQUEST" if entry.attendees else "PUBLISH"


def _address(email: str, name: str, params: Mapping[str, str] | None = None) -> Any:
    from icalendar import vCalAddress  # noqa: PLC0415 - as above

    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = _parameter(name)
    address.params.update(params or {})
    return address


def _parameter(text: str) -> str:
    """Leave out of a name what no parameter may hold, in any calendar: quotation marks, lines."""
    return " ".join(_plain(text).replace('"', "”").split())


def _plain(text: str) -> str:
    """Leave out what no line of such a file may hold: control characters but the new line."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        character
        for character in kept
        if character == "\n" or unicodedata.category(character) not in {"Cc", "Cs"}
    )
