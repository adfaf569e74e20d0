"""Hearings of a case, for the officers of the office that handles it."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from greffe.accounts.models import Person
from greffe.cases import hearing_actions, hearing_papers
from greffe.cases.hearing_actions import Changed
from greffe.cases.hearing_messages import refusal_text, warning_text
from greffe.cases.hearing_queries import (
    Told,
    find_hearing,
    hearings_in,
    limits_set_by,
    notice_of,
    notices_in,
    people_to_tell,
    place_of,
)
from greffe.cases.hearing_refusals import HearingRefusedError, RefusalCode
from greffe.cases.models import Case, Hearing
from greffe.cases.queries import SeenCase, office_of
from greffe.web.access import PortalRequest
from greffe.web.components import Problem
from greffe.web.portal.lines import limit_line
from greffe.web.registry.access import REGISTRY, for_roles
from greffe.web.registry.case_pages import staff_case_or_404
from greffe.web.registry.hearing_forms import USUAL, HearingForm

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


def _case_or_404(request: PortalRequest, case_id: UUID) -> SeenCase:
    """A case that this person's office handles now; 404 otherwise."""
    seen = staff_case_or_404(request, case_id)
    if seen.capacity != "officer":
        raise Http404
    return seen


def _hearing_or_404(request: PortalRequest, hearing_id: UUID) -> Hearing:
    """A hearing of a case that this person's office handles now; 404 otherwise."""
    seen = find_hearing(request.viewer, hearing_id, on=timezone.localdate())
    if seen is None or seen.capacity != "officer":
        raise Http404
    return seen.hearing


