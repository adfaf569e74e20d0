"""What would go now because its time is over, why, and what stays because of a legal hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from greffe.cases.rules import rules
from greffe.documents.retention import DRAFT, UPLOAD, uploads_over
from greffe.filings.mail_retention import mail_over
from greffe.filings.models import Draft, DraftCase, DraftFile
from greffe.law.tables import RetentionClass


@dataclass(frozen=True, slots=True)
class Over:
    """Something whose time is over. `goes` is False where a legal hold keeps it.

    `rule` is the row that gave it its time; `until` the moment to which it was kept.
    """

    kind: Literal["draft", "upload", "mail"]
    id: UUID
    until: datetime
    rule: RetentionClass
    goes: bool

    def as_json(self) -> dict[str, Any]:
        """Give it as a JSON object."""
        return {
            "kind": self.kind,
            "id": str(self.id),
            "kept_until": self.until.isoformat(),
            "goes": self.goes,
            "held": not self.goes,
            "rule": self.rule.id,
            "days": self.rule.days,
            "authority": self.rule.authority,
        }


_CASE_HELD = DraftCase.objects.filter(draft=OuterRef("pk"), case__legal_hold=True)
_FILE_HELD = DraftFile.objects.filter(draft=OuterRef("pk"), upload__blob__legal_hold=True)
_HELD = Q(Exists(_CASE_HELD)) | Q(Exists(_FILE_HELD))
# Locked to the end of the transaction: a hold that is placed meanwhile waits, or is seen here.
_HOLDS = """
SELECT legal_hold FROM cases_case
WHERE id IN (SELECT case_id FROM filings_draftcase WHERE draft_id = %s) ORDER BY id FOR SHARE
"""
_FILES = """
SELECT legal_hold FROM documents_blob WHERE id IN (
    SELECT upload.blob_id FROM filings_draftfile AS file
    JOIN documents_upload AS upload ON upload.id = file.upload_id WHERE file.draft_id = %s
) ORDER BY id FOR SHARE
"""


def drafts_over(*, now: datetime) -> QuerySet[Draft]:
    """Drafts whose time is over, held or not."""
    return Draft.objects.filter(state="open", expires_at__lt=now)


def drafts_that_go(*, now: datetime) -> QuerySet[Draft]:
    """Those of them of which no case and no file is on hold."""
    return drafts_over(now=now).filter(~_HELD)


def hold_on_its_cases(draft: Draft) -> bool:
    """Whether a case or a file of this draft is on hold now; none can be put on hold until the end.

    In the transaction that ends the draft.
    """
    with connection.cursor() as cursor:
        for query in (_HOLDS, _FILES):
            cursor.execute(query, [draft.pk])
            if any(held for (held,) in cursor.fetchall()):
                return True
    return False


def everything_over(*, now: datetime) -> Iterator[Over]:
    """Everything whose time is over at `now`, drafts first: what goes, and what a hold keeps.

    It only reads. An upload in a draft goes with it: the draft is ended first, and the upload then
    belongs to nothing.
    """
    drafts = drafts_over(now=now).annotate(held=_HELD).order_by("expires_at", "id")
    columns = drafts.values_list("id", "expires_at", "changed_at", "held")
    for draft_id, until, changed_at, held in columns.iterator():
        yield Over("draft", draft_id, until, _rule(DRAFT, changed_at), not held)
    ending = Q(draft_file=None) | Q(draft_file__draft__in=drafts_that_go(now=now).values("pk"))
    uploads = (
        uploads_over(now=now)
        .filter(Q(draft_file=None) | Q(draft_file__draft__in=drafts_over(now=now).values("pk")))
        .annotate(goes=ending & Q(blob__legal_hold=False))
        .order_by("expires_at", "id")
    )
    found = uploads.values_list("id", "expires_at", "received_at", "goes")
    for upload_id, ends, received_at, goes in found.iterator():
        assert ends is not None  # noqa: S101 - the column may be empty for taken uploads alone
        yield Over("upload", upload_id, ends, _rule(UPLOAD, received_at), goes)
    for mail in mail_over(now=now):
        yield Over("mail", mail.id, mail.until, mail.rule, not mail.held)


def _rule(row_id: str, at: datetime) -> RetentionClass:
    """The row of a class on the day from which its days were counted."""
    return rules().retention_class(row_id, timezone.localtime(at).date())
