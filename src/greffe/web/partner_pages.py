"""Signing in through a partner: off to its pages, and back with its answer."""

from collections.abc import Callable
from http import HTTPStatus

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from greffe.accounts import limits
from greffe.accounts.addresses import client_address, network_of
from greffe.accounts.partners import openid, saml
from greffe.accounts.partners.adapter import partner_or_404, provider_of
from greffe.accounts.partners.configuration import Partner, SAMLPartner
from greffe.accounts.partners.recording import record_failure
from greffe.accounts.partners.refusals import PartnerError, Why


@require_POST
def start(request: HttpRequest, partner_id: str) -> HttpResponseBase:
    """Lead to the pages of a partner.

    By a page and not by a redirection: the policy of our pages lets a form go nowhere else.
    """
    partner = partner_or_404(partner_id)
    if request.user.is_authenticated:
        return redirect("sign-in")  # which leads on
    try:
        leads_to = provider_of(request, partner).redirect(
            request,
            AuthProcess.LOGIN,
            get_next_redirect_url(request),
            language=translation.get_language(),
        )
    except PartnerError as error:
        record_failure(partner.id, error.why)
        return _problem(request, partner, error.why)
    address = leads_to["Location"]
    page = {"label": partner.label, "leads_to": address}
    response = render(request, "account/partner_leave.html", page)
    response.headers["Refresh"] = f"0; url={address}"
    return response


@require_safe
def come_back(request: HttpRequest, partner_id: str) -> HttpResponseBase:
    """Take the answer of a partner in the session that asked for it, and sign in whom it names."""
    partner = partner_or_404(partner_id)
    provider = provider_of(request, partner)
    _speak_as_begun(request, _answers(request, partner))

    def signed_in() -> HttpResponseBase:
        login = (
            saml.answered(request, provider)
            if isinstance(provider, saml.Provider)
            else openid.answered(request, provider)
        )
        response: HttpResponseBase = complete_social_login(request, login)
        return response

    response = _tried(request, partner, signed_in)
    response.delete_cookie(settings.PARTNER_COOKIE_NAME)
    return response


# The partner’s page sends it: it cannot know our token. What it carries is signed, and says which
# request of this session it answers.
@csrf_exempt
@require_POST
def receive(request: HttpRequest, partner_id: str) -> HttpResponseBase:
    """Take the response of a partner that speaks SAML, verify it, and lead on to `come_back`."""
    partner = _saml_or_404(partner_id)
    return _tried(request, partner, lambda: saml.received(request, partner))


@require_safe
def metadata(request: HttpRequest, partner_id: str) -> HttpResponse:
    """Give what a partner that speaks SAML must know of this registry."""
    made = saml.metadata(request, _saml_or_404(partner_id))
    return HttpResponse(made, content_type="application/samlmetadata+xml")


def _saml_or_404(partner_id: str) -> SAMLPartner:
    partner = partner_or_404(partner_id)
    if not isinstance(partner, SAMLPartner):
        raise Http404
    return partner


def _answers(request: HttpRequest, partner: Partner) -> str:
    """The id of what was begun, as the answer says it."""
    if not isinstance(partner, SAMLPartner):
        return request.GET.get("state", "")
    said = saml.carried(request, partner)
    return said.answers if said else ""


def _tried(
    request: HttpRequest, partner: Partner, take: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """Take an answer, or say on a calm page why nobody is signed in."""
    address = client_address(request, proxies=settings.TRUSTED_PROXIES)
    try:
        subject = f"{partner.id} {network_of(address)}"
        tried = limits.attempt(limits.Kind.PARTNER, subject, address=address)
    except limits.TooManyTriesError as refusal:
        if refusal.first:
            record_failure(partner.id, Why.TRIES)
        response = _problem(request, partner, Why.TRIES)
        response.headers["Retry-After"] = str(refusal.wait)
        return response
    try:
        taken = take()
    except PartnerError as error:
        record_failure(partner.id, error.why)
        return _problem(request, partner, error.why)
    limits.succeeded(tried)
    return taken


def _speak_as_begun(request: HttpRequest, state_id: str) -> None:
    """Answer in the language in which the sign-in was begun: a partner's answer has none."""
    kept = statekit.get_states(request).get(state_id)
    language = kept[0].get("language") if kept else None
    if language in dict(settings.LANGUAGES):
        translation.activate(language)


_SILENT = frozenset({Why.SILENT, Why.DECLINED})
_STATUS = {
    Why.CANCELLED: HTTPStatus.OK,
    Why.SILENT: HTTPStatus.BAD_GATEWAY,
    Why.TRIES: HTTPStatus.TOO_MANY_REQUESTS,
}


def _problem(request: HttpRequest, partner: Partner, why: Why) -> HttpResponse:
    """Say why nobody is signed in: what the person can do, and a word for whoever helps them."""
    page = {
        "what": _what(partner.label.get(translation.get_language() or "en"), why),
        "why": "" if why in {Why.CANCELLED, Why.STATE, Why.TOGETHER} else f"{partner.id} {why}",
    }
    status = _STATUS.get(why, HTTPStatus.BAD_REQUEST)
    return render(request, "account/partner_problem.html", page, status=status)


def _what(partner: str, why: Why) -> str:
    name = {"partner": partner}
    if why is Why.CANCELLED:
        return _("You came back from %(partner)s without signing in.") % name
    if why in _SILENT:
        return (
            _(
                "%(partner)s did not answer as it should. Try again in a few minutes, "
                "or sign in another way."
            )
            % name
        )
    if why in {Why.STATE, Why.TOGETHER}:
        return _(
            "This sign-in took too long, was finished before, or began in another browser. "
            "Begin again from the sign-in page."
        )
    if why is Why.TRIES:
        return _(
            "There were too many failed tries from your network. Wait a few minutes, "
            "then try again."
        )
    if why is Why.LEVEL:
        return (
            _(
                "The registry needs a stronger sign-in with %(partner)s than the one that you "
                "used. Begin again, and choose it there."
            )
            % name
        )
    return (
        _(
            "The registry could not rely on what %(partner)s sent. Begin again from the "
            "sign-in page."
        )
        % name
    )
