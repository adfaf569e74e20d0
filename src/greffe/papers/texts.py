"""The words of our papers in both languages, and how each writes dates and numbers."""

import datetime as dt
import functools
import re
import tomllib
from pathlib import Path
from typing import Final, Literal

Lang = Literal["en", "fr"]
NBSP: Final = "\u00a0"

_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
}
_MONTHS = {
    "en": (
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
    ),
    "fr": (
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
    ),
}


Paper = Literal["receipt", "notice", "invitation"]
"""A paper that we make: its words are in templates/, in the file of that name."""


@functools.cache
def _texts(paper: Paper) -> dict[str, dict[Lang, str]]:
    with (Path(__file__).parent / "templates" / f"{paper}.toml").open("rb") as file:
        rows: dict[str, dict[Lang, str]] = tomllib.load(file)
    return {code: {"en": row["en"], "fr": spaced(row["fr"])} for code, row in rows.items()}


def codes(paper: Paper = "receipt") -> frozenset[str]:
    """Return every code that has a text on a paper."""
    return frozenset(_texts(paper))


def text(code: str, lang: Lang, /, *, on: Paper = "receipt", **values: str) -> str:
    """Return the text of a code, filled in. Raises KeyError for an unknown code or value."""
    return _texts(on)[code][lang].format(**values)


def spaced(french: str) -> str:
    """Put the non-breaking spaces that French typography wants before and inside punctuation."""
    inner = french.replace("« ", f"«{NBSP}").replace(" »", f"{NBSP}»")
    return re.sub(r" ([:;?!%])", rf"{NBSP}\1", inner)


def long_date(day: dt.date, lang: Lang) -> str:
    """Write a date in words: "Thursday 1 April 2021", « jeudi 1er avril 2021 »."""
    number = "1er" if lang == "fr" and day.day == 1 else str(day.day)
    name = _DAYS[lang][day.weekday()]
    return f"{name} {number}{NBSP}{_MONTHS[lang][day.month - 1]} {day.year}"


def clock(at: dt.datetime, lang: Lang) -> str:
    """Write the time of day to the minute: "22:05", « 22 h 05 »."""
    if lang == "fr":
        return f"{at.hour}{NBSP}h{NBSP}{at.minute:02d}"
    return f"{at:%H:%M}"


def whole(number: int, lang: Lang) -> str:
    """Write a whole number with its thousands apart: "34,567", « 34 567 »."""
    return f"{number:,}".replace(",", NBSP if lang == "fr" else ",")
