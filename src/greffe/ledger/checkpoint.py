"""The chain's last link, signed, to be kept where the database's masters cannot reach.

Whoever can rewrite the whole database can rewrite the whole chain. A checkpoint published before
that (at the registry's address, in a newspaper, with a partner) shows it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from greffe.ledger.actions import record
from greffe.ledger.actors import SYSTEM, Actor
from greffe.ledger.chain import Problem
from greffe.ledger.commitments import instant
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Checkpoint
from greffe.sealing import signatures
from greffe.sealing.keys import KeyRing

SCHEMA = "greffe.checkpoint/1"

_HEAD = "SELECT seq, hash, clock_timestamp() FROM ledger_link ORDER BY seq DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a checkpoint claims: at place `seq` the chain has this hash."""

    seq: int
    hash: bytes


def make_checkpoint(ring: KeyRing, *, by: Actor = SYSTEM) -> dict[str, Any] | None:
    """Sign the chain's last link, keep the signed envelope, and give it; None if there is no link.

    The payload has `schema`, `seq` and `hash` (hex) of the link, `count` of events up to it, and
    `at` (UTC). Raises KeyFolderError when the keys cannot be used.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_HEAD)
        head = cursor.fetchone()
        if head is None:
            return None
        seq, own, at = head
        payload = {
            "schema": SCHEMA,
            "seq": seq,
            "count": seq,
            "hash": bytes(own).hex(),
            "at": instant(at),
        }
        envelope = signatures.sign(payload, ring)
        checkpoint = Checkpoint.objects.create(seq=seq, envelope=envelope)
        record(
            kind=Kind.CHECKPOINT_PUBLISHED, by=by, subject=checkpoint.id, body={"payload": payload}
        )
    return envelope


def latest_checkpoint() -> dict[str, Any] | None:
    """Give the newest signed envelope, to publish; None if none was made yet."""
    found = Checkpoint.objects.order_by("-seq", "-made_at").first()
    return None if found is None else dict(found.envelope)


def anchors_of(
    envelopes: Iterable[Mapping[str, Any]], published: Mapping[str, Any] | None
) -> tuple[list[Anchor], list[Problem]]:
    """Read checkpoints, the database's own and those given, into anchors; and name the bad ones.

    With `published` keys each signature is checked, and a checkpoint that fails claims nothing.
    """
    anchors: list[Anchor] = []
    problems: list[Problem] = []
    own = Checkpoint.objects.order_by("seq").values_list("envelope", flat=True)
    for envelope in (*own, *envelopes):
        anchor = _anchor(envelope)
        signed = published is None or signatures.verify(envelope, published).ok
        if anchor is not None and signed:
            anchors.append(anchor)
        else:
            problems.append(Problem("checkpoint-invalid", seq=anchor.seq if anchor else None))
    return anchors, problems


def _anchor(envelope: Mapping[str, Any]) -> Anchor | None:
    payload = envelope.get("payload")
    if not isinstance(payload, Mapping) or payload.get("schema") != SCHEMA:
        return None
    seq, own = payload.get("seq"), payload.get("hash")
    if not isinstance(seq, int) or not isinstance(own, str):
        return None
    try:
        return Anchor(seq, bytes.fromhex(own))
    except ValueError:
        return None
