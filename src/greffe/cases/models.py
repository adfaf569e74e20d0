"""One matter before one division, the people in it, and what has dates: office, openness, counsel.

A link with dates holds from the day `since` to the day before `until`.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from greffe.accounts.models import Person
from greffe.documents.models import Blob


def _ends_after_it_begins(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(until=None) | Q(until__gte=F("since")), name=f"{name}_ends_after_it_begins"
    )


class FamilyGroup(models.Model):
    """Cases of one family, heard together: one filing may concern several of them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.TextField()

    def __str__(self) -> str:
        return self.name


class Case(models.Model):
    """One matter before one division of the tribunal of a profile."""

    class Status(models.TextChoices):
        """Whether anything can still be filed."""

        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    profile = models.CharField(max_length=16, default="irb")
    file_number = models.CharField(max_length=32, db_collation="C")
    division = models.CharField(max_length=8)
    language = models.CharField(max_length=2, choices=[("en", "English"), ("fr", "Français")])
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    sealed = models.BooleanField(default=False)
    appeal_recorded_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    retention = models.CharField(max_length=32, default="case")
    legal_hold = models.BooleanField(default=False)
    family_group = models.ForeignKey(
        FamilyGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["profile", "file_number"], name="case_number_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(status="open", closed_on=None)
                | Q(status="closed", closed_on__isnull=False),
                name="case_closed_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return self.file_number


class CaseOffice(models.Model):
    """The registry office that handles a case, between two days: a case can be transferred."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="offices")
    office = models.CharField(max_length=32)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(until=None), name="case_has_one_office_now"
            ),
            _ends_after_it_begins("case_office"),
        ]

    def __str__(self) -> str:
        return self.office


class Openness(models.Model):
    """Whether the proceeding is open to the public, between two days."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="openness")
    public = models.BooleanField()
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "openness"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(until=None), name="case_has_one_openness_now"
            ),
            _ends_after_it_begins("openness"),
        ]

    def __str__(self) -> str:
        return "public" if self.public else "private"


class Participant(models.Model):
    """A person whose matter it is, or who stands for them, between two days."""

    class Part(models.TextChoices):
        """The part a person has in the case."""

        CLAIMANT = "claimant", _("Claimant")
        APPELLANT = "appellant", _("Appellant")
        RESPONDENT = "respondent", _("Respondent")
        PROTECTED_PERSON = "protected-person", _("Protected person")
        PERSON_CONCERNED = "person-concerned", _("Person concerned")
        DESIGNATED_REPRESENTATIVE = "designated-representative", _("Designated representative")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="participants")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="participations")
    part = models.CharField(max_length=32, choices=Part.choices)
    principal = models.BooleanField(default=False)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(principal=True, until=None),
                name="case_has_one_principal_now",
            ),
            _ends_after_it_begins("participant"),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.part})"


class MinisterParticipation(models.Model):
    """The Minister as a party, by one of the two departments, between two days."""

    class Department(models.TextChoices):
        """Which Minister."""

        IRCC = "ircc", _("Minister of Immigration, Refugees and Citizenship")
        CBSA = "cbsa", _("Minister of Public Safety")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="minister")
    department = models.CharField(max_length=8, choices=Department.choices)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "department"],
                condition=Q(until=None),
                name="minister_is_party_once",
            ),
            _ends_after_it_begins("minister"),
        ]

    def __str__(self) -> str:
        return self.get_department_display()


class CounselOfRecord(models.Model):
    """Who represents a participant, on the record between two days."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="counsel")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="counsel_in")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "counsel of record"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "person"], condition=Q(until=None), name="counsel_on_record_once"
            ),
            _ends_after_it_begins("counsel"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "case"], condition=Q(until=None), name="counsel_now"),
            models.Index(
                fields=["person"], include=["case", "since", "until"], name="counsel_of_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.case}"


class Hearing(models.Model):
    """A proceeding with a date: what most time limits are counted from.

    One that is postponed stands as cancelled and names the one that takes its place.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="hearings")
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=180)
    office = models.CharField(max_length=32)
    place = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=0)
    postponed_to = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="postponed_from"
    )
    member = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="hearings"
    )
    cancelled = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["case", "starts_at"], condition=Q(cancelled=False), name="hearing_stands"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.starts_at:%Y-%m-%d}"


class KnownDate(models.Model):
    """A dated event of the case, other than a hearing, from which time limits run."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="known_dates")
    event = models.CharField(max_length=64)
    on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "event"], name="known_date_once_per_event"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.on}"


class RecordEntry(models.Model):
    """A document on the file of a case, in its place: what everybody who may read it reads.

    It is never removed. What the division refuses keeps its place and says so.
    """

    class Source(models.TextChoices):
        """How a document came to the file."""

        FILING = "filing", _("Filed electronically")
        PAPER = "paper", _("Received on paper or by fax")
        NOTICE = "notice", _("Issued by the registry")
        DECISION = "decision", _("Decision")

    class Audience(models.TextChoices):
        """For whom it is, as long as nothing is sealed."""

        PARTIES = "parties", _("The parties and the tribunal")
        TRIBUNAL = "tribunal", _("The tribunal only")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="record")
    position = models.PositiveIntegerField()
    source = models.CharField(max_length=16, choices=Source.choices)
    source_id = models.UUIDField(null=True, blank=True)
    source_position = models.PositiveSmallIntegerField(null=True, blank=True)
    document_type = models.CharField(max_length=64, blank=True)
    name = models.TextField()
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="on_record")
    pages = models.PositiveIntegerField(null=True)
    method = models.CharField(max_length=16, default="portal")
    filed_by = models.TextField(blank=True)
    received_by = models.TextField(blank=True)
    received_at = models.DateTimeField()
    date_of_receipt = models.DateField()
    audience = models.CharField(max_length=16, choices=Audience.choices, default=Audience.PARTIES)
    sealed = models.BooleanField(default=False)
    refused = models.BooleanField(default=False)
    placed_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "record entries"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "position"], name="record_entry_has_its_place"),
            models.UniqueConstraint(
                fields=["case", "source_id", "source_position"],
                condition=Q(source="filing"),
                name="filed_document_is_on_a_record_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["source_id", "source_position"], name="record_entry_of_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.name}"
