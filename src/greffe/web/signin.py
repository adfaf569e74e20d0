"""Signing in and out: django-allauth's pages with our own face."""

import logging
from http import HTTPStatus
from typing import Any

from allauth.account import views
from allauth.account.forms import LoginForm
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from greffe.accounts import limits
from greffe.accounts.adapter import Adapter
from greffe.accounts.addresses import client_address
from greffe.accounts.known_browsers import known_browser
from greffe.accounts.models import User
from greffe.accounts.partners.adapter import partners
from greffe.accounts.signals import record_refusal
from greffe.accounts.viewers import viewer_of
from greffe.web.landing import landing

logger = logging.getLogger(__name__)

closed = views.AccountInactiveView.as_view(template_name="account/account_inactive.html")


_TWO_MINUTES = 120


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """allauth's form in our words: no text inside the boxes, and errors that say what to enter.

    `refusal` says why the password was not looked at, None where it was.
    """

    refusal: limits.TooManyTriesError | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make the form, then change its words."""
        super().__init__(*args, **kwargs)
        missing = {"login": _("Enter your username."), "password": _("Enter your password.")}
        for name, words in missing.items():
            self.fields[name].error_messages["required"] = words
            self.fields[name].widget.attrs.pop("placeholder", None)
            self.fields[name].help_text = ""  # the page has its own way to a forgotten password

    def clean(self) -> Any:
        """Count the try, then look at the password: one that must wait costs no hashing."""
        if self.errors:
            return super().clean()
        username = self.cleaned_data["login"]
        try:
            tried = limits.attempt(
                limits.Kind.PASSWORD,
                username,
                address=client_address(self.request, proxies=settings.TRUSTED_PROXIES),
                browser=known_browser(self.request, username),
            )
        except limits.TooManyTriesError as refusal:
            self.refusal = refusal
            logger.info("a sign-in was not tried: it has to wait %s seconds", refusal.wait)
            if refusal.first:
                record_refusal(username, body={"why": "too-many-tries"})
            raise ValidationError(_wait(refusal.wait), code="wait") from None
        cleaned = super().clean()
        if self.user is not None:
            limits.succeeded(tried)
        return cleaned


def _wait(seconds: int) -> str:
    """Say how long to wait: in minutes, rounded up, from two on."""
    if seconds < _TWO_MINUTES:
        return ngettext(
            "There were too many failed tries, so your password was not looked at. "
            "Wait %(n)d second, then try again.",
            "There were too many failed tries, so your password was not looked at. "
            "Wait %(n)d seconds, then try again.",
            seconds,
        ) % {"n": seconds}
    minutes = -(-seconds // 60)
    return ngettext(
        "There were too many failed tries, so your password was not looked at. "
        "Wait %(n)d minute, then try again.",
        "There were too many failed tries, so your password was not looked at. "
        "Wait %(n)d minutes, then try again.",
        minutes,
    ) % {"n": minutes}


class Landing(Adapter):
    """Sends whoever signs in to where their work begins, unless they asked for another page."""

    def get_login_stages(self) -> list[str]:
        """Name what stands between a right password, or a partner's word, and a session."""
        return ["greffe.web.second_factor.SecondFactorStage", "greffe.web.terms.TermsStage"]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Give the address."""
        user = request.user
        viewer = viewer_of(user, on=timezone.localdate()) if isinstance(user, User) else None
        return landing(viewer)


class SignIn(views.LoginView):  # type: ignore[misc]  # same
    """The page to sign in."""

    form_class = SignInForm
    template_name = "account/login.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Give what the page shows: the partners too."""
        shown: dict[str, Any] = super().get_context_data(**context)
        return shown | {"partners": partners()}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Sign in, or say why not."""
        response: HttpResponseBase = super().post(request, *args, **kwargs)
        form = self.get_form()
        if form.refusal is not None:
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
            response.headers["Retry-After"] = str(form.refusal.wait)
        return response


sign_in = SignIn.as_view()
_log_out = views.LogoutView.as_view(template_name="account/logout.html")


def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Ask, then end the session."""
    response: HttpResponseBase = _log_out(request)
    return response
