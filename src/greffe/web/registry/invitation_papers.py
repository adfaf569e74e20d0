"""What is printed of an invitation: the letter with its form, a fax's first sheet, the code."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from greffe.invitations import code_actions, queries
from greffe.invitations.models import Invitation, InvitationCode
from greffe.invitations.papers import code_letter_of, fax_cover_of, letter_of, reference_of
from greffe.invitations.refusals import InvitationRefusedError
from greffe.law.states import INVITATION
from greffe.web.access import PortalRequest
from greffe.web.registry.access import REGISTRY, for_roles
from greffe.web.registry.invitation_asking import (
    Change,
    back,
    invitation_or_404,
    page,
    read_or_write,
    refused_page,
)


def _pdf(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_safe
@for_roles(REGISTRY)
def letter(request: PortalRequest, invitation_id: UUID) -> HttpResponse:
    """The invitation with its registration form, to print."""
    found = invitation_or_404(request, invitation_id)
    if found.state != "invited":
        return refused_page(request, found, InvitationRefusedError("not-now"))
    return _pdf(letter_of(found), f"invitation-{reference_of(found)}")


@require_safe
@for_roles(REGISTRY)
def fax_cover(request: PortalRequest, invitation_id: UUID) -> HttpResponse:
    """The first sheet of a fax."""
    found = invitation_or_404(request, invitation_id)
    if found.person is None:
        return refused_page(request, found, InvitationRefusedError("not-now"))
    sheets = 1 if found.state == "code-issued" else 2
    return _pdf(fax_cover_of(found, sheets=sheets), f"fax-{reference_of(found)}")


@read_or_write
@for_roles(REGISTRY)
def issue(request: PortalRequest, invitation_id: UUID) -> HttpResponse:
    """Issue the code: by e-mail it is sent; by mail and fax the letter that has it is given.

    The code is shown on no page and kept by nobody: the letter is the answer to this request. The
    page says which code it knew of, so that pressing twice does not make the first letter void.
    """
    found = invitation_or_404(request, invitation_id)
    form = queries.latest_form(found)
    if form is None or not INVITATION.allows(found.state, "issue"):
        return refused_page(request, found, InvitationRefusedError("not-now"))
    latest = found.codes.order_by("-issued_at").first()
    known = str(latest.pk) if latest else ""
    by_letter = found.channel != Invitation.Channel.EMAIL
    if request.method != "POST" or request.POST.get("known", "") != known:
        if request.method == "POST":
            return refused_page(request, found, InvitationRefusedError("stale"))
        return _ask(request, found, known=known, latest=latest, returned=form)
    try:
        issued = code_actions.issue_code(by=request.viewer, invitation_id=found.pk)
    except InvitationRefusedError as refusal:
        return refused_page(request, found, refusal)
    if by_letter:
        content = code_letter_of(found, form, issued.code, issued.row.expires_at)
        return _pdf(content, f"code-{reference_of(found)}")
    messages.success(request, gettext("The code is being sent by e-mail."))
    return back(found)


def _ask(
    request: PortalRequest, found: Invitation, *, latest: InvitationCode | None, **more: Any
) -> HttpResponse:
    by_letter = found.channel != Invitation.Channel.EMAIL
    change = Change(
        gettext("Issue another invitation code")
        if latest
        else gettext("Issue the invitation code"),
        gettext(
            "The letter that carries the code is given to you once, as a PDF: print it at once. No"
            " page shows the code, and nobody can look it up afterwards."
        )
        if by_letter
        else gettext("The code is sent by e-mail, with the address of the portal."),
        gettext("Issue the code and get the letter") if by_letter else gettext("Issue the code"),
    )
    more |= {"latest": latest, "by_letter": by_letter}
    return page(request, found, change, forms.Form(), "registry/code_issue.html", **more)
