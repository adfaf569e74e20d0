"""What is in the scan of a batch, before the law and the person: which document goes where.

Every sheet is verified again each time it is read: its case may have been closed, transferred or
sealed since it was printed, or its document placed by now.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from greffe.accounts.viewers import Viewer
from greffe.cases.models import Case, RecordEntry
from greffe.documents.models import Upload
from greffe.filings.cover_sheets import Sheet, read_sheet
from greffe.filings.paper import Judged, Warned, judge_paper
from greffe.filings.paper_actions import SCAN, paper_case, waiting_uploads

MOST_LISTED = 20
"""Scans that a person is shown as waiting."""


@dataclass(frozen=True, slots=True)
class Found:
    """The pages under one cover sheet. `problem` is a code of paper_messages, "" where all is well.

    `case` is only there for who may place paper in it. `upload` is their document, while it waits:
    there too where the sheet is not ours, but not for a case that is not theirs.
    `entry` is the document on file that this sheet brought already.
    """

    sheet_page: int
    pages: tuple[int, ...]
    problem: str
    turned: bool = False
    sheet: Sheet | None = None
    case: Case | None = None
    upload: Upload | None = None
    judged: Judged | None = None
    entry: RecordEntry | None = None

    @property
    def placeable(self) -> bool:
        """Whether its document can be placed now."""
        return not self.problem

    @property
    def warnings(self) -> tuple[Warned, ...]:
        """What the officer should look at before choosing it."""
        turned = (Warned("upside-down"),) if self.turned else ()
        return (*turned, *(self.judged.warnings if self.judged else ()))


@dataclass(frozen=True, slots=True)
class SheetCase:
    """A placeable section with everything that placing it needs."""

    found: Found
    sheet: Sheet
    case: Case
    upload: Upload
    judged: Judged

    @classmethod
    def of(cls, found: Found) -> Self:
        """Of a section without a problem. Raises ValueError for any other."""
        sheet, case, upload, judged = found.sheet, found.case, found.upload, found.judged
        if found.problem or sheet is None or case is None or upload is None or judged is None:
            raise ValueError(found.problem or "incomplete")
        return cls(found, sheet, case, upload, judged)


def find_scan(by: Viewer, scan_id: UUID) -> Upload | None:
    """A scan that this person sent, placed or not; None for another's."""
    return (
        Upload.objects.select_related("blob")
        .filter(pk=scan_id, person=by.person, facts__has_key=SCAN)
        .first()
    )


def reading_of(scan: Upload) -> dict[str, Any]:
    """What was read of a scan: `code` (of ScanError, or ""), `pages`, `sections`.

    Of one that is still being read the code is "not-inspected".
    """
    reading: dict[str, Any] = (scan.facts or {}).get(SCAN) or {}
    return {"code": "not-inspected", "pages": 0, "sections": []} | reading


def being_read(scan: Upload) -> bool:
    """Whether the worker has yet to read it."""
    return (scan.facts or {}).get(SCAN) is None


def scans_waiting(by: Viewer, *, now: datetime) -> list[Upload]:
    """Scans that this person sent and of which nothing was placed yet, the latest first."""
    waiting = Upload.objects.filter(taken=False, expires_at__gt=now, person=by.person)
    return list(waiting.filter(facts__has_key=SCAN).order_by("-received_at", "-id")[:MOST_LISTED])


def same_scan_before(scan: Upload) -> Upload | None:
    """The same bytes, sent before, of which documents were placed. What it brought is not told."""
    return (
        Upload.objects.select_related("person", "blob")
        .filter(blob__sha256=scan.blob.sha256, taken=True, facts__has_key=SCAN)
        .exclude(pk=scan.pk)
        .order_by("received_at")
        .first()
    )


def found_in_batch(by: Viewer, scan: Upload, *, now: datetime) -> list[Found]:
    """Everything in a scan, in its order, as it stands now for this person."""
    return list(_found(by, reading_of(scan)["sections"], now))


def find_document(by: Viewer, scan_id: UUID, sheet_page: int) -> Found | None:
    """What waits under the sheet on a page of a scan, for the officer who may look at it."""
    scan = find_scan(by, scan_id)
    sections = reading_of(scan)["sections"] if scan is not None else []
    for section in sections:
        if section["sheet"] == sheet_page:
            found = _one(by, section, timezone.now())
            return found if found.upload is not None else None
    return None


def _found(by: Viewer, sections: list[dict[str, Any]], now: datetime) -> Iterator[Found]:
    seen: set[UUID] = set()
    for section in sections:
        one = _one(by, section, now)
        if one.sheet is not None and not one.problem and one.sheet.id in seen:
            one = replace(one, problem="same-sheet")
        if one.sheet is not None:
            seen.add(one.sheet.id)
        yield one


def _one(by: Viewer, section: dict[str, Any], now: datetime) -> Found:
    page, pages, turned = section["sheet"], tuple(section["pages"]), section["turned"]
    if page == 0:
        return Found(page, pages, "before-first-sheet")
    if section["text"] is None:
        return Found(page, pages, "unreadable-sheet")
    sheet = read_sheet(section["text"])
    if sheet is None:
        return Found(page, pages, "not-our-sheet", turned, upload=_document(by, section))
    case = paper_case(by, sheet.case_id)
    if case is None:
        return Found(page, pages, _why_not(by, sheet), turned, sheet)
    return _in_case(by, section, Found(page, pages, "", turned, sheet, case), now)


def _in_case(by: Viewer, section: dict[str, Any], found: Found, now: datetime) -> Found:
    """What there is to place, of a genuine sheet of a case that this person may place it in."""
    case, sheet = found.case, found.sheet
    if case is None or sheet is None:
        raise ValueError(found)
    brought = case.record.filter(source=RecordEntry.Source.PAPER, source_id=sheet.id)
    if entry := brought.first():
        return replace(found, problem="already-placed", entry=entry)
    if not found.pages:
        return replace(found, problem="no-pages-follow")
    upload = _document(by, section)
    if upload is None:
        return replace(found, problem="expired" if section["upload"] else "document-too-large")
    judged = judge_paper(case, sheet.details, [upload], now=now)
    return replace(found, problem=judged.refusal, upload=upload, judged=judged)


def _document(by: Viewer, section: dict[str, Any]) -> Upload | None:
    kept = section["upload"]
    return next(iter(waiting_uploads(by, [UUID(kept)])), None) if kept else None


def _why_not(by: Viewer, sheet: Sheet) -> str:
    """Why an officer cannot place the document of a genuine sheet; nothing of the case is told."""
    today = timezone.localdate()
    case = Case.objects.filter(pk=sheet.case_id).first()
    if case is None:
        return "unknown-case"
    ours = case.offices.filter(office__in=by.offices())
    if ours.filter(Q(until=None) | Q(until__gt=today), since__lte=today).exists():
        return "not-open-to-you"
    return "transferred" if ours.exists() else "other-office"
