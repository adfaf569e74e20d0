"""Accounts, for operators and officers: end every session of one, or close it."""

from typing import Any

from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from greffe.accounts import credentials, factors
from greffe.accounts.desk_queries import accounts_for, search
from greffe.accounts.factors import WORDS, FactorKind
from greffe.accounts.models import Role, User
from greffe.law.calendar import eastern
from greffe.ledger.actors import Actor
from greffe.web.access import PortalRequest
from greffe.web.reauthentication import recently_signed_in
from greffe.web.registry.access import for_roles

KEEPERS = frozenset({Role.OPERATOR, Role.OFFICER, Role.SUPERVISOR})
OPERATORS = frozenset({Role.OPERATOR})
MOST = 25


class WhyForm(forms.Form):
    """Why it is done: kept in the ledger."""

    why = forms.CharField(
        label=_("Why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why.")},
    )


@require_safe
@for_roles(KEEPERS)
def accounts(request: PortalRequest) -> HttpResponse:
    """Find an account by username, name or e-mail address."""
    asked = request.GET.get("q", "").strip()[:100]
    found: list[User] = []
    if asked:
        found = list(search(request.viewer, asked, timezone.localdate())[: MOST + 1])
    context = {"asked": asked, "accounts": found[:MOST], "more": len(found) > MOST, "most": MOST}
    return render(request, "registry/accounts.html", context)


@require_safe
@for_roles(KEEPERS)
def account(request: PortalRequest, account_id: int) -> HttpResponse:
    """One account: whose, since when, where it is signed in, what protects it."""
    return _page(request, _found(request, account_id))


@require_http_methods(["POST"])
@for_roles(KEEPERS)
@recently_signed_in
def end_sessions(request: PortalRequest, account_id: int) -> HttpResponse:
    """End every session of an account at once."""
    user, form = _found(request, account_id), WhyForm(request.POST, prefix="end")
    if not form.is_valid():
        return _page(request, user, end=form)
    ended = credentials.end_sessions(by=_actor(request), user=user, why=form.cleaned_data["why"])
    words = ngettext("%(n)s session was ended.", "%(n)s sessions were ended.", ended)
    messages.success(request, words % {"n": ended})
    return redirect("registry:account", account_id)


@require_http_methods(["POST"])
@for_roles(KEEPERS)
@recently_signed_in
def close(request: PortalRequest, account_id: int) -> HttpResponse:
    """Close an account: its sessions end, and it signs nobody in any more."""
    user, form = _found(request, account_id), WhyForm(request.POST, prefix="close")
    if user.pk == request.viewer.account_id:
        form.add_error("why", _("You cannot close your own account."))
    if not form.is_valid():
        return _page(request, user, close=form)
    credentials.close_account(by=_actor(request), user=user, why=form.cleaned_data["why"])
    messages.success(request, gettext("The account is closed."))
    return redirect("registry:account", account_id)


@require_http_methods(["POST"])
@for_roles(OPERATORS)
@recently_signed_in
def remove_factors(request: PortalRequest, account_id: int) -> HttpResponse:
    """Remove the second factors of somebody who lost them and showed who they are another way."""
    user, form = _found(request, account_id), WhyForm(request.POST, prefix="factors")
    if user.pk == request.viewer.account_id:
        form.add_error("why", _("Remove your own second factors in your account."))
    if not form.is_valid():
        return _page(request, user, factors=form)
    factors.remove_all(by=_actor(request), user=user, why=form.cleaned_data["why"])
    messages.success(request, gettext("The second factors were removed, and all sessions ended."))
    return redirect("registry:account", account_id)


def _found(request: PortalRequest, account_id: int) -> User:
    user = accounts_for(request.viewer, timezone.localdate()).filter(pk=account_id).first()
    if user is None:
        raise Http404
    return user


def _page(request: PortalRequest, user: User, **wrong: WhyForm) -> HttpResponse:
    held = factors.factors_of(user)
    context: dict[str, Any] = {
        "account": user,
        "opened": eastern(user.date_joined),
        "last": eastern(user.last_login) if user.last_login else None,
        "sessions": UserSession.objects.filter(user_id=user.pk).count(),
        "factors": [WORDS[one.kind] for one in held if one.kind != FactorKind.CODES],
        "end": wrong.get("end") or WhyForm(prefix="end"),
        "close": wrong.get("close") or WhyForm(prefix="close"),
        "lost": wrong.get("factors") or WhyForm(prefix="factors"),
        "operator": request.viewer.holds(Role.OPERATOR),
        "form": next(iter(wrong.values()), None),
        "own": user.pk == request.viewer.account_id,
    }
    return render(request, "registry/account.html", context, status=422 if wrong else 200)


def _actor(request: PortalRequest) -> Actor:
    viewer = request.viewer
    return viewer.actor("operator" if viewer.holds(Role.OPERATOR) else "officer")
