"""A document that arrived on paper or by fax: what is said of it, and what the rules make of that.

The officer has the document in hand: what inspection and rules find is information, but for a file
that nobody could ever read. Time limits are judged by the day at the office, as for any filing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from greffe.cases.models import Case, RecordEntry
from greffe.cases.queries import known_events, office_of
from greffe.cases.rules import rules
from greffe.documents.models import Upload
from greffe.law.calendar import date_of_receipt
from greffe.law.filing import Finding, judge_file
from greffe.law.limits import LimitResult, limits_for
from greffe.law.tables import Office

LONG_AGO = timedelta(days=30)
"""Received earlier than this, a document is more likely a slip of the pen than a late entry."""

UNKEEPABLE = frozenset(
    {"not-pdf", "recording", "empty", "too-large", "password", "damaged", "no-pages"}
)
"""Findings of a file that nobody could ever read: it is scanned again. All else is information."""


class Method(TextChoices):
    """How a document on paper came to the office."""

    MAIL = "mail", _("By mail")
    COURIER = "courier", _("By courier")
    IN_PERSON = "in-person", _("In person")
    FAX = "fax", _("By fax")


@dataclass(frozen=True, slots=True)
class Details:
    """What an officer says of a document on paper.

    `document_type` is an id of document_types.toml, `received_at` an aware time, `method` one of
    `Method`, `received_by` and `filed_by` names as people read them, `audience` one of
    `RecordEntry.Audience`.
    """

    document_type: str
    received_at: datetime
    method: str
    received_by: str
    filed_by: str
    audience: str = RecordEntry.Audience.PARTIES


@dataclass(frozen=True, slots=True)
class Warned:
    """Something the officer must have seen before the document is placed; words by its code."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Name it among the warnings of one entry, so that it can be confirmed."""
        return ":".join([self.code, *(str(value) for value in self.params.values())])


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules say of a document received as `Details` has it.

    `refusal` is a code of greffe.filings.paper_messages, or "" where it can be placed. `office`
    handled the case on that day; `received_on` is the day there.
    """

    office: Office
    received_on: date
    limits: tuple[LimitResult, ...]
    warnings: tuple[Warned, ...]
    refusal: str


def office_at(case: Case, on: date) -> Office:
    """The office that handled the case on a day; before it had one, the office of today."""
    try:
        return office_of(case, on=on)
    except LookupError:
        return office_of(case, on=timezone.localdate())


def limits_met(case: Case, *, document_type: str, received_at: datetime) -> tuple[LimitResult, ...]:
    """The time limits that a document received at that moment meets, or does not."""
    office = office_at(case, timezone.localdate(received_at))
    return limits_for(
        rules(),
        division=case.division,
        document_type=document_type,
        events=known_events(case, now=received_at),
        office=office.id,
        received=date_of_receipt(received_at, office.zone),
    )


def judge_paper(
    case: Case, details: Details, uploads: Sequence[Upload], *, now: datetime
) -> Judged:
    """Judge documents of one arrival, as the case stands `now`."""
    office = office_at(case, timezone.localdate(details.received_at))
    return Judged(
        office=office,
        received_on=date_of_receipt(details.received_at, office.zone),
        limits=limits_met(
            case, document_type=details.document_type, received_at=details.received_at
        ),
        warnings=tuple(_warnings(case, details, uploads, now)),
        refusal=_refusal(case, details, uploads, now),
    )


def _refusal(case: Case, details: Details, uploads: Sequence[Upload], now: datetime) -> str:
    kinds = rules().document_types_for(case.division, timezone.localdate(now))
    known = (
        details.document_type in {row.id for row in kinds}
        and details.method in Method.values
        and details.audience in RecordEntry.Audience.values
    )
    if not known:
        return "unknown-choice"
    if details.received_at > now:
        return "in-the-future"
    if any(unkeepable(upload) for upload in uploads):
        return "cannot-be-kept"
    return ""


def _warnings(
    case: Case, details: Details, uploads: Sequence[Upload], now: datetime
) -> Iterator[Warned]:
    if now - details.received_at > LONG_AGO:
        yield Warned("long-ago")
    if case.status == Case.Status.CLOSED:
        yield Warned("case-closed")
    yield from _on_file(case, uploads)
    same = case.record.filter(
        source=RecordEntry.Source.PAPER,
        document_type=details.document_type,
        received_at=details.received_at,
        method=details.method,
    )
    if entry := same.order_by("position").first():
        yield Warned("same-arrival", {"position": entry.position})


def _on_file(case: Case, uploads: Sequence[Upload]) -> Iterator[Warned]:
    """The very same bytes, on this file already or twice among what was sent."""
    fingerprints = [upload.blob.sha256 for upload in uploads]
    found = dict(
        case.record.filter(blob__sha256__in=fingerprints)
        .order_by("-position")
        .values_list("blob__sha256", "position")
    )
    for place, upload in enumerate(uploads):
        fingerprint = upload.blob.sha256
        if fingerprint in found:
            yield Warned("on-file", {"name": upload.name, "position": found[fingerprint]})
        elif fingerprint in fingerprints[:place]:
            yield Warned("sent-twice", {"name": upload.name})


def found_in(upload: Upload) -> tuple[Finding, ...]:
    """What the checks of a filing say of a file, by the rules of today."""
    return judge_file(rules(), upload.inspected, name=upload.name, on=timezone.localdate())


def unkeepable(upload: Upload) -> bool:
    """Whether nobody could ever read this file, so that it cannot be placed."""
    return any(finding.code in UNKEEPABLE for finding in found_in(upload))
