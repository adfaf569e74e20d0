"""What an officer is asked about an invitation. The actions judge it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from greffe.cases.rules import rules
from greffe.invitations.models import LANGUAGES, Invitation
from greffe.invitations.registration import Registration
from greffe.law.rows import Row
from greffe.web.portal.lines import lang

LONGEST_NOTE = 2000


def labelled(rows: Iterable[Row]) -> list[tuple[str, str]]:
    """The rows of the law that are in force today, as the choices of a field."""
    today = timezone.localdate()
    return [(row.id, vars(row)["label"].get(lang())) for row in rows if row.in_force(today)]


def offer(form: forms.Form, name: str, choices: Iterable[tuple[str, Any]]) -> None:
    """Give a field its choices."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
    field.choices = list(choices)


class InviteForm(forms.Form):
    """How somebody is invited."""

    channel = forms.ChoiceField(
        label=_("How do we reach this person?"),
        choices=Invitation.Channel.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how we reach this person.")},
    )
    to = forms.CharField(
        label=_("E-mail address, postal address or fax number"),
        help_text=_("As the channel wants it. Leave empty to use what the registry has."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    language = forms.ChoiceField(
        label=_("Language of the letters"),
        choices=LANGUAGES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the language.")},
    )
    replaces_account = forms.BooleanField(
        label=_("This person has an account already, which the new one replaces"),
        help_text=_("The old account is closed when the new one is joined."),
        required=False,
    )

    def __init__(self, *args: Any, party: bool, has_account: bool, **kwargs: Any) -> None:
        """Ask about an account only where there is one; claimants are invited by letter."""
        super().__init__(*args, **kwargs)
        if party:
            letters = {Invitation.Channel.MAIL, Invitation.Channel.FAX}
            offer(
                self,
                "channel",
                [(one.value, one.label) for one in Invitation.Channel if one in letters],
            )
        if not has_account:
            del self.fields["replaces_account"]


class SendAgainForm(forms.Form):
    """How an invitation is sent once more."""

    channel = InviteForm.base_fields["channel"]
    to = forms.CharField(
        label=_("E-mail address, postal address or fax number"),
        help_text=_("Leave empty to use the same as before."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, party: bool, **kwargs: Any) -> None:
        """Offer claimants letters only."""
        super().__init__(*args, **kwargs)
        if party:
            offer(self, "channel", Invitation.Channel.choices[1:])


class ListForm(forms.Form):
    """A list of counsel: a file, or rows that are pasted."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("From a spreadsheet: save it as CSV (UTF-8)."),
        required=False,
        error_messages={"empty": _("This file is empty.")},
    )
    rows = forms.CharField(
        label=_("Or paste the rows, with their headings"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    office = forms.ChoiceField(
        label=_("Office that invites"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the office.")},
    )

    def __init__(self, *args: Any, offices: Iterable[str], **kwargs: Any) -> None:
        """Offer these offices; a single one is not asked for."""
        offices = sorted(offices)
        super().__init__(*args, **kwargs)
        offer(self, "office", [(one, rules().office(one).label.get(lang())) for one in offices])
        for name in ("file", "rows"):
            vars(self.fields[name])["expected"] = True
        if len(offices) == 1:
            self.fields["office"].widget = forms.HiddenInput()
            self.fields["office"].initial = offices[0]


class RegistrationEntry(forms.Form):
    """A registration form that came back on paper. What is wrong is said by the action."""

    name = forms.CharField(label=_("Full name"), required=False)
    membership = forms.ChoiceField(
        label=_("Kind of member"), required=False, widget=forms.RadioSelect
    )
    regulator = forms.ChoiceField(
        label=_("Regulator"), required=False, widget=forms.Select(attrs={"class": "select"})
    )
    membership_number = forms.CharField(label=_("Membership number"), required=False)
    firm = forms.CharField(label=_("Firm or organization"), required=False)
    address = forms.CharField(
        label=_("Postal address"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    email = forms.CharField(label=_("E-mail address"), required=False)
    phone = forms.CharField(label=_("Telephone"), required=False)
    mobile = forms.CharField(
        label=_("Mobile telephone"),
        help_text=_("It must take text messages: the access code is sent there."),
        required=False,
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=LANGUAGES, required=False, widget=forms.RadioSelect
    )

    OPTIONAL = frozenset({"firm", "phone"})
    OF_COUNSEL = ("membership", "regulator", "membership_number", "firm")

    def __init__(self, *args: Any, party: bool, **kwargs: Any) -> None:
        """Ask counsel what their regulator publishes; claimants nothing of it."""
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            vars(field)["expected"] = name not in self.OPTIONAL
        if party:
            for name in self.OF_COUNSEL:
                del self.fields[name]
        else:
            offer(self, "membership", labelled(rules().memberships))
            offer(self, "regulator", [("", "—"), *labelled(rules().regulators)])

    def registration(self) -> Registration:
        """What was entered."""
        return Registration(**{name: str(value) for name, value in self.cleaned_data.items()})


class ReviewForm(forms.Form):
    """Accept a registration form, or send it back."""

    decision = forms.ChoiceField(
        label=_("What do you decide?"),
        choices=[
            ("accept", _("Accept it: the identity meeting comes next")),
            ("send-back", _("Send it back: the person returns another")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether you accept the form.")},
    )
    note = forms.CharField(
        label=_("What must be corrected"),
        help_text=_("The person reads this. Needed only when you send the form back."),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Do not call the note optional: it depends."""
        super().__init__(*args, **kwargs)
        vars(self.fields["note"])["expected"] = True


class ReasonForm(forms.Form):
    """Why, for the registry."""

    why = forms.CharField(
        label=_("Why?"),
        help_text=_("For the registry. The person does not read it."),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why.")},
    )


class NoteForm(forms.Form):
    """What the person is told."""

    note = forms.CharField(
        label=_("What do you tell the person?"),
        help_text=_("They read this in the e-mail."),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MobileForm(forms.Form):
    """Another mobile number."""

    mobile = forms.CharField(
        label=_("Mobile telephone"),
        help_text=_("It must take text messages: the access code is sent there."),
        max_length=40,
        error_messages={"required": _("Enter the mobile number.")},
    )
