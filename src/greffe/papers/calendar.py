"""A hearing as an iCalendar object (RFC 5545, RFC 5546): what a person's own calendar takes in.

The lines, their folding and their escapes are the `icalendar` package's; what they say is ours.
"""

import datetime as dt
import unicodedata
from dataclasses import dataclass

PRODUCT = "-//Greffe//Electronic registry//EN"
MEDIA_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Entry:
    """A hearing in a calendar. Its times are aware.

    The `uid` stays with a hearing that is postponed, and each change has a higher `revision`:
    a calendar that has the entry moves it, or strikes it out where it is `cancelled`. `organizer`
    is an e-mail address.
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


def calendar_of(entry: Entry, *, made: dt.datetime) -> bytes:
    """Return the bytes of a file with this one entry, as it is at the moment `made`.

    Its times are in UTC: they mean one instant in every calendar, whatever its zone.
    """
    from icalendar import Calendar, Event, vCalAddress  # noqa: PLC0415 - it takes a quarter second

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
    organizer = vCalAddress(f"mailto:{entry.organizer}")
    organizer.params["CN"] = _plain(entry.registry)
    event.add("organizer", organizer)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if entry.cancelled else "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _plain(text: str) -> str:
    """Leave out what no line of such a file may hold: control characters but the new line."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        character
        for character in kept
        if character == "\n" or unicodedata.category(character) not in {"Cc", "Cs"}
    )
