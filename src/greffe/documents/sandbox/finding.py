"""Find words in a text as people look for them: without regard to case, accents or line breaks."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate

_BROKEN_WORD = re.compile("[\u0002\u00ad\ufffe]\\s*")
"""How PDFium gives a hyphen at the end of a line, and a soft one."""


def in_one_line(text: str) -> str:
    """The same words with one space between them, those broken at the end of a line mended."""
    return unicodedata.normalize("NFC", " ".join(_BROKEN_WORD.sub("", text).split()))


def occurrences(text: str, term: str) -> Iterator[tuple[int, int]]:
    """Yield where `term` stands in `text`: start and end, in order.

    `term` is of `in_one_line`; a text that is not is searched as it is broken into lines.
    """
    wanted = "".join(map(_folded, term))
    if not wanted:
        return
    pieces = [*map(_folded, text)]
    folded = "".join(pieces)
    # Most characters fold to one; where some do not, their places are counted.
    places = None if len(folded) == len(text) else [0, *accumulate(map(len, pieces))]
    found = folded.find(wanted)
    while found >= 0:
        end = found + len(wanted)
        yield (found, end) if places is None else _placed(places, found, end)
        found = folded.find(wanted, end)


def _placed(places: list[int], start: int, end: int) -> tuple[int, int]:
    """The characters of the text that hold these of the folded one."""
    first = max(index for index, place in enumerate(places) if place <= start)
    last = next(index for index, place in enumerate(places) if place >= end)
    return first, last


@lru_cache(maxsize=1 << 16)
def _folded(character: str) -> str:
    """Fold « É » and "e" to one; the ways of writing a dash, an apostrophe or a space, too."""
    if character.isspace():
        return " "
    if character in "’‘ʼ":
        return "'"
    if character in "‐‑‒–—":
        return "-"
    plain = unicodedata.normalize("NFKD", character.casefold())
    return "".join(part for part in plain if not unicodedata.combining(part)).casefold()
