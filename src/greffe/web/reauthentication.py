"""Signing in again before what could take an account over: its factors, its e-mail, its delegates.

A page marked `recently_signed_in` opens for ten minutes after the person last showed who they are,
and takes its form for half an hour, so that nobody who is filling one in loses it.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from greffe.accounts import factors, sessions
from greffe.accounts.factors import FactorKind
from greffe.accounts.limits import TooManyTriesError
from greffe.accounts.models import User
from greffe.web.access import PortalRequest, page_of, signed_in
from greffe.web.second_factor import FactorForm
from greffe.web.tries import password_is_right, say_when, status_of, wait_words

P = ParamSpec("P")

OPENS_FOR = 10 * 60
"""Seconds after signing in, or showing again who one is, in which such a page opens."""
TAKES_FOR = 30 * 60
"""Seconds in which it takes its form: as long as a session may be idle."""


def recently_signed_in(
    page: Callable[Concatenate[Any, P], HttpResponseBase],
) -> Callable[Concatenate[Any, P], HttpResponseBase]:
    """Let a page open only for who has just shown who they are; others do so first, then go on.

    Stands below `signed_in`: it says nothing to visitors.
    """

    @wraps(page)
    def guarded(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        reading = request.method in {"GET", "HEAD"}
        if sessions.proved_within(request.session, OPENS_FOR if reading else TAKES_FOR):
            return page(request, *args, **kwargs)
        query = urlencode({"next": page_of(request)})
        return redirect(f"{reverse('account_reauthenticate')}?{query}")

    return cast("Callable[Concatenate[Any, P], HttpResponseBase]", guarded)


class AgainForm(FactorForm):
    """The password once more, and the second factor of whoever has one at hand on this page."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your password.")},
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Keep whose password it is."""
        super().__init__(*args, **kwargs)
        self.order_fields(["password"])
        self.request, self.user = request, cast("User", request.user)
        self.kinds = {one.kind for one in factors.factors_of(self.user)}
        # Text messages have a page of their own: who has nothing else shows the password alone.
        if not self.kinds & {FactorKind.APP, FactorKind.PASSKEY}:
            del self.fields["code"], self.fields["credential"]

    def clean_password(self) -> str:
        """See that it is the right one, as one more try at it."""
        typed = str(self.cleaned_data["password"])
        try:
            right = password_is_right(self.request, self.user, typed, at="password-again")
        except TooManyTriesError as refusal:
            self.refusal = refusal
            raise ValidationError(wait_words(refusal.wait), code="wait") from None
        if not right:
            raise ValidationError(_("Your password is not this one."), code="wrong")
        return typed

    def clean(self) -> dict[str, Any]:
        """Look at the second factor once the password is right: a code is used up by looking."""
        if "code" in self.fields:
            super().clean()
            if not self.errors:
                self.show(self.request, self.user, at="factor-again")
        return self.cleaned_data


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def show_again(request: PortalRequest) -> HttpResponse:
    """Ask for the password again, then lead on to the page that wanted it."""
    if not cast("User", request.user).has_usable_password():
        return render(request, "account/reauthenticate.html")
    form = AgainForm(request, request.POST if request.method == "POST" else None)
    if form.is_valid():
        sessions.note_proof(request.session)
        return redirect(_next(request))
    status = status_of(form.refusal) if form.is_bound else 200
    passkey = FactorKind.PASSKEY in form.kinds
    context = {
        "form": form,
        "next": _next(request),
        "passkey": json.dumps(factors.passkey_options(form.user)) if passkey else "",
    }
    response = render(request, "account/reauthenticate.html", context, status=status)
    say_when(response, form.refusal)
    return response


def _next(request: HttpRequest) -> str:
    """The page to go on to: one of ours, or the account."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        asked, {request.get_host()}, require_https=request.is_secure()
    )
    return asked if ours else reverse("portal:account")
