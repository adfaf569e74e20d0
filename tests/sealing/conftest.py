from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from greffe.papers.receipt import render_receipt
from greffe.sealing.keys import KeyRing
from greffe.sealing.pades import seal_pdf
from greffe.sealing.signatures import envelope_bytes, sign
from tests.sealing.sample import payload


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing.create(tmp_path / "keys", demonstration=False, name="Greffe du Tribunal")


@pytest.fixture
def demonstration_ring(tmp_path: Path) -> KeyRing:
    return KeyRing.create(tmp_path / "demo", demonstration=True, name="Greffe du Tribunal")


@pytest.fixture
def receipt_json(ring: KeyRing) -> bytes:
    return envelope_bytes(sign(payload(), ring))


@pytest.fixture
def make_pdf() -> Callable[[KeyRing], bytes]:
    def make(ring: KeyRing) -> bytes:
        envelope = envelope_bytes(sign(payload(), ring))
        return seal_pdf(render_receipt(payload(), envelope, lang="fr"), ring, lang="fr")

    return make


@pytest.fixture
def receipt_pdf(ring: KeyRing, make_pdf: Callable[[KeyRing], bytes]) -> bytes:
    return make_pdf(ring)


@pytest.fixture(scope="session")
def fixed_ring(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    """Return keys for property tests, which only read them."""
    folder = tmp_path_factory.mktemp("sealing") / "keys"
    return KeyRing.create(folder, demonstration=False, name="Greffe du Tribunal")


@pytest.fixture(scope="session")
def sealed(fixed_ring: KeyRing) -> bytes:
    envelope = envelope_bytes(sign(payload(), fixed_ring))
    return seal_pdf(render_receipt(payload(), envelope, lang="fr"), fixed_ring, lang="fr")


@pytest.fixture(scope="session")
def keys(fixed_ring: KeyRing) -> dict[str, Any]:
    return fixed_ring.published()
