"""The one sequence of bytes that stands for a JSON value (RFC 8785), and strict reading of JSON.

What is signed must mean one thing only: no floating point numbers (their text differs between
programs), no repeated keys, no text that is not Unicode, and bounds on size and depth.
"""

import json
from collections.abc import Mapping
from typing import Any

import rfc8785

MAX_BYTES = 1_048_576
"""Largest canonical JSON, in bytes; an ordinary receipt has 4,000."""

MAX_DEPTH = 32
"""Deepest nesting; a receipt has 5 levels."""


class CanonicalError(ValueError):
    """A value or text that has no canonical form here; `code` says why."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return the RFC 8785 bytes of a JSON object.

    Raises CanonicalError with code "float", "key", "type", "depth", "number", "text" or "size".
    """
    _refuse_unsignable(value)
    try:
        data = rfc8785.dumps(dict(value))
    except rfc8785.IntegerDomainError as error:
        raise CanonicalError("number", str(error)) from error
    except rfc8785.CanonicalizationError as error:
        raise CanonicalError("text", str(error)) from error
    if len(data) > MAX_BYTES:
        raise CanonicalError("size", f"{len(data)} bytes, at most {MAX_BYTES}")
    return data


def read_json(data: bytes) -> dict[str, Any]:
    """Read one JSON object strictly: UTF-8, no repeated key, no float, bounded size and depth.

    Raises CanonicalError with code "size", "json", "object", "float", "repeated" or "depth".
    """
    if len(data) > MAX_BYTES:
        raise CanonicalError("size", f"{len(data)} bytes, at most {MAX_BYTES}")
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_float=_no_float,
            parse_constant=_no_float,
        )
    except RecursionError as error:
        raise CanonicalError("depth") from error
    except CanonicalError:
        raise
    except ValueError as error:
        raise CanonicalError("json", str(error)) from error
    if not isinstance(value, dict):
        raise CanonicalError("object")
    return value


def _refuse_unsignable(value: object) -> None:
    """Walk the value level by level, so that no depth can exhaust the stack."""
    level: list[object] = [value]
    for _ in range(MAX_DEPTH):
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    raise CanonicalError("depth", f"deeper than {MAX_DEPTH} levels")


def _children(item: object) -> list[object]:
    if isinstance(item, Mapping):
        if any(not isinstance(key, str) for key in item):
            raise CanonicalError("key", "keys must be text")
        return list(item.values())
    if isinstance(item, (list, tuple)):
        return list(item)
    if isinstance(item, float):
        raise CanonicalError("float", repr(item))
    if item is None or isinstance(item, (str, int)):
        return []
    raise CanonicalError("type", type(item).__name__)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise CanonicalError("repeated", "a key occurs twice in one object")
    return found


def _no_float(text: str) -> Any:
    raise CanonicalError("float", text[:40])
