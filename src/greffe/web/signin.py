"""Signing in and out: django-allauth's pages with our own face."""

from allauth.account import views
from django.http import HttpRequest, HttpResponseBase

closed = views.AccountInactiveView.as_view(template_name="account/account_inactive.html")
sign_in = views.LoginView.as_view(template_name="account/login.html")
_log_out = views.LogoutView.as_view(template_name="account/logout.html")


def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Ask, then end the session."""
    response: HttpResponseBase = _log_out(request)
    return response
