"""What filings do when a case goes to another office. Receipts keep the office of their day."""

from greffe.cases.models import Case
from greffe.filings.models import QueueItem


def move_waiting_work(case: Case, office: str) -> None:
    """Put what waits for the registry in the queue of the case's new office, held by nobody.

    A filing in several cases waits where its leading case is.
    """
    leading = {
        "submission__draft__case_links__case": case,
        "submission__draft__case_links__leading": True,
    }
    waiting = QueueItem.objects.filter(**leading).exclude(office=office).values("pk")
    QueueItem.objects.filter(pk__in=waiting).update(office=office, holder=None, held_since=None)
