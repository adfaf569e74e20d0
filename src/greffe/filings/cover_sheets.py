"""The text in the code of a cover sheet: signed, so that a misread or made-up one places nothing.

A sheet is no row: it can be printed and thrown away. Its id is kept with the document that it
brought, so that the same sheet is not used twice unnoticed.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core import signing

from greffe.filings.paper import Details
from greffe.papers.codes import PREFIX

_SALT = "greffe.filings.cover-sheets"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a cover sheet says: of which case, and what of the document under it."""

    id: uuid.UUID
    case_id: uuid.UUID
    details: Details


def new_sheet(case_id: uuid.UUID, details: Details) -> Sheet:
    """A sheet for one document of a case."""
    return Sheet(uuid.uuid4(), case_id, details)


def sheet_text(sheet: Sheet) -> str:
    """The text for the code of a sheet."""
    said = sheet.details
    fields = [
        sheet.id.hex,
        sheet.case_id.hex,
        said.document_type,
        int(said.received_at.timestamp()),
        said.method,
        said.received_by,
        said.filed_by,
        said.audience,
    ]
    return PREFIX + signing.Signer(salt=_SALT).sign_object(fields, compress=True)


def read_sheet(text: str) -> Sheet | None:
    """The sheet of a text, or None where this registry has not made it, or it was misread."""
    if not text.startswith(PREFIX):
        return None
    try:
        found = signing.Signer(salt=_SALT).unsign_object(text.removeprefix(PREFIX))
        sheet_id, case_id, kind, received_at, method, received_by, filed_by, audience = found
    except (signing.BadSignature, ValueError):
        return None
    details = Details(
        document_type=kind,
        received_at=datetime.fromtimestamp(received_at, UTC),
        method=method,
        received_by=received_by,
        filed_by=filed_by,
        audience=audience,
    )
    return Sheet(uuid.UUID(hex=sheet_id), uuid.UUID(hex=case_id), details)