@require_safe
@for_roles(REGISTRY)
def hearings(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """The hearings of a case: those to come, what was of the others, who is told of a change."""
    seen = _case_or_404(request, case_id)
    now, today = timezone.now(), timezone.localdate()
    notices = notices_in(request.viewer, seen.case, seen.capacity, on=today)
    issued = {entry.source_id: entry for entry in notices}
    rows = [
        {"hearing": one, "place": place_of(one), "notice": issued.get(one.pk)}
        for one in hearings_in(seen.case)
    ]
    coming = [row for row in rows if _stands(row["hearing"], now)]
    context = {
        "case": seen.case,
        "coming": list(reversed(coming)),
        "others": [row for row in rows if row not in coming],
        "told": people_to_tell(seen.case, on=today),
        "open": seen.case.status == Case.Status.OPEN,
    }
    return render(request, "registry/hearings.html", context)


def _stands(hearing: Any, now: Any) -> bool:
    return not hearing.cancelled and bool(hearing.starts_at > now)


@read_or_write
@for_roles(REGISTRY)
def schedule(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """Fix a hearing."""
    case = _case_or_404(request, case_id).case
    today = timezone.localdate()
    initial = {"office": office_of(case, on=today).id, "minutes": USUAL}
    form = HearingForm(request.POST or None, case=case, on=today, initial=initial)
    return _asked(
        request,
        case,
        form,
        lambda seen: hearing_actions.schedule(
            by=request.viewer, case_id=case.pk, sitting=form.sitting(), acknowledged=seen
        ),
        done=gettext("The hearing is scheduled."),
    )


@read_or_write
@for_roles(REGISTRY)
def postpone(request: PortalRequest, hearing_id: UUID) -> HttpResponse:
    """Put another date, time or place for a hearing."""
    hearing = _hearing_or_404(request, hearing_id)
    form = HearingForm(
        request.POST or None, case=hearing.case, hearing=hearing, on=timezone.localdate()
    )
    return _asked(
        request,
        hearing.case,
        form,
        lambda seen: hearing_actions.postpone(
            by=request.viewer,
            hearing_id=hearing.pk,
            version=_version(request),
            sitting=form.sitting(),
            acknowledged=seen,
        ),
        done=gettext("The hearing is postponed."),
        hearing=hearing,
    )


def _asked(
    request: PortalRequest,
    case: Case,
    form: HearingForm,
    act: Callable[[frozenset[str]], Changed],
    *,
    done: str,
    hearing: Hearing | None = None,
) -> HttpResponse:
    """Ask, do, and go back to the hearings; what is refused is told beside its field."""
    context: dict[str, Any] = {"case": case, "form": form, "hearing": hearing}
    if hearing is not None:
        if (code := _gone(hearing)) and request.method != "POST":
            return refused(request, case, code)
        context |= {"place": place_of(hearing), "version": request.POST.get("version")}
        context["version"] = context["version"] or hearing.revision
    seen = frozenset(request.POST.getlist("acknowledged"))
    if request.method == "POST" and form.is_valid():
        try:
            changed = act(seen)
        except HearingRefusedError as error:
            words = refusal_text(error.code)
            if not words.field:
                return refused(request, case, error.code)
            if error.warnings:
                said = [(one.key, warning_text(one)) for one in error.warnings]
                context |= {"warnings": said, "acknowledged": seen}
                context["problems"] = [Problem(str(words.text), "#warnings")]
            else:
                form.refused(words.field, [str(words.text), str(words.remedy)])
        else:
            _say(request, done, changed.told)
            return redirect("registry:hearings", case.pk)
    status = 422 if form.errors or "problems" in context else 200
    return render(request, "registry/hearing_form.html", context, status=status)


@read_or_write
@for_roles(REGISTRY)
def cancel(request: PortalRequest, hearing_id: UUID) -> HttpResponse:
    """Ask, then cancel a hearing."""
    hearing = _hearing_or_404(request, hearing_id)
    if request.method == "POST":
        try:
            changed = hearing_actions.cancel(
                by=request.viewer, hearing_id=hearing.pk, version=_version(request)
            )
        except HearingRefusedError as error:
            return refused(request, hearing.case, error.code)
        _say(request, gettext("The hearing is cancelled."), changed.told)
        return redirect("registry:hearings", hearing.case_id)
    return _confirm(request, hearing, "registry/hearing_cancel.html")


@read_or_write
@for_roles(REGISTRY)
def issue_notice(request: PortalRequest, hearing_id: UUID) -> HttpResponse:
    """Ask, then issue the notice to appear of a hearing."""
    hearing = _hearing_or_404(request, hearing_id)
    if request.method == "POST":
        try:
            _, told = hearing_papers.issue_notice(
                by=request.viewer, hearing_id=hearing.pk, version=_version(request)
            )
        except HearingRefusedError as error:
            return refused(request, hearing.case, error.code)
        _say(request, gettext("The notice is issued and on the case file."), told)
        return redirect("registry:hearings", hearing.case_id)
    if notice_of(hearing) is not None:
        return redirect("registry:hearings", hearing.case_id)
    office, place = office_of(hearing.case, on=timezone.localdate()), place_of(hearing)
    limits = limits_set_by(
        hearing.case, office, starts_at=hearing.starts_at, place=place, now=timezone.now()
    )
    lines = [limit_line(limit) for limit in limits]
    return _confirm(request, hearing, "registry/hearing_notice.html", limits=lines)


def _confirm(request: PortalRequest, hearing: Hearing, template: str, **more: Any) -> HttpResponse:
    if code := _gone(hearing):
        return refused(request, hearing.case, code)
    context = {
        "case": hearing.case,
        "hearing": hearing,
        "place": place_of(hearing),
        "told": people_to_tell(hearing.case, on=timezone.localdate()),
    }
    return render(request, template, context | more)


def _gone(hearing: Hearing) -> RefusalCode | None:
    """Why nothing more can be done with a hearing, or None."""
    if hearing.cancelled:
        return "cancelled"
    if hearing.starts_at <= timezone.now():
        return "began"
    return None if hearing.case.status == Case.Status.OPEN else "case-closed"


def refused(request: PortalRequest, case: Case, code: RefusalCode) -> HttpResponse:
    """The page that says why nothing was changed, and leads to the hearings as they are."""
    context = {"case": case, "text": refusal_text(code)}
    return render(request, "registry/hearing_refused.html", context, status=409)


def _version(request: PortalRequest) -> int:
    """The revision of the hearing that the page showed; none at all where it does not say."""
    said = request.POST.get("version", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else -1  # noqa: PLR2004 - any count of changes has fewer digits


def _say(request: PortalRequest, done: str, told: Told) -> None:
    """Tell the officer what was done, who is told by e-mail, and who is to be told by mail."""
    n = len(told.by_email)
    sent = ngettext("%(n)d person is told by e-mail.", "%(n)d people are told by e-mail.", n)
    messages.success(request, f"{done} {sent % {'n': n}}" if n else done)
    if told.by_mail:
        names = {"names": _names(told.by_mail)}
        messages.warning(request, gettext("To be told by mail: %(names)s.") % names)


def _names(people: Iterable[Person]) -> str:
    return ", ".join(person.name for person in people)
