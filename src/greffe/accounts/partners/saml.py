"""SAML 2.0: django-allauth's provider, and python3-saml with every demand turned on.

A response comes by a POST from the partner's page, without the cookie of the session: it is
verified there, and what it says goes on in a signed cookie to a page that has the session. Nothing
is kept on the server for somebody who is not who they say.
"""

import time
from typing import Any, cast

from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from django.conf import settings as deployment
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Constants
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from greffe.accounts.partners import replays
from greffe.accounts.partners.configuration import CLOCK_SECONDS, SAMLPartner
from greffe.accounts.partners.refusals import PartnerError, Why
from greffe.accounts.partners.saml_metadata import read_metadata
from greffe.accounts.partners.saml_responses import Here, Said, read_response
from greffe.accounts.partners.subjects import key_of

CARRIED_SECONDS = 120
"""Seconds that may pass between the two pages of a return: a redirection."""

_SALT = "greffe.accounts.partners.saml"


class Provider(SAMLProvider):  # type: ignore[misc]  # allauth has no types
    """A partner as django-allauth sees one. Nothing of a person is kept but the subject."""

    partner: SAMLPartner

    def __init__(self, request: HttpRequest, app: Any, partner: SAMLPartner) -> None:
        """Make it for a request."""
        super().__init__(request, app=app)
        self.partner = partner

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, **kept: Any
    ) -> HttpResponse:
        """Lead to the partner with a request; keep its id, which the answer must name."""
        auth = OneLogin_Saml2_Auth(
            {"http_host": request.get_host(), "script_name": request.path},
            settings_of(self.partner, here(request, self.partner)),
        )
        leads_to = auth.login(return_to="")
        kept["asked_at"] = int(time.time())
        self.stash_redirect_state(
            request, process, next_url, state_id=auth.get_last_request_id(), **kept
        )
        return HttpResponseRedirect(leads_to)

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

    def serialize(self) -> dict[str, Any]:
        """Name the partner, for a sign-in that waits for a second factor."""
        return {"id": self.partner.id}


def here(request: HttpRequest, partner: SAMLPartner) -> Here:
    """This registry, as the partner knows it: by the address of its metadata."""
    return Here(
        *(
            request.build_absolute_uri(reverse(name, args=[partner.id]))
            for name in ("partner-metadata", "partner-response")
        )
    )


def settings_of(partner: SAMLPartner, registry: Here) -> dict[str, Any]:
    """The settings of python3-saml for a partner: strict, and everything signed."""
    published = read_metadata(partner.published, partner.entity_id)
    return {
        "strict": True,
        "security": {
            "wantAssertionsSigned": True,
            "wantMessagesSigned": partner.message_signed,
            "wantNameId": True,
            "wantAttributeStatement": False,
            "requestedAuthnContext": list(partner.levels),
            "failOnAuthnContextMismatch": True,
            "rejectDeprecatedAlgorithm": True,
            "allowSingleLabelDomains": True,
            "signatureAlgorithm": Constants.RSA_SHA256,
            "digestAlgorithm": Constants.SHA256,
        },
        "sp": {
            "entityId": registry.entity_id,
            "assertionConsumerService": {
                "url": registry.response_address,
                "binding": Constants.BINDING_HTTP_POST,
            },
            "NameIDFormat": Constants.NAMEID_PERSISTENT,
        },
        "idp": {
            "entityId": published.entity_id,
            "singleSignOnService": {
                "url": published.sign_in_address,
                "binding": Constants.BINDING_HTTP_REDIRECT,
            },
            "x509certMulti": {"signing": list(published.certificates), "encryption": []},
        },
    }


def metadata(request: HttpRequest, partner: SAMLPartner) -> bytes:
    """The metadata of this registry, for the partner."""
    made = OneLogin_Saml2_Settings(settings_of(partner, here(request, partner)))
    found = made.get_sp_metadata()
    return found if isinstance(found, bytes) else str(found).encode()


def received(request: HttpRequest, partner: SAMLPartner) -> HttpResponseBase:
    """Verify a response as it arrives, and carry on to the page that has the session.

    Raises PartnerError.
    """
    registry = here(request, partner)
    said = read_response(
        request.POST.get("SAMLResponse", ""),
        partner=partner,
        here=registry,
        settings=settings_of(partner, registry),
        now=int(time.time()),
    )
    response = HttpResponseRedirect(reverse("partner-return", args=[partner.id]))
    carried = [partner.id, said.subject, said.answers, said.assertion, said.issued, said.until]
    response.set_cookie(
        deployment.PARTNER_COOKIE_NAME,
        signing.dumps(carried, salt=_SALT),
        max_age=CARRIED_SECONDS,
        secure=deployment.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def carried(request: HttpRequest, partner: SAMLPartner) -> Said | None:
    """What was verified a moment ago in this browser; None where nothing was."""
    cookie = request.COOKIES.get(deployment.PARTNER_COOKIE_NAME, "")
    try:
        partner_id, *said = signing.loads(cookie, salt=_SALT, max_age=CARRIED_SECONDS)
    except signing.BadSignature:
        return None
    return Said(*said) if partner_id == partner.id else None


def answered(request: HttpRequest, provider: Provider) -> SocialLogin:
    """Give whom the verified response names, if this session asked for it and it is new.

    Raises PartnerError.
    """
    partner = provider.partner
    said = carried(request, partner)
    if said is None:
        raise PartnerError(Why.STATE)
    if not replays.use_once(partner.id, said.assertion, until=said.until):
        raise PartnerError(Why.REPLAYED)
    state = statekit.unstash_state(request, provider_id=partner.id, state_id=said.answers)
    if state is None:
        raise PartnerError(Why.STATE)
    if said.issued < int(state.get("asked_at", 0)) - CLOCK_SECONDS:
        raise PartnerError(Why.EXPIRED)
    login = cast("SocialLogin", provider.sociallogin_from_response(request, {"sub": said.subject}))
    login.state = state
    return login
