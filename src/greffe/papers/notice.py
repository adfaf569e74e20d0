"""The notice to appear: PDF/A-3a and PDF/UA-1 in one file, in the language of the case.

The same facts give the same bytes: fonts are packaged, and the only date is that of its issue.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from greffe.papers import texts
from greffe.papers.compiler import PaperError, typeset
from greffe.papers.receipt_view import Words
from greffe.papers.scripts import Level
from greffe.papers.texts import NBSP, Lang

_LEVELS: tuple[Level, ...] = ("all", "latin", "ascii")
_HOUR = 60


@dataclass(frozen=True, slots=True)
class Called:
    """A person who is called, the part that they have, and their client id or ""."""

    name: str
    part: str
    client_id: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit that the hearing sets; `later` is another reading of the rule, or None."""

    label: str
    due: dt.date
    later: dt.date | None
    passed: bool
    authority: str


@dataclass(frozen=True, slots=True)
class NoticeToAppear:
    """What a notice to appear says, in one language.

    `starts_at` is on the clock of the place of the hearing, whose zone has the IANA name `zone`;
    `issued` is on that of the office that handles the case. `address` is that of the portal.
    """

    lang: Lang
    demonstration: bool
    file_number: str
    division: str
    people: Sequence[Called]
    counsel: Sequence[str]
    starts_at: dt.datetime
    zone: str
    minutes: int
    hearing_office: str
    place: str
    office: str
    region: str
    limits: Sequence[Limit]
    portal_email: str
    portal_telephone: str
    address: str
    issued: dt.datetime


def render_notice(notice: NoticeToAppear) -> bytes:
    """Return the PDF of a notice, not yet sealed.

    Text that no font draws is shown by number; should even that fail, the page is made again with
    ever fewer scripts. Raises PaperError.
    """
    for level in _LEVELS[:-1]:
        try:
            return _typeset(notice, level)
        except PaperError:
            continue
    return _typeset(notice, _LEVELS[-1])


def _typeset(notice: NoticeToAppear, level: Level) -> bytes:
    words = Words(notice.lang, level, "notice")
    return typeset("notice.typ", view(notice, words), b"", issued=notice.issued)


def view(notice: NoticeToAppear, words: Words) -> dict[str, Any]:
    """Return everything the template prints, as text."""
    file = words.show(notice.file_number)
    parts = {
        "lang": words.lang,
        "registry": words.say("registry"),
        "title": words.say("title"),
        "number": file,
        "document_title": words.say("document-title", file=file),
        "banner": words.say("demonstration") if notice.demonstration else None,
        "called": words.say("called"),
        "clocks": _clocks(notice, words),
        "facts": _facts(notice, words),
        "cannot_come": words.say("cannot-come"),
        "limits": _limits(notice, words),
        "questions": _questions(notice, words),
        "address": words.exact(notice.address),
        "footer": words.say("footer", file=file, day=_day(notice.issued.date(), words)),
        "page": words.say("footer-page", page="{page}", pages="{pages}"),
    }
    example = words.escaped
    return parts | {"note": words.say("escaped", example=example) if example else None}


def _clocks(notice: NoticeToAppear, words: Words) -> dict[str, str]:
    office = words.show(notice.hearing_office)
    return {
        "date_label": words.say("date"),
        "day": texts.long_date(notice.starts_at.date(), words.lang),
        "time_label": words.say("time", office=office),
        "time": texts.clock(notice.starts_at, words.lang),
        "zone": words.say("zone", zone=_zone(notice, words), offset=_offset(notice.starts_at)),
    }


def _zone(notice: NoticeToAppear, words: Words) -> str:
    code = f"zone-{notice.zone}"
    if code in texts.codes("notice"):
        return words.say(code)
    return words.say("zone-other", office=words.show(notice.hearing_office))


def _offset(at: dt.datetime) -> str:
    """Write how far a clock is from UTC: "UTC−8", "UTC−3:30"."""
    minutes = int((at.utcoffset() or dt.timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), _HOUR)
    sign = "+" if minutes >= 0 else "\u2212"
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")


def _facts(notice: NoticeToAppear, words: Words) -> list[list[str]]:
    hearing_office = words.show(notice.hearing_office)
    place = words.show(notice.place) or words.say("no-place", office=hearing_office)
    counsel = "\n".join(words.show(name) for name in notice.counsel) or words.say("no-counsel")
    rows = [
        ("file-number", words.show(notice.file_number)),
        ("place", place),
        ("length", _length(notice.minutes, words)),
        ("who", "\n".join(_person(person, words) for person in notice.people)),
        ("counsel", counsel),
        ("division", words.show(notice.division)),
        ("office", _office(notice, words)),
    ]
    return [[words.say(code), value] for code, value in rows]


def _length(minutes: int, words: Words) -> str:
    hours, rest = divmod(minutes, _HOUR)
    if not hours:
        return words.say("minutes", minutes=str(rest)).replace(" ", NBSP)
    if not rest:
        return words.say("whole-hours", hours=str(hours)).replace(" ", NBSP)
    return words.say("hours", hours=str(hours), minutes=f"{rest:02d}").replace(" ", NBSP)


def _person(person: Called, words: Words) -> str:
    values = {"name": words.show(person.name), "part": words.show(person.part)}
    if person.client_id:
        return words.say("person-client", client=words.show(person.client_id), **values)
    return words.say("person", **values)


def _office(notice: NoticeToAppear, words: Words) -> str:
    return words.say(
        "office-line", office=words.show(notice.office), region=words.show(notice.region)
    )


def _limits(notice: NoticeToAppear, words: Words) -> dict[str, Any]:
    columns = ("column-document", "column-due", "column-authority")
    code = "limits-clock" if notice.limits else "limits-none"
    return {
        "heading": words.say("limits"),
        "clock": words.say(code, office=words.show(notice.office)),
        "columns": [words.say(column) for column in columns],
        "rows": [_limit(limit, words) for limit in notice.limits],
    }


def _limit(limit: Limit, words: Words) -> dict[str, str]:
    notes = []
    if limit.later is not None:
        notes.append(words.say("later", day=_day(limit.later, words)))
    if limit.passed:
        notes.append(words.say("passed"))
    return {
        "label": words.show(limit.label),
        "due": _day(limit.due, words),
        "note": "; ".join(notes),
        "authority": words.show(limit.authority),
    }


def _questions(notice: NoticeToAppear, words: Words) -> dict[str, str]:
    return {
        "heading": words.say("questions"),
        "case": words.say("questions-case", office=words.show(notice.office)),
        "portal_only": words.say(
            "questions-portal",
            email=words.exact(notice.portal_email),
            telephone=words.exact(notice.portal_telephone),
        ),
        "portal": words.say("portal"),
    }


def _day(day: dt.date, words: Words) -> str:
    return texts.long_date(day, words.lang).replace(" ", NBSP, 1)
