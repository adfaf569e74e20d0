"""An officer who takes in paper by the real pages, and what is left of it after a fault."""

import datetime as dt
import hashlib
import re
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx

from tests.support.faults import CASE, Counsel, Form, Stage
from tests.support.paper import KIND, Scan
from tests.support.scenes import pdf

OFFICER = "registry-vancouver"


@dataclass
class PaperDesk:
    """The officer of the case's office, with one document on paper that nobody has seen yet."""

    stage: Stage
    officer: Counsel
    name: str = field(default_factory=lambda: f"paper-{uuid.uuid4().hex}.pdf")
    content: bytes = field(init=False)
    case: str = field(init=False)
    last: dict[str, Any] = field(init=False, default_factory=dict)
    """What was sent when “Place on the case file” was pressed last."""

    def __post_init__(self) -> None:
        """Scan the document; it is unlike any other."""
        self.content = pdf(2, text=self.name) + b"%" + b"x" * 400_000 + b"\n%%EOF\n"
        query = "SELECT id::text FROM cases_case WHERE file_number = %s"
        (self.case,) = self.stage.outside.ask(query, CASE)

    @property
    def address(self) -> str:
        """Where the files of one arrival are added."""
        return f"/en/registry/cases/{self.case}/paper/"

    def add(self) -> httpx.Response:
        """Add the scan to the paper of the case."""
        return self._send(self.address, self.content)

    def _send(self, address: str, content: bytes) -> httpx.Response:
        form = self.officer.form(address)
        files = {"files": (self.name, content, "application/pdf")}
        return self.officer.client.post(address, data=form.fields, files=files)

    def said(self, upload: str) -> dict[str, Any]:
        """The form of the details, filled in, with every point confirmed that the page asks."""
        address = f"{self.address}details/"
        asked = self.officer.form(f"{address}?file={upload}", ticked="filed_by").fields
        fields = _details(asked) | {"file": [upload]}
        review = self.officer.client.post(address, data=fields | {"step": "review"})
        assert review.status_code == httpx.codes.OK, review.text
        return Form.read(review.text, ticked="confirmed").fields

    def place(self, fields: dict[str, Any]) -> httpx.Response:
        """Press “Place on the case file”."""
        self.last = fields
        address = f"{self.address}details/"
        return self.officer.client.post(address, data=fields | {"step": "place"})

    def batch(self, documents: int = 2) -> bytes:
        """A scan of so many documents, each of two pages, under cover sheets of the case."""
        scan = Scan()
        for _ in range(documents):
            scan.pages_of(self._cover_sheet()).blank(2)
        return scan.bytes()

    def _cover_sheet(self) -> bytes:
        address = f"/en/registry/cases/{self.case}/cover-sheet/"
        asked = self.officer.form(address, ticked="filed_by").fields
        ready = self.officer.client.post(address, data=_details(asked))
        link = re.search(r'href="([^"]+/cover-sheet/[0-9a-f-]{36}/)"', ready.text)
        assert link, ready.text
        return self.officer.client.get(link[1]).content

    def send_batch(self, scan: bytes) -> str:
        """Send a scan; gives its id."""
        answer = self._send("/en/registry/paper/batch/", scan)
        assert answer.status_code == httpx.codes.FOUND, answer.text
        return urlsplit(answer.headers["location"]).path.rstrip("/").rpartition("/")[2]

    def place_batch(self, scan: str) -> httpx.Response:
        """Tick everything that the batch holds, and place it."""
        address = f"/en/registry/paper/batch/{scan}/"
        form = self.officer.form(address, ticked="place")
        return self.officer.client.post(address, data=form.fields)

    def uploads(self, *, taken: bool) -> list[str]:
        """The files of this desk's name that were taken to a case file, or that still wait."""
        query = "SELECT id::text FROM documents_upload WHERE name = %s AND taken = %s"
        return self.stage.outside.ask(query, self.name, taken)

    def is_read(self, scan: str) -> bool:
        """Whether a scan says what it holds."""
        query = "SELECT facts->>'scan' IS NOT NULL FROM documents_upload WHERE id = %s"
        return bool(self.stage.outside.ask(query, scan)[0])

    def fingerprints(self, uploads: list[str]) -> list[str]:
        """The SHA-256 of files that were sent, or made of a scan."""
        query = (
            "SELECT blob.sha256 FROM documents_upload AS upload"
            " JOIN documents_blob AS blob ON blob.id = upload.blob_id"
            " WHERE upload.id::text = ANY(%s)"
        )
        return self.stage.outside.ask(query, uploads)

    def on_file(self) -> tuple[int, int, int]:
        """How often the document is on the case file, and was noted as placed and as received."""
        sha256 = hashlib.sha256(self.content).hexdigest()
        return self.counted([sha256])

    def counted(self, fingerprints: list[str]) -> tuple[int, int, int]:
        """The same of documents with these fingerprints."""
        ask = self.stage.outside.ask
        entries = ask(
            "SELECT entry.id::text FROM cases_recordentry AS entry"
            " JOIN documents_blob AS blob ON blob.id = entry.blob_id WHERE blob.sha256 = ANY(%s)",
            fingerprints,
        )
        noted = [
            len(ask(f"SELECT id FROM ledger_event WHERE kind = %s AND {which}", kind, entries))
            for kind, which in (
                ("document-placed", "body->>'entry' = ANY(%s)"),
                ("paper-received", "body->>'entry' = ANY(%s)"),
            )
        ]
        return len(entries), noted[0], noted[1]


def _details(asked: dict[str, Any]) -> dict[str, Any]:
    """A document that came by mail two days ago from the first person whom the page offers."""
    day = dt.datetime.now(ZoneInfo("America/Vancouver")).date() - dt.timedelta(days=2)
    return {
        "csrfmiddlewaretoken": asked["csrfmiddlewaretoken"],
        "document_type": KIND,
        "received_on_day": day.day,
        "received_on_month": day.month,
        "received_on_year": day.year,
        "received_time": "9:30",
        "method": "mail",
        "received_by": "Odile Gagnon",
        "filed_by": asked["filed_by"][0],
        "filed_by_name": "",
        "audience": "parties",
    }
