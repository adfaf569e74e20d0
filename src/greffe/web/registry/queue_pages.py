"""The registry's queue: what waits, the most urgent first; who works on what."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple, get_args
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from greffe.accounts.viewers import Viewer
from greffe.cases.rules import rules
from greffe.filings import queue_actions
from greffe.filings.messages import refusal_text
from greffe.filings.queue_queries import PAGE, Filters, Line, Place, Whose, load_of, queue_page
from greffe.filings.refusals import FilingRefusedError
from greffe.law.calendar import eastern
from greffe.law.tables import Office
from greffe.web.access import PortalRequest
from greffe.web.components import Tag
from greffe.web.portal.lines import lang
from greffe.web.registry.access import BENCH, REGISTRY, SUPERVISORS, for_roles

AT_ONCE = 10
"""How many submissions are taken by "take the next"."""


@require_safe
@for_roles(BENCH)
def queue(request: PortalRequest) -> HttpResponse:
    """What waits for this person's offices, or for a member's decision."""
    asked = request.GET
    filters = _filters(request.viewer, asked)
    found = queue_page(request.viewer, filters, after=Place.read(asked.get("after", "")))
    lines, waits = found[:PAGE], asked.get("waits", "")
    today = timezone.localdate()
    chooses = bool(request.viewer.offices()) and filters.whose != "division"
    context = {
        "filters": filters,
        "tabs": _tabs(request.viewer, filters),
        "rows": _rows(lines, today, chooses=chooses, mine=filters.whose == "mine"),
        "chooses": chooses,
        "next": _address(filters, waits=waits, after=lines[-1].place.text)
        if len(found) > PAGE
        else "",
        "first": _address(filters, waits=waits) if asked.get("after") else "",
        "offices": _offices(request.viewer),
        "days": _days(today),
        "kinds": _kinds(filters, today),
        "officers": queue_actions.officers_of(sorted(request.viewer.offices())),
        "waits": _waits(asked.get("waits", "")),
        "divisions": [row for row in rules().divisions if row.in_force(today)],
        "officer": bool(request.viewer.offices()),
        "supervisor": bool(request.viewer.supervised()),
        "at_once": AT_ONCE,
        "back": request.get_full_path(),
    }
    return render(request, "registry/queue.html", context)


def _filters(viewer: Viewer, asked: Mapping[str, str]) -> Filters:
    """What the address asks for; what makes no sense is left out."""
    whose = asked.get("whose", "")
    usual: Whose = "all" if viewer.offices() else "division"
    return Filters(
        whose=next((one for one in get_args(Whose) if one == whose), usual),
        office=_known(asked.get("office", ""), viewer.offices()),
        division=_known(asked.get("division", ""), {row.id for row in rules().divisions}),
        document_type=_known(asked.get("type", ""), {row.id for row in rules().document_types}),
        holder=_uuid(asked.get("holder", "")),
        due_by=_day(asked.get("due", "")),
        arrived_before=_before(asked.get("waits", "")),
    )


WAITS = ("2", "7", "30")
"""Days for which something may have waited, as the page offers them."""


def _before(days: str) -> datetime | None:
    return timezone.now() - timedelta(days=int(days)) if days in WAITS else None


def _known(value: str, known: set[str] | frozenset[str]) -> str:
    return value if value in known else ""


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def _day(value: str) -> date | None:
    try:
        return parse_date(value)
    except ValueError:
        return None


def _address(filters: Filters, **changes: str) -> str:
    asked = {
        "whose": filters.whose,
        "office": filters.office,
        "division": filters.division,
        "type": filters.document_type,
        "holder": str(filters.holder or ""),
        "due": filters.due_by.isoformat() if filters.due_by else "",
    } | changes
    kept = {name: value for name, value in asked.items() if value}
    return f"{reverse('registry:queue')}?{urlencode(kept)}"


def _tabs(viewer: Viewer, filters: Filters) -> list[dict[str, Any]]:
    words: dict[Whose, str] = {
        "mine": gettext("My work"),
        "free": gettext("Not taken"),
        "all": gettext("Everything of the office"),
        "division": gettext("Before the division"),
    }
    shown = words if viewer.offices() else {"division": words["division"]}
    return [
        {
            "label": label,
            "href": _address(filters, whose=whose, holder=""),
            "current": filters.whose == whose,
        }
        for whose, label in shown.items()
    ]


def _days(today: date) -> list[tuple[str, str]]:
    """The days by which work may be due, as one asks for it in the morning."""
    week = today + timedelta(days=6 - today.weekday())
    return [
        (today.isoformat(), gettext("Today, or late")),
        ((today + timedelta(days=1)).isoformat(), gettext("Tomorrow at the latest")),
        (week.isoformat(), gettext("This week")),
    ]


def _kinds(filters: Filters, today: date) -> list[tuple[str, str]]:
    """The kinds of document of the division that was chosen, by name; too many without one."""
    rows = rules().document_types_for(filters.division, today) if filters.division else ()
    return sorted(((row.id, row.label.get(lang())) for row in rows), key=lambda kind: kind[1])


def _waits(chosen: str) -> list[tuple[str, str, bool]]:
    words = {
        "2": gettext("More than two days"),
        "7": gettext("More than a week"),
        "30": gettext("More than 30 days"),
    }
    return [(days, words[days], days == chosen) for days in WAITS]


def _offices(viewer: Viewer) -> list[Any]:
    return [rules().office(office) for office in sorted(viewer.offices())]


class Row(NamedTuple):
    """A line of the queue with its words, as tables/queue_row.html draws it."""

    line: Line
    kind: str
    office: Office
    due: Tag | None
    chooses: bool
    mine: bool


def _rows(lines: Sequence[Line], today: date, *, chooses: bool, mine: bool) -> list[Row]:
    kind, due = cache(_kind), cache(_due)
    return [
        Row(
            line=line,
            kind=kind(line.document_type),
            office=rules().office(line.office, eastern(line.received_at).date()),
            due=due(line.due_on, today),
            chooses=chooses,
            mine=mine,
        )
        for line in lines
    ]


def _kind(document_type: str) -> str:
    return rules().document_type(document_type).label.get(lang())


def _due(due: date, today: date) -> Tag | None:
    days = (due - today).days
    if days < 0:
        late = ngettext("%(n)s day late", "%(n)s days late", -days) % {"n": -days}
        return Tag(late, "danger")
    return Tag(gettext("Due today"), "attention") if days == 0 else None


def _chosen(request: PortalRequest) -> list[UUID]:
    given = (_uuid(value) for value in request.POST.getlist("submission"))
    return [value for value in given if value is not None]


def back_to(request: PortalRequest) -> HttpResponse:
    """To the page of the queue from which a form was sent; never to another site."""
    address, queue_address = request.POST.get("back", ""), reverse("registry:queue")
    within = address == queue_address or address.startswith(f"{queue_address}?")
    return redirect(address if within else queue_address)


@require_POST
@for_roles(REGISTRY)
def take(request: PortalRequest) -> HttpResponse:
    """Take what was chosen, or the next ones; say if somebody else was quicker."""
    if "next" in request.POST:
        taken = queue_actions.take_next(by=request.viewer, count=AT_ONCE)
        if not taken:
            messages.info(request, gettext("Nothing waits that nobody has taken."))
    else:
        chosen = _chosen(request)
        taken = queue_actions.take(by=request.viewer, submission_ids=chosen)
        if missed := len(set(chosen)) - len(taken):
            said = ngettext(
                "%(n)s submission was not taken: somebody else has it, or it has been decided.",
                "%(n)s submissions were not taken: somebody else has them, "
                "or they have been decided.",
                missed,
            )
            messages.warning(request, said % {"n": missed})
        elif not chosen:
            messages.warning(request, gettext("Choose at least one submission, then take it."))
    if taken:
        said = ngettext("You took %(n)s submission.", "You took %(n)s submissions.", len(taken))
        messages.success(request, said % {"n": len(taken)})
    if len(taken) == 1 and "open" in request.POST:
        return redirect("registry:submission", taken[0])
    return back_to(request)


@require_POST
@for_roles(REGISTRY)
def release(request: PortalRequest) -> HttpResponse:
    """Put back what this person holds."""
    count = queue_actions.release(by=request.viewer, submission_ids=_chosen(request))
    if count:
        said = ngettext(
            "%(n)s submission is back in the queue.",
            "%(n)s submissions are back in the queue.",
            count,
        )
        messages.success(request, said % {"n": count})
    else:
        messages.info(request, gettext("Nothing was put back: you hold none of these."))
    return back_to(request)


@require_safe
@for_roles(SUPERVISORS)
def load(request: PortalRequest) -> HttpResponse:
    """Who works on how much, since when: for the supervisors of an office."""
    offices = sorted(request.viewer.supervised())
    loads = load_of(offices)
    context = {
        "holders": {one.holder: one.name for one in loads if one.holder},
        "rows": [
            {
                "load": one,
                "office": rules().office(one.office),
                "href": _address(
                    Filters(whose="all" if one.holder else "free", office=one.office),
                    holder=str(one.holder or ""),
                ),
                "due": _due(one.due_first, timezone.localdate()),
            }
            for one in loads
        ],
        "officers": queue_actions.officers_of(offices),
    }
    return render(request, "registry/load.html", context)


@require_POST
@for_roles(SUPERVISORS)
def reassign(request: PortalRequest) -> HttpResponse:
    """Give all that one officer holds to another, or back to the queue."""
    holder, to = _uuid(request.POST.get("holder", "")), _uuid(request.POST.get("to", ""))
    try:
        count = queue_actions.reassign_all(by=request.viewer, holder=holder, to=to)
    except FilingRefusedError as refusal:
        said = refusal_text(refusal.refused.code)
        messages.error(request, f"{said.text} {said.remedy}")
    else:
        said_count = ngettext(
            "%(n)s submission changed hands.", "%(n)s submissions changed hands.", count
        )
        messages.success(request, said_count % {"n": count})
    return redirect("registry:load")
