"""kill -9 of the worker at each step of sending a notice: nothing is lost, nothing is sent twice.

Only a crash after the mail server has taken the message, and before that is noted, repeats it: with
the same Message-ID and the same bytes.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

import pytest

from greffe.embedded.server import start
from tests.support.aftermath import check_ledger
from tests.support.faults import LASTING, Outside
from tests.support.mail import MailServer, mail_server
from tests.support.postgres import short_folder
from tests.support.serving import DEADLINE, Registry, Running, until

pytestmark = [pytest.mark.faults, pytest.mark.security(24), pytest.mark.requirement("MC-14")]

# As an action of the registry does it, in a process of its own.
QUEUE = """
import django
django.setup()
from tests.support.mail import queue
queue("submission-returned", dedupe={dedupe!r}, digest={digest!r})
"""
LEASE_IS_OVER = "UPDATE notices_notice SET lease_until = now() WHERE state = 'sending'"
WINDOW_IS_OVER = "UPDATE notices_notice SET next_attempt_at = now() WHERE state = 'queued'"


class Post:
    """A registry with a worker and a mail server, and the notices that it owes."""

    def __init__(self, site: Registry, outside: Outside, server: MailServer) -> None:
        self.site, self.outside, self.server = site, outside, server
        self._worker: Running | None = None
        self._serial = 0

    def queue(self, digest: str = "") -> str:
        """Queue a notice; give its Message-ID."""
        self._serial += 1
        dedupe = f"notice {self._serial}"
        code = QUEUE.format(dedupe=dedupe, digest=digest)
        surroundings = self.site.environment | {"DJANGO_SETTINGS_MODULE": "greffe.settings"}
        subprocess.run([sys.executable, "-c", code], env=surroundings, check=True, timeout=DEADLINE)
        (found,) = self.outside.ask(
            "SELECT message_id FROM notices_notice WHERE dedupe = %s", dedupe
        )
        return str(found)

    def start(self) -> None:
        """Start a worker, which looks at once for what was left."""
        self._worker = self.site.worker()

    def kill(self) -> None:
        """Kill the worker, and wait until the database knows."""
        assert self._worker
        self._worker.kill()
        self.outside.wait_for_the_end_of("worker")

    def states(self) -> set[str]:
        """The states that notices are in."""
        return set(self.outside.ask("SELECT DISTINCT state FROM notices_notice"))

    def wait_until_all_is_sent(self) -> None:
        """Start a worker again, as if the lease of the killed one were over, and wait."""
        self.outside.tell(LEASE_IS_OVER)
        self.start()
        until(lambda: self.states() == {"sent"}, "every notice sent")

    def events(self, message_id: str) -> int:
        """How often the ledger says that it was sent."""
        query = (
            "SELECT id FROM ledger_event WHERE kind = 'notice-sent' AND body ->> 'message_id' = %s"
        )
        return len(self.outside.ask(query, message_id))


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture(scope="module")
def office(server: MailServer) -> Iterator[Registry]:
    """A registry of its own: the worker of another would send on its page."""
    with (
        short_folder() as folder,
        start(folder / "state", settings=LASTING) as database,
    ):
        made = Registry(folder / "state", database, {"GREFFE_SMTP": server.url})
        done = made.command("migrate")
        assert done.returncode == 0, done.stderr
        try:
            yield made
            check_ledger(made)
        finally:
            made.close()


@pytest.fixture
def post(office: Registry, server: MailServer) -> Iterator[Post]:
    assert office.database
    server.clear()
    server.silent.clear()
    server.asked.clear()
    server.go.clear()
    made = Post(office, Outside(office.database.superuser_url), server)
    made.outside.tell("DELETE FROM notices_notice")
    yield made
    server.go.set()
    made.kill()


Point = Callable[[Post], AbstractContextManager[None]]


@contextmanager
def at_claim(post: Post) -> Iterator[None]:
    """The worker is about to claim; nothing is written."""
    with post.outside.holding("LOCK TABLE notices_notice IN SHARE MODE"):
        post.start()
        post.outside.wait_for_blocked("UPDATE notices_notice")
        yield
    assert post.states() == {"queued"}


@contextmanager
def before_sending(post: Post) -> Iterator[None]:
    """It is claimed, and that is committed; the mail server has not said a word."""
    post.server.silent.add("MAIL")
    post.start()
    until(post.server.asked.is_set, "the first word to the mail server")
    assert post.states() == {"sending"}
    yield


@contextmanager
def while_sending(post: Post) -> Iterator[None]:
    """The mail server has taken it, and has not said so."""
    post.server.silent.add("TAKEN")
    post.start()
    until(post.server.asked.is_set, "the message")
    yield


@contextmanager
def after_sending(post: Post) -> Iterator[None]:
    """The mail server has taken it; that cannot be noted."""
    post.server.silent.add("DATA")
    with ExitStack() as later:
        post.start()
        until(post.server.asked.is_set, "the message")
        later.enter_context(post.outside.holding("LOCK TABLE notices_notice IN SHARE MODE"))
        post.server.silent.clear()
        post.server.go.set()
        post.outside.wait_for_blocked("UPDATE notices_notice")
        assert len(post.server.accepted) == 1
        yield
    assert post.states() == {"sending"}


ONCE: dict[str, Point] = {"claim": at_claim, "before sending": before_sending}
PERHAPS_AGAIN: dict[str, Point] = {
    "while it is sent": while_sending,
    "after it is sent, before the mark": after_sending,
}


def mend(post: Post) -> None:
    """Let the mail server answer again; nobody is there for what it was about to say."""
    post.server.silent.clear()
    post.server.go.set()


@pytest.mark.parametrize(
    ("point", "digest"), [("claim", ""), ("before sending", ""), ("before sending", "case")]
)
def test_notice_whose_worker_is_killed_before_it_is_sent_is_sent_once(
    point: str, digest: str, post: Post
) -> None:
    owed = [post.queue(digest) for _ in range(2 if digest else 1)]
    post.outside.tell(WINDOW_IS_OVER)
    with ONCE[point](post):
        post.kill()
    mend(post)
    post.wait_until_all_is_sent()
    assert len(post.server.ids) == 1
    assert post.server.ids[0] in owed
    assert post.events(post.server.ids[0]) == 1


@pytest.mark.parametrize(
    ("point", "digest"),
    [
        ("while it is sent", ""),
        ("after it is sent, before the mark", ""),
        ("after it is sent, before the mark", "case"),
    ],
)
def test_notice_that_may_have_been_sent_is_repeated_with_the_same_message_id(
    point: str, digest: str, post: Post
) -> None:
    owed = [post.queue(digest) for _ in range(2 if digest else 1)]
    post.outside.tell(WINDOW_IS_OVER)
    with PERHAPS_AGAIN[point](post):
        post.kill()
    mend(post)
    post.wait_until_all_is_sent()
    assert len(post.server.accepted) == 2
    assert len(set(post.server.accepted)) == 1
    assert post.server.ids[0] in owed
    assert post.events(post.server.ids[0]) == 1


def test_lease_of_a_killed_worker_is_kept_until_it_is_over(post: Post) -> None:
    post.queue()
    with before_sending(post):
        post.kill()
    mend(post)
    later = post.queue()
    post.start()
    until(lambda: post.states() == {"sending", "sent"}, "the other notice noted as sent")
    assert post.server.ids == [later]
    post.kill()
    post.wait_until_all_is_sent()
    assert len(post.server.ids) == 2
