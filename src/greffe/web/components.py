"""What the larger components are given. Views build these; `{% load greffe %}` draws them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Tone = Literal["neutral", "information", "success", "attention", "danger"]


@dataclass(frozen=True, slots=True)
class Tag:
    """A state in a word or two, with its tone. The words come from `messages.py` of an app."""

    label: str
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding as the person reads it: what is wrong, and what to do about it."""

    severity: Literal["refuse", "warn", "inform"]
    text: str
    remedy: str = ""
    page: int | None = None
    authority: str = ""
    page_url: str = ""


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A page of a document as a small image, with the address where it is read."""

    page: int
    image_url: str
    read_url: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The first pages of a document of `pages` pages; `read_url` is where it is read whole."""

    name: str
    pages: int
    thumbnails: Sequence[Thumbnail]
    read_url: str


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file of a draft or of a submission. An empty address leaves its action out."""

    id: str
    name: str
    size: int
    pages: int | None = None
    state: Tag | None = None
    findings: Sequence[FindingLine] = field(default=())
    open_url: str = ""
    replace_url: str = ""
    remove_url: str = ""
    preview: Preview | None = None

    @property
    def tone(self) -> Tone:
        """Give the tone of its worst finding, or that of its state."""
        severities = {finding.severity for finding in self.findings}
        if "refuse" in severities:
            return "danger"
        if "warn" in severities:
            return "attention"
        return self.state.tone if self.state else "neutral"


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One event of a history: what happened, when (in words), who did it."""

    title: str
    when: str
    iso: str = ""
    by: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A line of the error summary that no form field holds. `href` is an anchor, or empty."""

    text: str
    href: str = ""
