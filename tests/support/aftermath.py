"""What must hold of a filing after any fault, and after it was sent again."""

import hashlib
import json
from datetime import datetime
from typing import Any

import httpx

from greffe.sealing.keys import KeyRing
from greffe.sealing.signatures import verify
from tests.support.faults import Stage
from tests.support.serving import Registry, until


def check_draft(stage: Stage) -> None:
    """Every file of the draft was sent by us and its page shows it."""
    files = stage.files()
    expected = {name: hashlib.sha256(sent).hexdigest() for name, sent in stage.sent.items()}
    assert files.items() <= expected.items()
    assert "letter.pdf" in files
    page = stage.counsel.client.get(f"{stage.draft}files/")
    assert page.status_code == httpx.codes.OK
    assert all(name in page.text for name in files)


def file_again(stage: Stage) -> str:
    """Send what is missing and file, whatever the fault left; gives the receipt's page."""
    if not stage.submissions():
        check_draft(stage)
        for name in stage.sent.keys() - stage.files().keys():
            assert stage.counsel.add(stage.draft, name, stage.sent[name]).status_code == 302
        form = stage.counsel.review(stage.draft)
        answer = stage.counsel.file(stage.draft, form)
    else:
        answer = stage.counsel.client.get(stage.draft)
    assert answer.status_code == httpx.codes.FOUND, answer.text
    return answer.headers["location"]


def check_submission(stage: Stage, noted: list[datetime]) -> None:
    """File again; there is one submission, whole, of the time of the first attempt ever noted."""
    page = file_again(stage)
    assert file_again(stage) == page
    (submission,) = stage.submissions()
    assert page.rstrip("/").endswith(str(submission))
    attempts = stage.attempts()
    assert attempts[: len(noted)] == noted
    (received,) = stage.outside.ask(
        "SELECT received_at FROM filings_submission WHERE id = %s", submission
    )
    assert received == attempts[0]
    _check_receipt(stage, page, received)
    _check_documents(stage, page)
    _check_events(stage, "submission-received", submission)


def _check_receipt(stage: Stage, page: str, received: datetime) -> None:
    envelope = json.loads(stage.counsel.client.get(f"{page}receipt.json").content)
    keys = KeyRing.load(stage.registry.state / "keys").published()
    assert verify(envelope, keys).ok
    told = envelope["payload"]["received"]
    assert datetime.fromisoformat(told["instant"]) == received
    assert datetime.fromisoformat(told["first_attempt"]) == received


def _check_documents(stage: Stage, page: str) -> None:
    received = [
        stage.counsel.client.get(f"{page}documents/{position}/").content
        for position in range(1, len(stage.sent) + 1)
    ]
    assert sorted(received) == sorted(stage.sent.values())


def _check_events(stage: Stage, kind: str, subject: Any) -> None:
    query = "SELECT id FROM ledger_event WHERE kind = %s AND subject = %s"
    assert len(stage.outside.ask(query, kind, subject)) == 1


def check_paper(stage: Stage) -> None:
    """The worker makes the receipt's PDF, once, and it is what is given to whoever asks."""
    (submission,) = stage.submissions()
    query = (
        "SELECT blob.sha256 FROM filings_receiptpaper AS paper"
        " JOIN documents_blob AS blob ON blob.id = paper.blob_id WHERE paper.submission_id = %s"
    )
    (sha256,) = until(lambda: stage.outside.ask(query, submission), "the receipt's PDF")
    address = f"/en/portal/submissions/{submission}/receipt.pdf"
    assert hashlib.sha256(stage.counsel.client.get(address).content).hexdigest() == sha256
    _check_events(stage, "receipt-printed", submission)


def check_store(stage: Stage) -> None:
    """Every file that a row names is there, byte for byte."""
    rows = stage.outside.ask("SELECT key || ' ' || sha256 FROM documents_blob")
    for key, sha256 in (row.split() for row in rows):
        with stage.store.open(key) as file:
            assert hashlib.file_digest(file, "sha256").hexdigest() == sha256


def check_ledger(registry: Registry) -> None:
    """Nothing is removed, altered, added or out of order."""
    done = registry.command("ledger", "verify", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["problems"] == []


def check_all(stage: Stage, noted: list[datetime]) -> None:
    """All of it but the ledger, which is verified once for all at the end."""
    check_submission(stage, noted)
    check_paper(stage)
    check_store(stage)
