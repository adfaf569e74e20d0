"""What the tests of the security bar share."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tests.security.registry import Registry, make
from tests.support.scenes import Scene


@pytest.fixture
def registry(scene: Scene) -> Registry:
    """A case with everything in it; see tests.security.registry."""
    return make(scene)


@pytest.fixture(autouse=True)
def _no_counts_of_tries() -> Iterator[None]:
    """Forget how often others tried to sign in: the counts live in this process."""
    cache.clear()
    yield
    cache.clear()
