"""People and their accounts, kept apart.

A person may have no account, and an account is not a person.
"""

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

E164 = r"^\+[1-9][0-9]{6,14}$"
"""A telephone number as the world writes it (ITU-T E.164): a plus sign and 7 to 15 digits."""


class Person(models.Model):
    """Someone the registry deals with.

    A claimant, counsel, an officer, with or without an account.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.TextField()
    language = models.CharField(max_length=2, choices=[("en", "English"), ("fr", "Français")])
    client_id = models.CharField(max_length=10, blank=True)
    email = models.EmailField(blank=True)
    # Telephone numbers are kept as E.164 (+15145550100); the mobile one takes text messages.
    phone = models.CharField(max_length=16, blank=True, db_default="")
    mobile = models.CharField(max_length=16, blank=True, db_default="")
    firm = models.TextField(blank=True, db_default="")
    address = models.TextField(blank=True, db_default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(client_id="") | models.Q(client_id__regex=r"^(\d{8}|\d{10})$"),
                name="person_client_id_is_8_or_10_digits",
            ),
            models.CheckConstraint(
                condition=models.Q(phone="") | models.Q(phone__regex=E164),
                name="person_phone_is_e164",
            ),
            models.CheckConstraint(
                condition=models.Q(mobile="") | models.Q(mobile__regex=E164),
                name="person_mobile_is_e164",
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="person_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(language__in=["en", "fr"]), name="person_language_is_official"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """An account: a way to sign in.

    It acts for exactly one person, and holds no name of its own.
    """

    first_name = None  # type: ignore[assignment]  # the name is the person's
    last_name = None  # type: ignore[assignment]  # same
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="accounts", null=True, blank=True
    )

    objects: ClassVar[UserManager["User"]] = UserManager()  # type: ignore[assignment]  # Self is this class

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        """The name of the person behind the account, or the account's where there is none."""
        return self.person.name if self.person else self.username


class Role(models.TextChoices):
    """What the registry lets a person of its own staff do.

    Counsel and claimants have none: cases say.
    """

    OFFICER = "officer", _("Registry officer")
    SUPERVISOR = "supervisor", _("Registry supervisor")
    MEMBER = "member", _("Member")
    OPERATOR = "operator", _("Operator")
    AUDITOR = "auditor", _("Auditor")
    REPRESENTATIVES_OFFICER = "representatives-officer", _("Representatives’ officer")
    POLICY = "policy", _("Policy staff")
    MANAGER = "manager", _("Manager")


class StaffRole(models.Model):
    """A role held from the day `held_from` to the day before `held_to`.

    An officer or a supervisor holds it at one office, a member in one division.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="staff_roles")
    role = models.CharField(max_length=32, choices=Role.choices)
    office = models.CharField(max_length=32, blank=True)
    division = models.CharField(max_length=8, blank=True)
    held_from = models.DateField()
    held_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(role__in=["officer", "supervisor"]) | ~models.Q(office=""),
                name="staff_role_officer_has_an_office",
            ),
            models.CheckConstraint(
                condition=~models.Q(role="member") | ~models.Q(division=""),
                name="staff_role_member_has_a_division",
            ),
            models.CheckConstraint(
                condition=models.Q(held_to=None) | models.Q(held_to__gte=models.F("held_from")),
                name="staff_role_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.office or self.division}".strip()


class FailureCount(models.Model):
    """Failed tries in one lane; see greffe.accounts.limits, which alone reads and writes it.

    The key is an HMAC: whose account and which network it is can only be tried out, with the
    registry's secret.
    """

    key = models.BinaryField(primary_key=True)
    failures = models.PositiveSmallIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    forget_at = models.DateTimeField(db_index=True)
    told = models.BooleanField(default=False)
    known_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.failures} until {self.until:%H:%M:%S}"


class PartnerReplay(models.Model):
    """An answer of a sign-in partner that was used; see greffe.accounts.partners.replays.

    The key is a hash of the partner and the answer's id; the row stays until the answer would be
    refused for its age anyway.
    """

    key = models.BinaryField(primary_key=True)
    forget_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"until {self.forget_at:%H:%M:%S}"


class Delegation(models.Model):
    """A person who views, downloads and sends in the name of counsel, between two instants."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    principal = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delegations")
    delegate = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delegated_by")
    since = models.DateTimeField(db_default=Now())
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["principal", "delegate"],
                condition=models.Q(until=None),
                name="delegation_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(principal=models.F("delegate")),
                name="delegation_is_to_another",
            ),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="delegation_ends_after_it_begins",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["delegate", "principal"],
                condition=models.Q(until=None),
                name="delegation_now",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegate} for {self.principal}"


class TermsAcceptance(models.Model):
    """A version of terms of use that an account accepted; the texts are rows of law/data."""

    account = models.ForeignKey(User, on_delete=models.CASCADE, related_name="accepted_terms")
    terms = models.CharField(max_length=32)
    version = models.CharField(max_length=16)
    language = models.CharField(max_length=2)
    accepted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "terms", "version"], name="terms_accepted_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.terms} {self.version}"


class RecoveryAnswer(models.Model):
    """The answer to one recovery question, normalised and hashed as a password is."""

    account = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_answers")
    question = models.CharField(max_length=32)
    answer = models.CharField(max_length=128)
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "question"], name="recovery_question_answered_once"
            ),
        ]

    def __str__(self) -> str:
        return self.question


class AccessCode(models.Model):
    """A code sent by text message: single use, for ten minutes, for the sign-in that asked for it.

    The code and the session are kept as HMACs: nobody who reads the table can use one.
    """

    class Purpose(models.TextChoices):
        """What the code opens."""

        FIRST_SIGN_IN = "first-sign-in", _("First sign-in")
        SECOND_FACTOR = "second-factor", _("Second factor")
        NEW_PHONE = "new-phone", _("New telephone")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(User, on_delete=models.CASCADE, related_name="access_codes")
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    bound_to = models.BinaryField(max_length=32)
    code = models.BinaryField(max_length=32)
    mobile = models.CharField(max_length=16)
    sent_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account", "purpose", "-sent_at"], name="access_code_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.sent_at:%H:%M:%S}"
