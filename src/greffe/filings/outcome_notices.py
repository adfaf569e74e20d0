"""The e-mail that tells a filer what became of a submission, owed in the same transaction."""

from collections.abc import Iterable

from greffe.accounts.delegations import acts_for
from greffe.accounts.models import Person
from greffe.cases.rules import rules
from greffe.filings.models import Submission, SubmissionDecision
from greffe.law.calendar import local
from greffe.law.dates import long_time
from greffe.notices.actions import queue_notice

_KINDS = {
    "accept": "submission-accepted",
    "accept-part": "submission-partly-accepted",
    "return": "submission-returned",
    "refuse": "submission-refused",
    "refuse-part": "submission-refused",
}


def tell_filer(submission: Submission, decision: SubmissionDecision) -> None:
    """Owe the filer the e-mail of a decision, in their own language; none for what stays inside.

    A delegate who sent it in the filer's name is told as well, as long as they are one.

    It names attachments by number and says nothing else of what is in the case. What was simply
    taken to the case file may wait for others of the same person and come as one e-mail.
    """
    kind = _KINDS.get(decision.event)
    if kind is None:
        return
    sender = submission.sent_by
    if sender is not None and acts_for(sender, submission.person):
        _tell(kind, submission, decision, sender)
    _tell(kind, submission, decision, submission.person)


def _tell(kind: str, submission: Submission, decision: SubmissionDecision, person: Person) -> None:
    lang = person.language
    cases = [link.case for link in submission.case_links.select_related("case").order_by("pk")]
    office = rules().office(submission.office)
    context = {
        "file_number": ", ".join(case.file_number for case in cases),
        "submission_number": submission.number,
        "received": long_time(
            local(submission.received_at, office.zone), lang, place=office.label.get(lang)
        ),
        "link": f"/{lang}/portal/submissions/{submission.id}/",
    }
    if kind != "submission-accepted":
        context |= {
            "reason": rules().decision_reason(decision.reason).text.get(lang),
            "note": decision.note,
        }
    if kind == "submission-partly-accepted":
        context |= {
            "accepted": _numbers(submission, {"on-file"}),
            "returned": _numbers(submission, {"returned"}),
        }
    if kind == "submission-refused":
        context["refused"] = ", ".join(str(n) for n in decision.positions)
    queue_notice(
        kind=kind,
        language=lang,
        to=person.email,
        person=person.id,
        case_ids=[case.id for case in cases],
        context=context,
        dedupe=f"decision:{decision.pk}:{person.id}",
        digest=f"accepted:{person.id}" if kind == "submission-accepted" else "",
    )


def _numbers(submission: Submission, wanted: Iterable[str]) -> str:
    kept = submission.documents.filter(state__in=wanted).order_by("position")
    return ", ".join(str(n) for n in kept.values_list("position", flat=True))
