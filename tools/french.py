"""Faults of French typography that a program can see.

The rules are those of the Office québécois de la langue française as this project applies them: a
non-breaking space (U+00A0, or the narrow U+202F) before ``: ; ? !`` and inside guillemets, and
guillemets rather than straight double quotes.
"""

import re
from collections.abc import Iterator

_NOT_PROSE = re.compile(r"<[^<>]*>|&#?\w+;|\{\{.*?\}\}|\{%.*?%\}|https?://\S+")
_BREAKING = re.compile(r"[ \t\n](?=[;:?!»])")
_MISSING = re.compile(r"(?<=[^\s;:?!….(«])[;:?!](?=\s|$)|(?<=\S)»")
_OPENING = re.compile(r"«(?![\u00a0\u202f])")
_ENTITY = re.compile(r"&(?:nbsp|#160|#xa0|#8239|#x202f);", re.IGNORECASE)
_NON_BREAKING = re.compile(r"[\u00a0\u202f]")


def faults(text: str) -> Iterator[str]:
    """Give what is wrong with the typography of a French text, in words for its translator."""
    # What stands in for markup is a letter, so that "</strong>?" is judged like "mot?".
    prose = _NOT_PROSE.sub("x", _ENTITY.sub("\u00a0", text))
    if _BREAKING.search(prose):
        yield "a breaking space before ; : ? ! or »"
    if _MISSING.search(_NON_BREAKING.sub(" ", prose)):
        yield "no non-breaking space before ; : ? ! or »"
    if _OPENING.search(prose):
        yield "no non-breaking space after «"
    if '"' in prose:
        yield "straight quotes instead of « guillemets »"
