from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greffe.sealing.canonical import MAX_BYTES, MAX_DEPTH, CanonicalError, canonical, read_json

_leaves = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
_objects = st.dictionaries(
    st.text(),
    st.recursive(
        _leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
    ),
)


def _nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels - 1):
        value = {"a": value}
    return value


@given(_objects)
def test_canonical_of_any_object_reads_back_and_is_stable(value: dict[str, Any]) -> None:
    data = canonical(value)
    assert read_json(data) == value
    assert canonical(read_json(data)) == data


def test_canonical_orders_keys_by_utf16_as_rfc_8785_says() -> None:
    assert canonical({"\U0001f600": 1, "\ufb33": 2, "a": "é\n"}) == (
        '{"a":"é\\n","\U0001f600":1,"\ufb33":2}'.encode()
    )


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"a": 1.0}, "float"),
        ({"a": [{"b": float("nan")}]}, "float"),
        ({1: "a"}, "key"),
        ({"a": {None: 1}}, "key"),
        ({"a": b"bytes"}, "type"),
        ({"a": 2**53}, "number"),
        ({"a": "\ud800"}, "text"),
        ({"a": "x" * MAX_BYTES}, "size"),
        (_nested(MAX_DEPTH + 1), "depth"),
    ],
)
def test_canonical_of_a_value_without_one_form_is_refused(value: Any, code: str) -> None:
    with pytest.raises(CanonicalError) as caught:
        canonical(value)
    assert caught.value.code == code


def test_canonical_at_the_deepest_level_allowed_is_made() -> None:
    assert canonical(_nested(MAX_DEPTH)).count(b"{") == MAX_DEPTH


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"a":1,"a":2}', "repeated"),
        (b'{"a":{"b":1,"b":1}}', "repeated"),
        (b'{"a":1.5}', "float"),
        (b'{"a":1e400}', "float"),
        (b'{"a":NaN}', "float"),
        (b"[1]", "object"),
        (b"{", "json"),
        (b"\xff\xfe", "json"),
        (b'{"a":' + b"9" * 5000 + b"}", "json"),
        (b"[" * 100_000, "depth"),
        (b'{"a":' * 100_000, "depth"),
        (b" " * (MAX_BYTES + 1), "size"),
        (b"", "json"),
    ],
)
def test_read_json_of_anything_doubtful_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(CanonicalError) as caught:
        read_json(data)
    assert caught.value.code == code


@given(st.binary(max_size=200))
def test_read_json_of_any_bytes_gives_an_object_or_a_code(data: bytes) -> None:
    try:
        assert isinstance(read_json(data), dict)
    except CanonicalError as error:
        assert error.code in {"json", "object", "float", "repeated", "depth"}  # noqa: PT017  # either way is right
