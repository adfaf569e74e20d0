"""What the components of a filing's pages are given: files, findings, states, events as lines."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import get_language, gettext, pgettext

from greffe.filings.judging import Judgement
from greffe.filings.models import Draft, DraftFile, SubmittedDocument
from greffe.law.calendar import eastern
from greffe.law.dates import long_time
from greffe.law.states import SUBMISSION
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from greffe.web.components import FileLine, FindingLine, Tag, TimelineEvent


def lang() -> str:
    """The language of the page."""
    return (get_language() or "en")[:2]


def files_of(draft: Draft, judgement: Judgement, *, change: bool) -> list[FileLine]:
    """The files of a draft, each with its findings, and with its actions where it can be changed."""
    return [
        _file(draft, file, judgement, position, change=change)
        for position, file in enumerate(draft.ordered_files, start=1)
    ]


def _file(
    draft: Draft, file: DraftFile, judgement: Judgement, position: int, *, change: bool
) -> FileLine:
    upload = file.upload
    findings = [
        FindingLine(f.severity, f.text(lang()), f.remedy(lang()), f.page, f.authority)
        for f in judgement.of_file(position)
    ]
    ids = (draft.id, upload.id)
    return FileLine(
        id=str(upload.id),
        name=upload.name,
        size=upload.blob.size,
        pages=upload.inspected.pages,
        state=_state(findings),
        findings=findings,
        replace_url=reverse("portal:draft-replace-file", args=ids) if change else "",
        remove_url=reverse("portal:draft-remove-file", args=ids) if change else "",
    )


def _state(findings: Iterable[FindingLine]) -> Tag:
    severities = {finding.severity for finding in findings}
    if "refuse" in severities:
        return Tag(pgettext("file", "Must be fixed"), "danger")
    if "warn" in severities:
        return Tag(pgettext("file", "Please check"), "attention")
    return Tag(pgettext("file", "Ready"), "success")


def document_line(document: SubmittedDocument) -> FileLine:
    """A filed document, with the address where it can be downloaded."""
    return FileLine(
        id=str(document.position),
        name=document.name,
        size=document.blob.size,
        pages=document.pages,
        open_url=reverse(
            "portal:submitted-document", args=(document.submission_id, document.position)
        ),
    )


def submission_tag(state: str) -> Tag:
    """The state of a submission in a word."""
    return Tag(SUBMISSION.label(state, lang()), "information")


def event_line(event: Event) -> TimelineEvent:
    """An event of the ledger as a line of history."""
    at = eastern(event.at)
    return TimelineEvent(
        title=f"{event.actor_name} {Kind(event.kind).label}",
        when=long_time(at, lang(), place=gettext("Eastern time")),
        iso=at.isoformat(timespec="seconds"),
    )
