"""kill -9 of the worker while it sends an access code: it is sent, and its words go.

A crash after the service has taken the message, and before that is noted, repeats it with the same
reference; nothing else does.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

import pytest

from greffe.embedded.server import start
from tests.support.aftermath import check_ledger
from tests.support.faults import LASTING, Outside
from tests.support.notify import KEY, TEMPLATES, Notify, notify_server
from tests.support.postgres import short_folder
from tests.support.serving import DEADLINE, Registry, Running, until

pytestmark = [
    pytest.mark.faults,
    pytest.mark.security(4),
    pytest.mark.security(24),
    pytest.mark.requirement("MC-06"),
]

QUEUE = """
import django
django.setup()
from tests.support.texting import queue_code
queue_code("123456")
"""
LEASE_IS_OVER = "UPDATE notices_notice SET lease_until = now() WHERE state = 'sending'"


class Desk:
    """A registry with a worker and GC Notify, and one code that it owes."""

    def __init__(self, site: Registry, outside: Outside, notify: Notify) -> None:
        self.site, self.outside, self.notify = site, outside, notify
        self._worker: Running | None = None

    def queue(self) -> None:
        surroundings = self.site.environment | {"DJANGO_SETTINGS_MODULE": "greffe.settings"}
        command = [sys.executable, "-c", QUEUE]
        subprocess.run(command, env=surroundings, check=True, timeout=DEADLINE)

    def start(self) -> None:
        self._worker = self.site.worker()

    def kill(self) -> None:
        assert self._worker
        self._worker.kill()
        self.outside.wait_for_the_end_of("worker")

    def states(self) -> set[str]:
        return set(self.outside.ask("SELECT DISTINCT state FROM notices_notice"))


@pytest.fixture(scope="module")
def notify() -> Iterator[Notify]:
    with notify_server() as running:
        yield running


@pytest.fixture(scope="module")
def office(notify: Notify) -> Iterator[Registry]:
    with short_folder() as folder, start(folder / "state", settings=LASTING) as database:
        settings = {
            "GREFFE_NOTIFY_URL": notify.url,
            "GREFFE_NOTIFY_KEY": KEY,
            "GREFFE_NOTIFY_TEXT_TEMPLATE": TEMPLATES["sms"],
            "GREFFE_SECRET_KEY": "the same for whoever queues and whoever sends",
        }
        made = Registry(folder / "state", database, settings)
        done = made.command("migrate")
        assert done.returncode == 0, done.stderr
        try:
            yield made
            check_ledger(made)
        finally:
            made.close()


@pytest.fixture
def desk(office: Registry, notify: Notify) -> Iterator[Desk]:
    assert office.database
    notify.clear()
    made = Desk(office, Outside(office.database.superuser_url), notify)
    made.outside.tell("DELETE FROM notices_notice")
    made.queue()
    yield made
    notify.go.set()
    made.kill()


Point = Callable[[Desk], AbstractContextManager[None]]


@contextmanager
def at_claim(desk: Desk) -> Iterator[None]:
    """The worker is about to claim; nothing is written."""
    with desk.outside.holding("LOCK TABLE notices_notice IN SHARE MODE"):
        desk.start()
        desk.outside.wait_for_blocked("UPDATE notices_notice")
        yield
    assert desk.states() == {"queued"}


@contextmanager
def while_sending(desk: Desk) -> Iterator[None]:
    """The service has taken it, and has not said so."""
    desk.notify.silent = "taken"
    desk.start()
    until(desk.notify.asked.is_set, "the message")
    yield


@contextmanager
def after_sending(desk: Desk) -> Iterator[None]:
    """The service has taken it; that cannot be noted."""
    desk.notify.silent = "taken"
    with ExitStack() as later:
        desk.start()
        until(desk.notify.asked.is_set, "the message")
        later.enter_context(desk.outside.holding("LOCK TABLE notices_notice IN SHARE MODE"))
        desk.notify.go.set()
        desk.outside.wait_for_blocked("UPDATE notices_notice")
        yield
    assert desk.states() == {"sending"}


@pytest.mark.parametrize(
    ("point", "times"), [(at_claim, 1), (while_sending, 2), (after_sending, 2)]
)
def test_code_whose_worker_is_killed_is_sent_with_one_reference_and_its_words_go(
    desk: Desk, point: Point, times: int
) -> None:
    with point(desk):
        desk.kill()
        (waiting,) = desk.outside.ask("SELECT context::text FROM notices_notice")
        assert "123456" not in waiting
        assert waiting != "{}"
    desk.notify.silent = ""
    desk.notify.go.set()
    desk.outside.tell(LEASE_IS_OVER)
    desk.start()
    until(lambda: desk.states() == {"sent"}, "the code sent")
    assert len(desk.notify.accepted) == times
    assert len(set(desk.notify.references)) == 1
    assert all("123456" in text for text in desk.notify.texts)
    assert desk.outside.ask("SELECT context::text FROM notices_notice") == ["{}"]
    told = desk.outside.ask(
        "SELECT body::text FROM ledger_event WHERE kind = 'text-sent'"
        " AND body ->> 'message_id' = %s",
        desk.notify.references[0],
    )
    assert len(told) == 1
    assert "123456" not in told[0]
