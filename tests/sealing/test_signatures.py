import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from greffe.sealing.canonical import MAX_BYTES, CanonicalError
from greffe.sealing.keys import KeyRing
from greffe.sealing.signatures import envelope_bytes, sign, signed_bytes, verify
from tests.sealing.sample import payload


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            yield from _leaves(inner, (*path, key))
    else:
        yield path


def _changed(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return "changed"
    return value + 1 if isinstance(value, int) else value + "x"


def _altered(envelope: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    other = copy.deepcopy(envelope)
    place = other["payload"]
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = _changed(place[path[-1]])
    return other


@pytest.mark.requirement("BY-02")
def test_verify_of_a_signed_payload_is_valid_whatever_the_order_of_keys(ring: KeyRing) -> None:
    envelope = sign(payload(), ring)
    envelope["payload"] = dict(reversed(envelope["payload"].items()))
    verification = verify(envelope, ring.published())
    assert (verification.ok, verification.code) == (True, "valid")
    assert verification.kid == ring.receipt_key()[0]
    assert not verification.demonstration


@pytest.mark.requirement("BY-02")
def test_verify_with_any_one_field_altered_fails(ring: KeyRing) -> None:
    envelope, published = sign(payload(), ring), ring.published()
    codes = {verify(_altered(envelope, path), published).code for path in _leaves(payload())}
    assert codes == {"altered"}


def test_verify_with_a_field_added_or_removed_fails(ring: KeyRing) -> None:
    published = ring.published()
    added = sign(payload(), ring)
    added["payload"]["extra"] = None
    removed = sign(payload(), ring)
    del removed["payload"]["service"]
    assert [verify(each, published).code for each in (added, removed)] == ["altered", "altered"]


def test_verify_with_keys_of_another_registry_says_key_unknown(
    ring: KeyRing, tmp_path: Path
) -> None:
    other = KeyRing.create(tmp_path / "other", demonstration=False, name="Other")
    assert verify(sign(payload(), ring), other.published()).code == "key-unknown"


def test_verify_with_a_key_id_moved_to_another_key_fails(ring: KeyRing, tmp_path: Path) -> None:
    other = KeyRing.create(tmp_path / "other", demonstration=False, name="Other")
    forged = sign(payload(), other)
    forged["signature"]["key"] = ring.receipt_key()[0]
    assert verify(forged, ring.published()).code == "altered"


def test_verify_of_a_seal_key_named_as_signer_says_key_unknown(ring: KeyRing) -> None:
    forged = sign(payload(), ring)
    forged["signature"]["key"] = ring.seal_key()[0]
    assert verify(forged, ring.published()).code == "key-unknown"


def test_verify_of_a_demonstration_signature_says_so(demonstration_ring: KeyRing) -> None:
    published = demonstration_ring.published()
    assert verify(sign(payload(), demonstration_ring), published).demonstration


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ed25519", "", None, 1])
def test_verify_of_another_algorithm_is_refused(ring: KeyRing, algorithm: object) -> None:
    envelope = sign(payload(), ring)
    envelope["signature"]["algorithm"] = algorithm
    assert verify(envelope, ring.published()).code == "algorithm-unknown"


@pytest.mark.parametrize("value", ["", "AA", "é", None, 1, [], "A" * 85, "A" * 86, "A" * 88])
def test_verify_of_a_value_that_is_no_signature_fails(ring: KeyRing, value: object) -> None:
    envelope = sign(payload(), ring)
    envelope["signature"]["value"] = value
    assert verify(envelope, ring.published()).code == "altered"


def test_verify_of_a_value_padded_or_respelt_fails(ring: KeyRing) -> None:
    envelope = sign(payload(), ring)
    good = envelope["signature"]["value"]
    for other in (good + "==", good[:-1] + chr(ord(good[-1]) + 1), " " + good):
        envelope["signature"]["value"] = other
        assert not verify(envelope, ring.published()).ok


@pytest.mark.parametrize(
    "envelope",
    [
        {},
        {"payload": {}},
        {"payload": [], "signature": {}},
        {"payload": {}, "signature": None},
        {"payload": {}, "signature": {"algorithm": "Ed25519", "key": "x"}},
        {"payload": {}, "signature": {}, "more": 1},
    ],
)
def test_verify_of_what_is_no_envelope_says_so(ring: KeyRing, envelope: dict[str, Any]) -> None:
    assert verify(envelope, ring.published()).code == "not-envelope"


@pytest.mark.parametrize("published", [{}, {"keys": None}, {"keys": [1]}, {"keys": {"a": 1}}])
def test_verify_with_a_list_of_keys_that_is_none_says_so(
    ring: KeyRing, published: dict[str, Any]
) -> None:
    assert verify(sign(payload(), ring), published).code == "keys-unreadable"


def test_verify_with_a_published_key_that_is_none_says_so(ring: KeyRing) -> None:
    published = ring.published()
    published["keys"][0]["public"] = "AAAA"
    assert verify(sign(payload(), ring), published).code == "keys-unreadable"


def test_sign_of_a_float_is_refused(ring: KeyRing) -> None:
    with pytest.raises(CanonicalError):
        sign(payload(number=1.5), ring)


def test_signed_bytes_are_those_of_the_envelope(ring: KeyRing) -> None:
    envelope = sign(payload(), ring)
    assert signed_bytes(payload(), ring) == (
        envelope_bytes(envelope),
        envelope["signature"]["key"],
    )


def test_signed_bytes_larger_than_a_verifier_reads_are_refused(ring: KeyRing) -> None:
    with pytest.raises(CanonicalError, match="size"):
        signed_bytes({"text": "x" * (MAX_BYTES - 100)}, ring)
