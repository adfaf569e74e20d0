"""Contact details: where the registry and the other party reach a person."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from greffe.cases.contact_actions import Contact, Duty, change_contact, contact_of
from greffe.invitations.registration import is_email, telephone
from greffe.web.access import PortalRequest, signed_in
from greffe.web.reauthentication import recently_signed_in

_TOO_LONG = _("This is too long: write at most %(limit_value)d characters.")


class ContactForm(forms.Form):
    """The contact details, as typed."""

    firm = forms.CharField(
        required=False, max_length=200, label=_("Firm"), error_messages={"max_length": _TOO_LONG}
    )
    address = forms.CharField(
        required=False,
        max_length=1000,
        label=_("Address"),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "street-address"}),
        error_messages={"max_length": _TOO_LONG},
    )
    phone = forms.CharField(
        required=False,
        max_length=40,
        label=_("Telephone"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={"max_length": _TOO_LONG},
    )
    mobile = forms.CharField(
        required=False,
        max_length=40,
        label=_("Mobile telephone"),
        widget=forms.TextInput(attrs={"type": "tel"}),
        error_messages={"max_length": _TOO_LONG},
    )
    email = forms.CharField(
        required=False,
        max_length=254,
        label=_("E-mail address"),
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "email"}),
        error_messages={"max_length": _TOO_LONG},
    )
    language = forms.ChoiceField(
        label=_("Language of letters and e-mails"),
        choices=[("en", "English"), ("fr", "Français")],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a language."),
            "invalid_choice": _("Choose a language from the list."),
        },
    )

    def clean_phone(self) -> str:
        """Read a telephone number as the world writes it."""
        return _number(self.cleaned_data["phone"])

    def clean_mobile(self) -> str:
        """Read the number to which text messages go."""
        return _number(self.cleaned_data["mobile"])

    def clean_email(self) -> str:
        """See that mail can be sent there; an address is not taken away, only changed."""
        typed = str(self.cleaned_data["email"])
        if not typed and self.initial.get("email"):
            raise forms.ValidationError(_("Enter an e-mail address: notices are sent to it."))
        if typed and not is_email(typed):
            raise forms.ValidationError(
                _("This is not an e-mail address. Write it as name@example.ca.")
            )
        return typed

    def clean_address(self) -> str:
        """Keep the lines of an address and nothing around them."""
        lines = (line.strip() for line in self.cleaned_data["address"].splitlines())
        return "\n".join(line for line in lines if line)


def _number(typed: str) -> str:
    number = telephone(typed) if typed else ""
    if number is None:
        raise forms.ValidationError(
            _("This is no telephone number. Write ten digits, or + and the country code first.")
        )
    return number


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@recently_signed_in
def contact(request: PortalRequest) -> HttpResponse:
    """One's contact details, to change; then whom the rules want told of it beside the division."""
    now = contact_of(request.viewer.person)
    initial = {name: getattr(now, name) for name in ContactForm.base_fields}
    form = ContactForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        duties = change_contact(by=request.viewer, contact=Contact(**form.cleaned_data))
        if duties is None:
            messages.info(request, gettext("Nothing was changed: the details are the same."))
        elif duties:
            return render(request, "portal/contact_changed.html", {"duties": _by_row(duties)})
        else:
            messages.success(request, gettext("Your contact details were changed."))
        return redirect("portal:account")
    status = 422 if form.is_bound else 200
    return render(request, "portal/contact.html", {"form": form}, status=status)


def _by_row(duties: Sequence[Duty]) -> list[dict[str, Any]]:
    """The cases of each duty together, in the order of the first."""
    rows = {duty.row.id: duty.row for duty in duties}
    return [
        {"row": row, "cases": [duty.case for duty in duties if duty.row.id == name]}
        for name, row in rows.items()
    ]
