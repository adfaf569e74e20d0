"""What an officer is asked about a hearing. The action judges it."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from greffe.accounts.models import Person
from greffe.cases.file_actions import offices_for
from greffe.cases.hearing_actions import Sitting
from greffe.cases.hearing_queries import local_start, members_of
from greffe.cases.hearing_refusals import HearingRefusedError
from greffe.cases.models import Case, Hearing
from greffe.cases.rules import rules
from greffe.law.calendar import NoSuchTimeError, instant
from greffe.web.fields import DateField
from greffe.web.portal.lines import lang

SHORTEST, USUAL, LONGEST = 15, 180, 720
"""Minutes of a hearing."""

_CLOCK = re.compile(r"([0-9]{1,2})\s*[:hH]\s*([0-9]{2})")


class ClockField(forms.CharField):
    """A time of day on 24 hours: "9:30", « 9 h 30 ». Gives a `datetime.time`."""

    default_error_messages = {  # noqa: RUF012 - Django's own way
        "invalid": _("Enter the time on 24 hours, for example 9:30 or 14:00."),
    }

    def clean(self, value: Any) -> Any:
        """Read what was typed, after what every text is asked."""
        found = _CLOCK.fullmatch(super().clean(value))
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            return time(int(found[1]), int(found[2]))
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class MemberField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no subscript at run time
    """Who hears it. Whatever is not on the list is refused in the same words."""

    def to_python(self, value: Any) -> Any:
        """Find the member; what cannot be an id is no member."""
        try:
            return super().to_python(value)
        except ValidationError as error:
            raise ValidationError(
                self.error_messages["invalid_choice"], "invalid_choice"
            ) from error


class HearingForm(forms.Form):
    """When, where, how long, before whom."""

    day = DateField(label=_("Date"))
    time = ClockField(
        label=_("Time"),
        help_text=_("On the clock of the office where the hearing is held, for example 9:30."),
        max_length=12,
        error_messages={"required": _("Enter the time.")},
    )
    minutes = forms.IntegerField(
        label=_("Length in minutes"),
        min_value=SHORTEST,
        max_value=LONGEST,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("Enter the length in minutes."),
            "invalid": _("The length must be a whole number of minutes."),
            "min_value": _("A hearing takes at least 15 minutes."),
            "max_value": _("A hearing takes at most 720 minutes. Schedule another for the rest."),
        },
    )
    office = forms.ChoiceField(
        label=_("Office where the hearing is held"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the office."),
            "invalid_choice": _("Choose an office from the list."),
        },
    )
    place = forms.CharField(
        label=_("Room, address, or how to take part from elsewhere"),
        help_text=_("Printed on the notice, and sent by e-mail. Do not put names here."),
        required=False,
        max_length=300,
        error_messages={"max_length": _("The place has more than 300 characters.")},
    )
    member = MemberField(
        label=_("Member"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=_("Not yet assigned"),
        widget=forms.Select(attrs={"class": "select"}),
        error_messages={"invalid_choice": _("Choose a member from the list.")},
    )

    def __init__(
        self, *args: Any, case: Case, hearing: Hearing | None = None, on: date, **kwargs: Any
    ) -> None:
        """Offer what the division of the case has on that day; begin with how `hearing` stands."""
        kwargs["initial"] = _standing(hearing) if hearing else kwargs.get("initial")
        super().__init__(*args, **kwargs)
        office = self.fields["office"]
        assert isinstance(office, forms.ChoiceField)  # noqa: S101 - for the type checker
        office.choices = [
            (row.id, row.label.get(lang())) for row in offices_for(case.division, on=on)
        ]
        member = self.fields["member"]
        assert isinstance(member, forms.ModelChoiceField)  # noqa: S101 - same
        people = members_of(case.division, on=on)
        if hearing is not None and hearing.member is not None:
            people = people | Person.objects.filter(pk=hearing.member.pk)
        member.queryset = people

    def sitting(self) -> Sitting:
        """What was asked for. HearingRefusedError for a time that no clock shows."""
        said = self.cleaned_data
        return Sitting(
            starts_at=_instant(said["day"], said["time"], said["office"]),
            office=said["office"],
            minutes=said["minutes"],
            place=" ".join(said["place"].split()),
            member=said["member"],
        )

    def refused(self, name: str, words: Sequence[str]) -> None:
        """Note beside a field why the action refused what it says."""
        self.add_error(name or None, " ".join(words))


def _instant(day: date, clock: time, office: str) -> datetime:
    try:
        return instant(day, clock, rules().office(office).zone)
    except NoSuchTimeError as error:
        raise HearingRefusedError("clock-change") from error
    except OverflowError as error:
        raise HearingRefusedError("too-far") from error


def _standing(hearing: Hearing) -> dict[str, Any]:
    start = local_start(hearing)
    return {
        "day": start.date(),
        "time": f"{start:%H:%M}",
        "minutes": hearing.minutes,
        "office": hearing.office,
        "place": hearing.place,
        "member": hearing.member_id,
    }
