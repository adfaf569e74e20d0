"""The closed list of notices, with what each template is given; the words are in templates/."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

LINES = frozenset({"lines"})
"""Fields that hold several lines, each a point of a list."""

QUOTED = frozenset({"note"})
"""Fields that hold what a person wrote: shown set in, so that nobody takes it for our words."""

FOOTER = "footer"
"""What stands at the end of every notice: a template of its own."""


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of notice: the fields that its template needs, and those that may be empty.

    `enclosed` are fields that no template shows: a calendar file, in base64, goes beside the words.
    """

    code: str
    needed: frozenset[str]
    optional: frozenset[str] = frozenset()
    enclosed: frozenset[str] = frozenset()


def _kinds(listed: str) -> Mapping[str, NoticeKind]:
    kinds: dict[str, list[str]] = {}
    fields: list[str] = []
    for word in listed.split():
        if word.endswith(":"):
            fields = kinds[word[:-1]] = []
        else:
            fields.append(word)
    return MappingProxyType({code: _kind(code, names) for code, names in kinds.items()})


def _kind(code: str, fields: list[str]) -> NoticeKind:
    optional = frozenset(name[:-1] for name in fields if name.endswith("?"))
    enclosed = frozenset(name[:-1] for name in fields if name.endswith("+"))
    needed = frozenset(name for name in fields if name[-1] not in "?+")
    return NoticeKind(code, needed, optional, enclosed)


KINDS: Mapping[str, NoticeKind] = _kinds(
    """
    submission-accepted: file_number link submission_number received
    submission-partly-accepted: file_number link submission_number received accepted returned
        reason note?
    submission-returned: file_number link submission_number received reason note?
    submission-refused: file_number link submission_number received refused? reason note?
    hearing-scheduled: file_number link when place
    hearing-postponed: file_number link before when? place?
    hearing-cancelled: file_number link when
    notice-issued: file_number link
    new-device: when device link
    password-link: link
    password-changed: link
    factor-changed: what device link
    text-quota: used quota level link
    delegate-named: name when link
    delegate-removed: name when link
    named-as-delegate: name when link
    removed-as-delegate: name when link
    contact-changed: changed when link
    invitation: until link support
    invitation-reminder: until link support
    registration-received: link support
    registration-not-accepted: note until link support
    meeting-proposed: until link support
    meeting-scheduled: when join? link support calendar+
    meeting-moved: before when join? link support calendar+
    meeting-cancelled: when note? link support calendar+
    identity-not-confirmed: link support
    invitation-code: code until link support
    portal-joined: link support
    """
)
"""Notices by their code. A name with a question mark may be empty: its paragraph is left out.

One with a plus sign is enclosed."""

DIGEST = NoticeKind("digest", frozenset({"lines", "link"}), frozenset({"more"}))
"""Several notices in one e-mail. Nobody queues one: it is made when they are sent."""
