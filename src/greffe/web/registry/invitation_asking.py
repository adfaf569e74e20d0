"""What the pages of invitations share: who may see one, why not, a page that asks one thing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from greffe.cases.rules import rules
from greffe.invitations import queries
from greffe.invitations.messages import refusal_text
from greffe.invitations.models import Invitation
from greffe.invitations.papers import reference_of
from greffe.invitations.refusals import InvitationRefusedError
from greffe.law.states import INVITATION
from greffe.web.access import PortalRequest
from greffe.web.components import Tag, Tone
from greffe.web.portal.lines import lang

read_or_write = require_http_methods(["GET", "HEAD", "POST"])

_TONES: Mapping[str, Tone] = {
    "asked": "information",
    "form-returned": "information",
    "held": "information",
    "confirmed": "success",
    "refused": "danger",
    "activated": "success",
    "expired": "attention",
}


def name_of(invitation: Invitation) -> str:
    """Who is invited, or who says to be the one that asks."""
    return invitation.person.name if invitation.person else str(invitation.asked.get("name", ""))


def tag_of(state: str) -> Tag:
    """The state of an invitation in a word or two."""
    return Tag(INVITATION.label(state, lang()), _TONES.get(state, "neutral"))


def invitation_or_404(request: PortalRequest, invitation_id: UUID) -> Invitation:
    """An invitation of an office where this person is an officer; 404 otherwise."""
    found = queries.find_invitation(request.viewer, invitation_id)
    if found is None:
        raise Http404
    return found


def refused_page(
    request: PortalRequest, invitation: Invitation, refusal: InvitationRefusedError
) -> HttpResponse:
    """The page that says why nothing was changed, and leads to the invitation as it is."""
    said = refusal_text(refusal.code)
    context = {"invitation": invitation, "name": name_of(invitation), "text": said}
    return render(request, "registry/invitation_refused.html", context, status=409)


def back(invitation: Invitation) -> HttpResponse:
    """To the page of an invitation."""
    return redirect("registry:invitation", invitation.pk)


_FIELDS: Mapping[str, tuple[str, ...]] = {
    "times": ("day_0", "day", "starts_at"),
    "seen": ("kind_0",),
    "note": ("note", "why"),
}
"""Where the pages ask for what a refusal is about, where its name is another."""


def refuse(form: forms.Form, refusal: InvitationRefusedError) -> None:
    """Say in a form why the action refused it, beside the field it is about where there is one."""
    said = refusal_text(refusal.code)
    names = _FIELDS.get(said.field, (said.field,))
    field = next((name for name in names if name in form.fields), None)
    form.add_error(field, f"{said.text.get(lang())} {said.remedy.get(lang())}".strip())


@dataclass(frozen=True, slots=True)
class Change:
    """The words of a page that asks one thing: what is done, what follows, the button."""

    title: str
    explanation: str
    button: str
    danger: bool = False


def page(
    request: PortalRequest,
    found: Invitation,
    change: Change,
    form: forms.Form,
    template: str = "registry/invitation_change.html",
    **more: Any,
) -> HttpResponse:
    """A page that asks one thing about an invitation."""
    context: dict[str, Any] = {
        "invitation": found,
        "name": name_of(found),
        "reference": reference_of(found),
        "office": rules().office(found.office),
        "change": change,
        "form": form,
    }
    return render(request, template, context | more, status=422 if form.errors else 200)
