"""Signing in and out: django-allauth's pages with our own face."""

from typing import Any

from allauth.account import views
from allauth.account.forms import LoginForm
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from greffe.accounts.adapter import Adapter
from greffe.accounts.models import User
from greffe.accounts.viewers import viewer_of
from greffe.web.landing import landing

closed = views.AccountInactiveView.as_view(template_name="account/account_inactive.html")


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """allauth's form in our words: no text inside the boxes, and errors that say what to enter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make the form, then change its words."""
        super().__init__(*args, **kwargs)
        missing = {"login": _("Enter your username."), "password": _("Enter your password.")}
        for name, words in missing.items():
            self.fields[name].error_messages["required"] = words
            self.fields[name].widget.attrs.pop("placeholder", None)


class Landing(Adapter):
    """Sends whoever signs in to where their work begins, unless they asked for another page."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Give the address."""
        user = request.user
        viewer = viewer_of(user, on=timezone.localdate()) if isinstance(user, User) else None
        return landing(viewer)


class SignIn(views.LoginView):  # type: ignore[misc]  # same
    """The page to sign in."""

    form_class = SignInForm
    template_name = "account/login.html"


sign_in = SignIn.as_view()
_log_out = views.LogoutView.as_view(template_name="account/logout.html")


def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Ask, then end the session."""
    response: HttpResponseBase = _log_out(request)
    return response
