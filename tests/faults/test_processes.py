"""How servers and workers end, are killed and begin again, and the last minute before midnight."""

import os
import signal
from collections.abc import Callable

import httpx
import pytest

from tests.support.aftermath import check_all, check_draft, check_ledger
from tests.support.embedded import keeper, wait_for_process, wait_for_the_end
from tests.support.faults import Stage, one_more
from tests.support.points import attempt_noted, before_commit, bytes_received
from tests.support.serving import DEADLINE, until

pytestmark = [pytest.mark.faults, pytest.mark.security(24)]

Kill = Callable[[str], None]
Restart = Callable[[], None]


def test_same_submit_twice_at_once_gives_one_submission_of_the_first_attempt(stage: Stage) -> None:
    form = stage.counsel.review(stage.draft)
    row = "SELECT FROM filings_draft WHERE id = %s FOR NO KEY UPDATE"
    with stage.outside.holding(row, stage.draft_id):
        answers = [stage.counsel.later(stage.counsel.file, stage.draft, form) for _ in range(2)]
        stage.outside.wait_for_blocked("FROM filings_draft", count=2)
        noted = stage.attempts()
        assert len(noted) == 2
    told = [answer.result(DEADLINE) for answer in answers]
    assert [answer.status_code for answer in told] == [httpx.codes.FOUND] * 2
    assert told[0].headers["location"] == told[1].headers["location"]
    check_all(stage, noted)


def test_time_of_receipt_is_that_of_the_attempt_before_two_crashes(
    stage: Stage, kill: Kill, restart: Restart
) -> None:
    for victim in ("web", "database"):
        with attempt_noted(stage):
            kill(victim)
        restart()
    noted = stage.attempts()
    assert len(noted) == 2
    check_all(stage, noted)


def test_server_told_to_end_answers_the_request_under_way(stage: Stage, restart: Restart) -> None:
    server = stage.processes["web"]
    (serving,) = server.children()
    with before_commit(stage) as answer:
        server.process.terminate()
        until(lambda: _refuses(stage), "a server that takes nothing more")
        assert not answer.done()
    assert answer.result(DEADLINE).status_code == httpx.codes.FOUND
    assert server.process.wait(DEADLINE) == 0
    wait_for_process(serving)
    restart()
    check_all(stage, stage.attempts())


def _refuses(stage: Stage) -> bool:
    try:
        httpx.get(f"{stage.registry.url}/healthz", timeout=DEADLINE)
    except httpx.ConnectError:
        return True
    except httpx.TransportError:
        return False
    return False


def test_process_that_serves_is_replaced_when_it_is_killed(stage: Stage) -> None:
    server = stage.processes["web"]
    (serving,) = server.children()
    os.kill(serving, signal.SIGKILL)
    wait_for_process(serving)
    until(stage.registry.healthy, "another process that serves", process=server.pid)
    assert server.children() != [serving]
    check_draft(stage)


def test_process_that_serves_ends_when_the_server_is_killed(stage: Stage, restart: Restart) -> None:
    server = stage.processes["web"]
    (serving,) = server.children()
    os.kill(server.pid, signal.SIGKILL)
    wait_for_process(serving)
    server.process.wait(DEADLINE)
    restart()  # on the same port
    check_draft(stage)


def test_chain_goes_on_after_the_worker_was_killed_while_it_chained(
    stage: Stage, kill: Kill, restart: Restart
) -> None:
    kill("worker")
    name, content = one_more(stage)
    assert stage.counsel.add(stage.draft, name, content).status_code == httpx.codes.FOUND
    with stage.outside.holding("LOCK TABLE ledger_link IN SHARE MODE"):
        restart()  # it may have chained all that came before
        stage.outside.wait_for_blocked("ledger_link")
        kill("worker")
    restart()
    waiting = (
        "SELECT event.id FROM ledger_event AS event WHERE NOT EXISTS"
        " (SELECT FROM ledger_link AS link WHERE link.event_id = event.id)"
    )
    until(lambda: not stage.outside.ask(waiting), "a chain without gaps")
    check_ledger(stage.registry)


def test_worker_told_to_end_finishes_its_job(stage: Stage, kill: Kill, restart: Restart) -> None:
    doing = "SELECT id FROM procrastinate_jobs WHERE status = 'doing'"
    kill("worker")  # what it leaves, and others before it, is told apart from what comes
    before = stage.outside.ask(doing)
    restart()
    worker = stage.processes["worker"]
    with stage.outside.holding("LOCK TABLE filings_receiptpaper IN SHARE MODE"):
        form = stage.counsel.review(stage.draft)
        assert stage.counsel.file(stage.draft, form).status_code == httpx.codes.FOUND
        stage.outside.wait_for_blocked("INSERT INTO filings_receiptpaper")
        worker.process.terminate()
    assert worker.process.wait(DEADLINE) == 0
    made = "SELECT submission_id FROM filings_receiptpaper"
    assert set(stage.submissions()) <= set(stage.outside.ask(made))
    assert set(stage.outside.ask(doing)) <= set(before)
    restart()
    check_all(stage, [])


def test_pages_without_a_database_are_calm_and_come_back_with_it(
    stage: Stage, kill: Kill, again: Callable[..., object]
) -> None:
    assert stage.registry.database
    kill("worker")  # it would wait for half a minute before it looks again
    data = stage.registry.database.data
    with bytes_received(stage) as sending:
        os.kill(keeper(data), signal.SIGKILL)  # the database goes down with it
        wait_for_the_end(stage.registry.state)
        page = stage.counsel.client.get(f"{stage.draft}files/")
        assert page.status_code == 500
        assert "your draft is kept" in page.text
        assert "Traceback" not in page.text
        again(stage.registry)
        until(stage.registry.healthy, "pages", process=stage.processes["web"].pid)
        assert sending.finish() == 302
    assert set(stage.files()) == set(stage.sent)
    check_draft(stage)
