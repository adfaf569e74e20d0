"""kill -9 of the server and of the worker while an officer takes in paper, and reads a batch."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack, contextmanager

import httpx
import pytest

from tests.support.aftermath import check_store
from tests.support.faults import Counsel, HalfSent, Stage, commits_hang
from tests.support.paper_desk import OFFICER, PaperDesk
from tests.support.serving import DEADLINE, until

pytestmark = [pytest.mark.faults, pytest.mark.security(24), pytest.mark.requirement("MC-18")]

Kill = Callable[[str], None]
Restart = Callable[[], None]
Answer = Future[httpx.Response] | HalfSent
Point = Callable[[PaperDesk], AbstractContextManager[Answer]]


@pytest.fixture
def desk(stage: Stage) -> Iterator[PaperDesk]:
    officer = Counsel(stage.registry, OFFICER)
    yield PaperDesk(stage, officer)
    officer.close()


@contextmanager
def bytes_received(desk: PaperDesk) -> Iterator[HalfSent]:
    """Half of the scan has come."""
    sending = desk.officer.begin_to_send(desk.address, desk.name, desk.content)
    until(lambda: desk.stage.arrived() >= 64 * 1024, "the first bytes")
    yield sending


@contextmanager
def bytes_synced(desk: PaperDesk) -> Iterator[Future[httpx.Response]]:
    """The bytes are synced in the store; no row knows them."""
    with desk.stage.outside.holding("LOCK TABLE documents_blob IN SHARE MODE"):
        answer = desk.officer.later(desk.add)
        desk.stage.outside.wait_for_blocked("INSERT INTO documents_blob")
        yield answer


def _ready(desk: PaperDesk) -> dict[str, object]:
    """Everything is said and confirmed; the last button is left."""
    if not desk.uploads(taken=False):
        answer = desk.add()
        assert answer.status_code == httpx.codes.FOUND, answer.text
    (upload,) = desk.uploads(taken=False)
    return desk.said(upload)


@contextmanager
def before_commit(desk: PaperDesk) -> Iterator[Future[httpx.Response]]:
    """Everything is written but that the upload is taken, which is last."""
    fields = _ready(desk)
    with desk.stage.outside.holding("LOCK TABLE documents_upload IN SHARE MODE"):
        answer = desk.officer.later(desk.place, fields)
        desk.stage.outside.wait_for_blocked("UPDATE documents_upload SET taken")
        yield answer


@contextmanager
def after_commit(desk: PaperDesk) -> Iterator[Future[httpx.Response]]:
    """The document is on the case file; the officer does not know it."""
    with ExitStack() as later:
        with before_commit(desk) as answer:
            later.enter_context(commits_hang(desk.stage.outside))
        desk.stage.outside.wait_for_commit_to_hang()
        yield answer


def status_of(answer: Answer) -> int | None:
    """The status that the officer got; None for no answer."""
    try:
        if isinstance(answer, HalfSent):
            return answer.finish()
        return answer.result(DEADLINE).status_code
    except (httpx.TransportError, OSError):
        return None


NOTHING, ONCE = (0, 0, 0), (1, 1, 1)


@pytest.mark.parametrize("victim", ["web", "worker"])
@pytest.mark.parametrize(
    ("point", "left", "waiting"),
    [
        pytest.param(bytes_received, NOTHING, 0, id="bytes received"),
        pytest.param(bytes_synced, NOTHING, 0, id="bytes synced"),
        pytest.param(before_commit, NOTHING, 1, id="before the commit"),
        pytest.param(after_commit, ONCE, 0, id="after the commit, before the answer"),
    ],
)
def test_paper_killed_at_any_step_waits_or_is_on_file_and_is_placed_once(
    point: Point,
    left: tuple[int, int, int],
    waiting: int,
    victim: str,
    desk: PaperDesk,
    kill: Kill,
    restart: Restart,
) -> None:
    with point(desk) as answer:
        kill(victim)
    status = status_of(answer)
    restart()
    if victim == "web":
        assert status is None
        assert desk.on_file() == left
        assert len(desk.uploads(taken=False)) == waiting
    else:
        assert status == httpx.codes.FOUND
    if desk.on_file() == NOTHING:
        assert desk.place(_ready(desk)).status_code == httpx.codes.FOUND
    assert desk.on_file() == ONCE
    assert (len(desk.uploads(taken=True)), desk.uploads(taken=False)) == (1, [])
    check_store(desk.stage)


def test_same_request_again_after_a_kill_places_nothing_twice_and_says_so(
    desk: PaperDesk, kill: Kill, restart: Restart
) -> None:
    with after_commit(desk) as answer:
        kill("web")
    assert status_of(answer) is None
    restart()
    again = desk.place(desk.last)
    assert again.status_code == httpx.codes.CONFLICT
    assert "is on the case file already" in again.text
    assert desk.on_file() == ONCE


Begin = Callable[[], None]
Reading = Callable[[PaperDesk, str, Begin], AbstractContextManager[None]]


@contextmanager
def before_reading(desk: PaperDesk, scan: str, begin: Begin) -> Iterator[None]:
    """The worker has begun, and cannot look which scans wait."""
    del scan
    with desk.stage.outside.holding("LOCK TABLE documents_upload IN ACCESS EXCLUSIVE MODE"):
        begin()
        desk.stage.outside.wait_for_blocked("FROM documents_upload")
        yield


@contextmanager
def documents_stored(desk: PaperDesk, scan: str, begin: Begin) -> Iterator[None]:
    """The scan is split, its documents are in the store; no row knows them."""
    del scan
    with desk.stage.outside.holding("LOCK TABLE documents_blob IN SHARE MODE"):
        begin()
        desk.stage.outside.wait_for_blocked("INSERT INTO documents_blob")
        yield


@contextmanager
def documents_half_noted(desk: PaperDesk, scan: str, begin: Begin) -> Iterator[None]:
    """The bytes of a document are noted; the document itself and what the scan holds are not."""
    del scan
    with desk.stage.outside.holding("LOCK TABLE documents_upload IN SHARE MODE"):
        begin()
        desk.stage.outside.wait_for_blocked("INSERT INTO documents_upload")
        yield


@contextmanager
def reading_committed(desk: PaperDesk, scan: str, begin: Begin) -> Iterator[None]:
    """The scan says what it holds; the worker cannot note that its job is done."""
    with ExitStack() as later:
        with documents_stored(desk, scan, begin):
            jobs = "LOCK TABLE procrastinate_jobs IN SHARE MODE"
            later.enter_context(desk.stage.outside.holding(jobs))
        until(lambda: desk.is_read(scan), "the reading of the scan")
        desk.stage.outside.wait_for_blocked("procrastinate_finish_job")
        yield


@pytest.mark.parametrize(
    ("point", "read"),
    [
        pytest.param(before_reading, False, id="before it is read"),
        pytest.param(documents_stored, False, id="split, documents stored"),
        pytest.param(documents_half_noted, False, id="documents half noted"),
        pytest.param(reading_committed, True, id="read, job not done"),
    ],
)
def test_batch_whose_reading_was_killed_is_read_again_and_each_document_is_there_once(
    point: Reading, read: bool, desk: PaperDesk, kill: Kill, restart: Restart
) -> None:
    content = desk.batch(documents=2)
    kill("worker")
    scan = desk.send_batch(content)

    def begin() -> None:
        desk.stage.processes["worker"] = desk.stage.registry.worker()

    with point(desk, scan, begin):
        kill("worker")
    assert desk.is_read(scan) is read
    shown = desk.officer.client.get(f"/en/registry/paper/batch/{scan}/").text
    assert ("The batch is being read" in shown) is not read
    restart()
    until(lambda: desk.is_read(scan), "the reading of the scan")
    documents = [upload for upload in desk.uploads(taken=False) if upload != scan]
    assert len(documents) == 2
    assert desk.place_batch(scan).status_code == httpx.codes.FOUND
    assert desk.counted(desk.fingerprints(documents)) == (2, 2, 2)
    assert desk.place_batch(scan).status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert desk.counted(desk.fingerprints(documents)) == (2, 2, 2)
    assert desk.fingerprints([scan]) == [hashlib.sha256(content).hexdigest()]
    check_store(desk.stage)
