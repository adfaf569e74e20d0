"""A submission on the desk: what was filed and said, and what becomes of it."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from greffe.cases.queries import participants_in
from greffe.cases.rules import rules
from greffe.filings import decision_actions as decide
from greffe.filings.decision_actions import LONGEST_NOTE, Words
from greffe.filings.decision_queries import SeenSubmission
from greffe.filings.messages import refusal_text
from greffe.filings.models import QueueItem, Submission, SubmissionDecision
from greffe.filings.queries import find_document
from greffe.filings.queue_queries import next_of_mine
from greffe.filings.refusals import FilingRefusedError
from greffe.law import states
from greffe.law.calendar import eastern
from greffe.law.registry import reasons_for
from greffe.law.tables import DecisionReason
from greffe.web.access import PortalRequest
from greffe.web.components import Problem
from greffe.web.portal.lines import document_tag, lang, said_in, submission_tag
from greffe.web.portal.receipt_pages import visible_in
from greffe.web.registry.access import BENCH, for_roles, submission_or_404
from greffe.web.registry.reader import Reader, reader_context


class DecisionForm(forms.Form):
    """Which documents, why, and the words for the filer. The action judges what is missing."""

    positions = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label=_("Documents")
    )
    reason = forms.ChoiceField(required=False, widget=forms.RadioSelect, label=_("Reason"))
    note = forms.CharField(
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
        label=_("Note to the filer"),
    )
    decided_by = forms.CharField(
        required=False, max_length=200, label=_("Name of the member who decided")
    )

    def __init__(
        self,
        *args: Any,
        documents: Sequence[Any],
        reasons: Sequence[DecisionReason],
        **kwargs: Any,
    ) -> None:
        """Offer these documents and these reasons."""
        super().__init__(*args, **kwargs)
        self._offer("positions", [(str(one.position), one.name) for one in documents])
        self._offer("reason", [(row.id, row.text.get(lang())) for row in reasons])
        for field in self.fields.values():
            vars(field)["expected"] = True

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = choices

    def positions_chosen(self) -> list[int]:
        """The documents that were ticked."""
        return [int(value) for value in self.cleaned_data.get("positions", ())]

    def words(self) -> Words:
        """What the filer will read."""
        said = self.cleaned_data
        return Words(said.get("reason", ""), said.get("note", ""), said.get("decided_by", ""))


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(BENCH)
def submission(request: PortalRequest, submission_id: UUID) -> HttpResponse:
    """Show a submission to those who work on it; do what they decide, then go to the next."""
    if request.method == "POST":
        try:
            return _decide(request, submission_id)
        except Http404:
            note = request.POST.get("note", "")[:LONGEST_NOTE]
            return render(request, "registry/gone.html", {"note": note}, status=404)
    seen = submission_or_404(request, submission_id)
    return _show(request, seen, _form(seen, None))


def _decide(request: PortalRequest, submission_id: UUID) -> HttpResponse:
    seen = submission_or_404(request, submission_id)
    form = _form(seen, request.POST)
    act = ACTS.get(request.POST.get("action", ""))
    if act is None or not form.is_valid():
        return _show(request, seen, form, status=422)
    try:
        act(request, seen.submission.id, form)
    except FilingRefusedError as refusal:
        text = refusal_text(refusal.refused.code)
        problem = Problem(f"{text.text} {text.remedy}", "#decide")
        seen = submission_or_404(request, submission_id)
        return _show(request, seen, form, problems=[problem], status=409)
    return _next(request, seen.submission)


def _form(seen: SeenSubmission, data: Mapping[str, Any] | None) -> DecisionForm:
    undecided = seen.submission.state == "received"
    event = "return" if undecided else "refuse"
    documents = [
        one for one in seen.submission.documents.all() if states.DOCUMENT.allows(one.state, event)
    ]
    ticked = [str(one.position) for one in documents] if undecided else []
    return DecisionForm(
        data,
        documents=documents,
        reasons=reasons_for(rules(), "return" if undecided else "refuse", timezone.localdate()),
        initial={"positions": ticked},
    )


Act = Callable[[PortalRequest, UUID, DecisionForm], SubmissionDecision]


def _accept(request: PortalRequest, submission_id: UUID, form: DecisionForm) -> SubmissionDecision:
    return decide.accept(
        by=request.viewer,
        submission_id=submission_id,
        positions=form.positions_chosen(),
        words=form.words(),
    )


def _accept_all(request: PortalRequest, submission_id: UUID, _: DecisionForm) -> SubmissionDecision:
    return decide.accept(by=request.viewer, submission_id=submission_id)


def _return(request: PortalRequest, submission_id: UUID, form: DecisionForm) -> SubmissionDecision:
    return decide.return_submission(
        by=request.viewer, submission_id=submission_id, words=form.words()
    )


def _pass(request: PortalRequest, submission_id: UUID, form: DecisionForm) -> SubmissionDecision:
    return decide.pass_to_division(
        by=request.viewer, submission_id=submission_id, note=form.words().note
    )


def _hand_back(
    request: PortalRequest, submission_id: UUID, form: DecisionForm
) -> SubmissionDecision:
    return decide.hand_back(by=request.viewer, submission_id=submission_id, note=form.words().note)


def _refuse(request: PortalRequest, submission_id: UUID, form: DecisionForm) -> SubmissionDecision:
    return decide.refuse_documents(
        by=request.viewer,
        submission_id=submission_id,
        positions=form.positions_chosen(),
        words=form.words(),
    )


ACTS: Mapping[str, Act] = {
    "accept": _accept,
    "accept-all": _accept_all,
    "return": _return,
    "pass": _pass,
    "hand-back": _hand_back,
    "refuse": _refuse,
}


def _next(request: PortalRequest, done: Submission) -> HttpResponse:
    """Say what was done, and open the next one of this person's work."""
    done.refresh_from_db(fields=["state"])
    said = {"number": done.number, "state": submission_tag(done.state).label}
    messages.success(request, gettext("%(number)s: %(state)s.") % said)
    following = next_of_mine(request.viewer)
    if following is None:
        return redirect("registry:queue")
    return redirect("registry:submission", following.pk)


