import datetime as dt
import hashlib
import uuid

from greffe.ledger.actors import SYSTEM
from greffe.ledger.commitments import commitment_of, instant, is_commitment_of, link_hash

AT = dt.datetime(2021, 4, 2, 1, 0, 0, 120, tzinfo=dt.timezone(dt.timedelta(hours=-4)))
PARTS = {
    "event_id": uuid.UUID(int=1),
    "kind": "case-opened",
    "by": SYSTEM,
    "subject": None,
    "case_ids": [uuid.UUID(int=2)],
    "body": {"b": "é", "a": 1},
    "salt": bytes(32),
}


def test_commitment_has_the_bytes_that_were_published() -> None:
    """The format is for ever: what was chained once must verify in every later version."""
    written = (
        '{"actor":{"account":null,"capacity":"system","for_name":"","for_person":null,'
        '"name":"greffe","person":null},"at":"2021-04-02T05:00:00.000120Z","body":{"a":1,"b":"é"},'
        '"case_ids":["00000000-0000-0000-0000-000000000002"],'
        '"id":"00000000-0000-0000-0000-000000000001","kind":"case-opened","subject":null}'
    )
    domain = b"greffe.ledger.event/1\x00"
    assert (
        commitment_of(AT, **PARTS) == hashlib.sha256(domain + bytes(32) + written.encode()).digest()
    )


def test_link_has_the_bytes_that_were_published() -> None:
    domain = b"greffe.ledger.link/1\x00"
    data = domain + (258).to_bytes(8) + b"p" * 32 + bytes(15) + b"\x01" + b"c" * 32
    assert link_hash(258, b"p" * 32, uuid.UUID(int=1), b"c" * 32) == hashlib.sha256(data).digest()


def test_instant_has_microseconds_even_when_they_are_zero() -> None:
    assert instant(AT.replace(microsecond=0)) == "2021-04-02T05:00:00.000000Z"


def test_commitment_of_keys_that_canonical_json_orders_otherwise_is_recognised() -> None:
    parts = PARTS | {"body": {"\U0001f600": 1, "\ufb33": 2}}
    own = commitment_of(AT, **parts)
    assert is_commitment_of(own, AT, **parts)
    assert not is_commitment_of(own, AT, **PARTS)
    assert not is_commitment_of(own, AT, **(PARTS | {"body": {"a": 1.5}}))
