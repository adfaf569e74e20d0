"""My second factors: see them, add one, remove one, draw recovery codes anew."""

import base64
import io
import json
from typing import Any, cast

import qrcode
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe
from qrcode.image.svg import SvgPathImage

from greffe.accounts import factors
from greffe.accounts.factors import WORDS, Factor, FactorKind, Where, WrongFactorError
from greffe.accounts.models import AccessCode, User
from greffe.law.calendar import eastern
from greffe.ledger.actors import Actor
from greffe.web.access import PortalRequest, signed_in
from greffe.web.portal import access_code_pages
from greffe.web.reauthentication import recently_signed_in
from greffe.web.second_factor import demanded, mobile_of

ISSUER = "Greffe"
_SECRET = "factor-secret"  # noqa: S105 - a name in the session


class AppForm(forms.Form):
    """The code that the application shows for the secret."""

    code = forms.CharField(
        label=_("Code that the application shows"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": _("Enter the code.")},
    )

    def refuse(self) -> None:
        """Say that the code is not the one."""
        words = _("This is not the code of the moment. Enter the one that is shown now.")
        self.add_error("code", ValidationError(words, code="wrong"))


class PasskeyForm(forms.Form):
    """A name for the passkey, and what the browser says it made."""

    name = forms.CharField(
        label=_("Name, so that you can tell it from others"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    credential = forms.JSONField(
        widget=forms.HiddenInput,
        error_messages={"required": _("Your device made no passkey. Try again.")},
    )


@require_safe
@signed_in
def listed(request: PortalRequest) -> HttpResponse:
    """The second factors that one has, and those that one may add."""
    user = _user(request)
    found = factors.factors_of(user)
    kinds = {one.kind for one in found}
    context = {
        "factors": [_line(one) for one in found if one.kind != FactorKind.CODES],
        "codes": next((one.left for one in found if one.kind == FactorKind.CODES), None),
        "app": FactorKind.APP not in kinds,
        "text": FactorKind.TEXT not in kinds and bool(mobile_of(user)),
        "demanded": demanded(),
    }
    return render(request, "account/factors.html", context)


def _line(one: Factor) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "kind": WORDS[one.kind],
        "added": eastern(one.added),
        "used": eastern(one.used) if one.used else None,
    }


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@recently_signed_in
def add_app(request: PortalRequest) -> HttpResponse:
    """Add an authenticator application: scan, then enter what it shows."""
    user = _user(request)
    secret = request.session.setdefault(_SECRET, factors.new_secret())
    form = AppForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        typed = form.cleaned_data["code"]
        try:
            codes = factors.add_app(
                by=_actor(request), user=user, secret=secret, typed=typed, where=_where(request)
            )
        except WrongFactorError:
            form.refuse()
        else:
            request.session.pop(_SECRET)
            return _done(request, codes)
    status = 422 if form.is_bound else 200
    context = app_context(user, secret) | {"form": form}
    return render(request, "account/add_app.html", context, status=status)


def app_context(user: User, secret: str) -> dict[str, Any]:
    """What the page of a new application shows: a QR code, and the secret to type."""
    drawn = io.BytesIO()
    qrcode.make(factors.app_address(user, secret, ISSUER), image_factory=SvgPathImage).save(drawn)
    return {
        "picture": base64.b64encode(drawn.getvalue()).decode(),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@recently_signed_in
def add_passkey(request: PortalRequest) -> HttpResponse:
    """Add a passkey: the device makes it, we keep what is public of it."""
    user = _user(request)
    form = PasskeyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            codes = factors.add_passkey(
                by=_actor(request),
                user=user,
                name=form.cleaned_data["name"],
                credential=form.cleaned_data["credential"],
                where=_where(request),
            )
        except WrongFactorError:
            form.add_error(None, _("What your device said could not be verified. Try again."))
        else:
            return _done(request, codes)
    status = 422 if form.is_bound else 200
    context = {"form": form, "options": json.dumps(factors.new_passkey_options(user))}
    return render(request, "account/add_passkey.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@recently_signed_in
def add_text(request: PortalRequest) -> HttpResponse:
    """Turn on text messages to the number that the registry has, by entering a first code."""
    user = _user(request)
    mobile = mobile_of(user)
    if request.method == "POST" and mobile:
        purpose = AccessCode.Purpose.SECOND_FACTOR
        return access_code_pages.begin(request, purpose=purpose, user=user, data={"at": "account"})
    status = 422 if request.method == "POST" else 200
    return render(request, "account/add_text.html", {"mobile": mobile[-4:]}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@recently_signed_in
def remove(request: PortalRequest, factor_id: int) -> HttpResponse:
    """Ask, then remove one of one's own factors; 404 for any other."""
    user = _user(request)
    own = {one.id: one for one in factors.factors_of(user) if one.kind != FactorKind.CODES}
    if factor_id not in own:
        raise Http404
    if request.method == "POST":
        try:
            factors.remove(
                by=_actor(request), user=user, factor_id=factor_id, where=_where(request)
            )
        except Authenticator.DoesNotExist as error:
            raise Http404 from error
        messages.success(request, gettext("The second factor was removed."))
        return redirect("portal:factors")
    context = {"factor": _line(own[factor_id]), "last": len(own) == 1}
    return render(request, "account/remove_factor.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@recently_signed_in
def codes(request: PortalRequest) -> HttpResponse:
    """Draw recovery codes anew and show them this once."""
    user = _user(request)
    if not factors.has_factor(user):
        return redirect("portal:factors")
    if request.method == "POST":
        drawn = factors.renew_codes(by=_actor(request), user=user, where=_where(request))
        return render(request, "account/recovery_codes.html", {"codes": drawn})
    left = next(
        (one.left for one in factors.factors_of(user) if one.kind == FactorKind.CODES), None
    )
    return render(request, "account/renew_codes.html", {"left": left})


def _done(request: PortalRequest, codes: list[str]) -> HttpResponse:
    """Show new recovery codes, this once, or go back to the list."""
    if codes:
        return render(request, "account/recovery_codes.html", {"codes": codes})
    messages.success(request, gettext("The second factor was added."))
    return redirect("portal:factors")


def _user(request: PortalRequest) -> User:
    return cast("User", request.user)


def _actor(request: PortalRequest) -> Actor:
    return request.viewer.actor("account")


def _where(request: PortalRequest) -> Where:
    return Where(request.session, request.META.get("HTTP_USER_AGENT", ""))
