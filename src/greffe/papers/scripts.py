"""Making any text drawable and honest on paper.

A name may hold any Unicode character; a paper that cannot draw one must say which, never stop and
never hide it. Characters without a glyph, control characters and marks that reorder text are shown
by number, as ⟨U+202E⟩. The exact text stays in the signed data.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Literal

from greffe.papers import fonts

Level = Literal["all", "latin", "ascii"]
"""How much is drawn as it is: every packaged script, Latin only, or ASCII only."""

LEFT_TO_RIGHT, FIRST_STRONG, POP_ISOLATE = "\u2066", "\u2068", "\u2069"
OPEN, CLOSE = "\u2039", "\u203a"
_JOINERS = "\u200c\u200d"
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Mc", "Me"})
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_MARKS_MAX = 6  # a real syllable has fewer; more would paint over the lines above
_RUN_MAX = 24  # letters without a place to break the line
_LATIN_END = 0x0250
_ASCII_END = 0x7F
_RTL_START = 0x0590
_BREAK = "\u200b"


def showable(text: str, level: Level = "all") -> str:
    """Return the text as a paper can draw it: what it cannot is shown by number."""
    parts: list[str] = []
    hidden: list[str] = []
    for cluster in _clusters(text):
        for character, drawn in _judge(cluster, level):
            if drawn:
                parts.append(_numbers(hidden) + character)
                hidden = []
            else:
                hidden.append(character)
    return "".join(parts) + _numbers(hidden)


def isolated(text: str, *, file_name: bool = False) -> str:
    """Wrap right-to-left text so that it cannot reorder the words around it.

    A file name keeps its left-to-right frame, so that its extension stays at the end.
    """
    if not any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text):
        return text
    return (LEFT_TO_RIGHT if file_name else FIRST_STRONG) + text + POP_ISOLATE


def breakable(text: str) -> str:
    """Add places to break the line in runs without a space, so that a long name wraps."""
    parts: list[str] = []
    run = 0
    for cluster in _clusters(text):
        run = 0 if cluster[0].isspace() or cluster[0] == "-" else run + 1
        if run > _RUN_MAX:
            parts.append(_BREAK)
            run = 1
        parts.append(cluster)
    return "".join(parts)


def _numbers(characters: Sequence[str]) -> str:
    if not characters:
        return ""
    return OPEN + "U+" + " ".join(f"{ord(character):04X}" for character in characters) + CLOSE


def _clusters(text: str) -> Iterator[str]:
    """Split into a character and the marks and joiners that belong to it."""
    cluster = ""
    for character in text:
        if cluster and (unicodedata.category(character) in _MARKS or character in _JOINERS):
            cluster += character
        else:
            if cluster:
                yield cluster
            cluster = character
    if cluster:
        yield cluster


def _judge(cluster: str, level: Level) -> list[tuple[str, bool]]:
    """Say of each character of a cluster whether it is drawn."""
    base, marks = cluster[0], cluster[1:]
    if not _drawable(base, level) or unicodedata.category(base) in _MARKS:
        return [(character, False) for character in cluster]
    if level == "all" and _whole(cluster):
        return [(character, True) for character in cluster]
    return [(base, True), *((mark, False) for mark in marks)]


def _whole(cluster: str) -> bool:
    """Say whether one font draws the base with all its marks, and joiners join something."""
    if len(cluster) - 1 > _MARKS_MAX:
        return False
    if any(joiner in cluster for joiner in _JOINERS) and ord(cluster[0]) < _RTL_START:
        return False  # between Latin letters a joiner only hides a difference
    wanted = {ord(character) for character in cluster if character not in _JOINERS}
    return any(wanted <= font for font in fonts.coverage())


def _drawable(character: str, level: Level) -> bool:
    code = ord(character)
    if character in (OPEN, CLOSE) or unicodedata.category(character) in _HIDDEN:
        return False
    if level == "ascii":
        return code < _ASCII_END
    if level == "latin":
        return code < _LATIN_END and code in fonts.coverage()[0]
    return any(code in font for font in fonts.coverage())
