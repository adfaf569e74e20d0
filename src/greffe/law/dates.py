"""Dates and times in words, in both languages. Pure: no clock, no locale of the machine."""

import datetime as dt

NBSP = "\u00a0"
_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
}
_MONTHS = {
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    "fr": (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
}


def long_date(day: dt.date, lang: str) -> str:
    """Write a day in full: "Thursday 1 April 2021", « jeudi 1er avril 2021 ».

    `lang` is "fr" or starts with it; anything else is English.
    """
    language = _language(lang)
    number = "1er" if language == "fr" and day.day == 1 else str(day.day)
    weekday, month = _DAYS[language][day.weekday()], _MONTHS[language][day.month - 1]
    return f"{weekday} {number} {month} {day.year}"


def clock(at: dt.datetime | dt.time, lang: str) -> str:
    """Write a time of day on 24 hours: "22:00", « 22 h 00 » with non-breaking spaces."""
    if _language(lang) == "fr":
        return f"{at.hour}{NBSP}h{NBSP}{at.minute:02}"
    return f"{at.hour:02}:{at.minute:02}"


def long_time(at: dt.datetime, lang: str, place: str = "") -> str:
    """Write day, time and where that clock hangs: "Thursday 1 April 2021, 22:00 (Vancouver)".

    `at` is shown as it is: bring it to the zone first, with `calendar.local` or `calendar.eastern`.
    Seconds are dropped, never rounded up: 23:59:59 stays on its day.
    """
    words = f"{long_date(at, lang)}, {clock(at, lang)}"
    return f"{words} ({place})" if place else words


def _language(lang: str) -> str:
    return "fr" if lang.startswith("fr") else "en"
