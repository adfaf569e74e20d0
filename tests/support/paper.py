"""Paper and fax for tests: scans, cover sheets as a scanner gives them back, forms filled in."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import pikepdf

from tests.support.inspections import remembered
from tests.support.scenes import pdf

if TYPE_CHECKING:
    from uuid import UUID

    from greffe.accounts.models import User
    from greffe.cases.models import Case
    from greffe.documents.models import Upload
    from greffe.filings.cover_sheets import Sheet
    from greffe.filings.paper import Details
    from tests.support.scenes import Scene

LETTER = (612, 792)
KIND = "rpd-written-submissions"


def details(received_at: dt.datetime | None = None, **said: Any) -> Details:
    """What an officer says of a document that came by mail the day before yesterday."""
    from django.utils import timezone

    from greffe.filings.paper import Details

    fields = {
        "document_type": KIND,
        "received_at": received_at or timezone.now() - dt.timedelta(days=2),
        "method": "mail",
        "received_by": "Odile Gagnon",
        "filed_by": "Claimant 1",
        "audience": "parties",
    }
    return Details(**(fields | said))


def _today() -> dt.date:
    from django.utils import timezone

    return timezone.localdate()


def said(case: Case, *files: Upload, **changes: Any) -> dict[str, Any]:
    """The form of the details as an officer fills it in."""
    day = _today() - dt.timedelta(days=2)
    principal = case.participants.get(principal=True)
    fields = {
        "file": [str(file.id) for file in files],
        "document_type": KIND,
        "received_on_day": day.day,
        "received_on_month": day.month,
        "received_on_year": day.year,
        "received_time": "14:30",
        "method": "mail",
        "received_by": "Odile Gagnon",
        "filed_by": f"participant-{principal.pk}",
        "filed_by_name": "",
        "audience": "parties",
    }
    return fields | changes


def on_day(day: dt.date) -> dict[str, int]:
    return {
        "received_on_day": day.day,
        "received_on_month": day.month,
        "received_on_year": day.year,
    }


def waiting(scene: Scene, officer: User, case: Case, content: bytes | None = None) -> Upload:
    """A file that an officer has added to the paper of a case."""
    from greffe.documents.stores import document_store
    from greffe.filings.paper_actions import receive_paper

    with document_store().writer() as writer:
        writer.write(pdf(2, text="scan") if content is None else content)
        stored = writer.commit()
    with remembered():
        return receive_paper(
            by=scene.viewer(officer), case_id=case.id, stored=stored, name="numérisation.pdf"
        )


def sheet_for(case: Case | UUID, **said: Any) -> Sheet:
    """A cover sheet for a document of a case."""
    from greffe.filings.cover_sheets import new_sheet

    return new_sheet(getattr(case, "id", case), details(**said))


def printed(text: str) -> bytes:
    """The PDF of a sheet whose code says this text."""
    from greffe.papers.cover_sheet import CoverSheet, render_cover_sheet

    at = dt.datetime(2026, 3, 2, 14, 30, tzinfo=dt.UTC)
    sheet = CoverSheet(
        registry="Registry",
        file_number="MC6-00001",
        kind="Written submissions",
        received_at=at,
        place="Montréal",
        method="Mail",
        received_by="Odile Gagnon",
        filed_by="Claimant 1",
        audience="The parties and the tribunal",
        code=text,
    )
    return render_cover_sheet(sheet, lang="en", issued=at)


class Scan:
    """A PDF as a scanner makes it, page after page."""

    def __init__(self) -> None:
        self.document = pikepdf.new()

    def sheet(self, sheet: Sheet, turned: int = 0) -> Scan:
        """A cover sheet, turned by so many degrees."""
        from greffe.filings.cover_sheets import sheet_text

        return self.pages_of(printed(sheet_text(sheet)), turned)

    def pages_of(self, document: bytes, turned: int = 0) -> Scan:
        """All pages of another document."""
        with pikepdf.open(io.BytesIO(document)) as other:
            if turned:
                other.pages[0].rotate(turned, relative=True)
            self.document.pages.extend(other.pages)
        return self

    def blank(self, count: int = 1) -> Scan:
        """So many empty pages."""
        for _ in range(count):
            self.document.add_blank_page(page_size=LETTER)
        return self

    def bytes(self) -> bytes:
        """The whole scan."""
        out = io.BytesIO()
        self.document.save(out, deterministic_id=True)
        return out.getvalue()


def send_scan(scene: Scene, officer: User, scan: Scan | bytes, name: str = "lot.pdf") -> Upload:
    """Send a scan as the page would, without the page, and have it read as the worker does."""
    from greffe.documents.stores import document_store
    from greffe.filings.batch_actions import receive_scan
    from greffe.filings.tasks import read_batches

    with document_store().writer() as writer:
        writer.write(scan if isinstance(scan, bytes) else scan.bytes())
        stored = writer.commit()
    scan = receive_scan(by=scene.viewer(officer), stored=stored, name=name)
    read_batches()
    scan.refresh_from_db()
    return scan
