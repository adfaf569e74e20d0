"""Inviting one person: finding them, inviting them, sending it again, revoking it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from greffe.accounts.models import Person, User
from greffe.cases.models import Case
from greffe.cases.queries import office_of
from greffe.invitations import actions, queries
from greffe.invitations.messages import refusal_text
from greffe.invitations.models import UNDER_WAY, Invitation
from greffe.invitations.permissions import active_cases, counsel_now, parties_now
from greffe.invitations.refusals import InvitationRefusedError
from greffe.law.states import INVITATION
from greffe.web.access import PortalRequest
from greffe.web.registry.access import REGISTRY, for_roles
from greffe.web.registry.invitation_asking import (
    Change,
    back,
    invitation_or_404,
    name_of,
    page,
    read_or_write,
    refuse,
    refused_page,
    tag_of,
)
from greffe.web.registry.invitation_forms import InviteForm, ReasonForm, SendAgainForm

FOUND = 30
"""People that a search shows at most."""

SHOWN = 5
"""Cases of each that it shows at most."""


@require_safe
@for_roles(REGISTRY)
def find(request: PortalRequest) -> HttpResponse:
    """Find who may be invited: counsel with an active case, or a claimant or an appellant."""
    search = " ".join(request.GET.get("q", "").replace("\0", "").split())[:100]
    party = request.GET.get("as") == Invitation.Standing.PARTY
    asked = _asked(request)
    people: list[Person] = []
    if search:
        look = queries.parties_to_invite if party else queries.counsel_to_invite
        people = list(look(request.viewer, search)[: FOUND + 1])
    context = {
        "search": search,
        "party": party,
        "asked": asked,
        "asked_name": name_of(asked) if asked else "",
        "rows": list(_found(request, people[:FOUND], party=party)),
        "more": len(people) > FOUND,
        "standings": [(one.value, one.label) for one in Invitation.Standing],
    }
    return render(request, "registry/invite_find.html", context)


def _asked(request: PortalRequest) -> Invitation | None:
    """The invitation that was asked for and is answered, if the address names one."""
    said = request.GET.get("asked", "") or request.POST.get("asked", "")
    if not said:
        return None
    found = queries.find_invitation(request.viewer, _uuid_or_404(said))
    if found is None or found.state != "asked":
        raise Http404
    return found


def _uuid_or_404(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise Http404 from error


def _found(
    request: PortalRequest, people: Sequence[Person], *, party: bool
) -> Iterator[dict[str, Any]]:
    """People as lines of what was found: their cases here, and what stands in the way."""
    cases = _cases_of(request, people, party=party)
    accounts = User.objects.filter(person__in=people, is_active=True)
    joined = set(accounts.values_list("person", flat=True))
    under_way = Invitation.objects.filter(person__in=people, state__in=UNDER_WAY)
    current = {one.person_id: one for one in under_way}
    for person in people:
        invited = current.get(person.pk)
        here = invited is not None and invited.office in request.viewer.offices()
        yield {
            "person": person,
            "cases": cases[person.pk][:SHOWN],
            "more": max(len(cases[person.pk]) - SHOWN, 0),
            "account": person.pk in joined,
            "invitation": invited if here else None,
            "elsewhere": invited is not None and not here,
            "tag": tag_of(invited.state) if invited else None,
        }


def _cases_of(
    request: PortalRequest, people: Sequence[Person], *, party: bool
) -> Mapping[UUID, list[Case]]:
    """The active cases of these people that are of this officer's offices, by file number."""
    on = timezone.localdate()
    look = parties_now if party else counsel_now
    links = look(active_cases(request.viewer, on=on), on=on).filter(person__in=people)
    cases: dict[UUID, list[Case]] = {person.pk: [] for person in people}
    for link in links.select_related("case").order_by("case__file_number"):
        cases[link.person_id].append(link.case)
    return cases


@read_or_write
@for_roles(REGISTRY)
def invite(request: PortalRequest, person_id: UUID) -> HttpResponse:
    """Invite one person, as counsel or, in a case of their own, as its claimant or appellant."""
    asked = _asked(request)
    person, case, cases = _person_or_404(request, person_id)
    account = person.accounts.filter(is_active=True).exists()
    initial = {"language": case.language if case else person.language}
    initial["channel"] = Invitation.Channel.MAIL if case else Invitation.Channel.EMAIL
    form = InviteForm(
        request.POST or None, party=case is not None, has_account=account, initial=initial
    )
    status = 200
    if request.method == "POST":
        if form.is_valid():
            done = _invite(request, form, person, case, cases, asked)
            if done is not None:
                return back(done)
        status = 422
    context = {
        "person": person,
        "case": case,
        "cases": cases,
        "form": form,
        "account": account,
        "asked": asked,
    }
    return render(request, "registry/invite.html", context, status=status)


