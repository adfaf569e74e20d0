"""Registration forms: one that came back on paper is entered, each is reviewed, a number mended."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext

from greffe.invitations import actions, queries
from greffe.invitations.form_messages import problem_text
from greffe.invitations.messages import refusal_text
from greffe.invitations.models import Invitation
from greffe.invitations.refusals import FormRefusedError, InvitationRefusedError
from greffe.law.states import INVITATION
from greffe.web.access import PortalRequest
from greffe.web.portal.lines import lang
from greffe.web.registry.access import REGISTRY, for_roles
from greffe.web.registry.invitation_asking import (
    Change,
    back,
    invitation_or_404,
    page,
    read_or_write,
    refuse,
    refused_page,
)
from greffe.web.registry.invitation_forms import MobileForm, RegistrationEntry, ReviewForm
from greffe.web.registry.invitation_pages import facts_of


@read_or_write
@for_roles(REGISTRY)
def enter(request: PortalRequest, invitation_id: UUID) -> HttpResponse:
    """Enter a registration form that came back on paper."""
    found = invitation_or_404(request, invitation_id)
    if not INVITATION.allows(found.state, "return-form"):
        return refused_page(request, found, InvitationRefusedError("not-now"))
    party = found.standing == Invitation.Standing.PARTY
    form = RegistrationEntry(request.POST or None, party=party, initial=_known(found))
    if request.method == "POST" and form.is_valid():
        try:
            actions.return_form(
                invitation_id=found.pk, form=form.registration(), by=request.viewer, on_paper=True
            )
        except FormRefusedError as refused:
            _note(form, refused)
        except InvitationRefusedError as refusal:
            return refused_page(request, found, refusal)
        else:
            messages.success(request, gettext("The form is entered. Review it now."))
            return back(found)
    change = Change(
        gettext("Enter the registration form"),
        gettext("Copy what the person wrote. What the registry knew already is filled in."),
        gettext("Enter the form"),
    )
    return page(request, found, change, form)


def _known(found: Invitation) -> dict[str, Any]:
    """What the registry knows already: nobody copies twice what has not changed."""
    returned = queries.latest_form(found)
    source: Any = returned or found.person
    return {
        name: getattr(source, name, "")
        for name in RegistrationEntry.base_fields
        if source is not None
    } | ({} if returned else {"language": found.language})


def _note(form: forms.Form, refused: FormRefusedError) -> None:
    for problem in refused.problems:
        field = problem.field if problem.field in form.fields else None
        form.add_error(field, problem_text(problem).get(lang()))


@read_or_write
@for_roles(REGISTRY)
def review(request: PortalRequest, invitation_id: UUID) -> HttpResponse:
    """Look at the form that was returned; accept it, or send it back with a note."""
    found = invitation_or_404(request, invitation_id)
    returned = queries.latest_form(found)
    if returned is None or not INVITATION.allows(found.state, "accept-form"):
        return refused_page(request, found, InvitationRefusedError("not-now"))
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        accepted = said["decision"] == "accept"
        try:
            actions.review_form(
                by=request.viewer,
                invitation_id=found.pk,
                accepted=accepted,
                note=said["note"].strip(),
            )
        except InvitationRefusedError as refusal:
            if not refusal_text(refusal.code).field:
                return refused_page(request, found, refusal)
            refuse(form, refusal)
        else:
            done = gettext("The form is accepted. Propose times for the meeting.")
            sent_back = gettext("The form is sent back with your note.")
            messages.success(request, done if accepted else sent_back)
            return back(found)
    change = Change(
        gettext("Review the registration form"),
        gettext(
            "Compare the name and the membership with what the regulator publishes, and all of it"
            " with the case."
        )
        if found.standing == Invitation.Standing.COUNSEL
        else gettext("Compare it with the case."),
        gettext("Save the decision"),
    )
    template = "registry/registration_review.html"
    return page(request, found, change, form, template, returned=returned, facts=facts_of(returned))


@read_or_write
@for_roles(REGISTRY)
def mobile(request: PortalRequest, invitation_id: UUID) -> HttpResponse:
    """Enter another mobile number while the code waits to be used."""
    found = invitation_or_404(request, invitation_id)
    returned = queries.latest_form(found)
    form = MobileForm(request.POST or None, initial={"mobile": returned.mobile if returned else ""})
    if returned is None or found.state not in {"confirmed", "code-issued"}:
        return refused_page(request, found, InvitationRefusedError("not-now"))
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_mobile(
                by=request.viewer, invitation_id=found.pk, mobile=form.cleaned_data["mobile"]
            )
        except FormRefusedError as refused:
            _note(form, refused)
        except InvitationRefusedError as refusal:
            return refused_page(request, found, refusal)
        else:
            messages.success(request, gettext("The mobile number is changed."))
            return back(found)
    change = Change(
        gettext("Change the mobile number"),
        gettext("The access code of the first sign-in goes to this number, and to no other."),
        gettext("Change the number"),
    )
    return page(request, found, change, form)
