"""People and their accounts, kept apart.

A person may have no account, and an account is not a person.
"""

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Person(models.Model):
    """Someone the registry deals with.

    A claimant, counsel, an officer, with or without an account.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.TextField()
    language = models.CharField(max_length=2, choices=[("en", "English"), ("fr", "Français")])
    client_id = models.CharField(max_length=10, blank=True)
    email = models.EmailField(blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(client_id="") | models.Q(client_id__regex=r"^(\d{8}|\d{10})$"),
                name="person_client_id_is_8_or_10_digits",
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


class StaffRole(models.Model):
    """A role held from the day `held_from` to the day before `held_to`.

    An officer or a supervisor holds it at one office, a member in one division.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="staff_roles")
    role = models.CharField(max_length=16, choices=Role.choices)
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
