"""Signing in through a partner: off to its pages, and back with its answer."""

from collections.abc import Callable
from http import HTTPStatus

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from greffe.accounts import limits
from greffe.accounts.addresses import client_address, network_of
from greffe.accounts.known_browsers import remember_browser
from greffe.accounts.models import User
from greffe.accounts.partners import openid
from greffe.accounts.partners.adapter import partner_or_404, provider_of
from greffe.accounts.partners.configuration import OpenIDPartner, Partner
from greffe.accounts.partners.refusals import PartnerError, Why, record_failure


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


@require_GET
def come_back(request: HttpRequest, partner_id: str) -> HttpResponseBase:
    """Take the answer of a partner that speaks OpenID Connect, and sign in whom it names."""
    partner = partner_or_404(partner_id)
    _speak_as_begun(request, request.GET.get("state", ""))
    return _signed_in(request, partner, lambda: _openid(request, partner))


def _openid(request: HttpRequest, partner: Partner) -> SocialLogin:
    if not isinstance(partner, OpenIDPartner):
        raise PartnerError(Why.MALFORMED)
    return openid.answered(request, provider_of(request, partner))


def _signed_in(
    request: HttpRequest, partner: Partner, answered: Callable[[], SocialLogin]
) -> HttpResponseBase:
    """Sign in whom the answer names, or say on a calm page why nobody is."""
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
        signed_in: HttpResponseBase = complete_social_login(request, answered())
    except PartnerError as error:
        record_failure(partner.id, error.why)
        return _problem(request, partner, error.why)
    limits.succeeded(tried)
    if isinstance(request.user, User):
        remember_browser(request, signed_in, request.user.username)
    return signed_in


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
