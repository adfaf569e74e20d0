"""What changes a case file: its office, its openness, its seals. One change a page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from greffe.cases import file_actions
from greffe.cases.file_actions import REASON_LENGTH, CaseFileRefusedError, offices_for
from greffe.cases.file_messages import REFUSALS
from greffe.cases.models import Case
from greffe.cases.permissions import capacity_in, keeps_seals, may_transfer
from greffe.cases.queries import SeenCase, office_of
from greffe.web.access import PortalRequest
from greffe.web.components import Problem
from greffe.web.landing import landing
from greffe.web.portal.lines import lang
from greffe.web.registry.access import BENCH, for_roles
from greffe.web.registry.case_pages import staff_case_or_404, staff_entry_or_404

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


class _AnyOffice(forms.ChoiceField):
    """Offers some offices; what is sent instead is for the action to refuse, in its own words."""

    def valid_value(self, value: Any) -> bool:
        return bool(value)


class TransferForm(forms.Form):
    """To which office a case goes."""

    office = _AnyOffice(
        label=_("Which office handles the case from today?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the office.")},
    )

    def __init__(self, *args: Any, offices: list[tuple[str, str]], **kwargs: Any) -> None:
        """Offer these offices."""
        super().__init__(*args, **kwargs)
        field = self.fields["office"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = offices


class ReasonForm(forms.Form):
    """Why, in words."""

    reason = forms.CharField(
        label=_("Why?"),
        help_text=_(
            "Kept in the ledger for good. Name the order or the request; do not repeat what is to"
            " be protected."
        ),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Say why."),
            "max_length": _("The reason has more than 2,000 characters."),
        },
    )


@dataclass(frozen=True, slots=True)
class Change:
    """The words of one change: what is done, what follows from it, what was done."""

    title: str
    explanation: str
    done: str
    name: str = ""


@read_or_write
@for_roles(BENCH)
def transfer(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """Have another office handle the case from today."""
    seen = staff_case_or_404(request, case_id)
    today = timezone.localdate()
    if not may_transfer(seen.capacity):
        raise Http404
    here = office_of(seen.case, on=today).id
    offices = offices_for(seen.case.division, on=today)
    offered = [(row.id, row.label.get(lang())) for row in offices if row.id != here]
    form = TransferForm(request.POST or None, offices=offered)
    change = Change(
        gettext("Transfer the case to another office"),
        gettext(
            "What waits in the queue goes with it, and nobody holds it there. Receipts keep the"
            " office of their day. Officers of this office will no longer see the case."
        ),
        gettext("The case was transferred."),
    )
    return _changed(
        request,
        seen,
        form,
        change,
        lambda said: file_actions.transfer_case(
            by=request.viewer, case=seen.case, office=said["office"], on=today
        ),
    )


@read_or_write
@for_roles(BENCH)
def openness(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """Open the proceeding to the public, or close it."""
    seen = _keeper_or_404(request, case_id)
    public = _wanted(request, now=seen.case.openness.get(until=None).public)
    change = Change(
        gettext("Open the proceeding to the public")
        if public
        else gettext("Close the proceeding to the public"),
        gettext("From today, the public may attend and ask for what is not sealed.")
        if public
        else gettext("From today, the proceeding is held in private."),
        gettext("The proceeding is open to the public.")
        if public
        else gettext("The proceeding is held in private."),
    )
    return _changed(
        request,
        seen,
        ReasonForm(request.POST or None),
        change,
        lambda said: file_actions.change_openness(
            by=request.viewer,
            case=seen.case,
            public=public,
            reason=said["reason"],
            on=timezone.localdate(),
        ),
        wanted=public,
    )


@read_or_write
@for_roles(BENCH)
def seal(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """Seal the case, or lift its sealing."""
    seen = _keeper_or_404(request, case_id)
    wanted = _wanted(request, now=seen.case.sealed)
    action = file_actions.seal_case if wanted else file_actions.unseal_case
    change = Change(
        gettext("Seal the case") if wanted else gettext("Lift the sealing of the case"),
        gettext(
            "From now on it exists only for its parties and their counsel, the member who hears it"
            " and the supervisors of its office."
        )
        if wanted
        else gettext("From now on the officers of its office and auditors see it again."),
        gettext("The case is sealed.") if wanted else gettext("The case is no longer sealed."),
    )
    return _changed(
        request,
        seen,
        ReasonForm(request.POST or None),
        change,
        lambda said: action(by=request.viewer, case=seen.case, reason=said["reason"]),
        wanted=wanted,
    )


@read_or_write
@for_roles(BENCH)
def seal_document(request: PortalRequest, case_id: UUID, entry_id: UUID) -> HttpResponse:
    """Seal one document of the record, or lift its sealing."""
    seen = _keeper_or_404(request, case_id)
    entry = staff_entry_or_404(request, case_id, entry_id)
    wanted = _wanted(request, now=entry.sealed)
    action = file_actions.seal_entry if wanted else file_actions.unseal_entry
    place = {"place": entry.position}
    change = Change(
        gettext("Seal document %(place)s") % place
        if wanted
        else gettext("Lift the sealing of document %(place)s") % place,
        gettext(
            "From now on it exists only for the member who hears the case and the supervisors of"
            " its office: not for the parties, their counsel or whoever filed it."
        )
        if wanted
        else gettext("From now on those who may read the case file may read it again."),
        gettext("Document %(place)s is sealed.") % place
        if wanted
        else gettext("Document %(place)s is no longer sealed.") % place,
        name=entry.name,
    )
    return _changed(
        request,
        seen,
        ReasonForm(request.POST or None),
        change,
        lambda said: action(by=request.viewer, entry=entry, reason=said["reason"]),
        wanted=wanted,
    )


def _keeper_or_404(request: PortalRequest, case_id: UUID) -> SeenCase:
    seen = staff_case_or_404(request, case_id)
    if not keeps_seals(request.viewer, seen.case, seen.capacity, on=timezone.localdate()):
        raise Http404
    return seen


def _wanted(request: PortalRequest, *, now: bool) -> bool:
    """What the page offered when it was opened: the other of what held then, not of what holds."""
    return {"yes": True, "no": False}.get(request.POST.get("wanted", ""), not now)


def _changed(
    request: PortalRequest,
    seen: SeenCase,
    form: forms.Form,
    change: Change,
    action: Callable[[dict[str, Any]], object],
    *,
    wanted: bool = True,
) -> HttpResponse:
    """Ask, do, and go back to the case; a refusal is told on the page, with what was typed."""
    problems: list[Problem] = []
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                action(form.cleaned_data)
            except CaseFileRefusedError as refused:
                problems, status = [Problem(str(REFUSALS[refused.code]))], 409
            else:
                messages.success(request, change.done)
                return redirect(_afterwards(request, seen.case))
        else:
            status = 422
    context = {
        "case": seen.case,
        "form": form,
        "change": change,
        "problems": problems,
        "wanted": "yes" if wanted else "no",
    }
    return render(request, "registry/case_change.html", context, status=status)


def _afterwards(request: PortalRequest, case: Case) -> str:
    """The case, or where one's work begins if it is no longer theirs to see."""
    case.refresh_from_db()
    if capacity_in(request.viewer, case, on=timezone.localdate()) is None:
        return landing(request.viewer)
    return reverse("registry:case", args=[case.pk])
