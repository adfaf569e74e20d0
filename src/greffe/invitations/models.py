"""Where an invitation stands, and what came of it: form, meeting, code."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from greffe.accounts.models import E164, Person, User
from greffe.cases.models import Case
from greffe.law import states

LANGUAGES = [("en", "English"), ("fr", "Français")]

UNDER_WAY = (
    *("invited", "form-returned", "meeting-proposed", "scheduled", "held"),
    *("confirmed", "code-issued"),
)
"""States of an invitation that is under way: a person has one of them at a time."""


class Invitation(models.Model):
    """One person's way into the portal. One that was only asked for may not know its person yet.

    `due_on` is the last day on which the person may do what is theirs to do; empty where the next
    step is the registry's. `sent_to` is the address that the last letter or e-mail went to.
    """

    class Standing(models.TextChoices):
        """As what the person is invited."""

        COUNSEL = "counsel", _("Counsel")
        PARTY = "party", _("Claimant or appellant")

    class Channel(models.TextChoices):
        """How invitation, reminders and code reach the person."""

        EMAIL = "email", _("E-mail")
        MAIL = "mail", _("Regular mail")
        FAX = "fax", _("Fax")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    standing = models.CharField(max_length=8, choices=Standing.choices, default=Standing.COUNSEL)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    office = models.CharField(max_length=32)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.EMAIL)
    language = models.CharField(max_length=2, choices=LANGUAGES)
    state = models.CharField(max_length=16, default=states.INVITATION.initial)
    sent_to = models.TextField(blank=True)
    sendings = models.PositiveSmallIntegerField(default=0)
    replaces_account = models.BooleanField(default=False)
    asked = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    due_on = models.DateField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    account = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="invitations"
    )
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=sorted(states.INVITATION.states)),
                name="invitation_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(state__in=["asked", "revoked", "expired"]),
                name="invitation_is_of_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(standing="party") | Q(case__isnull=False),
                name="invitation_of_a_party_names_the_case",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=UNDER_WAY),
                name="invitation_once_at_a_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["office", "state", "-changed_at"], name="invitation_of_an_office"),
            models.Index(
                fields=["due_on"], condition=Q(due_on__isnull=False), name="invitation_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.id}"


class RegistrationForm(models.Model):
    """The registration form as it came back, on line or on paper. The latest one counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="forms")
    name = models.TextField()
    regulator = models.CharField(max_length=80, blank=True)
    membership = models.CharField(max_length=80, blank=True)
    membership_number = models.CharField(max_length=32, blank=True)
    firm = models.TextField(blank=True)
    address = models.TextField()
    phone = models.CharField(max_length=16, blank=True)
    mobile = models.CharField(max_length=16)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES)
    on_paper = models.BooleanField(default=False)
    returned_at = models.DateTimeField(db_default=Now())
    entered_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted = models.BooleanField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["returned_at", "id"]
        get_latest_by = "returned_at"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(phone="") | Q(phone__regex=E164), name="registration_phone_is_e164"
            ),
            models.CheckConstraint(
                condition=Q(mobile__regex=E164), name="registration_mobile_is_e164"
            ),
            models.CheckConstraint(
                condition=Q(accepted=None, reviewed_at=None)
                | Q(accepted__isnull=False, reviewed_at__isnull=False),
                name="registration_reviewed_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Meeting(models.Model):
    """The remote meeting at which somebody's identity is looked at.

    `times` are those offered; `starts_at` the one chosen. `sequence` goes up with each change that
    calendars must learn of (RFC 5545, 3.8.7.4); the id is the UID there. `seen` names the identity
    documents: [{"kind": "passport", "last": "4821"}]. `outcome` is empty until it is recorded.
    """

    class Outcome(models.TextChoices):
        """What came of it."""

        NOT_HELD = "not-held", _("Not held")
        HELD = "held", _("Held, not decided yet")
        CONFIRMED = "confirmed", _("Identity confirmed")
        REFUSED = "refused", _("Identity not confirmed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="meetings")
    office = models.CharField(max_length=32)
    times = ArrayField(models.DateTimeField())
    starts_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(default=30)
    join = models.TextField(blank=True)
    sequence = models.PositiveIntegerField(default=0)
    cancelled = models.BooleanField(default=False)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True)
    held_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    seen = models.JSONField(default=list)
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["created_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["invitation"],
                condition=Q(cancelled=False, outcome=""),
                name="meeting_one_to_come",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", recorded_at=None)
                | (~Q(outcome="") & Q(recorded_at__isnull=False)),
                name="meeting_recorded_at_a_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["office", "starts_at"],
                condition=Q(cancelled=False),
                name="meeting_of_an_office",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at or self.times} {self.invitation_id}"


class InvitationCode(models.Model):
    """A code that was issued. `selector`, its first group, says which it is; the rest is an HMAC.

    The tries at a selector are counted, so that a code is guessed at one invitation at a time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="codes")
    selector = models.CharField(max_length=4, unique=True, db_collation="C")
    secret = models.BinaryField(max_length=32)
    issued_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["issued_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["invitation"],
                condition=Q(used_at=None, revoked_at=None),
                name="invitation_code_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.selector} {self.issued_at:%Y-%m-%d}"
