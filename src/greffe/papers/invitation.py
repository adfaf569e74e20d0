"""What is printed for an invited person: invitation with form, code, first sheet of a fax.

Each is PDF/A-3a and PDF/UA-1 in one file, in the language of the person. Those for claimants and
appellants are in the plainest words and larger type.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from greffe.papers import texts
from greffe.papers.compiler import PaperError, typeset
from greffe.papers.receipt_view import Words
from greffe.papers.scripts import Level
from greffe.papers.texts import NBSP, Lang

_LEVELS: tuple[Level, ...] = ("all", "latin", "ascii")

_SHARED = (("address",), ("email",), ("phone", "mobile"), ("language",))

COUNSEL_FIELDS = (
    ("name",),
    ("membership",),
    ("regulator",),
    ("membership-number", "firm"),
    *_SHARED,
)
"""What the form asks of counsel, line by line: what the regulator publishes first."""

PERSON_FIELDS = (("name",), *_SHARED)
"""What the form asks of a claimant or an appellant."""

_LINES = {"address": 2}


@dataclass(frozen=True, slots=True)
class Head:
    """What every letter to an invited person begins and ends with, in one language.

    `counsel` is False for a claimant or an appellant. `name` and `address` are the person's, with
    a line for each line; `sender` is the postal address of the office, or "". `reference` is what
    the registry finds the invitation by. `portal_email` and `portal_telephone` answer questions
    about the portal only. `issued` is on the clock of the office.
    """

    lang: Lang
    demonstration: bool
    counsel: bool
    name: str
    address: str
    office: str
    region: str
    sender: str
    file_numbers: Sequence[str]
    reference: str
    portal_email: str
    portal_telephone: str
    issued: dt.datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation with its form, due back by `reply_by`.

    `memberships` are what counsel may tick as what they are a member of their regulator.
    """

    head: Head
    reply_by: dt.date
    memberships: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class CodeLetter:
    """The letter with the code, in groups, good until `until` on the clock of the office.

    `mobile` is the telephone number of the form, masked by whoever asks for the letter.
    """

    head: Head
    groups: Sequence[str]
    until: dt.datetime
    address: str
    mobile: str


@dataclass(frozen=True, slots=True)
class FaxCover:
    """The first sheet of a fax of so many sheets, itself among them."""

    head: Head
    number: str
    sheets: int


def render_invitation(invitation: Invitation) -> bytes:
    """Return the PDF of an invitation with its registration form. Raises PaperError."""
    head = invitation.head
    return _made("invitation.typ", head, lambda words: _invitation(invitation, words))


def render_code_letter(letter: CodeLetter) -> bytes:
    """Return the PDF of the letter that carries a code. Raises PaperError."""
    return _made("invitation_code.typ", letter.head, lambda words: _code_letter(letter, words))


def render_fax_cover(cover: FaxCover) -> bytes:
    """Return the PDF of the first sheet of a fax. Raises PaperError."""
    return _made("fax_cover.typ", cover.head, lambda words: _fax_cover(cover, words))


def _made(template: str, head: Head, view: Callable[[Words], dict[str, Any]]) -> bytes:
    """Typeset with every script; then with ever fewer, where a font could not draw a text."""
    for level in _LEVELS[:-1]:
        try:
            return _typeset(template, head, view, level)
        except PaperError:
            continue
    return _typeset(template, head, view, _LEVELS[-1])


def _typeset(
    template: str, head: Head, view: Callable[[Words], dict[str, Any]], level: Level
) -> bytes:
    words = Words(head.lang, level, "invitation")
    data = view(words)
    escaped = words.escaped
    data["note"] = words.say("escaped", example=escaped) if escaped else None
    return typeset(template, data, b"", issued=head.issued)


def _head(head: Head, words: Words, title: str) -> dict[str, Any]:
    office = words.say(
        "office-line", office=words.show(head.office), region=words.show(head.region)
    )
    day = _day(head.issued.date(), words)
    files = ", ".join(words.exact(number) for number in head.file_numbers)
    reference = words.exact(head.reference)
    about = words.say("reference", reference=reference)
    if files:
        about += f" · {words.say('files' if len(head.file_numbers) > 1 else 'file', files=files)}"
    said = words.say(title)
    return {
        "lang": words.lang,
        "plain": not head.counsel,
        "registry": words.say("registry"),
        "document_title": words.say("document-title", title=said, reference=reference),
        "title": said,
        "banner": words.say("demonstration") if head.demonstration else None,
        "sender": _lines([office, *head.sender.splitlines()], words),
        "sent": day,
        "recipient": _lines([head.name, *head.address.splitlines()], words),
        "about": about,
        "questions": _questions(head, words),
        "footer": words.say("footer", title=said, reference=reference, day=day),
        "page": words.say("footer-page", page="{page}", pages="{pages}"),
    }


