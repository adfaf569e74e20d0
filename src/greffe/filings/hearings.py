"""What waits in a case when one of its hearings changes: its day in the queue changes too."""

from django.utils import timezone

from greffe.cases.models import Case
from greffe.cases.queries import known_events
from greffe.cases.rules import rules
from greffe.filings.models import QueueItem
from greffe.law.registry import due_on


def redate_waiting_work(case: Case) -> None:
    """Count again by when what waits in a case is to be looked at, from its next hearing.

    As when it arrived, only the leading case of a filing counts. In the transaction of the change.
    """
    hearing = known_events(case, now=timezone.now()).get("hearing")
    leading = {
        "submission__draft__case_links__case": case,
        "submission__draft__case_links__leading": True,
    }
    # A decision locks the item, then the case, which is locked here already: to wait for it would
    # be to wait for ever. What is being decided leaves the queue.
    items = QueueItem.objects.select_for_update(of=("self",), skip_locked=True).filter(**leading)
    for item in items.select_related("submission").order_by("submission_id"):
        received = item.submission.date_of_receipt
        due = due_on(rules(), received=received, hearing=hearing, office=item.office)
        if due != item.due_on:
            item.due_on = due
            item.save(update_fields=["due_on"])
