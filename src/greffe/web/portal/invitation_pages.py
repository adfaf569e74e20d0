"""The pages of somebody who is invited, before they have an account: asking, form, meeting.

One's own pages are reached by the link of the invitation, which nobody can guess, and by nothing
else. Asking is answered in the same way whoever asks.
"""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from greffe.accounts import limits
from greffe.accounts.addresses import client_address
from greffe.invitations import actions, meeting_actions
from greffe.invitations.codes import invitation_of
from greffe.invitations.messages import OWNERS, STATES, refusal_text
from greffe.invitations.models import Invitation
from greffe.invitations.papers import calendar_entry
from greffe.invitations.queries import current_meeting, latest_form, of_link
from greffe.invitations.refusals import FormRefusedError, InvitationRefusedError
from greffe.law.states import INVITATION
from greffe.papers.calendar import MEDIA_TYPE, calendar_of
from greffe.rules import rules
from greffe.web.portal.invitation_forms import AskForm, RegistrationFields, TimesForm
from greffe.web.portal.lines import lang
from greffe.web.tries import say_when, status_of, wait_words

_RETURNED = ("name", "membership", "regulator", "membership_number", "firm", "address", "mobile")
_WAYS = ("phone", "email", "language")


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What one does who was invited, and how to be."""
    return render(request, "invitation/start.html")


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask to be invited. Nothing is looked up: the answer says nothing of who is known."""
    form = AskForm(request.POST if request.method == "POST" else None)
    refusal: limits.TooManyTriesError | None = None
    if form.is_valid():
        said = form.cleaned_data
        try:
            limits.attempt(
                limits.Kind.INVITATION_ASKED,
                said["email"],
                address=client_address(request, proxies=settings.TRUSTED_PROXIES),
            )
        except limits.TooManyTriesError as waits:
            refusal = waits
            form.add_error(None, wait_words(waits.wait))
        else:
            actions.ask(asked=actions.Asked(**said, language=lang()))
            return redirect("invitation:asked")
    status = status_of(refusal) if form.is_bound else HTTPStatus.OK
    response = render(request, "invitation/ask.html", {"form": form}, status=status)
    say_when(response, refusal)
    return response


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """What happens now with a request to be invited."""
    return render(request, "invitation/asked.html")


def _own(token: str) -> Invitation:
    """The invitation of a link; 404 for a link that is none."""
    invitation_id = invitation_of(token)
    invitation = of_link(invitation_id) if invitation_id else None
    if invitation is None:
        raise Http404
    return invitation


@require_safe
def mine(request: HttpRequest, token: str) -> HttpResponse:
    """Where one's invitation stands, and the one thing to do now."""
    invitation = _own(token)
    return render(request, "invitation/mine.html", _about(invitation) | {"token": token})


def _about(invitation: Invitation) -> dict[str, Any]:
    words, form = STATES[invitation.state], latest_form(invitation)
    meeting = current_meeting(invitation) if invitation.state == "scheduled" else None
    sent_back = invitation.state == "invited" and form is not None and form.accepted is False
    return {
        "invitation": invitation,
        "words": words,
        "owner": OWNERS[words.owner],
        "state": INVITATION.states[invitation.state],
        "meeting": meeting,
        "office": rules().office(invitation.office),
        "sent_back": form.note if sent_back and form is not None else "",
        "may_return": _may_return(invitation),
    }


def _may_return(invitation: Invitation) -> bool:
    """Whether the form is to be filled in now, or may still be changed."""
    form = latest_form(invitation)
    looked_at = invitation.state == "form-returned" and form is not None and bool(form.accepted)
    return INVITATION.allows(invitation.state, "return-form") and not looked_at


@require_http_methods(["GET", "HEAD", "POST"])
def registration(request: HttpRequest, token: str) -> HttpResponse:
    """Fill in the registration form and return it."""
    invitation = _own(token)
    if not _may_return(invitation):
        return redirect("invitation:mine", token)
    form = RegistrationFields(
        request.POST if request.method == "POST" else None,
        counsel=invitation.standing == Invitation.Standing.COUNSEL,
        email_needed=invitation.channel == Invitation.Channel.EMAIL,
        initial=_known(invitation),
    )
    if form.is_bound:
        form.is_valid()  # a choice off the list is told below as one that is missing
        form.errors.clear()
        try:
            actions.return_form(invitation_id=invitation.pk, form=form.registration())
        except FormRefusedError as refused:
            form.refused(refused.problems)
        except InvitationRefusedError:
            return redirect("invitation:mine", token)
        else:
            return redirect("invitation:mine", token)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"form": form, "invitation": invitation, "token": token}
    return render(request, "invitation/form.html", context, status=status)


def _known(invitation: Invitation) -> dict[str, str]:
    """What the form begins with: what came back before, else what the invitation says already."""
    before = latest_form(invitation)
    if before is not None:
        return {name: getattr(before, name) for name in (*_RETURNED, *_WAYS)}
    by_email = invitation.channel == Invitation.Channel.EMAIL
    return {
        "name": invitation.person.name if invitation.person else "",
        "email": invitation.sent_to if by_email else "",
        "language": invitation.language,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def times(request: HttpRequest, token: str) -> HttpResponse:
    """Choose one of the times that are proposed for the meeting."""
    invitation = _own(token)
    meeting = current_meeting(invitation)
    if invitation.state != "meeting-proposed" or meeting is None:
        return redirect("invitation:mine", token)
    form = TimesForm(
        request.POST if request.method == "POST" else None, meeting=meeting, now=timezone.now()
    )
    if form.is_valid():
        try:
            meeting_actions.choose_meeting(invitation_id=invitation.pk, starts_at=form.chosen())
        except InvitationRefusedError as refused:
            message = refusal_text(refused.code)
            form.add_error("time", f"{message.text.get(lang())} {message.remedy.get(lang())}")
        else:
            return redirect("invitation:mine", token)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"form": form, "token": token, "sequence": meeting.sequence}
    return render(request, "invitation/times.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Say that one cannot come, or that none of the times suits; other times are proposed then."""
    invitation = _own(token)
    meeting = current_meeting(invitation)
    if not INVITATION.allows(invitation.state, "cancel") or meeting is None:
        return redirect("invitation:mine", token)
    if request.method == "POST":
        given = request.POST.get("sequence", "")
        sequence = int(given) if given.isascii() and given.isdecimal() else -1
        note = request.POST.get("note", "").replace("\x00", "")[:1000]
        try:
            meeting_actions.cancel_meeting(
                invitation_id=invitation.pk, sequence=sequence, note=note
            )
        except InvitationRefusedError as refused:
            message = refusal_text(refused.code)
            messages.error(request, f"{message.text.get(lang())} {message.remedy.get(lang())}")
        else:
            messages.success(request, gettext("We will propose other times to you."))
        return redirect("invitation:mine", token)
    context = {"meeting": meeting, "office": rules().office(meeting.office), "token": token}
    return render(request, "invitation/cancel.html", context)


@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The meeting as a file for one's own calendar; taken in again, it brings what has changed."""
    del request
    invitation = _own(token)
    meeting = current_meeting(invitation)
    if meeting is None or meeting.starts_at is None:
        raise Http404
    entry = calendar_entry(meeting, "fr" if lang() == "fr" else "en")
    response = HttpResponse(calendar_of(entry, made=timezone.now()), content_type=MEDIA_TYPE)
    response["Content-Disposition"] = 'attachment; filename="meeting.ics"'
    return response
