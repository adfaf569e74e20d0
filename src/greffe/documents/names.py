"""File names as people send them, made safe to keep and to show, with their accents.

No Django in here.
"""

import unicodedata
from dataclasses import dataclass
from pathlib import PureWindowsPath

LONGEST = 255
"""Characters of a name that we keep."""


@dataclass(frozen=True, slots=True)
class CleanName:
    """A name that is safe to show, and whether cleaning changed what it would have looked like."""

    text: str
    changed: bool


def clean_name(raw: str) -> CleanName:
    """Make a file name safe: no path, no control or direction marks, at most 255 characters.

    Accents and every script are kept. The ending (".pdf") survives shortening. A name that is
    nothing but what is removed becomes "document". Total: any text gives a name, and cleaning
    twice changes nothing.
    """
    name = PureWindowsPath(raw.replace("\x00", "")).name if raw else ""
    visible = "".join(c for c in unicodedata.normalize("NFC", name) if _shows(c))
    text = _shorten(" ".join(visible.split()).strip(". ")) or "document"
    return CleanName(text=text, changed=text != unicodedata.normalize("NFC", raw))


def _shows(character: str) -> bool:
    """Whether a character can stand in a name.

    Spaces do, control, format and unpaired ones do not.
    """
    return character == " " or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _shorten(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:  # noqa: PLR2004 - longer than any ending in use
        return name[: LONGEST - 1].rstrip() + "…"
    return stem[: LONGEST - len(ending) - 2].rstrip() + "…." + ending
