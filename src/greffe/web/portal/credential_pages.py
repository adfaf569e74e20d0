"""Making a credential: terms, username, password and three recovery questions, on one page."""

import unicodedata
from collections.abc import Iterator
from typing import Any, cast

from allauth.account.utils import perform_login
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from greffe.accounts import credentials, limits, recovery, terms
from greffe.accounts.models import User
from greffe.web.terms import TermsForm
from greffe.web.tries import begin_try, say_when, status_of, wait_words

_SHORTEST, _LONGEST = 4, 64


class PasswordFields(forms.Form):
    """A new password, typed twice; taken as typed."""

    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Enter a password.")},
    )
    password2 = forms.CharField(
        label=_("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Enter the password again.")},
    )

    def judge(self, user: User) -> None:
        """Hold the password against the validators, as one of `user`, and its repetition."""
        first, again = self.cleaned_data.get("password1"), self.cleaned_data.get("password2")
        if first and again and first != again:
            words = _("The two passwords are not the same. Enter the same one twice.")
            self.add_error("password2", ValidationError(words, code="different"))
        if first:
            try:
                validate_password(first, user)
            except ValidationError as refused:
                self.add_error("password1", refused)


class AnswerFields(forms.Form):
    """Three recovery questions, each chosen and answered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make a choice and an answer three times."""
        super().__init__(*args, **kwargs)
        lang = get_language() or "en"
        rows = recovery.questions_on(timezone.localdate())
        choices = [("", _("Choose a question"))] + [(row.id, row.text.get(lang)) for row in rows]
        for n in range(1, recovery.QUESTIONS + 1):
            self.fields[f"question{n}"] = forms.ChoiceField(
                label=_("Question %(n)d") % {"n": n},
                choices=choices,
                error_messages={"required": _("Choose a question.")},
            )
            self.fields[f"answer{n}"] = forms.CharField(
                label=_("Answer %(n)d") % {"n": n},
                max_length=200,
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
                error_messages={"required": _("Enter the answer.")},
            )

    def answer_fields(self) -> Iterator[tuple[Any, Any]]:
        """Give each question with its answer, to draw."""
        for n in range(1, recovery.QUESTIONS + 1):
            yield self[f"question{n}"], self[f"answer{n}"]

    def judge_answers(self) -> None:
        """Say which question stands twice, and which answer is too short or stands twice."""
        questions: set[str] = set()
        answers: set[str] = set()
        for n in range(1, recovery.QUESTIONS + 1):
            question = self.cleaned_data.get(f"question{n}")
            answer = recovery.normalised(self.cleaned_data.get(f"answer{n}") or "")
            if question and question in questions:
                self.add_error(f"question{n}", _("Choose three different questions."))
            if f"answer{n}" in self.cleaned_data and len(answer) < recovery.SHORTEST:
                self.add_error(f"answer{n}", _("Give an answer of at least 3 letters or digits."))
            elif answer and answer in answers:
                self.add_error(f"answer{n}", _("Give three different answers."))
            questions.add(question or "")
            answers.add(answer)

    def answers(self) -> dict[str, str]:
        """Give the answers by their question."""
        data = self.cleaned_data
        return {data[f"question{n}"]: data[f"answer{n}"] for n in range(1, recovery.QUESTIONS + 1)}


class CredentialForm(TermsForm, PasswordFields, AnswerFields):
    """Everything that makes a credential. `refusal` says why nothing was looked up, or None."""

    refusal: limits.TooManyTriesError | None = None

    username = forms.CharField(
        label=_("Username"),
        min_length=_SHORTEST,
        max_length=_LONGEST,
        validators=[UnicodeUsernameValidator()],
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={
            "required": _("Enter a username."),
            "min_length": _("A username has at least 4 characters."),
            "max_length": _("A username has at most 64 characters."),
            "invalid": _("A username has letters, digits and the signs @ . + - _ only."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Put the fields in the order of the page, in which their errors are told."""
        super().__init__(*args, **kwargs)
        first = [name for name in self.fields if name.startswith(("accept_", "version_"))]
        self.order_fields([*first, "username", "password1", "password2"])

    def clean_username(self) -> str:
        """Take every way of writing the same letters for one."""
        return unicodedata.normalize("NFKC", self.cleaned_data["username"])

    def clean(self) -> dict[str, Any]:
        """Judge each part by itself, so that all that is wrong is said at once."""
        super().clean()
        self.judge(User(username=self.cleaned_data.get("username", "")))
        self.judge_answers()
        return self.cleaned_data

    def make(self, request: HttpRequest) -> User | None:
        """Make the account, or add to the form's errors why not and give None."""
        data = self.cleaned_data
        try:
            begin_try(request, limits.Kind.USERNAME, data["username"])
            return credentials.make_credential(
                username=data["username"],
                password=data["password1"],
                answers=self.answers(),
                terms_version=self.rows[0].version,
                language=(get_language() or "en")[:2],
                on=timezone.localdate(),
            )
        except limits.TooManyTriesError as refusal:
            self.refusal = refusal
            self.add_error(None, wait_words(refusal.wait))
        except credentials.UsernameTakenError:
            words = _("This username cannot be used. Choose another one.")
            self.add_error("username", ValidationError(words, code="taken"))
        return None


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponseBase:
    """Make a credential and sign in with it; the invitation comes next."""
    if request.user.is_authenticated:
        return redirect("portal:account")
    rows = [terms.in_force(terms.CREDENTIAL, timezone.localdate())]
    form = CredentialForm(request.POST if request.method == "POST" else None, rows=rows)
    if form.is_valid():
        user = form.make(request)
        if user is not None:
            return cast("HttpResponseBase", perform_login(request, user))
    status = status_of(form.refusal) if form.is_bound else 200
    context = {"form": form, "shortest": _SHORTEST, "longest": _LONGEST}
    response = render(request, "account/create.html", context, status=status)
    say_when(response, form.refusal)
    return response
