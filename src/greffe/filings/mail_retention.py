"""The words of e-mails whose time is over: what goes, and what a legal hold on a case keeps.

Who got which kind of e-mail, when and under which Message-ID stays.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from greffe.cases.models import Case
from greffe.cases.rules import rules
from greffe.law.tables import RetentionClass
from greffe.ledger.actors import SYSTEM
from greffe.notices.actions import remove_words
from greffe.notices.models import Notice
from greffe.notices.queries import cases_of_mail, mail_about, mail_with_words

MAIL = "mail"
"""The class of retention of what an e-mail said."""

_HOLDS = "SELECT legal_hold FROM cases_case WHERE id = ANY(%s) ORDER BY id FOR SHARE"


@dataclass(frozen=True, slots=True)
class MailOver:
    """An e-mail whose words’ time is over: by which row, since when, and whether a hold wins."""

    id: UUID
    sent_at: datetime
    until: datetime
    rule: RetentionClass
    held: bool


def mail_over(*, now: datetime) -> Iterator[MailOver]:
    """E-mails whose words’ time is over at `now`, the oldest first. It only reads.

    The row is the one in force on the day on which the e-mail was sent.
    """
    shortest = min(row.days for row in rules().retention if row.id == MAIL and row.days)
    found = mail_with_words(sent_before=now - timedelta(days=shortest)).values_list("pk", "sent_at")
    held = mail_about(list(Case.objects.filter(legal_hold=True).values_list("pk", flat=True)))
    for notice_id, sent_at in found.iterator():
        assert sent_at is not None  # noqa: S101 - the database sees to it for what was sent
        row = rules().retention_class(MAIL, timezone.localtime(sent_at).date())
        until = sent_at + timedelta(days=row.days or 0)
        if until < now:
            yield MailOver(notice_id, sent_at, until, row, notice_id in held)


def empty_mail(*, now: datetime) -> int:
    """Remove the words of e-mails whose time is over and that no hold keeps. Gives their number."""
    return sum(empty(over=one) for one in list(mail_over(now=now)) if not one.held)


@transaction.atomic
def empty(*, over: MailOver) -> bool:
    """Empty one that is still sent as it was: it may have come back in the meantime.

    Its cases are locked to the end, before it: a hold that is placed meanwhile waits, or is seen.
    """
    cases = sorted(cases_of_mail(over.id))
    with connection.cursor() as cursor:
        cursor.execute(_HOLDS, [cases])
        if any(held for (held,) in cursor.fetchall()):
            return False
    still = Notice.objects.filter(pk=over.id, state="sent", sent_at=over.sent_at)
    notice = still.select_for_update(skip_locked=True).first()
    if notice is None:
        return False
    remove_words(by=SYSTEM, notice=notice)
    return True
