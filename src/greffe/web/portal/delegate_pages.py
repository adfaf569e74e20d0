"""My delegates: who acts in one's name; and, for a delegate, the code that counsel needs."""

from functools import wraps
from typing import Any, cast
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from greffe.accounts.actors import account_actor
from greffe.accounts.addresses import client_address
from greffe.accounts.delegate_codes import code_of
from greffe.accounts.delegations import (
    DelegationRefusedError,
    delegates_of,
    name_delegate,
    remove_delegate,
)
from greffe.accounts.limits import TooManyTriesError
from greffe.accounts.models import Delegation
from greffe.accounts.terms import PORTAL, accepted, in_force
from greffe.accounts.viewers import Viewer
from greffe.cases.queries import represents_somebody
from greffe.law.calendar import eastern
from greffe.rules import rules
from greffe.web.access import Page, PortalRequest, page_of, signed_in
from greffe.web.reauthentication import recently_signed_in
from greffe.web.terms import TermsForm
from greffe.web.tries import say_when, status_of, wait_words

REFUSALS = {
    "no-match": _(
        "Nobody was named: this username and this code do not go together, or the code is over."
        " Ask your delegate to open “Act for counsel” in their account and to read both to you."
    ),
    "yourself": _("Nobody was named: you need no delegate to act in your own name."),
    "staff": _("Nobody was named: this person works for the tribunal."),
    "already": _("This person is your delegate already."),
    "too-many": _("Nobody was named: you have as many delegates as you may. Remove one first."),
}


class NameForm(forms.Form):
    """Which account, proved by the code that it shows, and how its person is called."""

    name = forms.CharField(
        max_length=200,
        label=_("Name"),
        error_messages={"required": _("Enter the name of your delegate.")},
    )
    username = forms.CharField(
        max_length=150,
        label=_("Username"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the username of your delegate.")},
    )
    code = forms.CharField(
        max_length=40,
        label=_("Delegate code"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the code that your delegate sees.")},
    )

    def clean_name(self) -> str:
        """Refuse what a line of history could not show."""
        typed = str(self.cleaned_data["name"])
        if not typed.isprintable():
            raise forms.ValidationError(_("Write the name without special characters."))
        return typed


def for_counsel(page: Page[Any]) -> Any:
    """Let only those reach a page who are counsel of record somewhere, or have delegates still."""

    @wraps(page)
    def guarded(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        viewer = request.viewer
        if not (
            represents_somebody(viewer, on=timezone.localdate())
            or delegates_of(viewer.person).exists()
        ):
            raise Http404
        return page(request, *args, **kwargs)

    return guarded


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@for_counsel
@recently_signed_in
def delegates(request: PortalRequest) -> HttpResponse:
    """Who acts in one's name, and since when; one more is named here."""
    form = NameForm(request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_bound and form.is_valid():
        try:
            named = name_delegate(
                by=request.viewer,
                address=client_address(request, proxies=settings.TRUSTED_PROXIES),
                **form.cleaned_data,
            )
        except DelegationRefusedError as refused:
            form.add_error("code" if refused.code == "no-match" else None, REFUSALS[refused.code])
        except TooManyTriesError as too_many:
            refusal = too_many
            form.add_error("code", wait_words(too_many.wait))
        else:
            said = gettext("%(name)s acts in your name from now on.")
            messages.success(request, said % {"name": named.delegate.name})
            return redirect("portal:delegates")
    return _page(request, form, refusal)


def _page(
    request: PortalRequest, form: NameForm, refusal: TooManyTriesError | None
) -> HttpResponse:
    listed = [
        {"id": one.id, "name": one.delegate.name, "since": eastern(one.since)}
        for one in delegates_of(request.viewer.person)
    ]
    most = rules().most_delegates(timezone.localdate())
    context = {"delegates": listed, "form": form, "most": most, "full": len(listed) >= most}
    status = status_of(refusal) if form.errors else 200
    response = render(request, "portal/delegates.html", context, status=status)
    say_when(response, refusal)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@for_counsel
@recently_signed_in
def remove(request: PortalRequest, delegation_id: UUID) -> HttpResponse:
    """Ask, then remove a delegate at once."""
    found = _delegation_or_404(request.viewer, delegation_id)
    if request.method == "POST":
        try:
            remove_delegate(by=request.viewer, delegation_id=delegation_id)
        except DelegationRefusedError as refused:
            raise Http404 from refused
        said = gettext("%(name)s no longer acts in your name.")
        messages.success(request, said % {"name": found.delegate.name})
        return redirect("portal:delegates")
    return render(request, "portal/delegate_remove.html", {"delegation": found})


def _delegation_or_404(viewer: Viewer, delegation_id: UUID) -> Delegation:
    found = delegates_of(viewer.person).filter(pk=delegation_id).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def act_for_counsel(request: HttpRequest) -> HttpResponseBase:
    """The code that this account's person tells counsel to be named, and whom they act for.

    For every account, one that acts for nobody yet too: a credential alone opens nothing else. It
    accepts the terms of the portal first, as it does not come there by an invitation.
    """
    if not request.user.is_authenticated:
        return redirect_to_login(page_of(request), reverse("sign-in"))
    user, today = request.user, timezone.localdate()
    viewer: Viewer | None = cast("Any", request).viewer
    wanted = [] if viewer or accepted(user, PORTAL, today) else [in_force(PORTAL, today)]
    form = TermsForm(request.POST if request.method == "POST" else None, rows=wanted)
    if form.is_valid():
        with transaction.atomic():
            form.accept(by=account_actor(user), user=user, on=today)
        return redirect("portal:act-for-counsel")
    context = {
        "username": user.username,
        "code": "" if wanted else code_of(user),
        "principals": viewer.principals if viewer else (),
        "somebody": bool(viewer),
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "portal/act_for_counsel.html", context, status=status)
