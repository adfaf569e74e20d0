"""My account: the password, and the sessions and devices where one is signed in."""

from typing import Any, cast

from allauth.account import views
from allauth.account.forms import ChangePasswordForm
from allauth.core import context
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from greffe.accounts import sessions
from greffe.accounts.devices import device_name
from greffe.accounts.limits import TooManyTriesError
from greffe.accounts.models import User
from greffe.cases.queries import represents_somebody
from greffe.law.calendar import eastern
from greffe.ledger.actors import Actor
from greffe.web.access import PortalRequest, signed_in
from greffe.web.session_times import unattended
from greffe.web.tries import password_is_right, say_when, status_of, wait_words


@require_safe
@signed_in
def account(request: PortalRequest) -> HttpResponse:
    """The account of whoever looks, and what can be done with it."""
    shown = {
        "username": _user(request).username,
        "represents": represents_somebody(request.viewer, on=timezone.localdate()),
    }
    return render(request, "portal/account.html", shown)


@require_safe
@signed_in
def open_sessions(request: PortalRequest) -> HttpResponse:
    """Where one is signed in: each session with its device, its beginning and its last use."""
    listed = [
        {
            "id": one.id,
            "device": device_name(one.agent),
            "began": eastern(one.began),
            "seen": eastern(one.seen),
            "current": one.current,
        }
        for one in sessions.sessions_of(_user(request), request.session)
    ]
    shown = {
        "sessions": listed,
        "others": sum(not one["current"] for one in listed),
        "minutes": settings.SESSION_IDLE_AGE // 60,
        "hours": settings.SESSION_COOKIE_AGE // 3600,
    }
    return render(request, "portal/sessions.html", shown)


@require_POST
@signed_in
def end_session(request: PortalRequest, session_id: int) -> HttpResponse:
    """End one of one's own sessions; 404 for any other."""
    try:
        sessions.end_one(by=_actor(request), user=_user(request), session_id=session_id)
    except UserSession.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, gettext("The session was ended."))
    return redirect("portal:sessions")


@require_POST
@signed_in
def end_other_sessions(request: PortalRequest) -> HttpResponse:
    """End all of one's own sessions but this one."""
    ended = sessions.end_others(by=_actor(request), user=_user(request), session=request.session)
    messages.success(request, _ended(ended))
    return redirect("portal:sessions")


def _ended(count: int) -> str:
    if not count:
        return gettext("There was no other session to end.")
    words = ngettext("%(n)s session was ended.", "%(n)s sessions were ended.", count)
    return words % {"n": count}


@unattended
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def session_time(request: PortalRequest) -> HttpResponse:
    """How long this session lasts, for the warning before its end; a POST begins its time anew."""
    if request.method == "POST":
        sessions.note_use(request)
    left = sessions.time_left(request.session)
    assert left is not None  # noqa: S101 - whoever is signed in has a session
    return JsonResponse({"left": left.seconds, "limit": left.limit})


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """allauth's form in our words, errors that say what to enter; passwords are taken as typed.

    `refusal` says why the current password was not looked at, None where it was.
    """

    refusal: TooManyTriesError | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make the form, then change its words."""
        super().__init__(*args, **kwargs)
        missing = {
            "oldpassword": _("Enter your current password."),
            "password1": _("Enter the new password."),
            "password2": _("Enter the new password again."),
        }
        for name, words in missing.items():
            self.fields[name].error_messages["required"] = words
            self.fields[name].widget.attrs.pop("placeholder", None)
            self.fields[name].help_text = ""

    def clean_oldpassword(self) -> str:
        """See that it is the right one, as one more try at it."""
        typed = str(self.cleaned_data["oldpassword"])
        try:
            right = password_is_right(context.request, self.user, typed, at="password-change")
        except TooManyTriesError as refusal:
            self.refusal = refusal
            raise ValidationError(wait_words(refusal.wait), code="wait") from None
        if not right:
            raise ValidationError(_("Your current password is not this one."), code="wrong")
        return typed

    def clean(self) -> dict[str, Any]:
        """See that the new password was typed twice alike, in words of ours."""
        cleaned: dict[str, Any] = self.cleaned_data
        first, again = cleaned.get("password1"), cleaned.get("password2")
        if first and again and first != again:
            words = _("The two new passwords are not the same. Enter the same one twice.")
            self.add_error("password2", words)
        return cleaned


class ChangePassword(views.PasswordChangeView):  # type: ignore[misc]  # same
    """The page to change one's password; the other sessions end with the old one."""

    form_class = PasswordForm
    template_name = "account/password_change.html"
    success_url = reverse_lazy("portal:account")

    def form_invalid(self, form: PasswordForm) -> HttpResponseBase:
        """Show the page again, with what is wrong."""
        page: HttpResponseBase = self.render_to_response(
            self.get_context_data(form=form), status=status_of(form.refusal)
        )
        say_when(page, form.refusal)
        return page

    def form_valid(self, form: PasswordForm) -> HttpResponseBase:
        """Change it, with what is recorded of that and the sessions that end, or nothing at all."""
        with transaction.atomic():
            changed: HttpResponseBase = super().form_valid(form)
        return changed


_change_password = sensitive_post_parameters()(ChangePassword.as_view())


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def change_password(request: PortalRequest) -> HttpResponseBase:
    """Change one's password, the current one asked."""
    answer: HttpResponseBase = _change_password(request)
    return answer


def _user(request: PortalRequest) -> User:
    return cast("User", request.user)


def _actor(request: PortalRequest) -> Actor:
    return request.viewer.actor("account")
