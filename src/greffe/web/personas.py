"""The demonstration's persona switcher: its addresses exist only where GREFFE_DEMO is set."""

from datetime import date

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from greffe.accounts.models import User
from greffe.accounts.viewers import viewer_of
from greffe.cases.rules import rules
from greffe.web.landing import landing
from greffe.web.portal.lines import lang


@require_http_methods(["GET", "HEAD", "POST"])
def choose_persona(request: HttpRequest) -> HttpResponse:
    """Show the invented people of the demonstration; become the one that is chosen."""
    if not settings.DEMO:
        raise Http404
    people = User.objects.select_related("person").exclude(person=None).order_by("id")
    if request.method == "POST":
        user = get_object_or_404(people, username=request.POST.get("username", ""))
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect(landing(viewer_of(user, on=timezone.localdate())))
    today = timezone.localdate()
    shown = [
        {"username": user.username, "person": user.person, "what": _what(user, today)}
        for user in people
    ]
    return render(request, "portal/personas.html", {"people": shown})


def _what(user: User, on: date) -> str:
    viewer = viewer_of(user, on=on)
    if viewer is None:
        return ""
    if viewer.roles:
        offices = [
            rules().office(held.office).label.get(lang()) for held in viewer.roles if held.office
        ]
        return " · ".join([*(str(held.role.label) for held in viewer.roles), *offices])
    if viewer.person.counsel_in.exists():
        return gettext("Counsel")
    return gettext("Claimant")
