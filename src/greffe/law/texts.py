"""Dates, times, sizes and numbers as a person writes them, in English and in French.

Templates of rows name their parameters in braces; `fill` puts the words in. Values are turned into
words here, so that a row never depends on how a machine prints a number.
"""

import datetime as dt
from collections.abc import Mapping

NBSP = "\u00a0"

Value = str | int | bool | None

_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
}
_MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
}


def _lang(lang: str) -> str:
    return "fr" if lang.startswith("fr") else "en"


def date_words(day: dt.date, lang: str, *, weekday: bool = True) -> str:
    """Write a date: "Thursday 1 April 2021", « jeudi 1er avril 2021 »."""
    lang = _lang(lang)
    number = "1er" if lang == "fr" and day.day == 1 else str(day.day)
    words = f"{number} {_MONTHS[lang][day.month - 1]} {day.year}"
    return f"{_DAYS[lang][day.weekday()]} {words}" if weekday else words


def time_words(at: dt.datetime | dt.time, lang: str) -> str:
    """Write a time of day to the minute, on 24 hours: "22:05", « 22 h 05 » (« 22 h » sharp)."""
    if _lang(lang) == "en":
        return f"{at:%H:%M}"
    minutes = f"{NBSP}{at.minute:02}" if at.minute else ""
    return f"{at.hour}{NBSP}h{minutes}"


def number_words(number: int, lang: str) -> str:
    """Write a whole number with its thousands apart: "52,428,800", « 52 428 800 »."""
    grouped = f"{number:,}"
    return grouped.replace(",", NBSP) if _lang(lang) == "fr" else grouped


def fill(template: str, params: Mapping[str, Value], lang: str) -> str:
    """Put `params` into the {names} of `template`; whole numbers are written as people do."""
    words = {name: _value(value, lang) for name, value in params.items()}
    return template.format_map(words)


def _value(value: Value, lang: str) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case int():
            return number_words(value, lang)
        case _:
            return value
