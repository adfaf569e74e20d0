"""Joining the portal: an account that acts for nobody enters its invitation code."""

from datetime import date
from functools import wraps
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from greffe.accounts import limits, terms
from greffe.accounts.actors import account_actor
from greffe.accounts.addresses import client_address
from greffe.accounts.models import AccessCode, Person, User
from greffe.invitations.code_actions import activate, check_code
from greffe.invitations.messages import refusal_text
from greffe.invitations.models import InvitationCode
from greffe.invitations.queries import latest_form
from greffe.invitations.refusals import InvitationRefusedError, RefusalCode
from greffe.web.access import page_of
from greffe.web.landing import landing
from greffe.web.portal import access_code_pages
from greffe.web.portal.access_code_pages import Asked, NotNowError, Use
from greffe.web.portal.invitation_forms import CodeForm
from greffe.web.portal.lines import lang
from greffe.web.tries import say_when, status_of, wait_words


def _for_a_new_account(page: Any) -> Any:
    """Let an account reach a page that acts for nobody yet; lead the others where they belong."""

    @wraps(page)
    def guarded(request: HttpRequest) -> Any:
        if not request.user.is_authenticated:
            return redirect_to_login(page_of(request), reverse("sign-in"))
        viewer = request.viewer  # type: ignore[attr-defined]  # our middleware's
        return redirect(landing(viewer)) if viewer else page(request)

    return guarded


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@_for_a_new_account
def enter_code(request: HttpRequest) -> HttpResponse:
    """Take the invitation code and the terms, then have an access code sent by text message."""
    user, today = cast("User", request.user), timezone.localdate()
    form = CodeForm(
        request.POST if request.method == "POST" else None, rows=terms.wanted(user, today)
    )
    refusal: limits.TooManyTriesError | None = None
    if form.is_valid():
        try:
            row = check_code(
                user=user,
                typed=form.cleaned_data["code"],
                address=client_address(request, proxies=settings.TRUSTED_PROXIES),
            )
        except limits.TooManyTriesError as waits:
            refusal = waits
            form.add_error("code", wait_words(waits.wait))
        except InvitationRefusedError as refused:
            form.add_error("code", _words(refused.code))
        else:
            return _go_on(request, user, row, form, today)
    status = status_of(refusal) if form.is_bound else HTTPStatus.OK
    response = render(request, "invitation/code.html", {"form": form}, status=status)
    say_when(response, refusal)
    return response


def _words(code: RefusalCode) -> str:
    message = refusal_text(code)
    return f"{message.text.get(lang())} {message.remedy.get(lang())}"


def _go_on(
    request: HttpRequest, user: User, row: InvitationCode, form: CodeForm, today: date
) -> HttpResponse:
    """Keep the terms that were accepted, those of the code for later, and send a text message."""
    asked = next((one for one in form.rows if one.id == terms.CODE), None)
    form.rows = [one for one in form.rows if one.id != terms.CODE]
    with transaction.atomic():
        form.accept(by=account_actor(user), user=user, on=today)
    return access_code_pages.begin(
        request,
        purpose=AccessCode.Purpose.FIRST_SIGN_IN,
        user=user,
        data={"code": str(row.pk), "terms": asked.version if asked else ""},
        language=row.invitation.language,
    )


def _mobile(request: HttpRequest, asked: Asked) -> str:
    """The number as it is now: an officer may have mended it meanwhile."""
    del request
    row = _row(asked)
    form = latest_form(row.invitation) if row else None
    return form.mobile if form else ""


def _invited(request: HttpRequest, asked: Asked) -> Person | None:
    """Who was invited: the account is nobody's yet."""
    del request
    row = _row(asked)
    return row.invitation.person if row else None


def _row(asked: Asked) -> InvitationCode | None:
    return (
        InvitationCode.objects.select_related("invitation")
        .filter(pk=UUID(asked.data["code"]))
        .first()
    )


def _join(request: HttpRequest, asked: Asked) -> str:
    """Bind the code to the account, in the transaction that uses the access code up."""
    user, today = asked.user, timezone.localdate()
    try:
        if asked.data["terms"]:
            terms.accept(
                by=account_actor(user),
                user=user,
                terms=terms.CODE,
                version=asked.data["terms"],
                language=lang(),
                on=today,
            )
        activate(user=user, code_id=UUID(asked.data["code"]), mobile=_mobile(request, asked))
    except InvitationRefusedError as refused:
        raise NotNowError(_words(refused.code)) from None
    except terms.TermsChangedError:
        words = gettext("The terms have changed. Go back, read them, and enter the code again.")
        raise NotNowError(words) from None
    messages.success(request, gettext("You have joined the portal. These are your cases."))
    return reverse("portal:my-cases")


access_code_pages.register(
    AccessCode.Purpose.FIRST_SIGN_IN,
    Use(mobile=_mobile, entered=_join, back="invitation:code", person=_invited),
)
