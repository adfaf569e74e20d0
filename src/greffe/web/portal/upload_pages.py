"""The files of a filing: add, read what is wrong with each, mend or remove.

The order matters. The check of the form's token reads the body, and so the files; therefore who it
is and how much comes are looked at first, then the files stream to the store, then the token is
checked, and whatever a refused request brought is thrown away.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import Http404, HttpResponse
from django.http.request import UnreadablePostError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from greffe.cases.rules import rules
from greffe.documents.intake import CountingInput, StoredFile, StoreUploadHandler
from greffe.documents.stores import document_store
from greffe.filings import draft_actions
from greffe.filings.judging import judge_draft
from greffe.filings.messages import UploadProblem, upload_problem
from greffe.filings.models import Draft
from greffe.filings.refusals import FilingRefusedError
from greffe.web.access import PortalRequest, content_length, signed_in
from greffe.web.components import Problem
from greffe.web.portal import steps
from greffe.web.portal.filing_pages import draft_or_404, page, refused

ABOUT_FILES = {"too-many-files", "disclosure-several-files", "one-subject-per-file"}
"""Findings of the whole filing that the page of its files shows."""

OVERHEAD = 1024 * 1024
"""Bytes of a request around its files."""


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def files(request: PortalRequest, draft_id: UUID) -> HttpResponse:
    """Show the files of a draft; take those that are sent."""
    draft = draft_or_404(request, draft_id)
    if request.method == "POST":
        return _receive(request, draft)
    draft_actions.inspect_again(by=request.viewer, draft_id=draft.id)
    return _show(request, draft)


@csrf_exempt
@require_POST
@signed_in
def replace(request: PortalRequest, draft_id: UUID, upload_id: UUID) -> HttpResponse:
    """Put a mended file in the place of one that is in a draft."""
    return _receive(request, draft_or_404(request, draft_id), replacing=upload_id)


def _receive(request: PortalRequest, draft: Draft, replacing: UUID | None = None) -> HttpResponse:
    limit = rules().filing_limit(timezone.localdate())
    length = content_length(request)
    if length > limit.max_files * limit.max_bytes + OVERHEAD:
        return _too_much(request, draft)
    # A slow upload must not hold a connection to the database for as long as it lasts.
    if not connection.in_atomic_block:
        connection.close()
    handler = StoreUploadHandler(request, store=document_store(), largest=limit.max_bytes)
    request.upload_handlers = [handler]
    counted = CountingInput(request._stream)  # noqa: SLF001 - Django has no other hook
    request._stream = counted  # type: ignore[assignment]  # noqa: SLF001 - same
    arrival = Arrival(draft, handler, counted, length, replacing)
    try:
        return csrf_protect(_take)(request, arrival)
    except UnreadablePostError:
        return _problems(request, arrival, [upload_problem("truncated", "")])
    finally:
        handler.discard(keep=arrival.kept)


@dataclass
class Arrival:
    """What one request brings, and which of it was kept."""

    draft: Draft
    handler: StoreUploadHandler
    counted: CountingInput
    length: int
    replacing: UUID | None
    kept: set[str] = field(default_factory=set)

    @property
    def cut_off(self) -> bool:
        """Whether the connection ended before everything had come."""
        return self.counted.count < self.length


def _take(request: PortalRequest, arrival: Arrival) -> HttpResponse:
    received = [*request.FILES.getlist("files"), *request.FILES.getlist("file")]
    if arrival.cut_off:
        problems = [upload_problem("truncated", "")]
    elif not received:
        problems = [upload_problem("no-file", "")]
    else:
        kept = (_keep(request, arrival, file) for file in received)
        problems = [problem for problem in kept if problem is not None]
    if problems:
        return _problems(request, arrival, problems)
    return redirect("portal:draft-files", arrival.draft.id)


def _problems(
    request: PortalRequest, arrival: Arrival, problems: Sequence[UploadProblem]
) -> HttpResponse:
    """The page as it is now, with what was not added and why."""
    draft = draft_or_404(request, arrival.draft.id)
    return _show(request, draft, problems=problems, status=422)


def _keep(request: PortalRequest, arrival: Arrival, file: Any) -> UploadProblem | None:
    if not isinstance(file, StoredFile) or file.stored is None:
        return upload_problem(getattr(file, "refusal", ""), getattr(file, "given_name", ""))
    # Bytes that a row may know are not thrown away, whatever goes wrong: the sweep looks again.
    arrival.kept.add(file.stored.key)
    try:
        draft_actions.add_file(
            by=request.viewer,
            draft_id=arrival.draft.id,
            stored=file.stored,
            name=file.given_name,
            replacing=arrival.replacing,
        )
    except FilingRefusedError as error:
        arrival.kept.remove(file.stored.key)
        if error.refused.code == "not-yours":  # a delegate who was removed in mid-upload
            raise Http404 from error
        return upload_problem(error.refused.code, file.given_name)
    return None


def _show(request: PortalRequest, draft: Draft, **context: Any) -> HttpResponse:
    if draft.state != "open":
        return redirect("portal:draft", draft.id)
    limit = rules().filing_limit(timezone.localdate())
    judgement = judge_draft(draft, now=timezone.now())
    context |= {
        "limit": limit,
        "problems": [_problem(problem) for problem in context.get("problems", ())],
        "remarks": [f for f in judgement.of_submission if f.code in ABOUT_FILES],
        "next": steps.after(judgement, "files"),
    }
    return page(request, draft, judgement, "files", **context)


def _problem(problem: UploadProblem) -> Problem:
    said = f"{problem.message.text} {problem.message.remedy}"
    return Problem(f"{problem.name} – {said}" if problem.name else said, "#upload-files")


def _too_much(request: PortalRequest, draft: Draft) -> HttpResponse:
    context = {"draft": draft, "limit": rules().filing_limit(timezone.localdate())}
    return render(request, "portal/filing/too_much.html", context, status=413)


@require_POST
@signed_in
def remove(request: PortalRequest, draft_id: UUID, upload_id: UUID) -> HttpResponse:
    """Take a file out of a draft."""
    draft = draft_or_404(request, draft_id)
    try:
        draft_actions.remove_file(by=request.viewer, draft_id=draft.id, upload_id=upload_id)
    except FilingRefusedError as error:
        return refused(request, draft, error.refused)
    return redirect("portal:draft-files", draft.id)
