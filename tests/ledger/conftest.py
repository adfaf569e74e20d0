from collections.abc import Iterator

import pytest

from tests.support.flush import allow_flush


@pytest.fixture(scope="session", autouse=True)
def _flush() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        allow_flush(patch)
        yield