def _invitation(invitation: Invitation, words: Words) -> dict[str, Any]:
    head, kind = invitation.head, _kind(invitation.head)
    by = _day(invitation.reply_by, words)
    return _head(head, words, "invitation-title") | {
        "lead": words.say(f"invitation-lead-{kind}"),
        "steps": {
            "heading": words.say("steps"),
            "steps": [words.say(f"invitation-{kind}-{n}", day=by) for n in range(1, 6)],
        },
        "return": _return(invitation, words),
        "form": _form(invitation, words, by),
    }


def _return(invitation: Invitation, words: Words) -> dict[str, Any]:
    head = invitation.head
    ways = ["return-mail", "return-fax"] if head.counsel else ["return-mail"]
    return {
        "heading": words.say("return"),
        "ways": [words.say(way, office=words.show(head.office)) for way in ways],
    }


def _form(invitation: Invitation, words: Words, by: str) -> dict[str, Any]:
    head, kind = invitation.head, _kind(invitation.head)
    fields = COUNSEL_FIELDS if head.counsel else PERSON_FIELDS
    return {
        "heading": words.say("form"),
        "about": words.say(
            "form-about", reference=words.exact(head.reference), name=words.show(head.name)
        ),
        "how": words.say(f"form-how-{kind}"),
        "rows": [[_field(code, invitation, words) for code in row] for row in fields],
        "declare": words.say("form-declare"),
        "sign": [words.say("form-signature"), words.say("form-date")],
        "back": words.say("form-back", office=words.show(head.office), day=by),
    }


def _field(code: str, invitation: Invitation, words: Words) -> dict[str, Any]:
    kind, known = _kind(invitation.head), texts.codes("invitation")
    hints = (f"hint-{code}-{kind}", f"hint-{code}")
    hint = next((words.say(one) for one in hints if one in known), "")
    own = f"field-{code}-{kind}"
    return {
        "label": words.say(own if own in known else f"field-{code}"),
        "hint": hint,
        "options": _options(code, invitation, words),
        "lines": _LINES.get(code, 1),
    }


def _options(code: str, invitation: Invitation, words: Words) -> list[str]:
    if code == "membership":
        return [words.show(label) for label in invitation.memberships]
    return [words.say("language-en"), words.say("language-fr")] if code == "language" else []


def _code_letter(letter: CodeLetter, words: Words) -> dict[str, Any]:
    head, kind = letter.head, _kind(letter.head)
    mobile = words.exact(letter.mobile)
    steps = [words.say(f"code-{kind}-{n}", mobile=mobile) for n in range(1, 5)]
    at = letter.until
    until = words.say(
        "code-until",
        day=_day(at.date(), words),
        time=texts.clock(at, words.lang),
        office=words.show(head.office),
    )
    return _head(head, words, "code-title") | {
        "lead": words.say(f"code-lead-{kind}"),
        "code": {
            "label": words.say("code-label"),
            "groups": [words.exact(group) for group in letter.groups],
            "until": until,
        },
        "steps": {"heading": words.say("steps"), "steps": steps},
        "address": {"label": words.say("code-address"), "address": words.exact(letter.address)},
        "keep": {
            "heading": words.say("keep"),
            "lines": [words.say(f"keep-{n}") for n in range(1, 4)],
        },
    }


def _fax_cover(cover: FaxCover, words: Words) -> dict[str, Any]:
    head = cover.head
    office = words.say(
        "office-line", office=words.show(head.office), region=words.show(head.region)
    )
    facts = [
        ("fax-to", words.show(head.name)),
        ("fax-number", words.exact(cover.number)),
        ("fax-from", f"{words.say('registry')}, {office}"),
        ("fax-day", _day(head.issued.date(), words)),
        ("fax-sheets", texts.whole(cover.sheets, words.lang)),
        ("fax-about", words.say("invitation-title")),
        ("fax-reference", words.exact(head.reference)),
    ]
    return _head(head, words, "fax-title") | {
        "facts": [[words.say(code), value] for code, value in facts],
        "private": {"heading": words.say("fax-private"), "text": words.say("fax-private-text")},
    }


def _questions(head: Head, words: Words) -> dict[str, str]:
    return {
        "heading": words.say("questions"),
        "portal": words.say("questions-portal"),
        "email": words.exact(head.portal_email),
        "telephone": words.exact(head.portal_telephone),
        "case": words.say("questions-case"),
    }


def _kind(head: Head) -> str:
    return "counsel" if head.counsel else "person"


def _lines(lines: Sequence[str], words: Words) -> str:
    return "\n".join(words.show(line) for line in lines if line.strip())


def _day(day: dt.date, words: Words) -> str:
    return texts.long_date(day, words.lang).replace(" ", NBSP, 1)
