"""kill -9 of the server, of the worker and of the database at each step of a filing."""

from collections.abc import Callable
from concurrent.futures import Future

import httpx
import pytest

from tests.support.aftermath import check_all
from tests.support.faults import HalfSent, Stage
from tests.support.points import EVERY, Answer
from tests.support.serving import DEADLINE

pytestmark = [pytest.mark.faults, pytest.mark.security(24)]

Kill = Callable[[str], None]
Restart = Callable[[], None]


def status_of(answer: Answer) -> int | None:
    """The status that the client got; None if it got no answer."""
    try:
        if isinstance(answer, HalfSent):
            return answer.finish()
        if isinstance(answer, Future):
            return answer.result(DEADLINE).status_code
    except (httpx.TransportError, OSError):
        pass
    return None


ANSWERS: dict[str, set[int | None]] = {"web": {None}, "worker": {302}, "database": {302, 500}}
# A page that fails before the body has come is answered while the client still sends: it may see
# the connection close instead of the answer.
EARLY: dict[tuple[str, str], set[int | None]] = {("bytes received", "database"): {None}}


@pytest.mark.requirement("BY-02")
@pytest.mark.parametrize("victim", ["web", "worker", "database"])
@pytest.mark.parametrize("point", EVERY)
def test_filing_killed_at_any_step_is_whole_as_a_draft_or_with_its_receipt(
    point: str, victim: str, stage: Stage, kill: Kill, restart: Restart
) -> None:
    with EVERY[point](stage) as answer:
        noted = stage.attempts()
        kill(victim)
    status = status_of(answer)
    restart()
    if answer is not None:
        assert status in ANSWERS[victim] | EARLY.get((point, victim), set())
    check_all(stage, noted)
