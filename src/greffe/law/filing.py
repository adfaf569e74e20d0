"""What may be filed: facts of files and choices of the filer become findings.

Source: the tribunal's portal page (five PDF attachments of at most 50 MB, disclosure in one PDF,
one subject a file, no notice of appeal, nothing in an appeal before it is recorded as filed).
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from greffe.law.facts import FileFacts
from greffe.law.findings import Finding, make_finding, refused
from greffe.law.rows import Text
from greffe.law.ruleset import RuleSet, UnknownRowError
from greffe.law.tables import DocumentType

__all__ = [
    "CaseFacts",
    "FileSummary",
    "Filer",
    "Finding",
    "judge_file",
    "judge_submission",
    "refused",
]

Filer = Literal["person", "minister"]
_RECORDINGS = frozenset({"audio", "video"})


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What matters of a case when something is filed in it."""

    division: str
    file_number: str
    appeal_recorded: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True)
class FileSummary:
    """A file of a submission: its name, size in bytes, SHA-256 (hex) and own findings."""

    name: str
    size: int
    sha256: str
    findings: tuple[Finding, ...] = ()


def judge_file(
    rules: RuleSet, facts: FileFacts, *, name: str, on: dt.date, position: int | None = None
) -> tuple[Finding, ...]:
    """Say what is wrong with one file, from the facts of its inspection; empty if nothing is.

    `name` is the file's name as the filer gave it, `on` the day whose rules apply, `position` its
    place in the submission (from 1), where it has one. A file that cannot be filed at all gets only
    the findings that refuse it.
    """
    size = _judge_size(rules, facts.size, name, on)
    refusal = _refusal(rules, facts, name, on)
    others = _remarks(rules, facts, name, on) if refusal is None else (refusal,)
    return tuple(finding.placed(position) for finding in (*size, *others))


def _judge_size(rules: RuleSet, size: int, name: str, on: dt.date) -> Iterator[Finding]:
    limit = rules.filing_limit(on).max_bytes
    if size > limit:
        yield make_finding(rules, "too-large", {"name": name, "size": size, "limit": limit}, on=on)


def _refusal(rules: RuleSet, facts: FileFacts, name: str, on: dt.date) -> Finding | None:
    if facts.size == 0 or facts.verdict == "empty":
        return make_finding(rules, "empty", {"name": name}, on=on)
    if facts.verdict == "not-pdf":
        return _not_pdf(rules, facts.kind, name, on)
    if facts.verdict in {"password", "damaged", "too-complex", "not-inspected"}:
        return make_finding(rules, facts.verdict, {"name": name}, on=on)
    if facts.xfa and facts.needs_rendering:
        return make_finding(rules, "dynamic-form", {"name": name}, on=on)
    if facts.pages == 0:
        return make_finding(rules, "no-pages", {"name": name}, on=on)
    return None


def _not_pdf(rules: RuleSet, kind: str, name: str, on: dt.date) -> Finding:
    code = "recording" if kind in _RECORDINGS else "not-pdf"
    return make_finding(rules, code, {"name": name, "kind": _kind_words(rules, kind, on)}, on=on)


def _kind_words(rules: RuleSet, kind: str, on: dt.date) -> Text:
    # A kind that inspection learned to tell before the rows did is "a file of another kind".
    try:
        return rules.text(f"kind-{kind}", on).text
    except UnknownRowError:
        return rules.text("kind-unknown", on).text


def _remarks(rules: RuleSet, facts: FileFacts, name: str, on: dt.date) -> Iterator[Finding]:
    seen = {
        "repaired": facts.verdict == "repaired",
        "form-layer": facts.xfa,
        "scripts": facts.scripts,
        "restricted": facts.restricted,
    }
    for code, applies in seen.items():
        if applies:
            yield make_finding(rules, code, {"name": name}, on=on)
    if facts.attachments:
        count = facts.attachments
        yield make_finding(rules, "attachments-inside", {"name": name, "count": count}, on=on)


