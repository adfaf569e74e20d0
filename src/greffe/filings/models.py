"""What is being prepared, what was filed, and the proof of it."""

import secrets
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from greffe.accounts.models import Person
from greffe.cases.models import Case
from greffe.documents.models import Blob, Upload
from greffe.law import states

LANGUAGES = [("en", "English"), ("fr", "Français")]


class Draft(models.Model):
    """A filing being prepared. It survives sign-out, and becomes one submission or none.

    `version` goes up with each change, so that a stale tab can be told what it did not file.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="drafts")
    cases: "models.ManyToManyField[Case, DraftCase]" = models.ManyToManyField(
        Case, related_name="drafts", through="DraftCase"
    )
    state = models.CharField(max_length=16, default="open")
    version = models.PositiveIntegerField(default=1)
    document_type = models.CharField(max_length=64)
    service = models.JSONField(null=True)
    named_events = models.JSONField(default=dict)
    language = models.CharField(max_length=2, choices=LANGUAGES)
    follows = models.ForeignKey(
        "Submission", on_delete=models.PROTECT, null=True, blank=True, related_name="redrafts"
    )
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "submitted", "discarded", "expired"]),
                name="draft_state_is_known",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["person", "-changed_at"], condition=Q(state="open"), name="draft_open"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ordered_cases(self) -> list[Case]:
        """The cases it concerns, the leading one first."""
        links = sorted(self.case_links.all(), key=lambda link: (not link.leading, link.pk))
        return [link.case for link in links]

    @property
    def leading_case(self) -> Case:
        """The case in which it was begun: its office and division judge the whole."""
        return self.ordered_cases[0]

    @property
    def ordered_files(self) -> "list[DraftFile]":
        """The files in their order, with their uploads; see `queries.whole`."""
        return sorted(self.files.all(), key=lambda file: file.position)


class DraftCase(models.Model):
    """A case that a draft concerns, in the order of the page."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="case_links")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="draft_links")
    leading = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draft", "case"], name="draft_concerns_a_case_once"),
            models.UniqueConstraint(
                fields=["draft"], condition=Q(leading=True), name="draft_has_one_leading_case"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.case_id}"


class DraftFile(models.Model):
    """An upload in a draft, at its place."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="files")
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, related_name="draft_file")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["draft", "position"],
                name="draft_file_has_its_place",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return f"{self.position}. {self.upload}"


class Attempt(models.Model):
    """A request to submit, noted by itself before anything else: its clock is the time of receipt.

    Only a request that was allowed and complete is noted, so that no time can be reserved.
    """

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="attempts")
    manifest = models.CharField(max_length=64)
    noted_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["draft", "manifest", "noted_at"], name="attempt_earliest"),
        ]

    def __str__(self) -> str:
        return f"{self.noted_at:%Y-%m-%d %H:%M:%S}"


def submission_number_suffix() -> str:
    """Four letters and digits that look like no other: a mistyped number is not somebody else's."""
    return "".join(secrets.choice("23456789BCDFGHJKMNPQRTVWXY") for _ in range(4))


class Submission(models.Model):
    """One act of filing, with everything that was said and shown when it was made."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=32, unique=True, db_collation="C")
    draft = models.OneToOneField(Draft, on_delete=models.PROTECT, related_name="submission")
    state = models.CharField(max_length=16, default="received")
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="submissions")
    capacity = models.CharField(max_length=32)
    # The delegate who filed it in the name of `person`; none where they filed it themselves.
    sent_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="sent"
    )
    cases: "models.ManyToManyField[Case, SubmissionCase]" = models.ManyToManyField(
        Case, related_name="submissions", through="SubmissionCase"
    )
    profile = models.CharField(max_length=16, default="irb")
    division = models.CharField(max_length=8)
    office = models.CharField(max_length=32)
    document_type = models.CharField(max_length=64)
    language = models.CharField(max_length=2, choices=LANGUAGES)
    manifest = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    date_of_receipt = models.DateField()
    service = models.JSONField(null=True)
    findings = models.JSONField(default=list)
    limits = models.JSONField(default=list)
    rules = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=sorted(states.SUBMISSION.states)),
                name="submission_state_is_known",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "-received_at", "id"], name="submission_of_a_person"),
        ]

    def __str__(self) -> str:
        return self.number


class SubmissionCase(models.Model):
    """A case that a submission concerns, with the office that handled it on that day."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="case_links")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="submission_links")
    office = models.CharField(max_length=32)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["submission", "case"], name="submission_concerns_a_case_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.case_id}"


class SubmittedDocument(models.Model):
    """A document as it was filed: never altered, never replaced. Only its state changes."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="documents")
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=16, default="filed", db_default="filed")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="submitted")
    name = models.TextField()
    pages = models.PositiveIntegerField(null=True)
    facts = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["submission", "position"], name="submitted_document_has_its_place"
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(states.DOCUMENT.states)),
                name="submitted_document_state_is_known",
            ),
        ]
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return self.name


class Receipt(models.Model):
    """The signed JSON, byte for byte as it was signed in the transaction of the submission."""

    submission = models.OneToOneField(
        Submission, on_delete=models.PROTECT, primary_key=True, related_name="receipt"
    )
    envelope = models.BinaryField()
    key = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"receipt {self.submission_id}"


class ReceiptPaper(models.Model):
    """The same receipt as a sealed PDF, made afterwards by the worker."""

    submission = models.OneToOneField(
        Submission, on_delete=models.PROTECT, primary_key=True, related_name="paper"
    )
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="papers")
    made_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"paper {self.submission_id}"


class QueueItem(models.Model):
    """A submission that waits for the registry or the division. The row goes when it is decided.

    The queue is in the order of (due_on, received_at, submission): stored, so that a page of it is
    read from an index however much has been filed.
    """

    submission = models.OneToOneField(
        Submission, on_delete=models.PROTECT, primary_key=True, related_name="queue_item"
    )
    office = models.CharField(max_length=32)
    division = models.CharField(max_length=8)
    document_type = models.CharField(max_length=64)
    with_division = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    due_on = models.DateField()
    holder = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="work"
    )
    held_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(holder=None, held_since=None)
                | Q(holder__isnull=False, held_since__isnull=False),
                name="queue_item_held_since_a_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["office", "with_division", "due_on", "received_at", "submission"],
                name="queue_of_an_office",
            ),
            models.Index(
                fields=["holder", "due_on", "received_at", "submission"],
                condition=Q(holder__isnull=False),
                name="queue_of_an_officer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.due_on}"


class SubmissionDecision(models.Model):
    """What the registry or the division did with a submission, once said and never changed.

    `positions` are the documents it concerns, `reason` a row of law/data/registry.toml, `note` the
    words for the filer, `decided_by` who decided where that is not who entered it.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="decisions")
    event = models.CharField(max_length=16)
    positions = models.JSONField(default=list)
    reason = models.CharField(max_length=80, blank=True)
    note = models.TextField(blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=32)
    decided_by = models.TextField(blank=True)
    decided_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["decided_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(event__in=sorted(states.SUBMISSION.events)),
                name="submission_decision_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.submission_id}"
