"""Bytes that the registry keeps, and the uploads that brought them. Knows no case."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from greffe.accounts.models import Person
from greffe.law.facts import FileFacts


class Blob(models.Model):
    """One file in the document store. The key is random; the fingerprint is an attribute."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=64, unique=True)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    format = models.CharField(max_length=16)
    encryption_key = models.CharField(max_length=64, blank=True)
    retention = models.CharField(max_length=32, default="filing")
    legal_hold = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="blob_sha256_is_hex"
            ),
            models.CheckConstraint(
                condition=models.Q(size__gte=0), name="blob_size_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class Upload(models.Model):
    """A file somebody sent, under the name they gave it, with what inspection found in it.

    It belongs to its person until something (a submission) takes it; left alone, it expires.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="uploads")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="uploads")
    name = models.TextField()
    received_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)
    facts = models.JSONField(null=True)
    taken = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["expires_at"],
                condition=models.Q(taken=False),
                name="upload_that_may_expire",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(name=""), name="upload_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(taken=True) | models.Q(expires_at__isnull=False),
                name="upload_not_taken_expires",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def inspected(self) -> FileFacts:
        """What inspection found; before inspection, that nobody has looked yet."""
        if self.facts is None:
            return FileFacts(size=self.blob.size, verdict="not-inspected")
        return FileFacts.model_validate(self.facts)
