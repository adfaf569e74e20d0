"""Signing a receipt's payload and verifying the envelope, with published keys only."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from greffe.sealing.canonical import MAX_BYTES, CanonicalError, canonical

if TYPE_CHECKING:  # verifying needs no private keys, nor the time to load what makes them
    from greffe.sealing.keys import KeyRing

ALGORITHM = "Ed25519"

SignatureCode = Literal[
    "valid", "not-envelope", "algorithm-unknown", "key-unknown", "keys-unreadable", "altered"
]


@dataclass(frozen=True, slots=True)
class Verification:
    """What the signature of an envelope is worth; `code` is "valid" exactly when `ok`."""

    ok: bool
    code: SignatureCode
    kid: str = ""
    demonstration: bool = False
    retired_at: str | None = None


def sign(payload: Mapping[str, Any], ring: "KeyRing") -> dict[str, Any]:
    """Return the signed envelope of a payload; the bytes signed are its RFC 8785 form.

    Raises CanonicalError (a payload that cannot be signed) and KeyFolderError.
    """
    return {"payload": dict(payload), "signature": _signature(canonical(payload), ring)}


def signed_bytes(payload: Mapping[str, Any], ring: "KeyRing") -> tuple[bytes, str]:
    """Give the file of the signed envelope of a payload, and the id of the key.

    It is that of `envelope_bytes(sign(…))`, made in one pass. Raises as `sign` does.
    """
    data = canonical(payload)
    signature = _signature(data, ring)
    # In this order: the first key of an envelope comes before the second in RFC 8785 too.
    file = b'{"payload":' + data + b',"signature":' + canonical(signature) + b"}"
    if len(file) > MAX_BYTES:
        raise CanonicalError("size", f"{len(file)} bytes, at most {MAX_BYTES}")
    return file, signature["key"]


def _signature(data: bytes, ring: "KeyRing") -> dict[str, str]:
    kid, key = ring.receipt_key()
    value = base64.urlsafe_b64encode(key.sign(data)).rstrip(b"=").decode()
    return {"algorithm": ALGORITHM, "key": kid, "value": value}


def envelope_bytes(envelope: Mapping[str, Any]) -> bytes:
    """Return the file of an envelope: its RFC 8785 form. Raises CanonicalError."""
    return canonical(envelope)


def verify(envelope: Mapping[str, Any], published: Mapping[str, Any]) -> Verification:
    """Say whether the payload is what a published receipt key signed. Never raises."""
    payload, signature = envelope.get("payload"), envelope.get("signature")
    if set(envelope) != {"payload", "signature"} or not isinstance(payload, Mapping):
        return Verification(ok=False, code="not-envelope")
    if not isinstance(signature, Mapping) or set(signature) != {"algorithm", "key", "value"}:
        return Verification(ok=False, code="not-envelope")
    if signature["algorithm"] != ALGORITHM:
        return Verification(ok=False, code="algorithm-unknown")
    return _verify_with(payload, str(signature["key"]), signature["value"], published)


def find_key(published: Mapping[str, Any], purpose: str, kid: str) -> Mapping[str, Any] | None:
    """Return the published entry with this id and purpose; None if there is none.

    Raises ValueError if the list of keys is not one.
    """
    entries = published.get("keys")
    if not isinstance(entries, list):
        raise ValueError("no list of keys")  # noqa: TRY004  # one error for every bad list
    for entry in entries:
        if not isinstance(entry, Mapping):
            raise ValueError("a key that is none")  # noqa: TRY004  # same
        if entry.get("id") == kid and entry.get("purpose") == purpose:
            return entry
    return None


def _verify_with(
    payload: Mapping[str, Any], kid: str, value: object, published: Mapping[str, Any]
) -> Verification:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  # slow, and late enough
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415  # same
        Ed25519PublicKey,
    )

    try:
        entry = find_key(published, "receipt", kid)
        if entry is None:
            return Verification(ok=False, code="key-unknown", kid=kid)
        public = Ed25519PublicKey.from_public_bytes(decode64(entry.get("public")))
    except ValueError:
        return Verification(ok=False, code="keys-unreadable", kid=kid)
    try:
        public.verify(decode64(value), canonical(payload))
    except (InvalidSignature, CanonicalError, ValueError):
        return Verification(ok=False, code="altered", kid=kid)
    demonstration = entry.get("demonstration") is not False
    retired = entry.get("retired_at")
    return Verification(
        ok=True,
        code="valid",
        kid=kid,
        demonstration=demonstration,
        retired_at=retired if isinstance(retired, str) else None,
    )


def decode64(value: object) -> bytes:
    """Decode base64url without padding, strictly. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError("not text")  # noqa: TRY004  # one error for every bad value
    try:
        data = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != value:
        raise ValueError("not the one encoding of its bytes")
    return data
