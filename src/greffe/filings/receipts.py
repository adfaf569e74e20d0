"""The receipt of a filing: everything that was filed, said and shown, signed in its transaction.

The shape is docs/reference/receipt.md; names and fingerprints are those of the rows, not of the
page.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, cast

from greffe.cases.rules import rules
from greffe.filings.judging import Judgement
from greffe.filings.models import Submission, SubmissionCase, SubmittedDocument
from greffe.law.calendar import eastern, local
from greffe.law.rows import Text
from greffe.law.service import ServiceStatement, evidence_given
from greffe.law.tables import ServiceDuty
from greffe.ledger.models import Event
from greffe.sealing.keys import KeyRing
from greffe.sealing.signatures import signed_bytes

SCHEMA = "greffe.receipt/1"
REGISTRY = Text(en="Greffe, registry of the tribunal", fr="Greffe du tribunal")
NEXT = Text(
    en=(
        "The registry will look at what you filed. If it follows the procedure, it goes on the case"
        " file; if not, it is returned to you with the reason and you can file it again. You will"
        " see either in My cases. The documents have arrived; the division may still refuse them."
        " Keep this receipt with your originals."
    ),
    fr=(
        "Le greffe examinera votre dépôt. S’il est conforme à la procédure, il sera versé au"
        " dossier\u00a0; sinon, il vous sera renvoyé avec le motif et vous pourrez le déposer de"
        " nouveau. Vous verrez l’un ou l’autre dans Mes dossiers. Les documents sont arrivés\u00a0;"
        " la section peut encore les refuser. Conservez cet accusé de réception avec vos originaux."
    ),
)

Lang = Literal["en", "fr"]


@dataclass(frozen=True, slots=True)
class Filed:
    """A submission with its cases and documents, in their order, as their rows were written."""

    submission: Submission
    cases: Sequence[SubmissionCase]
    documents: Sequence[SubmittedDocument]


def ledger_body(filed: Filed) -> dict[str, Any]:
    """What the ledger keeps of a submission: fingerprints and times, no names of documents."""
    submission = filed.submission
    return {
        "number": submission.number,
        "manifest": submission.manifest,
        "received_at": _instant(submission.received_at),
        "document_type": submission.document_type,
        "documents": [document.blob.sha256 for document in filed.documents],
        "rules": submission.rules,
    }


def signed(filed: Filed, judgement: Judgement, event: Event, ring: KeyRing) -> tuple[bytes, str]:
    """Sign the receipt: give the bytes of the signed JSON, and the id of the key."""
    return signed_bytes(_payload(filed, judgement, event, ring), ring)


def payload_of(envelope: bytes) -> dict[str, Any]:
    """The receipt inside signed bytes that this registry made."""
    return cast("dict[str, Any]", json.loads(envelope)["payload"])


def language_of(submission: Submission) -> Lang:
    """The language in which the filer filed."""
    return "fr" if submission.language == "fr" else "en"


def _payload(filed: Filed, judgement: Judgement, event: Event, ring: KeyRing) -> dict[str, Any]:
    submission = filed.submission
    kind = rules().document_type(submission.document_type)
    return {
        "schema": SCHEMA,
        "id": str(submission.id),
        "number": submission.number,
        "profile": submission.profile,
        "demonstration": ring.demonstration,
        "language": submission.language,
        "registry": _both(REGISTRY),
        "cases": _cases(filed),
        "filed_by": {
            "name": (submission.sent_by or submission.person).name,
            "capacity": submission.capacity,
            "for": submission.person.name if submission.sent_by else None,
        },
        "document_type": {"id": kind.id} | _both(kind.label),
        "documents": [
            {
                "position": document.position,
                "name": document.name,
                "pages": document.pages,
                "bytes": document.blob.size,
                "sha256": document.blob.sha256,
            }
            for document in filed.documents
        ],
        "service": _service(submission, judgement.duty),
        "findings": judgement.as_json(),
        "received": _received(submission),
        "limits": [limit.as_json() for limit in judgement.limits],
        "rules": judgement.rules,
        "ledger": {"event": str(event.id), "hash": bytes(event.commitment).hex()},
        "next": _both(NEXT),
    }


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "fr": text.fr}


def _cases(filed: Filed) -> list[dict[str, Any]]:
    on = eastern(filed.submission.received_at).date()
    cases = []
    for link in filed.cases:
        division = rules().division(link.case.division, on)
        office = rules().office(link.office, on)
        cases.append(
            {
                "file_number": link.case.file_number,
                "division": {"id": division.id} | _both(division.label),
                "office": {"id": office.id, "zone": office.zone} | _both(office.label),
            }
        )
    return cases


def _service(submission: Submission, duty: ServiceDuty | None) -> dict[str, Any] | None:
    if submission.service is None or duty is None:
        return None
    statement = ServiceStatement.model_validate(submission.service)
    method = rules().service_method(statement.method)
    return {
        "duty": duty.id,
        "authority": duty.authority,
        "recipient": statement.recipients,
        "method": _both(method.label),
        "served_on": statement.served_on.isoformat() if statement.served_on else None,
        "signed_by": statement.provided_by if statement.signed else "",
        "evidence": evidence_given(duty, statement),
        "explanation": statement.explanation,
    }


def _received(submission: Submission) -> dict[str, str]:
    at = submission.received_at
    office = rules().office(submission.office, eastern(at).date())
    return {
        "instant": _instant(at),
        "eastern": eastern(at).isoformat(timespec="seconds"),
        "office": local(at, office.zone).isoformat(timespec="seconds"),
        "date_of_receipt": submission.date_of_receipt.isoformat(),
        "first_attempt": _instant(at),
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
