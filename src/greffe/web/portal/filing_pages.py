"""Filing, one thing a page: type, files, service, dates, review. The draft is kept at each step."""

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_safe

from greffe.cases.permissions import may_file
from greffe.cases.queries import family_cases, office_of
from greffe.cases.rules import rules
from greffe.filings import actions, draft_actions
from greffe.filings.judging import Judgement, choices_in, judge_draft
from greffe.filings.messages import refusal_text
from greffe.filings.models import Draft
from greffe.filings.permissions import filing_capacity
from greffe.filings.queries import find_draft
from greffe.filings.refusals import FilingRefusedError, Refused
from greffe.law.filing import Finding
from greffe.law.service import ServiceStatement
from greffe.web.access import PortalRequest, case_or_404, signed_in
from greffe.web.components import Problem
from greffe.web.portal import steps
from greffe.web.portal.forms import DatesForm, ServiceForm, TypeForm
from greffe.web.portal.lines import ALL, files_of, lang


def draft_or_404(request: PortalRequest, draft_id: UUID) -> Draft:
    """An unfinished or finished draft of this person; 404 for anybody else's."""
    draft = find_draft(request.viewer, draft_id)
    if draft is None:
        raise Http404
    return draft


def page(
    request: HttpRequest, draft: Draft, judgement: Judgement, name: steps.Name, **context: Any
) -> HttpResponse:
    """A page of the filing, with what each of them shows."""
    if draft.state != "open":
        return redirect("portal:draft", draft.id)
    status = context.pop("status", 200)
    change = name == "files"
    shared = {
        "draft": draft,
        "case": draft.leading_case,
        "cases": draft.ordered_cases,
        "in_name_of": in_name_of(request, draft),
        "document_type": rules().document_type(draft.document_type),
        "judgement": judgement,
        "steps": steps.steps_of(judgement, name),
        "back": steps.before(judgement, name),
        "files": files_of(draft, judgement, change=change, told=_told(judgement, name)),
    }
    return render(request, f"portal/filing/{name}.html", shared | context, status=status)


def in_name_of(request: HttpRequest, draft: Draft) -> str:
    """The name of the person whose draft it is, where that is not whoever looks."""
    viewer = cast("PortalRequest", request).viewer
    return "" if draft.person_id == viewer.id else draft.person.name


def _told(judgement: Judgement, name: steps.Name) -> frozenset[str]:
    """What stands under each file: the review has the warnings apart, to be ticked."""
    return ALL - {"warn"} if name == "review" and not judgement.refusing else ALL


