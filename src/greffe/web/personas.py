"""The demonstration's persona switcher: its addresses exist only where GREFFE_DEMO is set."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from greffe.accounts.models import User


@require_http_methods(["GET", "POST"])
def choose_persona(request: HttpRequest) -> HttpResponse:
    """Show the invented people of the demonstration; become the one that is chosen."""
    if not settings.DEMO:
        raise Http404
    people = User.objects.select_related("person").exclude(person=None).order_by("id")
    if request.method == "POST":
        user = get_object_or_404(people, username=request.POST.get("username", ""))
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect("portal:my-cases")
    return render(request, "portal/personas.html", {"people": people})
