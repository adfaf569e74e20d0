"""The registry's queue: who works on what. One person holds a submission, or nobody does."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from greffe.accounts.models import Person, Role, StaffRole
from greffe.accounts.viewers import Viewer
from greffe.filings.models import QueueItem, Submission
from greffe.filings.queue_queries import queue_scope
from greffe.filings.refusals import refuse
from greffe.ledger.actions import record
from greffe.ledger.kinds import Kind

_ENQUEUE = """
INSERT INTO filings_queueitem
    (submission_id, office, division, document_type, with_division, received_at, due_on)
VALUES (%s, %s, %s, %s, false, %s, %s)
"""


def enqueue(submission: Submission, *, office: str, due: date) -> None:
    """Put what was filed in the queue of an office, in the transaction of the filing.

    That of its leading case now: its receipt may be of another day, and name the office of then.
    """
    asked: list[Any] = [
        submission.id,
        office,
        submission.division,
        submission.document_type,
        submission.received_at,
        due,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_ENQUEUE, asked)


@transaction.atomic
def take(*, by: Viewer, submission_ids: Sequence[UUID]) -> list[UUID]:
    """Take submissions that nobody holds. Gives those that were taken, perhaps fewer than asked.

    Two officers at once: each submission goes to one of them, and the other does not get it.
    """
    free = queue_scope(by).filter(pk__in=submission_ids, holder=None, with_division=False)
    locked = list(
        free.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)
    )
    QueueItem.objects.filter(pk__in=locked).update(holder=by.person, held_since=timezone.now())
    for submission_id in locked:
        _record(Kind.WORK_TAKEN, by, submission_id)
    return locked


@transaction.atomic
def take_next(*, by: Viewer, count: int) -> list[UUID]:
    """Take the most urgent submissions that nobody holds, at most so many."""
    free = queue_scope(by).filter(holder=None, with_division=False, office__in=by.offices())
    rows = free.order_by("due_on", "received_at", "submission_id")[:count]
    ids = list(rows.values_list("pk", flat=True).select_for_update(of=("self",), skip_locked=True))
    return take(by=by, submission_ids=ids)


@transaction.atomic
def release(*, by: Viewer, submission_ids: Sequence[UUID]) -> int:
    """Put back what one holds. Gives how many were put back."""
    mine = QueueItem.objects.select_for_update().filter(pk__in=submission_ids, holder=by.person)
    ids = list(mine.values_list("pk", flat=True))
    QueueItem.objects.filter(pk__in=ids).update(holder=None, held_since=None)
    for submission_id in ids:
        _record(Kind.WORK_RELEASED, by, submission_id)
    return len(ids)


@transaction.atomic
def reassign(*, by: Viewer, submission_ids: Sequence[UUID], to: UUID | None) -> int:
    """Give work to another officer of the same office, or back to the queue: a supervisor's act.

    Gives how many changed hands. Raises FilingRefusedError "no-such-officer" where `to` is no
    officer of each office concerned today.
    """
    items = list(
        queue_scope(by)
        .filter(pk__in=submission_ids, office__in=by.supervised())
        .select_for_update(of=("self",))
    )
    if to is not None and not {item.office for item in items} <= _offices_of(to):
        raise refuse("no-such-officer")
    since = None if to is None else timezone.now()
    for item in items:
        before, item.holder_id, item.held_since = item.holder_id, to, since
        item.save(update_fields=["holder", "held_since"])
        _record(
            Kind.WORK_REASSIGNED,
            by,
            item.pk,
            before=str(before) if before else None,
            after=str(to) if to else None,
        )
    return len(items)


def reassign_all(*, by: Viewer, holder: UUID | None, to: UUID | None) -> int:
    """Give all that an officer holds in one's offices to another: an officer is absent.

    Raises FilingRefusedError as `reassign` does.
    """
    held = queue_scope(by).filter(holder=holder, office__in=by.supervised())
    ids = list(held.values_list("pk", flat=True)) if holder else []
    return reassign(by=by, submission_ids=ids, to=to)


def _offices_of(person: UUID) -> set[str]:
    today = timezone.localdate()
    held = StaffRole.objects.filter(
        person=person, role__in=[Role.OFFICER, Role.SUPERVISOR], held_from__lte=today
    )
    return {role.office for role in held if role.held_to is None or role.held_to > today}


def officers_of(offices: Sequence[str]) -> list[Person]:
    """The officers and supervisors of these offices today, by name."""
    today = timezone.localdate()
    held = StaffRole.objects.filter(
        office__in=offices, role__in=[Role.OFFICER, Role.SUPERVISOR], held_from__lte=today
    ).select_related("person")
    people = {role.person for role in held if role.held_to is None or role.held_to > today}
    return sorted(people, key=lambda person: (person.name, person.pk))


def _record(kind: Kind, by: Viewer, submission_id: UUID, **body: str | None) -> None:
    record(kind=kind, by=by.actor("officer"), subject=submission_id, body=body)
