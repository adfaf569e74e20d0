"""The second factor of a sign-in: asked of whoever has one, and of everybody where the policy says.

It stands between a right password, a new password from a link, or a partner's word, and a session:
nothing leads around it.
"""

import json
import time
from typing import Any, cast

from allauth.account.internal.decorators import login_stage_required
from allauth.account.stages import LoginStage
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from greffe.accounts import factors, limits
from greffe.accounts.actors import account_actor
from greffe.accounts.factors import FactorKind, Where, WrongFactorError
from greffe.accounts.models import AccessCode, User
from greffe.accounts.signals import record_refusal
from greffe.rules import rules
from greffe.web.portal import access_code_pages
from greffe.web.portal.access_code_pages import Asked, NotNowError, Use
from greffe.web.tries import begin_try, say_when, status_of, wait_words

POLICY = "second-factor-each-time"
_SHOWN, _SECRET = "factor-shown", "factor-secret"
_SHOWN_FOR = 5 * 60


class SecondFactorStage(LoginStage):  # type: ignore[misc]  # allauth has no types
    """Holds a sign-in until a second factor is shown."""

    key = "second-factor"
    urlname = "second-factor"

    def handle(self) -> tuple[HttpResponseBase | None, bool]:
        """Lead to the page of the second factor, where one is asked for."""
        user = cast("User", self.login.user)
        if factors.has_factor(user) or demanded():
            return HttpResponseRedirect(reverse(self.urlname)), True
        return None, True


def demanded() -> bool:
    """Whether the policy asks everybody for a second factor today."""
    return rules().asked_at_sign_in(POLICY, timezone.localdate())


class FactorForm(forms.Form):
    """A code of the application or for recovery, or what a passkey said.

    `refusal` says why it was not looked at, None where it was.
    """

    refusal: limits.TooManyTriesError | None = None

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
        error_messages={"required": _("Enter the code.")},
    )
    credential = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Need a code, unless a passkey has spoken."""
        super().__init__(*args, **kwargs)
        self.fields["code"].required = not self.data.get("credential")

    def clean(self) -> dict[str, Any]:
        """See that one of the two is there."""
        if "code" in self.cleaned_data and not self.cleaned_data["code"] and not self._credential():
            self.add_error("code", _("Enter the code."))
        return self.cleaned_data

    def _credential(self) -> dict[str, Any] | None:
        said = self.cleaned_data.get("credential")
        return said if isinstance(said, dict) else None

    def show(self, request: HttpRequest, user: User, *, at: str) -> bool:
        """Use up what was given, as one more try; say in the form's errors what is wrong."""
        try:
            tried = begin_try(request, limits.Kind.SECOND_FACTOR, user.username)
        except limits.TooManyTriesError as refusal:
            self.refusal = refusal
            if refusal.first:
                record_refusal(user.username, body={"why": "too-many-tries", "at": at})
            self.add_error("code", wait_words(refusal.wait))
            return False
        try:
            credential = self._credential()
            if credential is not None:
                factors.check_passkey(user, credential)
            else:
                factors.check_code(user, self.cleaned_data["code"])
        except WrongFactorError:
            record_refusal(user.username, body={"at": at})
            words = _("This is not right, or was used before. Try again with the next code.")
            self.add_error("code", ValidationError(words, code="wrong"))
            return False
        limits.succeeded(tried)
        return True


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@login_stage_required(stage=SecondFactorStage.key, redirect_urlname="sign-in")  # type: ignore[untyped-decorator]  # same
def show(request: HttpRequest) -> HttpResponseBase:
    """Ask for the second factor in the middle of a sign-in; go on once it is shown."""
    stage = cast("Any", request)._login_stage  # noqa: SLF001 - allauth's own way to hand it over
    user = cast("User", stage.login.user)
    if _text_was_entered(request, user):
        return cast("HttpResponseBase", stage.exit())
    kinds = {one.kind for one in factors.factors_of(user)}
    if "text" in request.POST and (FactorKind.TEXT in kinds or not kinds) and mobile_of(user):
        return access_code_pages.begin(
            request, purpose=AccessCode.Purpose.SECOND_FACTOR, user=user, data={"at": "sign-in"}
        )
    if not kinds - {FactorKind.CODES}:
        return _set_up(request, user, stage)
    form = FactorForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and form.show(request, user, at="second-factor"):
        return cast("HttpResponseBase", stage.exit())
    return _ask(request, user, form, kinds)


def _ask(
    request: HttpRequest, user: User, form: FactorForm, kinds: set[FactorKind]
) -> HttpResponse:
    context = {
        "form": form,
        "app": FactorKind.APP in kinds,
        "text": FactorKind.TEXT in kinds and bool(mobile_of(user)),
        "passkey": json.dumps(factors.passkey_options(user)) if _has_passkey(kinds) else "",
    }
    status = status_of(form.refusal) if form.is_bound else 200
    response = render(request, "account/second_factor.html", context, status=status)
    say_when(response, form.refusal)
    return response


def _set_up(request: HttpRequest, user: User, stage: Any) -> HttpResponseBase:
    """Let who must have a factor and has none set one up here, as the policy asks for one."""
    from greffe.web.portal.factor_pages import AppForm, app_context  # noqa: PLC0415 - uses this module

    secret = request.session.setdefault(_SECRET, factors.new_secret())
    form = AppForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        where = Where(request.session, request.META.get("HTTP_USER_AGENT", ""))
        typed = form.cleaned_data["code"]
        try:
            codes = factors.add_app(
                by=account_actor(user), user=user, secret=secret, typed=typed, where=where
            )
        except WrongFactorError:
            form.refuse()
        else:
            request.session.pop(_SECRET)
            stage.exit()
            return render(request, "account/recovery_codes.html", {"codes": codes})
    status = 422 if form.is_bound else 200
    context = app_context(user, secret) | {"form": form, "demanded": True, "text": mobile_of(user)}
    return render(request, "account/add_app.html", context, status=status)


def _has_passkey(kinds: set[FactorKind]) -> bool:
    return FactorKind.PASSKEY in kinds


def mobile_of(user: User) -> str:
    """The number to which text messages of an account go, or ""."""
    return user.person.mobile if user.person else ""


def _text_was_entered(request: HttpRequest, user: User) -> bool:
    shown = request.session.pop(_SHOWN, None)
    return bool(shown and shown[0] == user.pk and time.time() - shown[1] < _SHOWN_FOR)


def _entered(request: HttpRequest, asked: Asked) -> str:
    """Note that the code of a text message was entered; the page that wanted it goes on."""
    if asked.data.get("at") == "sign-in":
        request.session[_SHOWN] = [asked.user.pk, int(time.time())]
        return reverse("second-factor")
    if request.user != asked.user:
        raise NotNowError(_("Sign in again, then turn text messages on."))
    where = Where(request.session, request.META.get("HTTP_USER_AGENT", ""))
    codes = factors.add_text(by=account_actor(asked.user), user=asked.user, where=where)
    return reverse("portal:factor-codes") if codes else reverse("portal:factors")


access_code_pages.register(
    AccessCode.Purpose.SECOND_FACTOR,
    Use(mobile=lambda _request, asked: mobile_of(asked.user), entered=_entered, back="home"),
)
