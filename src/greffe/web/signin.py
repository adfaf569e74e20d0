"""Signing in and out: django-allauth's pages with our own face."""

from typing import Any

from allauth.account import views
from allauth.account.forms import LoginForm
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

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
