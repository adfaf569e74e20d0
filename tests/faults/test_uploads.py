"""An upload that cannot end: the disk is full, the connection is cut."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.aftermath import check_draft
from tests.support.faults import ROOM, Counsel, Outside, Stage, begin, one_more
from tests.support.points import bytes_received
from tests.support.serving import Registry, until

pytestmark = [pytest.mark.faults, pytest.mark.security(24)]


def test_connection_cut_in_mid_upload_leaves_nothing_behind(stage: Stage) -> None:
    before = stage.unknown_keys()
    with bytes_received(stage) as sending:
        sending.cut()
        until(lambda: not stage.incoming(), "the end of the upload")
    until(lambda: stage.unknown_keys() <= before, "a store without leftovers")
    assert list(stage.files()) == ["letter.pdf"]
    check_draft(stage)


def test_upload_that_ends_early_leaves_nothing_behind(stage: Stage) -> None:
    before = stage.unknown_keys()
    with bytes_received(stage) as sending:
        assert not sending.end_early().startswith(b"HTTP/1.1 302")
        until(lambda: not stage.incoming(), "the end of the upload")
    until(lambda: stage.unknown_keys() <= before, "a store without leftovers")
    assert list(stage.files()) == ["letter.pdf"]


@pytest.fixture
def cramped(
    site: Registry, outside: Outside, counsel: Counsel, small: Path, small_disk: tuple[str, ...]
) -> Iterator[Stage]:
    """The same registry, served once more from another port, with its documents on a small disk."""
    del counsel
    with ExitStack() as stack:
        registry = Registry(site.state, site.database, {"GREFFE_STORE": str(small / "store")})
        stack.callback(registry.close)
        server = registry.serve(under=small_disk)
        signed_in = Counsel(registry)
        stack.callback(signed_in.close)
        stage = begin(registry, outside, signed_in, {"web": server})
        yield stage
        # The rows must not outlive this store: other tests look for every file of a row.
        form = signed_in.form(f"{stage.draft}discard/")
        assert signed_in.client.post(f"{stage.draft}discard/", data=form.fields).is_redirect
        assert not stage.files()


def test_full_disk_is_told_clearly_and_the_draft_stays_whole(cramped: Stage, small: Path) -> None:
    seen = Path(f"/proc/{cramped.processes['web'].pid}/root{small}")

    def kept() -> list[Path]:
        return sorted(path for path in seen.rglob("*") if path.is_file())

    before = kept()
    assert len(before) == 1
    name, content = one_more(cramped)
    answer = cramped.counsel.add(cramped.draft, name, content + b"%" * ROOM)
    assert answer.status_code == 422
    assert "the registry has no room left at the moment" in answer.text
    assert "Your filing is safe as it is" in answer.text
    assert kept() == before
    check_draft(cramped)
    # What does fit is taken: nothing of the failed one takes room.
    assert cramped.counsel.add(cramped.draft, name, content).status_code == 302
    assert set(cramped.files()) == {"letter.pdf", name}
    check_draft(cramped)
