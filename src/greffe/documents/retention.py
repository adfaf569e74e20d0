"""How long what nobody filed is kept, by the rows of law, and which uploads go."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from greffe.documents.models import Upload
from greffe.documents.rules import rules

DRAFT, UPLOAD = "draft", "upload"
"""The classes of retention whose time can be over."""


def kept_for(row_id: str) -> timedelta:
    """How long what belongs to a class, and is written now, is kept."""
    days = rules().retention_class(row_id, timezone.localdate()).days
    assert days is not None, row_id  # noqa: S101 - the loader refuses such a row
    return timedelta(days=days)


def uploads_over(*, now: datetime) -> QuerySet[Upload]:
    """Uploads that nothing took and whose time is over, held or not, in a draft or not."""
    return Upload.objects.filter(taken=False, expires_at__lt=now)


def uploads_that_go(*, now: datetime) -> QuerySet[Upload]:
    """Those of them that are in no draft and stand under no hold."""
    return uploads_over(now=now).filter(draft_file=None, blob__legal_hold=False)
