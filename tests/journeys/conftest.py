"""The registry of the journeys, and browsers that look at it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.journeys.site import running
from tests.journeys.walking import Visit
from tests.support import browser


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real registry, one for each process of the run."""
    with running(tmp_path_factory.mktemp("site")) as address:
        yield address


# Not for the session: playwright's loop would run on under the tests that use the database.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A Chromium for the tests of a module."""
    if reason := browser.reason_to_skip():
        pytest.skip(reason)
    with browser.launched() as running_browser:
        yield running_browser


@pytest.fixture
def visit(chromium: Any, site: str) -> Iterator[Callable[..., Visit]]:
    """Give a function that opens the registry in a language, as a new visitor.

    Afterwards no page may have complained: no error of a script, nothing that the policy stopped.
    """
    visits: list[Visit] = []

    def open_(lang: str, **options: Any) -> Visit:
        # Colours that move between the schemes would be judged on their way.
        context = chromium.new_context(reduced_motion="reduce", **options)
        visits.append(Visit(context.new_page(), site, lang))
        return visits[-1]

    yield open_
    for one in visits:
        one.page.context.close()
    assert [complaint for one in visits for complaint in one.complaints] == []
