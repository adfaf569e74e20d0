"""What the components of a filing's pages are given: files, findings, states, events as lines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext, pgettext

from greffe.cases.models import RecordEntry
from greffe.cases.rules import rules
from greffe.filings.judging import Judgement
from greffe.filings.models import Draft, DraftFile, SubmittedDocument
from greffe.law.calendar import eastern
from greffe.law.citations import cited
from greffe.law.dates import long_time
from greffe.law.filing import Finding
from greffe.law.limit_texts import days_left
from greffe.law.limits import LimitAhead
from greffe.law.states import DOCUMENT, SUBMISSION
from greffe.ledger.kinds import Kind
from greffe.ledger.messages import line
from greffe.ledger.models import Event
from greffe.web.components import FileLine, FindingLine, Tag, TimelineEvent, Tone


def lang() -> str:
    """The language of the page."""
    return (get_language() or "en")[:2]


ALL: frozenset[str] = frozenset({"refuse", "warn", "inform"})
"""Every severity of a finding."""


def files_of(
    draft: Draft, judgement: Judgement, *, change: bool, told: frozenset[str] = ALL
) -> list[FileLine]:
    """The files of a draft, each with its findings, and its actions where it can be changed.

    `told` are the severities whose findings stand under their file; the others count for its state.
    """
    return [
        _file(draft, file, judgement.of_file(position), change=change, told=told)
        for position, file in enumerate(draft.ordered_files, start=1)
    ]


def _file(
    draft: Draft,
    file: DraftFile,
    found: Sequence[Finding],
    *,
    change: bool,
    told: frozenset[str],
) -> FileLine:
    upload = file.upload
    findings = [
        FindingLine(f.severity, f.text(lang()), f.remedy(lang()), f.page, f.authority)
        for f in found
        if f.severity in told
    ]
    ids = (draft.id, upload.id)
    return FileLine(
        id=str(upload.id),
        name=upload.name,
        size=upload.blob.size,
        pages=upload.inspected.pages,
        state=_state(found),
        findings=findings,
        replace_url=reverse("portal:draft-replace-file", args=ids) if change else "",
        remove_url=reverse("portal:draft-remove-file", args=ids) if change else "",
    )


def _state(findings: Iterable[Finding]) -> Tag:
    severities = {finding.severity for finding in findings}
    if "refuse" in severities:
        return Tag(pgettext("file", "Must be fixed"), "danger")
    if "warn" in severities:
        return Tag(pgettext("file", "Please check"), "attention")
    return Tag(pgettext("file", "Ready"), "success")


SOON = 3
"""Days left from which a limit asks for attention."""


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A time limit of a case as one line of its table. `left` is None once it has passed."""

    label: str
    due: date
    later: date | None
    left: Tag | None
    authority: str


def limit_line(limit: LimitAhead) -> LimitLine:
    """A limit with what is left of it."""
    tone: Tone = "attention" if limit.days_left <= SOON else "neutral"
    left = None if limit.passed else Tag(days_left(limit.days_left, lang()), tone)
    label = limit.row.label.get(lang())
    return LimitLine(label, limit.due, limit.later_reading, left, limit.authority)


def document_line(document: SubmittedDocument, *, readable: bool) -> FileLine:
    """A filed document, with the address where whoever may read it downloads it."""
    ids = (document.submission_id, document.position)
    return FileLine(
        id=str(document.position),
        name=document.name,
        size=document.blob.size,
        pages=document.pages,
        open_url=reverse("portal:submitted-document", args=ids) if readable else "",
    )


_TONES: Mapping[str, Tone] = {
    "accepted": "success",
    "on-file": "success",
    "partly-accepted": "attention",
    "returned": "danger",
    "refused": "danger",
}


def submission_tag(state: str) -> Tag:
    """The state of a submission in a word."""
    return Tag(SUBMISSION.label(state, lang()), _TONES.get(state, "information"))


def document_tag(state: str) -> Tag:
    """The state of one filed document in a word."""
    return Tag(DOCUMENT.label(state, lang()), _TONES.get(state, "information"))


def said_in(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The words of a receipt in the page's language: both are in it, as they were on that day."""
    mine = lang()
    service = payload["service"]
    return {
        "registry": payload["registry"][mine],
        "kind": payload["document_type"][mine],
        "cases": [
            {
                "number": case["file_number"],
                "division": case["division"][mine],
                "office": case["office"][mine],
            }
            for case in payload["cases"]
        ],
        "limits": [limit | {"text": limit[mine]} for limit in payload["limits"]],
        "findings": [finding | {"text": finding[mine]} for finding in payload["findings"]],
        "recipient": service["recipient"] if service else "",
        "method": service["method"][mine] if service else "",
        "served_on": date.fromisoformat(service["served_on"]) if service else None,
        "filed_by": _filer(payload["filed_by"]),
        "next": payload["next"][mine],
    }


def _filer(said: Mapping[str, Any]) -> str:
    """Who filed, and in whose name where that is somebody else."""
    if not said["for"]:
        return str(said["name"])
    return gettext("%(who)s, for %(whom)s") % {"who": said["name"], "whom": said["for"]}


def event_line(event: Event, *, division: str = "") -> TimelineEvent:
    """An event of the ledger as a line of history, of a case of that division if one is given."""
    at = eastern(event.at)
    return TimelineEvent(
        title=line(event),
        when=long_time(at, lang(), place=gettext("Eastern time")),
        iso=at.isoformat(timespec="seconds"),
        detail=_duty(event, division),
    )


def _duty(event: Event, division: str) -> str:
    """Whom the rules want told of changed contact details, in a case of this division."""
    if event.kind != Kind.CONTACT_CHANGED or not division:
        return ""
    row = rules().contact_duty(division, eastern(event.at).date())
    if row is None or row.id not in event.body.get("duties", ()):
        return ""
    said = {"recipient": row.also_to.get(lang()), "authority": cited(row.authority, lang())}
    return gettext("To be given to %(recipient)s as well (%(authority)s).") % said


def record_row(entry: RecordEntry, *, read_url: str = "", staff: bool = False) -> dict[str, Any]:
    """A document of a case file as a line of its table: what it is, where the reader opens it."""
    if entry.document_type:
        kind = rules().document_type(entry.document_type).label.get(lang())
    else:
        kind = entry.get_source_display()
    tribunal_only = staff and entry.audience == RecordEntry.Audience.TRIBUNAL
    return {"entry": entry, "kind": kind, "read_url": read_url, "tribunal_only": tribunal_only}
