"""Identity meetings: times proposed, one fixed, moved, cancelled; what came of it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from greffe.cases.rules import rules
from greffe.filings.queue_actions import officers_of
from greffe.invitations import meeting_actions, queries
from greffe.invitations.messages import refusal_text
from greffe.invitations.models import Invitation, Meeting
from greffe.invitations.papers import calendar_entry
from greffe.invitations.refusals import InvitationRefusedError
from greffe.law.states import INVITATION
from greffe.papers.calendar import MEDIA_TYPE, calendar_of
from greffe.web.access import PortalRequest
from greffe.web.portal.lines import lang
from greffe.web.registry.access import REGISTRY, for_roles
from greffe.web.registry.identity_forms import (
    ChooseForm,
    MoveForm,
    OutcomeForm,
    ProposeForm,
    standing,
)
from greffe.web.registry.invitation_asking import (
    Change,
    back,
    invitation_or_404,
    page,
    read_or_write,
    refuse,
    refused_page,
)
from greffe.web.registry.invitation_forms import NoteForm
from greffe.web.registry.invitation_pages import documents_of


def _refuse(
    request: PortalRequest, found: Invitation, form: forms.Form, refusal: InvitationRefusedError
) -> HttpResponse | None:
    """Say in the form what can be mended there; a page for the rest."""
    if not refusal_text(refusal.code).field:
        return refused_page(request, found, refusal)
    refuse(form, refusal)
    return None


def _clock(found: Invitation) -> tuple[str, str]:
    """The zone and the name of the office on whose clock meetings are."""
    office = rules().office(found.office)
    return office.zone, office.label.get(lang())


@read_or_write
@for_roles(REGISTRY)
def propose(request: PortalRequest, invitation_id: UUID) -> HttpResponse:
    """Offer times for the meeting."""
    found = invitation_or_404(request, invitation_id)
    if not INVITATION.allows(found.state, "propose"):
        return refused_page(request, found, InvitationRefusedError("not-now"))
    zone, place = _clock(found)
    meeting = queries.current_meeting(found)
    initial = {"join": meeting.join, "minutes": meeting.minutes} if meeting else {}
    form = ProposeForm(request.POST or None, zone=zone, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            meeting_actions.propose_meeting(
                by=request.viewer,
                invitation_id=found.pk,
                times=said["times"],
                minutes=said["minutes"],
                join=said["join"].strip(),
            )
        except InvitationRefusedError as refusal:
            if (answer := _refuse(request, found, form, refusal)) is not None:
                return answer
        else:
            messages.success(request, _proposed(found))
            return back(found)
    change = Change(
        gettext("Propose times for the identity meeting"),
        gettext("On the clock of the office: %(office)s. The person chooses one of them.")
        % {"office": place},
        gettext("Propose these times"),
    )
    return page(request, found, change, form)


def _proposed(found: Invitation) -> str:
    if found.channel == Invitation.Channel.EMAIL:
        return gettext("The times are proposed by e-mail.")
    return gettext("The times are noted. Call or write to the person, then fix the one they take.")


@read_or_write
@for_roles(REGISTRY)
def choose(request: PortalRequest, invitation_id: UUID) -> HttpResponse:
    """Fix the meeting at a time that the person took by telephone or in writing."""
    found = invitation_or_404(request, invitation_id)
    meeting = queries.current_meeting(found)
    if meeting is None or not INVITATION.allows(found.state, "choose"):
        return refused_page(request, found, InvitationRefusedError("not-now"))
    zone, place = _clock(found)
    form = ChooseForm(request.POST or None, meeting=meeting, zone=zone, place=place)
    if request.method == "POST" and form.is_valid():
        starts_at = parse_datetime(form.cleaned_data["starts_at"])
        assert starts_at is not None  # noqa: S101 - it is one of the choices
        try:
            meeting_actions.choose_meeting(
                by=request.viewer, invitation_id=found.pk, starts_at=starts_at
            )
        except InvitationRefusedError as refusal:
            if (answer := _refuse(request, found, form, refusal)) is not None:
                return answer
        else:
            messages.success(request, gettext("The meeting is scheduled."))
            return back(found)
    change = Change(
        gettext("Fix the identity meeting"),
        gettext("For a person who answers by telephone or by mail."),
        gettext("Fix the meeting"),
    )
    return page(request, found, change, form)


@read_or_write
@for_roles(REGISTRY)
def move(request: PortalRequest, invitation_id: UUID) -> HttpResponse:
    """Put the meeting at another time."""
    found = invitation_or_404(request, invitation_id)
    meeting = queries.current_meeting(found)
    if meeting is None or not INVITATION.allows(found.state, "move"):
        return refused_page(request, found, InvitationRefusedError("not-now"))
    zone, _ = _clock(found)
    form = MoveForm(request.POST or None, zone=zone, initial=standing(meeting, zone))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            meeting_actions.move_meeting(
                by=request.viewer,
                invitation_id=found.pk,
                sequence=_sequence(request),
                starts_at=said["starts_at"],
                join=said["join"].strip(),
            )
        except InvitationRefusedError as refusal:
            if (answer := _refuse(request, found, form, refusal)) is not None:
                return answer
        else:
            messages.success(request, gettext("The meeting is moved."))
            return back(found)
    change = Change(
        gettext("Move the identity meeting"),
        gettext(
            "Whoever has an e-mail address is told, and their calendar moves the meeting. Call"
            " the others."
        ),
        gettext("Move the meeting"),
    )
    return page(request, found, change, form, meeting=meeting)


def _sequence(request: PortalRequest) -> int:
    """The number of the change that the page showed; none at all where it does not say."""
    said = request.POST.get("sequence", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else -1  # noqa: PLR2004 - any count of changes has fewer digits


@read_or_write
@for_roles(REGISTRY)
def cancel(request: PortalRequest, invitation_id: UUID) -> HttpResponse:
    """Confirm, then cancel the meeting, or the times that were offered."""
    found = invitation_or_404(request, invitation_id)
    meeting = queries.current_meeting(found)
    if meeting is None or not INVITATION.allows(found.state, "cancel"):
        return refused_page(request, found, InvitationRefusedError("not-now"))
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            meeting_actions.cancel_meeting(
                by=request.viewer,
                invitation_id=found.pk,
                sequence=_sequence(request),
                note=form.cleaned_data["note"].strip(),
            )
        except InvitationRefusedError as refusal:
            return refused_page(request, found, refusal)
        messages.success(request, gettext("The meeting is cancelled. Propose other times."))
        return back(found)
    change = Change(
        gettext("Cancel this identity meeting?"),
        gettext(
            "The times that were offered hold no longer, and calendars strike the meeting out."
            " Propose others afterwards: without a meeting, no code is issued."
        ),
        gettext("Cancel the meeting"),
        danger=True,
    )
    return page(request, found, change, form, meeting=meeting)


@read_or_write
@for_roles(REGISTRY)
def outcome(request: PortalRequest, invitation_id: UUID) -> HttpResponse:
    """Record what came of the meeting: who held it, what was seen, what is decided."""
    found = invitation_or_404(request, invitation_id)
    meeting = queries.current_meeting(found)
    if meeting is None or found.state not in {"scheduled", "held"}:
        return refused_page(request, found, InvitationRefusedError("not-now"))
    form = OutcomeForm(
        request.POST or None,
        officers=officers_of([found.office]),
        decided=found.state == "held",
        initial=_so_far(request, meeting),
    )
    if request.method == "POST" and form.is_valid():
        try:
            meeting_actions.record_meeting(
                by=request.viewer, invitation_id=found.pk, outcome=form.record()
            )
        except InvitationRefusedError as refusal:
            if (answer := _refuse(request, found, form, refusal)) is not None:
                return answer
        else:
            messages.success(request, gettext("The outcome is recorded."))
            return back(found)
    change = Change(
        gettext("Record the outcome of the meeting"),
        gettext(
            "Note the kind of each identity document and the last four characters of its number:"
            " never the whole number, never a copy."
        ),
        gettext("Record the outcome"),
    )
    seen = documents_of(meeting)
    template = "registry/meeting_outcome.html"
    return page(request, found, change, form, template, meeting=meeting, seen=seen)


def _so_far(request: PortalRequest, meeting: Meeting) -> dict[str, Any]:
    """What is recorded of a meeting that was held and not decided."""
    return {"held_by": str(meeting.held_by_id or request.viewer.id), "note": meeting.note}


@require_safe
@for_roles(REGISTRY)
def calendar(request: PortalRequest, invitation_id: UUID) -> HttpResponse:
    """The meeting as an iCalendar file: for the officer's calendar, or to hand on."""
    found = invitation_or_404(request, invitation_id)
    meeting = queries.current_meeting(found)
    if meeting is None or meeting.starts_at is None:
        return refused_page(request, found, InvitationRefusedError("not-now"))
    entry = calendar_entry(meeting, "fr" if lang() == "fr" else "en")
    response = HttpResponse(calendar_of(entry, made=timezone.now()), content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{meeting.pk.hex[:8]}.ics"'
    return response
