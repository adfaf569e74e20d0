"""The steps of a filing at which it can be made to stand still, each by locks taken from outside.

Each is a context manager: in it the request (or the worker) stands still at that step; afterwards
it is let go. It gives the answer to come, None where nobody waits for one.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack, contextmanager

import httpx

from tests.support.faults import HalfSent, Stage, commits_hang, one_more
from tests.support.serving import until

Answer = Future[httpx.Response] | HalfSent | None
Point = Callable[[Stage], AbstractContextManager[Answer]]


@contextmanager
def bytes_received(stage: Stage) -> Iterator[HalfSent]:
    """Half of an upload has come."""
    name, _ = one_more(stage)
    stage.sent[name] = stage.sent[name] + b"%" + b"x" * 400_000 + b"\n%%EOF\n"
    sending = stage.counsel.begin_to_send(f"{stage.draft}files/", name, stage.sent[name])
    until(lambda: stage.arrived() >= 64 * 1024, "the first bytes")
    yield sending


@contextmanager
def bytes_synced(stage: Stage) -> Iterator[Future[httpx.Response]]:
    """The bytes are synced in the store; no row knows them."""
    name, content = one_more(stage)
    with stage.outside.holding("LOCK TABLE documents_blob IN SHARE MODE"):
        answer = stage.counsel.later(stage.counsel.add, stage.draft, name, content)
        stage.outside.wait_for_blocked("INSERT INTO documents_blob")
        yield answer


@contextmanager
def upload_row(stage: Stage) -> Iterator[Future[httpx.Response]]:
    """The upload is in the draft; what inspection found cannot be written."""
    name, content = one_more(stage)
    lock = "LOCK TABLE documents_upload IN SHARE MODE"
    with ExitStack() as later:
        with stage.outside.holding(lock):
            answer = stage.counsel.later(stage.counsel.add, stage.draft, name, content)
            stage.outside.wait_for_blocked("INSERT INTO documents_upload")
            # Behind the insert in the queue: it is let through, and what comes after it is not.
            later.enter_context(stage.outside.next_in_line(lock))
        stage.outside.wait_for_blocked("UPDATE documents_upload")
        assert name in stage.files()
        yield answer


@contextmanager
def attempt_noted(stage: Stage) -> Iterator[Future[httpx.Response]]:
    """The attempt is committed; the transaction of the submission cannot lock the draft."""
    before = len(stage.attempts())
    form = stage.counsel.review(stage.draft)
    row = "SELECT FROM filings_draft WHERE id = %s FOR NO KEY UPDATE"
    with stage.outside.holding(row, stage.draft_id):
        answer = stage.counsel.later(stage.counsel.file, stage.draft, form)
        stage.outside.wait_for_blocked("FROM filings_draft")
        assert len(stage.attempts()) == before + 1
        yield answer


@contextmanager
def before_commit(stage: Stage) -> Iterator[Future[httpx.Response]]:
    """Everything of the submission is written but the wake-up, which is last."""
    form = stage.counsel.review(stage.draft)
    with stage.outside.holding("LOCK TABLE procrastinate_jobs IN SHARE MODE"):
        answer = stage.counsel.later(stage.counsel.file, stage.draft, form)
        stage.outside.wait_for_blocked("procrastinate_defer_job")
        yield answer


@contextmanager
def after_commit(stage: Stage) -> Iterator[Future[httpx.Response]]:
    """The submission is committed on the disk; nobody has been told, and no answer has gone out."""
    with ExitStack() as later:
        with before_commit(stage) as answer:
            later.enter_context(commits_hang(stage.outside))
        stage.outside.wait_for_commit_to_hang()
        yield answer


def _file(stage: Stage) -> None:
    form = stage.counsel.review(stage.draft)
    assert stage.counsel.file(stage.draft, form).status_code == httpx.codes.FOUND


@contextmanager
def before_paper(stage: Stage) -> Iterator[None]:
    """It is filed; the worker has begun and has not made the receipt's PDF."""
    with stage.outside.holding("LOCK TABLE filings_receiptpaper IN ACCESS EXCLUSIVE MODE"):
        _file(stage)
        stage.outside.wait_for_blocked("filings_receiptpaper")
        yield


@contextmanager
def paper_synced(stage: Stage) -> Iterator[None]:
    """The worker has made the receipt's PDF; no row knows it."""
    with stage.outside.holding("LOCK TABLE filings_receiptpaper IN SHARE MODE"):
        _file(stage)
        stage.outside.wait_for_blocked("INSERT INTO filings_receiptpaper")
        yield


@contextmanager
def after_paper(stage: Stage) -> Iterator[None]:
    """The receipt's PDF is made; the worker cannot note that its job is done."""
    with ExitStack() as later:
        with paper_synced(stage):
            jobs = "LOCK TABLE procrastinate_jobs IN SHARE MODE"
            later.enter_context(stage.outside.holding(jobs))
        stage.outside.wait_for_blocked("procrastinate_finish_job")
        yield


UPLOADING: dict[str, Point] = {
    "bytes received": bytes_received,
    "bytes synced": bytes_synced,
    "upload row": upload_row,
}
SUBMITTING: dict[str, Point] = {
    "attempt noted": attempt_noted,
    "before the commit": before_commit,
    "after the commit, before the answer": after_commit,
}
PRINTING: dict[str, Point] = {
    "before the receipt's PDF": before_paper,
    "receipt's PDF synced": paper_synced,
    "after the receipt's PDF": after_paper,
}
EVERY: dict[str, Point] = UPLOADING | SUBMITTING | PRINTING
