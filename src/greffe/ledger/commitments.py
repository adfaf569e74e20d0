"""The bytes that stand for an event and for a link of the chain, and their SHA-256.

An event's commitment is salted: it proves what the event says to whoever holds the event, and
tells nothing to whoever holds the commitment alone. The chain runs over commitments, so that
personal data beside them can one day be erased by rule without breaking it.
"""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from greffe.ledger.actors import Actor
from greffe.sealing.canonical import canonical

SALT_BYTES = 32
HASH_BYTES = 32
GENESIS = bytes(HASH_BYTES)
"""What the first link has in the place of a previous hash."""

_EVENT_DOMAIN = b"greffe.ledger.event/1\x00"
_LINK_DOMAIN = b"greffe.ledger.link/1\x00"
_QUICK = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def instant(at: dt.datetime) -> str:
    """Write an instant as ISO 8601 in UTC with microseconds: "2021-04-02T05:00:00.123456Z"."""
    return at.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def halves(
    *,
    event_id: uuid.UUID,
    kind: str,
    by: Actor,
    subject: uuid.UUID | None,
    case_ids: Sequence[uuid.UUID],
    body: Mapping[str, Any],
    salt: bytes,
    write: Callable[[Mapping[str, Any]], bytes] = canonical,
) -> tuple[bytes, bytes]:
    """Give what comes before and after the instant in the bytes that a commitment hashes.

    The database writes the instant between the halves, by its own clock and in one round trip. The
    whole is a domain, the salt, and the RFC 8785 form of one object, whose second key is "at".
    Raises greffe.sealing.canonical.CanonicalError for a body that has no canonical form.
    """
    first = write({"actor": _actor(by)})
    rest = write(
        {
            "body": body,
            "case_ids": [str(case_id) for case_id in case_ids],
            "id": str(event_id),
            "kind": kind,
            "subject": None if subject is None else str(subject),
        }
    )
    return _EVENT_DOMAIN + salt + first[:-1] + b',"at":"', b'",' + rest[1:]


def commitment_of(at: dt.datetime, **parts: Any) -> bytes:
    """Compute the commitment of an event at an instant; `parts` are those of `halves`."""
    before, after = halves(**parts)
    return hashlib.sha256(before + instant(at).encode() + after).digest()


def is_commitment_of(commitment: bytes, at: dt.datetime, **parts: Any) -> bool:
    """Say whether a commitment is that of an event; `parts` are those of `halves`.

    The quick form of JSON has the same bytes as the canonical one but for rare keys and numbers.
    If its hash fits, it was the canonical form; if not, that is tried.
    """
    try:
        quick = commitment_of(at, **parts, write=_quick)
        return quick == commitment or commitment_of(at, **parts) == commitment
    except ValueError:  # the content is none that was ever recorded
        return False


def link_hash(seq: int, previous: bytes, event_id: uuid.UUID, commitment: bytes) -> bytes:
    """Compute the hash of the link at place `seq` (from 1) after the link whose hash is given."""
    place = seq.to_bytes(8, "big")
    return hashlib.sha256(_LINK_DOMAIN + place + previous + event_id.bytes + commitment).digest()


def _quick(value: Mapping[str, Any]) -> bytes:
    return _QUICK.encode(value).encode()


def _actor(by: Actor) -> dict[str, Any]:
    return {
        "account": by.account_id,
        "capacity": by.capacity,
        "for_name": by.for_name,
        "for_person": None if by.for_person_id is None else str(by.for_person_id),
        "name": by.name,
        "person": None if by.person_id is None else str(by.person_id),
    }