def _show(
    request: PortalRequest,
    seen: SeenSubmission,
    form: DecisionForm,
    *,
    problems: Sequence[Problem] = (),
    status: int = 200,
) -> HttpResponse:
    found = seen.submission
    envelope = json.loads(bytes(found.receipt.envelope))
    day = eastern(found.received_at).date()
    context = {
        "submission": found,
        "seen": seen,
        "said": said_in(visible_in(envelope["payload"], found)),
        "office": rules().office(found.office, day),
        "kind": rules().document_type(found.document_type),
        "documents": [(one, document_tag(one.state)) for one in found.documents.all()],
        "reader": _reader(request, found),
        "cases": [_case(link.case) for link in found.case_links.all()],
        "state": submission_tag(found.state),
        "decisions": [_decision(one) for one in found.decisions.all()],
        "form": form,
        "problems": problems,
        "may": _may(request, seen),
        "queue_address": reverse("registry:queue"),
    }
    return render(request, "registry/submission.html", context, status=status)


def _reader(request: PortalRequest, found: Submission) -> Reader | None:
    """The document that is looked at, at its page; the first one if the address names none."""
    asked = request.GET.get("document", "")
    number = int(asked) if asked.isdecimal() and len(asked) < len("1000") else 1
    on = timezone.localdate()
    document = find_document(request.viewer, found.id, number, on=on)
    if document is None:
        return None
    return reader_context(request, document, base=f"{request.path}?document={number}")


def _case(case: Any) -> dict[str, Any]:
    people = participants_in(case, on=timezone.localdate())
    return {"case": case, "people": [link.person.name for link in people]}


def _decision(decision: SubmissionDecision) -> dict[str, Any]:
    reason = rules().decision_reason(decision.reason).text if decision.reason else None
    return {
        "decision": decision,
        "event": states.SUBMISSION.events[decision.event].get(lang()),
        "reason": reason,
    }


def _may(request: PortalRequest, seen: SeenSubmission) -> dict[str, bool]:
    """What this person can do now: the buttons of the page. The actions judge again."""
    state, item = seen.submission.state, seen.item
    mine = _holds(request, seen, item)
    free = item is not None and item.holder_id is None and not item.with_division
    return {
        "take": free and seen.capacity == "officer",
        "release": bool(item and item.holder_id == request.viewer.id),
        "decide": mine and state == "received",
        "rule": state == "with-division",
        "refuse": state in {"accepted", "partly-accepted"}
        and any(one.state == "on-file" for one in seen.submission.documents.all()),
        "names_member": seen.capacity == "officer",
    }


def _holds(request: PortalRequest, seen: SeenSubmission, item: QueueItem | None) -> bool:
    return bool(item and item.holder_id == request.viewer.id) and seen.capacity == "officer"
