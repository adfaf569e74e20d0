"""Invitations to the portal, for the officers of the office that invites: the list."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, Self
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from greffe.accounts.viewers import Viewer
from greffe.cases.rules import rules
from greffe.invitations import desk_queries, queries
from greffe.invitations.messages import STATES
from greffe.invitations.models import Invitation
from greffe.law.calendar import eastern
from greffe.law.states import INVITATION
from greffe.web.access import PortalRequest
from greffe.web.portal.lines import lang
from greffe.web.registry.access import REGISTRY, for_roles
from greffe.web.registry.invitation_asking import name_of, tag_of

PAGE = 50
AGES = ("7", "30", "90")
"""Days for which nothing may have happened, as the page offers them."""

Owner = Literal["registry", "person", "all"]

_REFERENCE = re.compile(r"([0-9A-Fa-f]{4})-?([0-9A-Fa-f]{4})")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list, as an address can carry it."""

    at: datetime
    invitation_id: UUID

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read what `text` wrote; None for anything else."""
        said, _, key = text.partition("|")
        try:
            at = parse_datetime(said)
            return cls(at, UUID(key)) if at and at.tzinfo else None
        except ValueError:
            return None

    @property
    def text(self) -> str:
        """The place in characters."""
        return f"{self.at.isoformat()}|{self.invitation_id}"


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the list is looked at; empty texts mean any."""

    owner: Owner = "registry"
    state: str = ""
    office: str = ""
    age: str = ""
    search: str = ""

    @classmethod
    def read(cls, viewer: Viewer, asked: Mapping[str, str]) -> "Filters":
        """What the address asks for; what makes no sense is left out."""
        owners: dict[str, Owner] = {"registry": "registry", "person": "person", "all": "all"}
        search = " ".join(asked.get("q", "").replace("\0", "").split())[:100]
        state = asked.get("state", "")
        return cls(
            # Whoever looks for a name or a state looks everywhere.
            owner=owners.get(asked.get("owner", ""), "all" if search or state else "registry"),
            state=state if state in INVITATION.states else "",
            office=asked.get("office", "") if asked.get("office") in viewer.offices() else "",
            age=asked.get("age", "") if asked.get("age") in AGES else "",
            search=search,
        )

    def address(self, **changes: str) -> str:
        """The address of this list, changed."""
        asked = {
            "owner": self.owner,
            "state": self.state,
            "office": self.office,
            "age": self.age,
            "q": self.search,
        } | changes
        kept = {name: value for name, value in asked.items() if value}
        return f"{reverse('registry:invitations')}?{urlencode(kept)}"

    def found(self, viewer: Viewer, after: Place | None) -> QuerySet[Invitation]:
        """The invitations asked for: what waits longest first, or the latest change first."""
        reference = _REFERENCE.fullmatch(self.search)
        rows = queries.of_offices(viewer, state=self.state, search="" if reference else self.search)
        if reference:
            rows = rows.filter(_beginning("".join(reference.groups())))
        if self.owner != "all":
            rows = rows.filter(
                state__in=[s for s, row in STATES.items() if row.owner == self.owner]
            )
        if self.office:
            rows = rows.filter(office=self.office)
        if self.age:
            rows = rows.filter(changed_at__lt=timezone.now() - timedelta(days=int(self.age)))
        return self._ordered(rows, after)

    def _ordered(self, rows: QuerySet[Invitation], after: Place | None) -> QuerySet[Invitation]:
        if self.owner == "all":
            if after:
                later = Q(changed_at__lt=after.at)
                rows = rows.filter(later | Q(changed_at=after.at, pk__lt=after.invitation_id))
            return rows.order_by("-changed_at", "-pk")
        if after:
            later = Q(changed_at__gt=after.at)
            rows = rows.filter(later | Q(changed_at=after.at, pk__gt=after.invitation_id))
        return rows.order_by("changed_at", "pk")


def _beginning(digits: str) -> Q:
    """Ids that begin with these eight digits."""
    return Q(pk__gte=UUID(digits + "0" * 24), pk__lte=UUID(digits + "f" * 24))


@require_safe
@for_roles(REGISTRY)
def invitations(request: PortalRequest) -> HttpResponse:
    """Where the invitations of this person's offices stand, what waits for the registry first."""
    viewer, asked = request.viewer, request.GET
    filters = Filters.read(viewer, asked)
    rows = filters.found(viewer, Place.read(asked.get("after", "")))
    found = list(rows.select_related("person", "case")[: PAGE + 1])
    lines, last = found[:PAGE], found[PAGE - 1] if len(found) > PAGE else None
    came_back = desk_queries.came_back(lines)
    context = {
        "filters": filters,
        "tabs": _tabs(filters),
        "rows": [_row(one, troubled=one.pk in came_back) for one in lines],
        "next": filters.address(after=Place(last.changed_at, last.pk).text) if last else "",
        "first": filters.address() if asked.get("after") else "",
        "offices": [rules().office(office) for office in sorted(viewer.offices())],
        "states": [(state, INVITATION.label(state, lang())) for state in INVITATION.states],
        "ages": [(age, _age(age), age == filters.age) for age in AGES],
        "narrowed": bool(filters.search or filters.state or filters.office or filters.age),
    }
    return render(request, "registry/invitations.html", context)


def _tabs(filters: Filters) -> list[dict[str, Any]]:
    words: dict[Owner, str] = {
        "registry": gettext("Waiting for the registry"),
        "person": gettext("Waiting for the person"),
        "all": gettext("All of them"),
    }
    return [
        {
            "label": label,
            "href": replace(filters, owner=owner, state="").address(),
            "current": filters.owner == owner,
        }
        for owner, label in words.items()
    ]


def _age(days: str) -> str:
    return {
        "7": gettext("More than a week"),
        "30": gettext("More than 30 days"),
        "90": gettext("More than 90 days"),
    }[days]


def _row(invitation: Invitation, *, troubled: bool) -> dict[str, Any]:
    words = STATES[invitation.state]
    return {
        "invitation": invitation,
        "name": name_of(invitation),
        "number": invitation.case.file_number if invitation.case else "",
        "standing": invitation.get_standing_display(),
        "tag": tag_of(invitation.state),
        "since": eastern(invitation.changed_at).date(),
        "next": words.officer_next.get(lang()),
        "late": invitation.due_on is not None and invitation.due_on < timezone.localdate(),
        "troubled": troubled,
    }
