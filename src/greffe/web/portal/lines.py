"""What the components of a filing's pages are given: files, findings, states, events as lines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

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
from greffe.law.tables import Office
from greffe.ledger.kinds import Kind
from greffe.ledger.messages import line
from greffe.ledger.models import Event
from greffe.web.components import FileLine, FindingLine, Tag, TimelineEvent, Tone
from greffe.web.drawn_tables import Addresses


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


class RecordRow(NamedTuple):
    """A document of a case file as tables/record_row.html draws it, with its addresses."""

    id: UUID
    position: int
    name: str
    kind: str
    received: date
    refused: bool
    original: str
    read_url: str = ""
    seal: str = ""
    staff: bool = False
    pages: int | None = None
    filed_by: str = ""
    sealed: bool = False
    tribunal_only: bool = False


def record_row(entry: RecordEntry, *, original: Addresses) -> RecordRow:
    """A document of a case file as a party reads of it; `original` writes where it is had."""
    return RecordRow(
        id=entry.pk,
        position=entry.position,
        name=entry.name,
        kind=_kind_of(entry),
        received=entry.date_of_receipt,
        refused=entry.refused,
        original=original(entry.pk),
    )


def staff_record_row(
    entry: RecordEntry, *, original: Addresses, seal: Addresses | None, read_url: str
) -> RecordRow:
    """The same for the registry: how long it is, who filed it, where it is read and sealed."""
    return record_row(entry, original=original)._replace(
        read_url=read_url,
        seal=seal(entry.pk) if seal else "",
        staff=True,
        pages=entry.pages,
        filed_by=entry.filed_by,
        sealed=entry.sealed,
        tribunal_only=entry.audience == RecordEntry.Audience.TRIBUNAL,
    )


def _kind_of(entry: RecordEntry) -> str:
    if entry.document_type:
        return rules().document_type(entry.document_type).label.get(lang())
    return entry.get_source_display()


class CaseRow(NamedTuple):
    """A case of a list as tables/case_row.html draws it."""

    id: UUID
    file_number: str
    address: str
    principal: str
    division: str
    office: Office | None
    next_hearing: datetime | None
    closed: bool
    in_name_of: str = ""
    sealed: bool = False


def case_row(listed: Any, on: date, *, address: Addresses, staff: bool = False) -> CaseRow:
    """A case as the queries of lists give it; whether it is sealed is the staff's to know."""
    return CaseRow(
        id=listed.id,
        file_number=listed.file_number,
        address=address(listed.id),
        principal=listed.principal or "",
        division=rules().division(listed.division, on).abbreviation.get(lang()),
        office=rules().office(listed.office_now, on) if listed.office_now else None,
        next_hearing=listed.next_hearing,
        closed=listed.status == "closed",
        in_name_of=getattr(listed, "in_name_of", None) or "",
        sealed=staff and listed.sealed,
    )
