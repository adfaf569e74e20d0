"""The outbox: every notice that the registry owes somebody, until it is sent or given up."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Now

from greffe.notices.states import NOTICE

LANGUAGES = [("en", "English"), ("fr", "Français")]
MEDIA = ("mail", "text")


class Notice(models.Model):
    """One thing to tell one person. This row is the truth; a job only wakes the worker.

    Notices of one `digest` to one address go out as one e-mail: one of them leads, the others name
    it in `lead` and follow its state. `context` holds what the template needs and no more; it is
    empty once the time of an e-mail's words is over. `diagnosis` is what a mail server said of one
    that came back, `bounce` the fingerprint of the message that brought it back.

    A text message has a telephone number as its `recipient`. What is `secret` has words that nobody
    else may read: sealed while it waits, empty as soon as it is sent or given up. After
    `give_up_at` it is not sent any more. `proof` is the name under which whoever took it has it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=64)
    medium = models.CharField(max_length=8, default="mail", db_default="mail")
    secret = models.BooleanField(default=False, db_default=False)
    language = models.CharField(max_length=2, choices=LANGUAGES)
    recipient = models.TextField(blank=True)
    person_id = models.UUIDField(null=True)  # no foreign key: accounts stand above
    case_ids = ArrayField(models.UUIDField())
    context = models.JSONField()
    dedupe = models.CharField(max_length=200, unique=True, db_collation="C")
    digest = models.CharField(max_length=100, blank=True)
    lead = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followers")
    state = models.CharField(max_length=16, default=NOTICE.initial)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(db_default=Now())
    give_up_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=320, unique=True)
    channel = models.CharField(max_length=32, blank=True)
    proof = models.CharField(max_length=64, blank=True, db_default="")
    last_error = models.CharField(max_length=64, blank=True)
    diagnosis = models.CharField(max_length=300, blank=True, db_default="")
    bounce = models.CharField(max_length=64, blank=True, db_default="")
    retried_by = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=sorted(NOTICE.states)), name="notice_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(language__in=["en", "fr"]), name="notice_language_is_official"
            ),
            models.CheckConstraint(
                condition=Q(medium__in=list(MEDIA)), name="notice_medium_is_known"
            ),
            models.CheckConstraint(
                condition=Q(secret=False) | Q(give_up_at__isnull=False),
                name="notice_secret_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(state="sending", lease_until__isnull=False)
                | (~Q(state="sending") & Q(lease_until=None)),
                name="notice_being_sent_has_a_lease",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at=None)),
                name="notice_sent_says_when",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                Coalesce("lease_until", "next_attempt_at"),
                "id",
                condition=Q(state__in=["queued", "sending"], lead=None),
                name="notice_due",
            ),
            models.Index(
                fields=["-created_at"], condition=Q(medium="text"), name="notice_texts_latest"
            ),
            models.Index(
                fields=["give_up_at"],
                condition=Q(secret=True) & ~Q(context={}),
                name="notice_secret_with_words",
            ),
            models.Index(
                fields=["recipient", "digest", "language"],
                condition=Q(state__in=["queued", "sending"], lead=None) & ~Q(digest=""),
                name="notice_of_a_digest",
            ),
            models.Index(
                fields=["created_at", "id"],
                condition=Q(state="failed", lead=None),
                name="notice_failed",
            ),
            models.Index(
                fields=["sent_at", "id"],
                condition=Q(state="sent", lead=None) & ~Q(context={}),
                name="notice_with_words",
            ),
            models.Index(fields=["-created_at", "-id"], name="notice_latest"),
            GinIndex(fields=["case_ids"], name="notice_cases"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
