"""Work begun before it is asked for: once a key, waited for by whoever asks, then forgotten."""

import threading
from collections.abc import Callable

import pytest

from greffe.documents.background import Background


@pytest.fixture
def background() -> Background[str, int]:
    return Background()


def held(give: Callable[[], int]) -> tuple[Callable[[], int], threading.Event]:
    go = threading.Event()

    def work() -> int:
        assert go.wait(60)
        return give()

    return work, go


def test_work_under_way_is_not_begun_again_and_is_forgotten_at_its_end(
    background: Background[str, int],
) -> None:
    done = []
    work, go = held(lambda: done.append(1) or 7)  # type: ignore[func-returns-value]  # None or 7
    background.begin("page", work)
    background.begin("page", work)
    begun = background.under_way("page")
    assert begun is not None
    assert background.under_way("another page") is None
    go.set()
    assert begun.result(60) == 7
    assert done == [1]
    assert background.under_way("page") is None


def test_whoever_waits_is_told_what_went_wrong(background: Background[str, int]) -> None:
    def fail() -> int:
        raise LookupError("no such page")

    work, go = held(fail)
    background.begin("page", work)
    begun = background.under_way("page")
    assert begun is not None
    go.set()
    with pytest.raises(LookupError, match="no such page"):
        begun.result(60)
    assert background.under_way("page") is None


def test_machine_without_another_thread_does_the_work_at_once(
    background: Background[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", none)
    done = []
    background.begin("page", lambda: done.append(1) or 7)  # type: ignore[func-returns-value]  # same
    assert done == [1]
    assert background.under_way("page") is None