def refused(request: HttpRequest, draft: Draft, refusal: Refused) -> HttpResponse:
    """The page that says what was not filed, and what can be done; 404 if it is not theirs now."""
    if refusal.code == "not-yours":  # a delegate who was removed while the page was made
        raise Http404
    context = {
        "draft": draft,
        "case": draft.leading_case,
        "refusal": refusal,
        "text": refusal_text(refusal.code),
        "submission": getattr(draft, "submission", None),
    }
    return render(request, "portal/filing/refused.html", context, status=409)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def start(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """Begin a filing in a case by asking what kind of document it is."""
    seen = case_or_404(request, case_id)
    if not may_file(seen.capacity):
        raise Http404
    today = timezone.localdate()
    choice = choices_in(seen.case, on=today)
    whom = seen.principals if seen.capacity == "delegate" else ()
    # Whose family of cases it is stands only once it is said for whom.
    of = whom[0].id if len(whom) == 1 else None
    family = family_cases(request.viewer, seen.case, on=today, of=of)
    form = TypeForm(request.POST or None, kinds=choice.kinds, family=family, whom=whom)
    if request.method == "POST" and form.is_valid():
        draft = draft_actions.start_draft(
            by=request.viewer,
            case=seen.case,
            document_type=form.cleaned_data["document_type"],
            also_in=form.also_in_ids(),
            language=translation.get_language() or "en",
            of=form.whom_id(),
        )
        return redirect("portal:draft-files", draft.id)
    context = {
        "case": seen.case,
        "cases": [seen.case],
        "form": form,
        "findings": choice.findings,
        "family": family,
        "in_name_of": whom[0].name if of else "",
        "steps": steps.steps_of(None, "type"),
    }
    return render(request, "portal/filing/type.html", context, status=422 if form.errors else 200)


@require_safe
@signed_in
def resume(request: PortalRequest, draft_id: UUID) -> HttpResponse:
    """Go on where the draft was left, or to the receipt if it was filed."""
    draft = draft_or_404(request, draft_id)
    if draft.state == "submitted":
        return redirect("portal:submission", draft.submission.id)
    if draft.state != "open":
        return refused(request, draft, Refused("not-open"))
    return redirect(steps.first_unfinished(draft, judge_draft(draft, now=timezone.now())), draft.id)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def choose_type(request: PortalRequest, draft_id: UUID) -> HttpResponse:
    """Change the kind of document of a draft, and the cases that it concerns."""
    draft = draft_or_404(request, draft_id)
    case = draft.leading_case
    today = timezone.localdate()
    family = family_cases(request.viewer, case, on=today, of=draft.person_id)
    also_in = [other.pk for other in draft.ordered_cases[1:]]
    initial = {"document_type": draft.document_type, "also_in": also_in}
    kinds = choices_in(case, on=today).kinds
    form = TypeForm(request.POST or None, kinds=kinds, family=family, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            draft_actions.change_type(
                by=request.viewer,
                draft_id=draft.id,
                document_type=form.cleaned_data["document_type"],
                also_in=form.also_in_ids(),
            )
        except FilingRefusedError as error:
            return refused(request, draft, error.refused)
        return redirect("portal:draft-files", draft.id)
    judgement = judge_draft(draft, now=timezone.now())
    status = 422 if form.errors else 200
    return page(request, draft, judgement, "type", form=form, family=family, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def service(request: PortalRequest, draft_id: UUID) -> HttpResponse:
    """The statement of service, asked for exactly when the division's rules require service."""
    draft = draft_or_404(request, draft_id)
    judgement = judge_draft(draft, now=timezone.now())
    if judgement.duty is None or not judgement.asks_for_service:
        return redirect("portal:draft-review", draft.id)
    form = ServiceForm(
        request.POST or None,
        rules=rules(),
        duty=judgement.duty,
        files=draft.ordered_files,
        on=timezone.localdate(),
        initial=draft.service or {"provided_by": request.viewer.person.name},
    )
    if request.method == "POST" and form.is_valid():
        try:
            draft_actions.set_service(
                by=request.viewer, draft_id=draft.id, statement=form.statement()
            )
        except FilingRefusedError as error:
            return refused(request, draft, error.refused)
        return redirect(steps.after(judgement, "service"), draft.id)
    context = {
        "form": form,
        "status": 422 if form.errors else 200,
        "missing": _of_service(judgement) if draft.service and not form.is_bound else [],
    }
    return page(request, draft, judgement, "service", **context)


def _of_service(judgement: Judgement) -> list[Finding]:
    """What is said of the statement of service as it is kept."""
    return [found for found in judgement.of_submission if found.code.startswith("service-")]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def dates(request: PortalRequest, draft_id: UUID) -> HttpResponse:
    """Dates that the case does not know and from which a time limit runs. None has to be given."""
    draft = draft_or_404(request, draft_id)
    judgement = judge_draft(draft, now=timezone.now())
    if not judgement.events_to_name:
        return redirect("portal:draft-review", draft.id)
    form = DatesForm(
        request.POST or None, events=judgement.events_to_name, initial=draft.named_events
    )
    if request.method == "POST" and form.is_valid():
        try:
            draft_actions.name_events(by=request.viewer, draft_id=draft.id, events=form.events())
        except FilingRefusedError as error:
            return refused(request, draft, error.refused)
        return redirect("portal:draft-review", draft.id)
    status = 422 if form.errors else 200
    return page(request, draft, judgement, "dates", form=form, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def review(request: PortalRequest, draft_id: UUID) -> HttpResponse:
    """Everything on one page, then file. The same request again gives the same receipt."""
    draft = draft_or_404(request, draft_id)
    if request.method == "POST":
        return _submit(request, draft)
    return _review_page(request, draft)


def _review_page(request: PortalRequest, draft: Draft, **context: Any) -> HttpResponse:
    now, today = timezone.now(), timezone.localdate()
    judgement = judge_draft(draft, now=now)
    context |= {
        "now": now,
        "division": rules().division(draft.leading_case.division, today),
        "office": office_of(draft.leading_case, on=today),
        "statement": _statement(draft),
        "remarks": [f for f in judgement.of_submission if f.severity in _told(judgement, "review")],
        "on_record": filing_capacity(request.viewer, draft, on=today),
        "acknowledged": request.POST.getlist("acknowledged"),
    }
    return page(request, draft, judgement, "review", **context)


def _statement(draft: Draft) -> dict[str, Any]:
    said = ServiceStatement.model_validate(draft.service or {})
    method = rules().service_method(said.method).label.get(lang()) if said.method else ""
    return said.model_dump() | {"method_label": method}


def _submit(request: PortalRequest, draft: Draft) -> HttpResponse:
    version = request.POST.get("version", "")
    try:
        submission = actions.submit_draft(
            by=request.viewer,
            draft_id=draft.id,
            version=int(version) if version.isdecimal() and len(version) < 10 else 0,  # noqa: PLR2004 - any count of changes has fewer digits
            acknowledged=frozenset(request.POST.getlist("acknowledged")),
            shown=_shown(request.POST.getlist("file")),
        )
    except FilingRefusedError as error:
        if error.refused.code == "not-yours":
            raise Http404 from error
        draft = draft_or_404(request, draft.id)
        if error.refused.code in {"findings-refuse", "findings-not-acknowledged"}:
            problems = [Problem(str(refusal_text(error.refused.code).text), "#warnings")]
            return _review_page(request, draft, problems=problems, status=422)
        return refused(request, draft, error.refused)
    return redirect("portal:submission", submission.id)


def _shown(files: Iterable[str]) -> dict[UUID, str]:
    """The files that the page listed: each text is an id, a space and a name."""
    said = [text.partition(" ") for text in files]
    return {UUID(upload): name for upload, _, name in said if is_uuid(upload)}


def is_uuid(text: str) -> bool:
    """Whether a text that came with a form can be an id."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def discard(request: PortalRequest, draft_id: UUID) -> HttpResponse:
    """Ask, then throw an unfinished filing away with its files."""
    draft = draft_or_404(request, draft_id)
    case = draft.leading_case
    if request.method == "POST":
        try:
            draft_actions.discard_draft(by=request.viewer, draft_id=draft.id)
        except FilingRefusedError as error:
            return refused(request, draft, error.refused)
        return redirect("portal:case", case.pk)
    if draft.state != "open":
        return redirect("portal:draft", draft.id)
    return render(request, "portal/filing/discard.html", {"draft": draft, "case": case})
