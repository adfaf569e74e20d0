"""What we change in django-allauth: nobody makes an account by themselves; invitations do that."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Closes sign-up: the registry gives accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether a visitor may make an account: never here."""
        del request
        return False
