"""File numbers and client ids, read as people type them and written one way.

People paste every dash there is, non-breaking hyphens and spaces, and marks that nobody sees. All
of these separate; none of them counts. What comes out is text: leading zeros are part of it.
"""

import re
import unicodedata
from dataclasses import dataclass

# No identifier is longer; what is longer is not read at all.
_LONGEST = 64
_MINUS_AND_BULLET = "\u2212\u2043"

_DECADES = {"A": 2000, "B": 2010, "C": 2020}
_LETTERS = {"V": "west", "T": "central", "M": "east"}
_ID_PREFIXES = {"0001": "west", "0003": "central", "0018": "east"}

_GENERAL = re.compile(r"([VTM])([ABC])([0-9])-?([0-9]{5})")
_ID = re.compile(r"(0001|0003|0018)-?([ABC])([0-9])-?([0-9]{5})")
_CLIENT = re.compile(r"(?:([0-9]{2})-?)?([0-9]{4})-?([0-9]{4})")


@dataclass(frozen=True, slots=True)
class FileNumber:
    """A file number in its one written form, with what it tells.

    `region_id` is the region that opened the file: a case may have been transferred since. `year`
    is the year of opening. `division_id` is "ID" where the number says so; the other three
    divisions share one pattern, and then it is None.
    """

    text: str
    region_id: str
    year: int
    division_id: str | None = None

    def __str__(self) -> str:
        return self.text


def parse_file_number(text: str) -> FileNumber | None:
    """Read `TB7-12345`, or `0018-C1-01234` of the Immigration Division; None for anything else.

    The letter V, T or M tells West, Central or East, A, B or C the decade. Source: file numbers
    published with decisions, and the division's practice notices for the prefixes.
    """
    plain = _plain(text)
    if match := _GENERAL.fullmatch(plain):
        letter, decade, digit, serial = match.groups()
        number = f"{letter}{decade}{digit}-{serial}"
        return FileNumber(number, _LETTERS[letter], _DECADES[decade] + int(digit))
    if match := _ID.fullmatch(plain):
        prefix, decade, digit, serial = match.groups()
        number = f"{prefix}-{decade}{digit}-{serial}"
        return FileNumber(number, _ID_PREFIXES[prefix], _DECADES[decade] + int(digit), "ID")
    return None


def parse_client_id(text: str) -> str | None:
    """Read a client id of 8 or 10 digits and write it `0000-0000` or `00-0000-0000`; else None."""
    match = _CLIENT.fullmatch(_plain(text))
    return "-".join(group for group in match.groups() if group) if match else None


def _plain(text: str) -> str:
    """Give the text in capitals, with one hyphen for each run of dashes and spaces."""
    if len(text) > _LONGEST:
        return ""
    folded = unicodedata.normalize("NFKC", text)
    kept = (_separated(char) for char in folded)
    return re.sub(r"-+", "-", "".join(kept)).strip("-").upper()


def _separated(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cf" and char != "\u00ad":
        return ""
    dash = category in {"Pd", "Zs", "Zl", "Zp"} or char in _MINUS_AND_BULLET or char == "\u00ad"
    return "-" if dash or char.isspace() else char