def judge_submission(
    rules: RuleSet,
    *,
    division: str,
    document_type: str | None,
    cases: Sequence[CaseFacts],
    files: Sequence[FileSummary] | None,
    on: dt.date,
    filer: Filer = "person",
) -> tuple[Finding, ...]:
    """Say what is wrong with a submission: its place, its kind, its cases, its files as a set.

    `cases` may be empty (the submission waits for its match). None for `document_type` or `files`
    means not chosen yet: they are left out. The files' own findings come last, with their place.
    `on` is the day in the office that handles the case. UnknownRowError for a division that no row
    knows.
    """
    kind = _document_type(rules, document_type, on) if document_type else None
    findings = [*_judge_place(rules, division, on)]
    if document_type is not None:
        findings += _judge_kind(rules, division, kind, document_type, filer, on)
    for case in cases:
        findings += _judge_case(rules, division, kind, case, on)
    if files is not None:
        findings += _judge_files(rules, kind, files, on)
        findings += _own_findings(files)
    return tuple(findings)


def _own_findings(files: Sequence[FileSummary]) -> Iterator[Finding]:
    for position, file in enumerate(files, start=1):
        yield from (one.placed(position) for one in file.findings)


def _document_type(rules: RuleSet, row_id: str, on: dt.date) -> DocumentType | None:
    try:
        return rules.document_type(row_id, on)
    except UnknownRowError:
        return None


def _judge_place(rules: RuleSet, division: str, on: dt.date) -> Iterator[Finding]:
    if not rules.filing_permitted(division, on):
        label = rules.division(division).label
        permission = rules.filing_permission(division, on)
        authority = permission.authority if permission else ""
        yield make_finding(
            rules, "filing-not-permitted", {"division": label}, on=on, authority=authority
        )


def _judge_kind(
    rules: RuleSet,
    division: str,
    kind: DocumentType | None,
    named: str,
    filer: Filer,
    on: dt.date,
) -> Iterator[Finding]:
    label = rules.division(division).label
    if kind is None or kind.division != division:
        words = kind.label if kind else named
        yield make_finding(rules, "type-not-permitted", {"type": words, "division": label}, on=on)
        return
    permission = rules.filing_permission(division, on)
    if kind.notice_of_appeal and not (permission and permission.notice_of_appeal):
        yield make_finding(rules, "notice-of-appeal-not-here", {"division": label}, on=on)
    elif filer not in kind.filed_by:
        yield make_finding(
            rules, "type-of-other-party", {"type": kind.label}, on=on, authority=kind.authority
        )


def _judge_case(
    rules: RuleSet, division: str, kind: DocumentType | None, case: CaseFacts, on: dt.date
) -> Iterator[Finding]:
    number = case.file_number
    if case.division != division:
        label = rules.division(case.division).label
        yield make_finding(
            rules, "wrong-division", {"file_number": number, "division": label}, on=on
        )
        return
    permission = rules.filing_permission(division, on)
    begins_appeal = kind is not None and kind.notice_of_appeal
    if permission and permission.needs_recorded_appeal and not case.appeal_recorded:
        # A notice of appeal is judged by its kind: it comes before the appeal is recorded.
        if not begins_appeal:
            yield make_finding(rules, "appeal-not-recorded", {"file_number": number}, on=on)
    elif case.closed and kind is not None and not kind.in_closed_cases:
        yield make_finding(rules, "case-closed", {"file_number": number, "type": kind.label}, on=on)


def _judge_files(
    rules: RuleSet, kind: DocumentType | None, files: Sequence[FileSummary], on: dt.date
) -> Iterator[Finding]:
    count, limit = len(files), rules.filing_limit(on).max_files
    if count == 0:
        yield make_finding(rules, "no-files", on=on)
    if count > limit:
        yield make_finding(rules, "too-many-files", {"count": count, "limit": limit}, on=on)
    if count > 1 and kind is not None:
        code = "disclosure-several-files" if kind.disclosure else "one-subject-per-file"
        yield make_finding(rules, code, {"count": count}, on=on)
    yield from _duplicates(rules, files, on)


def _duplicates(rules: RuleSet, files: Sequence[FileSummary], on: dt.date) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for position, file in enumerate(files, start=1):
        earlier = first.get(file.sha256)
        first.setdefault(file.sha256, file.name)
        if earlier is not None:
            yield make_finding(
                rules, "duplicate-file", {"name": file.name, "other": earlier}, on=on, file=position
            )
