"""A draft before the law: what is wrong with it, what must be served, which limits it meets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from greffe.cases.models import Case
from greffe.cases.queries import minister_is_party, standing
from greffe.cases.rules import rules
from greffe.documents.models import Upload
from greffe.filings.models import Draft
from greffe.law.calendar import date_of_receipt
from greffe.law.filing import CaseFacts, FileSummary, Finding, judge_file, judge_submission
from greffe.law.limit_rows import TriggerEvent
from greffe.law.limits import LimitResult, limits_for
from greffe.law.registry import due_on
from greffe.law.service import ServiceStatement, check_statement, duty_for, statement_wanted
from greffe.law.tables import DocumentType, Office, ServiceDuty


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything the rules say of a draft at one moment.

    `office` handles the leading case at that moment; `due` is the day by which it should look at
    what is filed; `rules` is the hash of those rules.
    """

    office: Office
    findings: tuple[Finding, ...]
    duty: ServiceDuty | None
    limits: tuple[LimitResult, ...]
    events_to_name: tuple[TriggerEvent, ...]
    due: date
    rules: str

    @property
    def refusing(self) -> tuple[Finding, ...]:
        """What must be mended before filing."""
        return tuple(f for f in self.findings if f.severity == "refuse")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What the filer must have seen before filing."""
        return tuple(f for f in self.findings if f.severity == "warn")

    @property
    def asks_for_service(self) -> bool:
        """Whether the division wants to see evidence of service with this document."""
        return statement_wanted(self.duty)

    def of_file(self, position: int) -> tuple[Finding, ...]:
        """What concerns one file, by its place from 1."""
        return tuple(f for f in self.findings if f.file == position)

    @property
    def of_submission(self) -> tuple[Finding, ...]:
        """What concerns no single file."""
        return tuple(f for f in self.findings if f.file is None)

    def as_json(self) -> list[dict[str, Any]]:
        """The findings for the record and the receipt, with their words in both languages."""
        return [f.as_json() | {"acknowledged": f.severity == "warn"} for f in self.findings]


@dataclass(frozen=True, slots=True)
class Choice:
    """What may be filed in a case today, and, where nothing may, why."""

    kinds: tuple[DocumentType, ...]
    findings: tuple[Finding, ...]


def choices_in(case: Case, *, on: date) -> Choice:
    """The kinds of document that may be filed in a case on a day.

    A closed case still takes some.
    """
    found = {
        kind: _against(case, kind, on) for kind in rules().document_types_for(case.division, on)
    }
    kinds = tuple(kind for kind, refusals in found.items() if not refusals)
    if kinds or not found:
        return Choice(kinds, ())
    return Choice((), next(iter(found.values())))


def _against(case: Case, kind: DocumentType, on: date) -> tuple[Finding, ...]:
    findings = judge_submission(
        rules(),
        division=case.division,
        document_type=kind.id,
        cases=[_case_facts(case)],
        files=(),
        on=on,
    )
    return tuple(f for f in findings if f.severity == "refuse" and f.code != "no-files")


def judge_draft(draft: Draft, *, now: datetime) -> Judgement:
    """Judge a draft as it would be received at `now`, by the rules of that day."""
    leading = draft.leading_case
    stands = standing(leading, now=now)
    office = stands.office
    day = date_of_receipt(now, office.zone)
    others = draft.ordered_cases[1:]
    duty = duty_for(
        rules(),
        division=leading.division,
        document_type=draft.document_type,
        minister_is_party=stands.minister_is_party(day)
        or any(minister_is_party(case, on=day) for case in others),
        on=day,
    )
    limits = _limits(draft, {**stands.events, **_named(draft.named_events)}, office.id, day)
    return Judgement(
        office=office,
        findings=(*_of_submission(draft, day), *_of_service(draft, duty, day)),
        duty=duty,
        limits=limits,
        events_to_name=_missing(
            _limits(draft, stands.events, office.id, day) if draft.named_events else limits
        ),
        due=due_on(rules(), received=day, hearing=stands.events.get("hearing"), office=office.id),
        rules=rules().hash,
    )


def _named(events: Mapping[str, str]) -> dict[str, date]:
    return {event: date.fromisoformat(on) for event, on in events.items()}


def _limits(
    draft: Draft, events: Mapping[str, date], office: str, day: date
) -> tuple[LimitResult, ...]:
    return limits_for(
        rules(),
        division=draft.leading_case.division,
        document_type=draft.document_type,
        events=events,
        office=office,
        received=day,
    )


def _missing(results: Iterable[LimitResult]) -> tuple[TriggerEvent, ...]:
    """The events that would give a limit its date, where `results` are of what the case knows."""
    missing = {event.id: event for result in results for _, event in result.missing}
    return tuple(missing.values())


def _case_facts(case: Case) -> CaseFacts:
    return CaseFacts(
        division=case.division,
        appeal_recorded=case.appeal_recorded_on is not None,
        closed=case.status == Case.Status.CLOSED,
        file_number=case.file_number,
    )


def _of_submission(draft: Draft, day: date) -> tuple[Finding, ...]:
    return judge_submission(
        rules(),
        division=draft.leading_case.division,
        document_type=draft.document_type,
        cases=[_case_facts(case) for case in draft.ordered_cases],
        files=[_summary(link.upload, day) for link in draft.ordered_files],
        on=day,
    )


def _summary(upload: Upload, day: date) -> FileSummary:
    return FileSummary(
        name=upload.name,
        size=upload.blob.size,
        sha256=upload.blob.sha256,
        findings=judge_file(rules(), upload.inspected, name=upload.name, on=day),
    )


def _of_service(draft: Draft, duty: ServiceDuty | None, day: date) -> tuple[Finding, ...]:
    if duty is None:
        return ()
    statement = ServiceStatement.model_validate(draft.service) if draft.service else None
    return check_statement(rules(), duty, statement, on=day, files=len(draft.ordered_files))
