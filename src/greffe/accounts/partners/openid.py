"""OpenID Connect: django-allauth's provider, with what it leaves unchecked.

PKCE with S256 always; a nonce; the issuer of the metadata, of the answer and of the token; the
level of assurance; the partner's signature even on what came straight from it.
"""

import secrets
import time
from typing import Any, cast

import requests
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from greffe.accounts.partners.configuration import OpenIDPartner
from greffe.accounts.partners.discovery import published
from greffe.accounts.partners.id_tokens import Expected, UnknownKeyError, subject_of
from greffe.accounts.partners.refusals import PartnerError, Why
from greffe.accounts.partners.subjects import key_of


class Connection(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """How the partner is spoken to: its endpoints, and the address to come back to."""

    def __init__(self, request: HttpRequest, partner: OpenIDPartner, provider: "Provider") -> None:
        """Keep both."""
        super().__init__(request, partner.id)
        self._partner, self._provider = partner, provider

    def get_provider(self) -> "Provider":
        """Give the partner's provider."""
        return self._provider

    @property
    def openid_config(self) -> dict[str, Any]:
        """The partner's metadata, checked."""
        return published(self._partner).metadata

    @property
    def basic_auth(self) -> bool:
        """Whether our secret goes in a header."""
        return self._partner.authentication == "client_secret_basic"

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """Give the address at which the partner's answers arrive."""
        del app
        return request.build_absolute_uri(reverse("partner-return", args=[self._partner.id]))


class Provider(OpenIDConnectProvider):  # type: ignore[misc]  # same
    """A partner as django-allauth sees one. Nothing of a person is kept but the subject."""

    partner: OpenIDPartner

    def __init__(self, request: HttpRequest, app: Any, partner: OpenIDPartner) -> None:
        """Make it for a request."""
        super().__init__(request, app=app)
        self.partner = partner

    def get_oauth2_adapter(self, request: HttpRequest) -> Connection:
        """Give the way to speak to the partner."""
        return Connection(request, self.partner, self)

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, **kept: Any
    ) -> HttpResponse:
        """Lead to the partner with a nonce and the levels wanted; keep what it must answer."""
        nonce = secrets.token_urlsafe(24)
        wanted = {"nonce": nonce, "acr_values": " ".join(self.partner.levels)}
        response: HttpResponse = super().redirect(
            request,
            process,
            next_url,
            auth_params=wanted,
            scope=["openid"],
            nonce=nonce,
            asked_at=int(time.time()),
            **kept,
        )
        return response

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Give the subject."""
        return key_of(data["sub"])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keep nothing."""
        del data
        return {}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Take nothing over: who a person is, the registry finds out itself."""
        del data
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """Take no address over."""
        del data
        return []

    def serialize(self) -> dict[str, Any]:
        """Name the partner, for a sign-in that waits for a second factor."""
        return {"id": self.partner.id}


def answered(request: HttpRequest, provider: Provider) -> SocialLogin:
    """Verify the answer that the partner sent through the browser; give whom it names.

    What was kept of this sign-in is used up, whatever comes of it. Raises PartnerError.
    """
    partner, said = provider.partner, request.GET
    state = statekit.unstash_state(request, provider_id=partner.id, state_id=said.get("state", ""))
    if state is None:
        raise PartnerError(Why.STATE)
    found = published(partner)
    names_itself = found.metadata.get("authorization_response_iss_parameter_supported") is True
    if said.get("iss", "" if names_itself else partner.issuer) != partner.issuer:
        raise PartnerError(Why.ISSUER)  # RFC 9207: another partner's answer, sent here
    if "error" in said or not said.get("code"):
        raise PartnerError(Why.CANCELLED if said.get("error") == "access_denied" else Why.DECLINED)
    expected = Expected(partner, state.get("nonce", ""), int(state.get("asked_at", 0)))
    token = _id_token(request, provider, str(state.get("pkce_code_verifier") or ""))
    now = int(time.time())
    try:
        subject = subject_of(token, keys=found.keys, expected=expected, now=now)
    except UnknownKeyError:
        keys = published(partner, anew=True).keys  # perhaps it has changed its keys
        subject = subject_of(token, keys=keys, expected=expected, now=now)
    login = cast("SocialLogin", provider.sociallogin_from_response(request, {"sub": subject}))
    login.state = state
    return login


def _id_token(request: HttpRequest, provider: Provider, verifier: str) -> str:
    """Exchange the code for the ID token. The verifier shows that we began this sign-in."""
    if not verifier:
        raise PartnerError(Why.PKCE)
    connection = provider.get_oauth2_adapter(request)
    try:
        client = connection.get_client(request, provider.app)
        given = client.get_access_token(request.GET["code"], pkce_code_verifier=verifier)
        token = given["id_token"]
    except OAuth2Error as error:
        raise PartnerError(Why.DECLINED) from error
    except (requests.RequestException, LookupError, TypeError, ValueError) as error:
        raise PartnerError(Why.SILENT) from error
    if not isinstance(token, str):
        raise PartnerError(Why.SILENT)
    return token
