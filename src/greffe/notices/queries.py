"""Reads of the outbox. Who may see which notice is for the caller to say: cases stand above."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from greffe.notices.models import Notice


def failed_notices(*, cases: Collection[UUID] | None = None) -> QuerySet[Notice]:
    """E-mails and text messages that could not be sent, the oldest first: work for an officer.

    `cases` limits them to those that concern one of these cases. One of a digest stands for all. A
    secret message is no work any more once a later one has reached the same person.
    """
    reached = Notice.objects.filter(
        medium="text",
        state="sent",
        person_id=OuterRef("person_id"),
        kind=OuterRef("kind"),
        created_at__gt=OuterRef("created_at"),
    )
    failed = (
        Notice.objects.filter(state="failed", lead=None)
        .exclude(Q(secret=True) & Exists(reached))
        .order_by("created_at", "id")
    )
    return failed if cases is None else failed.filter(case_ids__overlap=list(cases))


def latest_mail(count: int) -> QuerySet[Notice]:
    """The latest e-mails, sent or not, with how many more notices each holds as `more`."""
    mail = Notice.objects.filter(lead=None).annotate(more=Count("followers"))
    return mail.order_by("-created_at", "-id")[:count]


def find_mail(notice_id: UUID) -> Notice | None:
    """One e-mail, or None."""
    return Notice.objects.filter(pk=notice_id, lead=None).first()


def find_by_key(dedupe: str) -> Notice | None:
    """The notice that was queued under a key, or None."""
    return Notice.objects.filter(dedupe=dedupe).first()


def mail_with_words(*, sent_before: datetime) -> QuerySet[Notice]:
    """E-mails that were sent before a moment, the oldest first, and whose words are still kept."""
    sent = Notice.objects.filter(state="sent", lead=None, sent_at__lt=sent_before)
    return sent.exclude(context={}).order_by("sent_at", "id")


def mail_about(cases: Collection[UUID]) -> set[UUID]:
    """The e-mails that are about one of these cases, themselves or by a notice of their digest."""
    about = Notice.objects.filter(case_ids__overlap=list(cases))
    return {lead or own for own, lead in about.values_list("pk", "lead")}


def cases_of_mail(notice_id: UUID) -> set[UUID]:
    """The cases that an e-mail is about, with those of its digest."""
    together = Notice.objects.filter(Q(pk=notice_id) | Q(lead=notice_id))
    return {case for cases in together.values_list("case_ids", flat=True) for case in cases}
