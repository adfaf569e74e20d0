"""Pages for everybody: what one can do here, help, and the check of a receipt."""

from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from greffe.cases.rules import rules
from greffe.documents.names import clean_name
from greffe.ledger.keys import key_ring
from greffe.ledger.queries import latest_checkpoint
from greffe.sealing.pades import MAX_BYTES
from greffe.sealing.verify import check
from greffe.web.access import content_length
from greffe.web.components import Problem

OVERHEAD = 64 * 1024
"""Bytes of a request around its file."""


@require_safe
def choose_language(request: HttpRequest) -> HttpResponse:
    """Go to the page in the language that the browser asks for."""
    with translation.override(translation.get_language_from_request(request)):
        return redirect("home")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that pages and database answer."""
    del request
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Ask what one would like to do."""
    return render(request, "public/home.html")


@require_safe
def help_and_contacts(request: HttpRequest) -> HttpResponse:
    """Help, and whom to ask.

    The regional boxes for the portal, the office of the case for the rest.
    """
    today = timezone.localdate()
    context = {
        "offices": [row for row in rules().offices if row.in_force(today)],
        "limit": rules().filing_limit(today),
    }
    return render(request, "public/help.html", context)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What we do so that everyone can use these pages, and what to do when it is not enough."""
    return render(request, "public/accessibility.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, why, and who sees it."""
    return render(request, "public/privacy.html")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def check_receipt(request: HttpRequest) -> HttpResponse:
    """Say what a receipt proves and what it does not. Nothing that is sent here is kept."""
    # The check of the form's token reads the body: how much comes is looked at first.
    if content_length(request) > MAX_BYTES + OVERHEAD:
        return _check_page(request, problem="too-large")
    return csrf_protect(_check_receipt)(request)


def _check_receipt(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _check_page(request)
    receipt = request.FILES.get("receipt")
    if receipt is None:
        return _check_page(request, problem="missing")
    name = clean_name(receipt.name or "").text
    report = check(receipt.read(), key_ring().published(), name=name)
    return _check_page(request, report=report, name=name)


def _check_page(request: HttpRequest, *, problem: str = "", **context: Any) -> HttpResponse:
    said = {
        "": "",
        "missing": gettext("Choose a file first."),
        "too-large": gettext("This file is too large to be a receipt, which has at most 20 MB."),
    }[problem]
    context |= {"problem": said, "problems": [Problem(said, "#receipt")] if said else []}
    status = 422 if problem else 200
    return render(request, "public/check_receipt.html", context, status=status)


@require_safe
def published_keys(request: HttpRequest) -> HttpResponse:
    """The public keys: all that anyone needs to verify a receipt without us."""
    del request
    return JsonResponse(
        key_ring().published(), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The latest signed checkpoint of the ledger, for others to keep."""
    del request
    latest = latest_checkpoint()
    return JsonResponse(latest.envelope if latest else {"checkpoint": None})
