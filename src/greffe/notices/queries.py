"""Reads of the outbox. Who may see which notice is for the caller to say: cases stand above."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Count, QuerySet

from greffe.notices.models import Notice


def failed_notices(*, cases: Collection[UUID] | None = None) -> QuerySet[Notice]:
    """E-mails that could not be sent, the oldest first: work for an officer.

    `cases` limits them to those that concern one of these cases. One of a digest stands for all.
    """
    failed = Notice.objects.filter(state="failed", lead=None).order_by("created_at", "id")
    return failed if cases is None else failed.filter(case_ids__overlap=list(cases))


def latest_mail(count: int) -> QuerySet[Notice]:
    """The latest e-mails, sent or not, with how many more notices each holds as `more`."""
    mail = Notice.objects.filter(lead=None).annotate(more=Count("followers"))
    return mail.order_by("-created_at", "-id")[:count]


def find_mail(notice_id: UUID) -> Notice | None:
    """One e-mail, or None."""
    return Notice.objects.filter(pk=notice_id, lead=None).first()
