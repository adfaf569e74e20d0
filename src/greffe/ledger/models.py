"""Three tables that only grow: events, the links of their chain, and signed checkpoints of it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.lookups import Exact

from greffe.ledger.actors import Actor
from greffe.ledger.commitments import HASH_BYTES, SALT_BYTES
from greffe.ledger.kinds import Kind

_CLOCK = models.Func(function="clock_timestamp", output_field=models.DateTimeField())
_TRANSACTION = models.Func(function="pg_current_xact_id")


class XidField(models.Field):  # type: ignore[type-arg]  # takes no types at run time
    """The transaction that wrote a row: PostgreSQL's xid8, which never wraps around."""

    description = "Transaction id"

    def db_type(self, connection: Any) -> str:  # noqa: ARG002  # Django's signature
        """Give the column's type."""
        return "xid8"

    def from_db_value(self, value: Any, *_: Any) -> int:
        """Read what PostgreSQL writes as text."""
        return int(value)


def _is_bytes_long(name: str, length: int) -> models.CheckConstraint:
    """Require that the bytea column `name`, given as table.column, holds so many bytes."""
    table, column = name.split(".")
    found = models.Func(column, function="octet_length", output_field=models.IntegerField())
    return models.CheckConstraint(
        condition=models.Q(Exact(found, length)), name=f"ledger_{table}_{column}_length"
    )


class Event(models.Model):
    """One thing that happened. Written by `actions.record` alone; the database refuses changes.

    No foreign keys: what the ledger says of people and cases must outlive their rows.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.TextField()
    at = models.DateTimeField(db_default=_CLOCK)
    actor_name = models.TextField()
    actor_capacity = models.TextField()
    actor_person_id = models.UUIDField(null=True)
    actor_account_id = models.BigIntegerField(null=True)
    for_person_id = models.UUIDField(null=True)
    for_name = models.TextField(blank=True)
    subject = models.UUIDField(null=True)
    case_ids = ArrayField(models.UUIDField())
    body = models.JSONField()
    salt = models.BinaryField()
    commitment = models.BinaryField()
    xid = XidField(db_default=_TRANSACTION, editable=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=Kind.values), name="ledger_event_kind_closed"
            ),
            _is_bytes_long("event.salt", SALT_BYTES),
            _is_bytes_long("event.commitment", HASH_BYTES),
        )
        indexes = (
            GinIndex(fields=["case_ids"], name="ledger_event_cases"),
            models.Index(fields=["xid", "at", "id"], name="ledger_event_order"),
            models.Index(
                fields=["actor_person_id", "at", "id"],
                condition=models.Q(kind=Kind.DOCUMENT_READ),
                name="ledger_event_readings",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def actor(self) -> Actor:
        """Who acted, as known then."""
        return Actor(
            name=self.actor_name,
            capacity=self.actor_capacity,
            person_id=self.actor_person_id,
            account_id=self.actor_account_id,
            for_person_id=self.for_person_id,
            for_name=self.for_name,
        )


class Link(models.Model):
    """An event's place in the chain. Places are dense, from 1; written by `actions.sequence`."""

    seq = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT)
    previous = models.BinaryField()
    hash = models.BinaryField()
    linked_at = models.DateTimeField(db_default=_CLOCK)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="ledger_link_from_one"),
            _is_bytes_long("link.previous", HASH_BYTES),
            _is_bytes_long("link.hash", HASH_BYTES),
        )

    def __str__(self) -> str:
        return f"{self.seq} {self.event_id}"


class Checkpoint(models.Model):
    """A signed statement of the chain's last link, to publish; see `checkpoint.make_checkpoint`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seq = models.BigIntegerField(db_index=True)
    envelope = models.JSONField()
    made_at = models.DateTimeField(db_default=_CLOCK)

    def __str__(self) -> str:
        return f"checkpoint at {self.seq}"
