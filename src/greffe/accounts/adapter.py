"""What we change in django-allauth.

Nobody makes an account by themselves: invitations do that. A sign-in from a new device is told.
"""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from greffe.accounts.known_browsers import remember_browser
from greffe.accounts.models import User
from greffe.accounts.new_device import tell_of_new_device


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Closes sign-up: the registry gives accounts. Tells of new devices."""

    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        "enter_current_password": _("Your current password is not this one."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether a visitor may make an account: never here."""
        del request
        return False

    def post_login(self, request: HttpRequest, user: User, **said: Any) -> HttpResponseBase:
        """Lead on, after an e-mail to the person if this device is new; it is known from now on."""
        tell_of_new_device(request, user)
        response: HttpResponseBase = super().post_login(request, user, **said)
        remember_browser(request, response, user.username)
        return response
