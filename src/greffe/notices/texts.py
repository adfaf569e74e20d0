"""The words of a notice: template and values become a subject, a line of a digest and a text."""

import functools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from greffe.law.rows import fields_of
from greffe.notices.kinds import DIGEST, FOOTER, KINDS, LINES, QUOTED, NoticeKind

Values = Mapping[str, Any]

_BREAKS = re.compile("[\r\n\t\v\f\x1c-\x1f\x85\u2028\u2029 ]+")
_NEW_LINES = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")


class ContextError(ValueError):
    """What a notice was given is not what its template needs: our own mistake."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template's file: its first line, its second (the line of a digest), and the rest."""

    subject: str
    summary: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What a person reads of a notice."""

    subject: str
    summary: str
    text: str


@functools.cache
def template(code: str, language: str) -> Template:
    """Read the template of a kind in a language. Raises FileNotFoundError where there is none."""
    place = files("greffe.notices") / "templates" / "notices" / f"{code}.{language}.txt"
    subject, summary, rest = place.read_text("utf-8").split("\n", 2)
    return Template(subject, summary, tuple(rest.strip("\n").split("\n\n")))


def cleaned(kind: NoticeKind, values: Values) -> dict[str, Any]:
    """Give the values as they are kept: plain lines without control characters.

    Raises ContextError where one is missing, empty, unknown, or no text; and for a link that is
    not a path of this registry.
    """
    unknown = set(values) - kind.needed - kind.optional - kind.enclosed
    if unknown:
        raise ContextError(f"{kind.code} does not need {', '.join(sorted(unknown))}")
    kept = {name: _cleaned(name, value) for name, value in values.items()}
    missing = sorted(name for name in kind.needed if not kept.get(name))
    if missing:
        raise ContextError(f"{kind.code} needs {', '.join(missing)}")
    if not kept["link"].startswith("/") or kept["link"].startswith("//"):
        raise ContextError(f"{kind.code}: the link is not a path of this registry")
    return kept


def _cleaned(name: str, value: Any) -> Any:
    if name in LINES and isinstance(value, list):
        return [one_line(line) for line in value]
    if not isinstance(value, str):
        raise ContextError(f"{name} is no text")
    if name in QUOTED:
        lines = (one_line(line) for line in _NEW_LINES.sub("\n", value).split("\n"))
        return "\n".join(lines).strip("\n")
    return one_line(value)


def one_line(value: str) -> str:
    """Give a text on one line, without control characters; non-breaking spaces stay."""
    joined = _BREAKS.sub(" ", value).strip(" ")
    return "".join(sign for sign in joined if unicodedata.category(sign) not in {"Cc", "Cs"})


def words_of(code: str, language: str, values: Values, *, site: str) -> Words:
    """Fill the template of a kind with cleaned values; `site` is the registry's own address.

    A paragraph that asks for an optional value that is empty is left out.
    """
    kind = DIGEST if code == DIGEST.code else KINDS[code]
    found = template(code, language)
    shown = {name: _shown(name, value) for name, value in values.items()}
    shown |= {"site": site, "link": site + shown["link"]}
    empty = {name for name in kind.optional if not shown.get(name)}
    closing = template(FOOTER, language)
    paragraphs = [
        paragraph.format_map(shown)
        for paragraph in (*found.paragraphs, *closing.paragraphs)
        if not fields_of(paragraph) & empty
    ]
    return Words(
        subject=found.subject,
        summary=found.summary.format_map(shown),
        text="\n\n".join(paragraphs) + "\n",
    )


def _shown(name: str, value: Any) -> str:
    if name in LINES:
        return "\n".join(f"- {line}" for line in value)
    if name in QUOTED:
        return "\n".join(f"    {line}".rstrip() for line in value.split("\n")) if value else ""
    return str(value)
