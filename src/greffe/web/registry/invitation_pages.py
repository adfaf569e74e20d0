"""One invitation, for the officers of its office: where it stands, what to do, what was done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from greffe.cases.rules import rules
from greffe.invitations import desk_queries, queries
from greffe.invitations.messages import STATES
from greffe.invitations.models import Invitation, Meeting, RegistrationForm
from greffe.invitations.papers import reference_of
from greffe.invitations.steps import day_has_come
from greffe.law.calendar import eastern
from greffe.law.dates import long_time
from greffe.law.states import INVITATION
from greffe.ledger.models import Event
from greffe.notices.bounce_actions import BOUNCED
from greffe.notices.models import Notice
from greffe.web.access import PortalRequest
from greffe.web.components import Tag, TimelineEvent
from greffe.web.portal.lines import event_line, lang
from greffe.web.registry.access import REGISTRY, for_roles
from greffe.web.registry.invitation_asking import invitation_or_404, name_of, tag_of

PAGE = 50


@require_safe
@for_roles(REGISTRY)
def invitation(request: PortalRequest, invitation_id: UUID) -> HttpResponse:
    """Where one invitation stands, what is to be done, and what was."""
    found = invitation_or_404(request, invitation_id)
    form, meeting = queries.latest_form(found), queries.current_meeting(found)
    asks = found.state == "asked" and found.person is None
    context = {
        "invitation": found,
        "name": name_of(found),
        "reference": reference_of(found),
        "tag": tag_of(found.state),
        "words": STATES[found.state],
        "office": rules().office(found.office),
        "steps": steps_of(found, form, meeting),
        "returned": form,
        "facts": facts_of(form) if form else {},
        "meeting": meeting,
        "began": meeting is not None and day_has_come(meeting),
        "seen": documents_of(meeting),
        "mail": [_letter(notice) for notice in queries.mail_of(found)[:PAGE]],
        "events": [_event(event) for event in desk_queries.history_of(found)],
        "candidates": queries.who_may_have_asked(request.viewer, found)[:PAGE] if asks else [],
        "by_letter": found.channel != Invitation.Channel.EMAIL,
        "allows": {
            event.replace("-", "_"): INVITATION.allows(found.state, event)
            for event in INVITATION.events
        },
    }
    return render(request, "registry/invitation.html", context)


def documents_of(meeting: Meeting | None) -> list[dict[str, str]]:
    """The identity documents that were seen, in words."""
    known = {row.id: row.label.get(lang()) for row in rules().identity_documents}
    return [
        {"kind": known.get(one["kind"], one["kind"]), "last": one["last"]}
        for one in (meeting.seen if meeting else [])
    ]


def facts_of(returned: RegistrationForm) -> dict[str, str]:
    """The words of a form's coded fields."""
    regulators = {row.id: row.label.get(lang()) for row in rules().regulators}
    memberships = {row.id: row.label.get(lang()) for row in rules().memberships}
    return {
        "regulator": regulators.get(returned.regulator, returned.regulator),
        "membership": memberships.get(returned.membership, returned.membership),
    }


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way into the portal, as a line of a task list."""

    label: str
    state: Literal["done", "todo", "problem", "later"]
    hint: str = ""
    href: str = ""


_MEETING = 4
"""The step that the outcome of the meeting ends."""

_REACHED: Mapping[str, int] = {
    "asked": 0,
    "invited": 1,
    "form-returned": 2,
    "meeting-proposed": 3,
    "scheduled": 4,
    "held": 4,
    "confirmed": 5,
    "code-issued": 6,
    "activated": 7,
}
"""How many of the seven steps are done in a state."""


def steps_of(
    invitation: Invitation, form: RegistrationForm | None, meeting: Meeting | None
) -> list[Step]:
    """The seven steps, with what is done, what is to do now and where."""
    done = _done(invitation, form, meeting)
    ended = invitation.state in {"refused", "expired", "revoked"}
    labels = [
        gettext("Invited"),
        gettext("Registration form returned"),
        gettext("Form accepted"),
        gettext("Identity meeting scheduled"),
        gettext("Identity confirmed"),
        gettext("Invitation code issued"),
        gettext("Portal joined"),
    ]
    pages = _pages(invitation)
    steps = []
    for n, label in enumerate(labels):
        if n < done:
            steps.append(Step(label, "done"))
        elif n > done or ended:
            problem = n == done and ended
            steps.append(Step(label, "problem" if problem else "later"))
        else:
            early = n == _MEETING and (meeting is None or not day_has_come(meeting))
            steps.append(Step(label, "todo", href="" if early else pages.get(n, "")))
    return steps


def _done(invitation: Invitation, form: RegistrationForm | None, meeting: Meeting | None) -> int:
    """How many of the steps are done; of an invitation that ended, as its rows tell."""
    accepted = form is not None and form.accepted is True
    if invitation.state in _REACHED:
        return _REACHED[invitation.state] + (invitation.state == "form-returned" and accepted)
    if meeting is not None and meeting.outcome == Meeting.Outcome.CONFIRMED:
        return 6 if invitation.codes.exists() else 5
    if meeting is not None and meeting.starts_at is not None:
        return 4
    if form is not None:
        return 3 if accepted else 2
    return 1 if invitation.sendings else 0


def _pages(invitation: Invitation) -> dict[int, str]:
    """Where an officer does each step."""
    names = {
        1: "registry:enter-registration",
        2: "registry:review-registration",
        3: "registry:propose-meeting",
        4: "registry:record-meeting",
        5: "registry:issue-code",
    }
    if invitation.state == "meeting-proposed":
        names[3] = "registry:choose-meeting"
    return {n: reverse(name, args=[invitation.pk]) for n, name in names.items()}


def _letter(notice: Notice) -> dict[str, Any]:
    """An e-mail of an invitation: what it was, when, and whether it arrived."""
    states: dict[str, Tag] = {
        "queued": Tag(gettext("Being sent"), "information"),
        "sending": Tag(gettext("Being sent"), "information"),
        "sent": Tag(gettext("Sent"), "success"),
        "failed": Tag(gettext("Could not be sent"), "danger"),
        "withdrawn": Tag(gettext("Not sent"), "neutral"),
    }
    at = eastern(notice.created_at)
    came_back = notice.state == "failed" and notice.last_error.startswith(BOUNCED)
    return {
        "notice": notice,
        "subject": mail_subject(notice.kind),
        "when": long_time(at, lang(), place=gettext("Eastern time")),
        "tag": Tag(gettext("Came back"), "danger") if came_back else states[notice.state],
    }


def mail_subject(kind: str) -> str:
    """What an e-mail of an invitation is about, in a few words."""
    return {
        "invitation": gettext("Invitation"),
        "invitation-reminder": gettext("Reminder"),
        "registration-received": gettext("Registration form received"),
        "registration-not-accepted": gettext("Registration form sent back"),
        "meeting-proposed": gettext("Times proposed for the meeting"),
        "meeting-scheduled": gettext("Meeting scheduled"),
        "meeting-moved": gettext("Meeting moved"),
        "meeting-cancelled": gettext("Meeting cancelled"),
        "identity-not-confirmed": gettext("Identity not confirmed"),
        "invitation-code": gettext("Invitation code"),
        "portal-joined": gettext("Portal joined"),
    }.get(kind, kind)


def _event(event: Event) -> TimelineEvent:
    return replace(event_line(event), detail=_detail(event.body))


def _detail(body: Mapping[str, Any]) -> str:
    """What the ledger adds to a line of history and a person reads: how, where to, why."""
    channels = {one.value: str(one.label) for one in Invitation.Channel}
    said: Iterable[str] = (
        channels.get(str(body.get("channel", "")), ""),
        str(body.get("why", "") or body.get("note", "")),
    )
    return " · ".join(word for word in said if word)
