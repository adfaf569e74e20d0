"""A receipt's payload, as filings build it, for the tests of sealing and papers."""

import hashlib
from typing import Any

DOCUMENT = b"%PDF-1.7 first document"


def payload(**changes: Any) -> dict[str, Any]:
    """Return the payload of an ordinary receipt, with top-level fields replaced."""
    ordinary = {
        "schema": "greffe.receipt/1",
        "id": "0b0e7c2e-6f0a-4f0e-9d3b-2f6f1d1f7a11",
        "number": "2021-000123-7F3K",
        "profile": "irb",
        "demonstration": False,
        "language": "fr",
        "registry": {"en": "Registry of the Tribunal", "fr": "Greffe du Tribunal"},
        "cases": [
            {
                "file_number": "VB9-16268",
                "division": {
                    "id": "RPD",
                    "en": "Refugee Protection Division",
                    "fr": "Section de la protection des réfugiés",
                },
                "office": {
                    "id": "vancouver",
                    "en": "Vancouver",
                    "fr": "Vancouver",
                    "zone": "America/Vancouver",
                },
            }
        ],
        "filed_by": {"name": "Amélie Tremblay", "capacity": "counsel", "for": None},
        "document_type": {
            "id": "disclosure",
            "en": "Disclosure",
            "fr": "Communication de documents",
        },
        "documents": [
            document(1, "Pièces 1 à 14.pdf", hashlib.sha256(DOCUMENT).hexdigest()),
            document(2, "ملف الأسرة 2.pdf", "60303ae22b998861bce3b28f33eec1be" * 2),
        ],
        "service": {
            "duty": "rpd-disclosure-minister",
            "authority": "RPD Rules, rule 34(2)",
            "recipient": "Minister",
            "method": {"en": "By courier", "fr": "Par messagerie"},
            "served_on": "2021-03-31",
            "signed_by": "Amélie Tremblay",
            "evidence": "signed-statement",
            "explanation": "",
        },
        "findings": [
            {
                "code": "no-page-numbers",
                "severity": "warn",
                "document": 1,
                "page": 14,
                "en": "Pages 14 to 20 have no number.",
                "fr": "Les pages 14 à 20 ne sont pas numérotées.",
                "authority": "RPD Rules, rule 31(1)",
                "acknowledged": True,
            }
        ],
        "received": {
            "instant": "2021-04-02T05:00:00.123456Z",
            "eastern": "2021-04-02T01:00:00-04:00",
            "office": "2021-04-01T22:00:00-07:00",
            "date_of_receipt": "2021-04-01",
            "first_attempt": "2021-04-02T05:00:00.123456Z",
        },
        "limits": [
            {
                "id": "rpd-disclosure",
                "due": "2021-04-01",
                "status": "met",
                "event": {"en": "Hearing", "fr": "Audience", "date": "2021-04-11"},
                "en": "Documents must be received no later than 10 days before the hearing.",
                "fr": "Les documents doivent être reçus au plus tard 10 jours avant l’audience.",
                "authority": "RPD Rules, rule 34(3)(a)",
            }
        ],
        "rules": "ab" * 32,
        "ledger": {"event": "0b0e7c2e-6f0a-4f0e-9d3b-2f6f1d1f7a12", "hash": "cd" * 32},
        "next": {
            "en": "The registry takes the documents to the case file.",
            "fr": "Le greffe verse les documents au dossier.",
        },
    }
    return ordinary | changes


def document(position: int, name: str, sha256: str = "0" * 64) -> dict[str, Any]:
    """Return one document of a receipt."""
    return {"position": position, "name": name, "pages": 12, "bytes": 34567, "sha256": sha256}
