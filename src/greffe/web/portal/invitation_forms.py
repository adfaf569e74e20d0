"""The forms of somebody who is invited. They read what was typed; the actions judge it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from greffe.invitations.form_messages import problem_text
from greffe.invitations.models import Meeting
from greffe.invitations.refusals import FormProblem
from greffe.invitations.registration import Registration, is_email, telephone
from greffe.law.calendar import local
from greffe.law.dates import long_time
from greffe.law.identifiers import parse_file_number
from greffe.law.rows import Row
from greffe.rules import rules
from greffe.web.portal.lines import lang
from greffe.web.terms import TermsForm

LANGUAGES = [("en", "English"), ("fr", "Français")]


def _offer(form: forms.Form, name: str, choices: Iterable[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
    field.choices = list(choices)


def _rows(rows: Iterable[Row]) -> list[tuple[str, str]]:
    today = timezone.localdate()
    return [(row.id, vars(row)["label"].get(lang())) for row in rows if row.in_force(today)]


class AskForm(forms.Form):
    """Who asks to be invited, and in which case they are counsel."""

    name = forms.CharField(
        label=_("Full name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your full name.")},
    )
    email = forms.CharField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": _("Enter your e-mail address.")},
    )
    phone = forms.CharField(
        label=_("Telephone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    file_number = forms.CharField(
        label=_("File number of a case in which you are counsel"),
        help_text=_("For example MC6-02345. It stands on every letter about the case."),
        max_length=64,
        error_messages={"required": _("Enter the file number of one of your cases.")},
    )
    office = forms.ChoiceField(
        label=_("Office that handles this case"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the office."),
            "invalid_choice": _("Choose an office from the list."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the offices of today."""
        super().__init__(*args, **kwargs)
        _offer(self, "office", _rows(rules().offices))

    def clean_email(self) -> str:
        """See that it can be an address."""
        email = str(self.cleaned_data["email"]).strip()
        if not is_email(email):
            raise ValidationError(_said("email", "email-wrong"), code="wrong")
        return email

    def clean_phone(self) -> str:
        """See that it can be a number, where there is one."""
        typed = str(self.cleaned_data["phone"])
        number = telephone(typed)
        if typed and number is None:
            raise ValidationError(_said("phone", "phone-wrong"), code="wrong")
        return number or ""

    def clean_file_number(self) -> str:
        """See that it can be a file number; whether there is such a file is not looked up."""
        number = parse_file_number(self.cleaned_data["file_number"])
        if number is None:
            words = _("This is not a file number. Write it as on the letters, like MC6-02345.")
            raise ValidationError(words, code="wrong")
        return number.text


def _said(field: str, code: str) -> str:
    return problem_text(FormProblem(field, code)).get(lang())


class RegistrationFields(forms.Form):
    """The registration form. What is wrong is said by the action, all at once."""

    name = forms.CharField(
        label=_("Full name"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    membership = forms.ChoiceField(
        label=_("As what do you represent people?"), required=False, widget=forms.RadioSelect
    )
    regulator = forms.ChoiceField(
        label=_("Who regulates you?"),
        required=False,
        widget=forms.Select(attrs={"class": "select"}),
    )
    membership_number = forms.CharField(
        label=_("Membership number"),
        help_text=_("As your regulator publishes it. Leave empty if you are not paid."),
        required=False,
    )
    firm = forms.CharField(
        label=_("Firm or organization"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    address = forms.CharField(
        label=_("Postal address"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "street-address"}),
    )
    mobile = forms.CharField(
        label=_("Mobile telephone"),
        help_text=_("We send a code to it by text message. For example 514 555 0123."),
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    phone = forms.CharField(
        label=_("Another telephone"),
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    email = forms.CharField(
        label=_("E-mail address"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    language = forms.ChoiceField(
        label=_("In which language do we write to you?"),
        choices=LANGUAGES,
        required=False,
        widget=forms.RadioSelect,
    )

    OF_COUNSEL = ("membership", "regulator", "membership_number", "firm")

    def __init__(self, *args: Any, counsel: bool, email_needed: bool, **kwargs: Any) -> None:
        """Ask counsel what their regulator publishes; claimants and appellants nothing of it."""
        super().__init__(*args, **kwargs)
        optional = {"firm", "phone", "membership_number", *(() if email_needed else ("email",))}
        for name, field in self.fields.items():
            vars(field)["expected"] = name not in optional
        if not counsel:
            for name in self.OF_COUNSEL:
                del self.fields[name]
            return
        _offer(self, "membership", _rows(rules().memberships))
        _offer(self, "regulator", [("", _("Choose one")), *_rows(rules().regulators)])

    def registration(self) -> Registration:
        """What was typed. A choice that is not on the list is none."""
        said = {name: str(self.cleaned_data.get(name) or "") for name in self.fields}
        return Registration(**said)

    def refused(self, problems: Iterable[FormProblem]) -> None:
        """Note beside each field what is wrong with it."""
        for problem in problems:
            if problem.field not in self.errors:
                self.add_error(problem.field, problem_text(problem).get(lang()))


class TimesForm(forms.Form):
    """Which of the times that are offered."""

    time = forms.ChoiceField(
        label=_("Choose the time of your identity meeting"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a time, or say that none suits you."),
            "invalid_choice": _("This time is not offered any more. Choose another one."),
        },
    )

    def __init__(self, *args: Any, meeting: Meeting, now: datetime, **kwargs: Any) -> None:
        """Offer the times to come, on the clock of the office."""
        super().__init__(*args, **kwargs)
        office = rules().office(meeting.office)
        self.times = {at.isoformat(): at for at in meeting.times if at > now}
        place = office.label.get(lang())
        _offer(
            self,
            "time",
            [
                (key, long_time(local(at, office.zone), lang(), place=place))
                for key, at in self.times.items()
            ],
        )

    def chosen(self) -> datetime:
        """The time that was chosen."""
        return self.times[self.cleaned_data["time"]]


class CodeForm(TermsForm):
    """The invitation code, and the terms that are still to be accepted."""

    code = forms.CharField(
        label=_("Invitation code"),
        help_text=_(
            "Sixteen letters and digits, in groups of four. Capitals, spaces and dashes do not"
            " matter."
        ),
        max_length=80,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": _("Enter the invitation code of your letter or e-mail.")},
    )
