"""kill -9 between the making of a notice to appear and its place on the record: one in the end."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack, contextmanager
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.support.aftermath import check_store
from tests.support.faults import CASE, Counsel, Stage, commits_hang
from tests.support.serving import DEADLINE, until

pytestmark = [pytest.mark.faults, pytest.mark.security(24), pytest.mark.requirement("MC-16")]

OFFICER = "registry-vancouver"
Kill = Callable[[str], None]
Restart = Callable[[], None]


class HearingDesk:
    """An officer with a hearing whose notice to appear has not been issued."""

    def __init__(self, stage: Stage, officer: Counsel) -> None:
        self.stage, self.officer = stage, officer
        query = "SELECT id::text FROM cases_case WHERE file_number = %s"
        (self.case,) = stage.outside.ask(query, CASE)
        before = set(self._hearings())
        self._schedule(weeks=30 + len(before))
        (self.hearing,) = set(self._hearings()) - before

    def _hearings(self) -> list[str]:
        query = "SELECT id::text FROM cases_hearing WHERE case_id = %s"
        return self.stage.outside.ask(query, self.case)

    def _schedule(self, *, weeks: int) -> None:
        """Fix a hearing on a Wednesday, with whatever the page warns of."""
        address = f"/en/registry/cases/{self.case}/hearings/schedule/"
        today = dt.datetime.now(ZoneInfo("America/Vancouver")).date()
        day = today + dt.timedelta(weeks=weeks, days=2 - today.weekday())
        said = {
            "day_day": day.day,
            "day_month": day.month,
            "day_year": day.year,
            "time": "9:30",
            "minutes": 60,
            "office": "vancouver",
            "place": "",
            "member": "",
        }
        token = self.officer.form(address).fields["csrfmiddlewaretoken"]
        said["csrfmiddlewaretoken"] = token
        answer = self.officer.client.post(address, data=said)
        if answer.status_code != httpx.codes.FOUND:
            boxes = re.findall(r'name="acknowledged"\s+value="([^"]+)"', answer.text)
            answer = self.officer.client.post(address, data=said | {"acknowledged": boxes})
        assert answer.status_code == httpx.codes.FOUND, answer.text

    def issue(self) -> httpx.Response:
        """Press “Issue the notice”; where it is issued, the page leads to the hearings."""
        address = f"/en/registry/hearings/{self.hearing}/notice/"
        page = self.officer.client.get(address)
        version = re.search(r'name="version" value="(\d+)"', page.text)
        token = self.officer.form(f"/en/registry/cases/{self.case}/hearings/schedule/").fields
        said = {"csrfmiddlewaretoken": token["csrfmiddlewaretoken"]}
        said["version"] = [version[1] if version else "0"]
        return self.officer.client.post(address, data=said)

    def state(self) -> tuple[int, int, int]:
        """Notices on the record, events that say so, people who are owed an e-mail of it."""
        ask = self.stage.outside.ask
        entries = ask(
            "SELECT id::text FROM cases_recordentry WHERE source = 'notice' AND source_id = %s",
            self.hearing,
        )
        events = ask(
            "SELECT id FROM ledger_event WHERE kind = 'notice-issued' AND body->>'hearing' = %s",
            self.hearing,
        )
        mails = ask(
            "SELECT id FROM notices_notice WHERE dedupe LIKE %s",
            f"notice-issued:{self.hearing}:%",
        )
        return len(entries), len(events), len(mails)


@pytest.fixture
def desk(stage: Stage) -> Iterator[HearingDesk]:
    officer = Counsel(stage.registry, OFFICER)
    yield HearingDesk(stage, officer)
    officer.close()


Point = Callable[[HearingDesk], AbstractContextManager[Future[httpx.Response]]]


@contextmanager
def paper_made(desk: HearingDesk) -> Iterator[Future[httpx.Response]]:
    """The PDF is sealed and safe in the store; no row knows it."""
    with desk.stage.outside.holding("LOCK TABLE documents_blob IN SHARE MODE"):
        answer = desk.officer.later(desk.issue)
        desk.stage.outside.wait_for_blocked("INSERT INTO documents_blob")
        yield answer


@contextmanager
def before_commit(desk: HearingDesk) -> Iterator[Future[httpx.Response]]:
    """The notice is on the record but for the e-mails that are owed and its event."""
    with desk.stage.outside.holding("LOCK TABLE notices_notice IN SHARE MODE"):
        answer = desk.officer.later(desk.issue)
        desk.stage.outside.wait_for_blocked("INSERT INTO notices_notice")
        yield answer


@contextmanager
def after_commit(desk: HearingDesk) -> Iterator[Future[httpx.Response]]:
    """The notice is issued; the officer does not know it."""
    with ExitStack() as later:
        with before_commit(desk) as answer:
            later.enter_context(commits_hang(desk.stage.outside))
        desk.stage.outside.wait_for_commit_to_hang()
        yield answer


@pytest.mark.parametrize(
    ("point", "issued"),
    [
        pytest.param(paper_made, False, id="PDF made"),
        pytest.param(before_commit, False, id="before the commit"),
        pytest.param(after_commit, True, id="after the commit, before the answer"),
    ],
)
def test_notice_killed_at_any_step_is_whole_or_not_there_and_is_issued_once(
    point: Point, issued: bool, desk: HearingDesk, kill: Kill, restart: Restart
) -> None:
    known = desk.stage.unknown_keys()
    with point(desk) as answer:
        kill("web")
    assert isinstance(answer.exception(DEADLINE), httpx.TransportError)
    restart()
    entries, events, mails = desk.state()
    assert (entries, events) == ((1, 1) if issued else (0, 0))
    assert (mails > 0) is issued
    if not issued:
        # What the killed request had made is known to no row: the sweep of the store takes it.
        until(lambda: len(desk.stage.unknown_keys() - known) == 1, "one document of no row")
    assert desk.issue().status_code == httpx.codes.FOUND
    once = desk.state()
    assert once[:2] == (1, 1)
    assert once[2] > 0
    assert mails in {0, once[2]}
    assert desk.issue().status_code == httpx.codes.FOUND
    assert desk.state() == once
    check_store(desk.stage)
