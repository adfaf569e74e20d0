"""A forgotten password: a link by e-mail, then the recovery questions, then a new password."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from greffe.accounts import credentials, limits, recovery
from greffe.accounts.models import User
from greffe.accounts.signals import record_refusal
from greffe.law.account_rows import RecoveryQuestion
from greffe.web.portal.credential_pages import PasswordFields
from greffe.web.tries import begin_try, say_when, status_of, wait_words

_KEPT = "recovery"


class AskForm(forms.Form):
    """The username whose password is forgotten."""

    username = forms.CharField(
        label=_("Username"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        error_messages={"required": _("Enter your username.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Have a link sent; the answer is the same whoever has an account."""
    form = AskForm(request.POST if request.method == "POST" else None)
    refusal: limits.TooManyTriesError | None = None
    if form.is_valid():
        username = form.cleaned_data["username"]
        try:
            begin_try(request, limits.Kind.RESET_LINK, username)
        except limits.TooManyTriesError as waits:
            refusal = waits
            form.add_error(None, wait_words(waits.wait))
        else:
            with transaction.atomic():
                recovery.ask_for_link(username)
            return redirect("recovery-sent")
    status = status_of(refusal) if form.is_bound else 200
    response = render(request, "account/forgotten.html", {"form": form}, status=status)
    say_when(response, refusal)
    return response


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Say that a link is on its way, if there is such an account."""
    return render(request, "account/forgotten_sent.html")


@require_safe
def follow(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Take a link to its page, whose address has nothing secret in it."""
    if recovery.account_of_link(uid, token) is None:
        return _gone(request)
    request.session[_KEPT] = [uid, token]
    return redirect("recovery-password")


class NewPasswordForm(PasswordFields):
    """The answers to the account's questions, and a new password."""

    refusal: limits.TooManyTriesError | None = None

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Ask what the account answered when its credential was made."""
        super().__init__(*args, **kwargs)
        self.user = user
        self.questions: list[RecoveryQuestion] = recovery.questions_of(user)
        lang = get_language() or "en"
        for row in self.questions:
            self.fields[f"answer-{row.id}"] = forms.CharField(
                label=row.text.get(lang),
                max_length=200,
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
                error_messages={"required": _("Enter the answer.")},
            )

    def answer_fields(self) -> list[Any]:
        """Give the boxes of the answers, to draw."""
        return [self[f"answer-{row.id}"] for row in self.questions]

    def clean(self) -> dict[str, Any]:
        """Judge the new password; the answers are looked at by `prove`."""
        self.judge(self.user)
        return self.cleaned_data

    def prove(self, request: HttpRequest) -> bool:
        """Check the answers, as one more try at them; say in the form's errors what is wrong."""
        given = {row.id: self.cleaned_data[f"answer-{row.id}"] for row in self.questions}
        try:
            tried = begin_try(request, limits.Kind.RECOVERY, self.user.username)
        except limits.TooManyTriesError as refusal:
            self.refusal = refusal
            if refusal.first:
                record_refusal(self.user.username, body={"why": "too-many-tries", "at": "recovery"})
            self.add_error(None, wait_words(refusal.wait))
            return False
        if recovery.answers_are_right(self.user, given):
            limits.succeeded(tried)
            return True
        record_refusal(self.user.username, body={"at": "recovery"})
        words = _("At least one answer is not the one that you gave. Your password is as it was.")
        self.add_error(None, ValidationError(words, code="wrong"))
        return False


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Ask the recovery questions and for a new password; sign in comes after, with all it asks."""
    kept = request.session.get(_KEPT)
    user = recovery.account_of_link(*kept) if kept else None
    if user is None:
        return _gone(request)
    form = NewPasswordForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid() and form.prove(request):
        credentials.reset_password(user=user, password=form.cleaned_data["password1"])
        request.session.pop(_KEPT, None)
        messages.success(request, gettext("Your password is the new one. Sign in with it."))
        return redirect("sign-in")
    status = status_of(form.refusal) if form.is_bound else 200
    response = render(request, "account/new_password.html", {"form": form}, status=status)
    say_when(response, form.refusal)
    return response


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "account/link_gone.html", status=HTTPStatus.GONE)