def _person_or_404(
    request: PortalRequest, person_id: UUID
) -> tuple[Person, Case | None, list[Case]]:
    """Somebody with an open case of this officer's offices; the case where it is their own."""
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise Http404
    said = request.GET.get("case", "") or request.POST.get("case", "")
    cases = _cases_of(request, [person], party=bool(said))[person.pk]
    if said:
        wanted = _uuid_or_404(said)
        cases = [case for case in cases if case.pk == wanted]
    if not cases:
        raise Http404
    return person, cases[0] if said else None, cases


def _invite(
    request: PortalRequest,
    form: InviteForm,
    person: Person,
    case: Case | None,
    cases: list[Case],
    asked: Invitation | None,
) -> Invitation | None:
    """Invite; None where it was refused, with the reason in the form."""
    said = form.cleaned_data
    today = timezone.localdate()
    offices = {office_of(one, on=today).id for one in cases} & request.viewer.offices()
    office = min(offices, default="")
    how = {"channel": said["channel"], "language": said["language"], "to": said["to"].strip()}
    try:
        if asked is not None:
            invited = actions.answer(
                by=request.viewer, invitation_id=asked.pk, person=person, **how
            )
        else:
            invited = actions.invite(
                by=request.viewer,
                person=person,
                office=office,
                case=case,
                replaces_account=said.get("replaces_account", False),
                **how,
            )
    except InvitationRefusedError as refusal:
        refuse(form, refusal)
        return None
    messages.success(request, _invited_words(invited))
    return invited


def _invited_words(invited: Invitation) -> str:
    if invited.channel == Invitation.Channel.EMAIL:
        return gettext("The invitation is being sent by e-mail.")
    return gettext("The invitation is made. Print the letter, and send it.")


@read_or_write
@for_roles(REGISTRY)
def send_again(request: PortalRequest, invitation_id: UUID) -> HttpResponse:
    """Send an invitation once more, elsewhere or by another way."""
    found = invitation_or_404(request, invitation_id)
    party = found.standing == Invitation.Standing.PARTY
    initial = {"channel": found.channel}
    form = SendAgainForm(request.POST or None, party=party, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            sent = actions.send_again(
                by=request.viewer,
                invitation_id=found.pk,
                channel=said["channel"],
                to=said["to"].strip(),
            )
        except InvitationRefusedError as refusal:
            if not refusal_text(refusal.code).field:
                return refused_page(request, found, refusal)
            refuse(form, refusal)
        else:
            messages.success(request, _invited_words(sent))
            return back(sent)
    elif not INVITATION.allows(found.state, "send-again"):
        return refused_page(request, found, InvitationRefusedError("not-now"))
    change = Change(
        gettext("Send the invitation again"),
        gettext("The person has the whole time anew to return the form."),
        gettext("Send it again"),
    )
    return page(request, found, change, form)


@read_or_write
@for_roles(REGISTRY)
def revoke(request: PortalRequest, invitation_id: UUID) -> HttpResponse:
    """Confirm, then end an invitation."""
    found = invitation_or_404(request, invitation_id)
    form = ReasonForm(request.POST or None)
    if not INVITATION.allows(found.state, "revoke"):
        return refused_page(request, found, InvitationRefusedError("not-now"))
    if request.method == "POST" and form.is_valid():
        try:
            actions.revoke(
                by=request.viewer, invitation_id=found.pk, why=form.cleaned_data["why"].strip()
            )
        except InvitationRefusedError as refusal:
            return refused_page(request, found, refusal)
        messages.success(request, gettext("The invitation is revoked."))
        return back(found)
    change = Change(
        gettext("Revoke this invitation?"),
        gettext(
            "The link, the form and the code of this invitation open nothing any more, and a"
            " meeting is cancelled. The person is not told: write to them if they must know. This"
            " cannot be undone; the person can be invited anew."
        ),
        gettext("Revoke the invitation"),
        danger=True,
    )
    return page(request, found, change, form)
