"""What we change in django-allauth's sign-in through others.

A partner's subject is one account, found by partner and subject alone. Nobody is recognised by an
e-mail address, no account of the registry is joined to another by itself, and a first sign-in makes
an account that acts for nobody: an invitation alone opens the registry.
"""

import secrets
from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest

from greffe.accounts.models import User
from greffe.accounts.partners import openid, saml
from greffe.accounts.partners.configuration import Partner, SAMLPartner, configured
from greffe.accounts.partners.fetching import PartnerSession
from greffe.accounts.partners.refusals import PartnerError, Why
from greffe.ledger.actions import record
from greffe.ledger.actors import Actor
from greffe.ledger.kinds import Kind


def partners() -> tuple[Partner, ...]:
    """The partners of this deployment, in the order of its file."""
    return configured(settings.SIGN_IN_PARTNERS)


def partner_or_404(partner_id: str) -> Partner:
    """Give the partner of that id. Raises Http404 where there is none."""
    found = next((one for one in partners() if one.id == partner_id), None)
    if found is None:
        raise Http404
    return found


def provider_of(request: HttpRequest, partner: Partner) -> openid.Provider | saml.Provider:
    """The partner as django-allauth sees one, for a request."""
    if isinstance(partner, SAMLPartner):
        known = SocialApp(
            provider="saml", provider_id=partner.id, name=partner.id, client_id=partner.id
        )
        return saml.Provider(request, known, partner)
    app = SocialApp(
        provider="openid_connect",
        provider_id=partner.id,
        name=partner.id,
        client_id=partner.client_id,
        secret=partner.secret.get_secret_value(),
        settings={"oauth_pkce_enabled": True, "server_url": partner.issuer},
    )
    return openid.Provider(request, app, partner)


class PartnerAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Partners come from the deployment's file, accounts from the first sign-in."""

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> Any:
        """Give the provider of a partner by its id."""
        del client_id
        return provider_of(request, partner_or_404(provider))

    def list_apps(self, *_: Any, **__: Any) -> list[Any]:
        """Give none: nothing of a partner is in the database."""
        return []

    def get_requests_session(self) -> PartnerSession:
        """Give what asks partners, within limits."""
        return PartnerSession()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Whether a first sign-in may make an account: it may, and it opens nothing."""
        del request, sociallogin
        return True

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Whether nothing else is asked first: the registry asks later, with an invitation."""
        del request, sociallogin
        return True

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: Any) -> User:
        """Leave the account without name and address."""
        del request, data
        user: User = sociallogin.user
        return user

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """Make the account of a first sign-in and its link, both or neither, and record it.

        Raises PartnerError(TOGETHER) where the same person's other first sign-in was quicker.
        """
        del request, form
        user: User = sociallogin.user
        partner = sociallogin.account.provider
        user.username = f"{partner}-{secrets.token_hex(6)}"
        user.set_unusable_password()
        try:
            with transaction.atomic():
                user.save()
                sociallogin.account.user = user
                sociallogin.account.save()
                by = Actor(name=user.username, capacity="account", account_id=user.pk)
                record(kind=Kind.PARTNER_LINKED, by=by, subject=None, body={"partner": partner})
        except IntegrityError as error:
            raise PartnerError(Why.TOGETHER) from error
        return user
