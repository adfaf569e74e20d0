"""Terms of use on a page: their words, a box to accept each, and the version that was shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from allauth.account.internal.decorators import login_stage_required
from allauth.account.stages import LoginStage
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from greffe.accounts import terms as accepted
from greffe.accounts.actors import account_actor
from greffe.accounts.models import User
from greffe.law.account_rows import Terms
from greffe.ledger.actors import Actor


@dataclass(frozen=True, slots=True)
class ShownTerms:
    """Terms as a page draws them: `components/terms.html`."""

    row: Terms
    paragraphs: Sequence[str]
    box: BoundField
    version: BoundField


class TermsForm(forms.Form):
    """A box to accept each of the terms that it is given, all of them needed."""

    def __init__(self, *args: Any, rows: Sequence[Terms], **kwargs: Any) -> None:
        """Make a box and a hidden version for each row."""
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            self.fields[f"accept_{row.id}"] = forms.BooleanField(
                label=_("I have read these terms and I accept them."),
                error_messages={"required": _("Read the terms and say that you accept them.")},
            )
            self.fields[f"version_{row.id}"] = forms.CharField(
                widget=forms.HiddenInput, initial=row.version, required=False
            )

    def clean(self) -> dict[str, Any]:
        """Take no acceptance of words that were not the ones in force."""
        for row in self.rows:
            given = self.cleaned_data.get(f"version_{row.id}")
            if self.cleaned_data.get(f"accept_{row.id}") and given != row.version:
                words = _("These terms have changed since you opened the page. Read them again.")
                self.add_error(f"accept_{row.id}", ValidationError(words, code="changed"))
        return self.cleaned_data

    def shown(self) -> Iterator[ShownTerms]:
        """Give the terms with their boxes, to draw."""
        lang = get_language() or "en"
        for row in self.rows:
            box, version = self[f"accept_{row.id}"], self[f"version_{row.id}"]
            yield ShownTerms(row, row.paragraphs(lang), box, version)

    def accept(self, *, by: Actor, user: User, on: date) -> None:
        """Keep, in the caller's transaction, that the account accepted each of them as shown."""
        lang = (get_language() or "en")[:2]
        for row in self.rows:
            accepted.accept(
                by=by, user=user, terms=row.id, version=row.version, language=lang, on=on
            )


class TermsStage(LoginStage):  # type: ignore[misc]  # allauth has no types
    """Holds a sign-in until a new version of terms is accepted; where it was going is kept."""

    key = "terms"
    urlname = "sign-in-terms"

    def handle(self) -> tuple[HttpResponseBase | None, bool]:
        """Lead to the terms where there is a new version of some that were accepted before."""
        user = cast("User", self.login.user)
        if accepted.outdated(user, timezone.localdate()):
            return HttpResponseRedirect(reverse(self.urlname)), True
        return None, True


@require_http_methods(["GET", "HEAD", "POST"])
@login_stage_required(stage=TermsStage.key, redirect_urlname="sign-in")  # type: ignore[untyped-decorator]  # same
def new_terms(request: HttpRequest) -> HttpResponseBase:
    """Show the new version of terms in the middle of a sign-in; go on once it is accepted."""
    stage = cast("Any", request)._login_stage  # noqa: SLF001 - allauth's own way to hand it over
    user, today = cast("User", stage.login.user), timezone.localdate()
    rows = accepted.outdated(user, today)
    form = TermsForm(request.POST if request.method == "POST" else None, rows=rows)
    if not rows or form.is_valid():
        with transaction.atomic():
            form.accept(by=account_actor(user), user=user, on=today)
        return cast("HttpResponseBase", stage.exit())
    status = 422 if form.is_bound else 200
    response: HttpResponse = render(request, "account/terms.html", {"form": form}, status=status)
    return response
