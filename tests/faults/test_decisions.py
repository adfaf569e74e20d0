"""kill -9 of the server and of the database while an officer decides on a submission."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from tests.support.faults import Counsel, Stage, commits_hang
from tests.support.serving import DEADLINE

pytestmark = [pytest.mark.faults, pytest.mark.security(24), pytest.mark.requirement("MC-14")]

OFFICER = "registry-vancouver"
Kill = Callable[[str], None]
Restart = Callable[[], None]


class Desk:
    """An officer with counsel's submission in hand."""

    def __init__(self, stage: Stage, officer: Counsel) -> None:
        self.stage, self.officer = stage, officer
        answer = stage.counsel.file(stage.draft, stage.counsel.review(stage.draft))
        assert answer.status_code == httpx.codes.FOUND, answer.text
        (self.submission,) = map(str, stage.submissions())
        form = officer.form("/en/registry/?whose=free")
        asked = form.fields | {"submission": [self.submission]}
        officer.client.post("/en/registry/take/", data=asked)

    def accept(self) -> httpx.Response:
        address = f"/en/registry/submissions/{self.submission}/"
        form = self.officer.form(address)
        asked = form.fields | {"action": "accept", "positions": ["1"]}
        return self.officer.client.post(address, data=asked)

    def state(self) -> tuple[str, int, int, int]:
        """The submission's state; its entries on the case file, decisions, e-mails owed."""
        ask = self.stage.outside.ask
        (state,) = ask("SELECT state FROM filings_submission WHERE id = %s", self.submission)
        counts = [
            ask(f"SELECT count(*) FROM {table} WHERE {key}::text LIKE %s", said)[0]
            for table, key, said in (
                ("cases_recordentry", "source_id", self.submission),
                ("filings_submissiondecision", "submission_id", self.submission),
                ("notices_notice", "context", f"%{self.submission}%"),
            )
        ]
        return (state, *counts)


@pytest.fixture
def desk(stage: Stage) -> Iterator[Desk]:
    officer = Counsel(stage.registry, OFFICER)
    yield Desk(stage, officer)
    officer.close()


@contextmanager
def first_entry(desk: Desk) -> Iterator[Future[httpx.Response]]:
    """Nothing of the decision is written yet but the states."""
    with desk.stage.outside.holding("LOCK TABLE cases_recordentry IN SHARE MODE"):
        answer = desk.officer.later(desk.accept)
        desk.stage.outside.wait_for_blocked("INSERT INTO cases_recordentry")
        yield answer


@contextmanager
def before_commit(desk: Desk) -> Iterator[Future[httpx.Response]]:
    """Everything of the decision is written but the e-mail that is owed."""
    with desk.stage.outside.holding("LOCK TABLE notices_notice IN SHARE MODE"):
        answer = desk.officer.later(desk.accept)
        desk.stage.outside.wait_for_blocked("INSERT INTO notices_notice")
        yield answer


@contextmanager
def after_commit(desk: Desk) -> Iterator[Future[httpx.Response]]:
    """The decision is committed; the officer does not know it."""
    with ExitStack() as later:
        with before_commit(desk) as answer:
            later.enter_context(commits_hang(desk.stage.outside))
        desk.stage.outside.wait_for_commit_to_hang()
        yield answer


NOTHING, ALL = ("received", 0, 0, 0), ("accepted", 1, 1, 1)


@pytest.mark.parametrize("victim", ["web", "database"])
@pytest.mark.parametrize(
    ("point", "left"), [(first_entry, NOTHING), (before_commit, NOTHING), (after_commit, ALL)]
)
def test_decision_killed_at_any_step_is_whole_or_not_there_and_is_made_once(
    point: Callable[..., ExitStack],
    left: tuple[str, int, int, int],
    victim: str,
    desk: Desk,
    kill: Kill,
    restart: Restart,
) -> None:
    with point(desk) as answer:
        kill(victim)
    error = answer.exception(DEADLINE)  # type: ignore[attr-defined] # a Future
    assert error is None or isinstance(error, httpx.TransportError)
    restart()
    assert desk.state() == left
    again = desk.accept()
    assert again.status_code == (302 if left == NOTHING else 409), again.text
    assert desk.state() == ALL
