"""An e-mail that had been sent comes back: it becomes the work of an officer."""

from typing import Literal

from django.db import transaction

from greffe.ledger.actions import record
from greffe.ledger.actors import Actor
from greffe.ledger.kinds import Kind
from greffe.notices import outbox
from greffe.notices.bounces import Bounce, BounceError
from greffe.notices.models import Notice
from greffe.notices.states import NOTICE

BOUNCED = "bounced"
"""How the error of an e-mail that came back begins; the status that was reported follows."""

Noted = Literal["noted", "known", "not-failed", "other-address", "not-sent"]
"""What became of a report. Only for `noted` has anything changed."""


class StillSendingError(Exception):
    """The e-mail is being sent at this moment: what came back is to be given again later."""


@transaction.atomic
def note_bounce(*, by: Actor, bounce: Bounce) -> Noted:
    """Note that an e-mail came back, so that an officer finds it among those that were not sent.

    Nothing changes where the report is known, speaks of a delay or of another address, or where the
    e-mail has been queued again or given up meanwhile. Raises BounceError (`unknown`) for an e-mail
    that is none of ours, and StillSendingError.
    """
    notice = _notice_of(bounce)
    if bounce.fingerprint == notice.bounce:
        return "known"
    if not bounce.failures:
        return "not-failed"
    failure = bounce.failure_of(notice.recipient)
    if failure is None or not notice.recipient:
        return "other-address"
    if notice.state == "sending":
        raise StillSendingError
    if not NOTICE.allows(notice.state, "bounce"):
        return "not-sent"
    error = f"{BOUNCED} {failure.status}".strip()
    together = Notice.objects.filter(pk=notice.pk) | Notice.objects.filter(lead=notice)
    together.update(
        state=NOTICE.after(notice.state, "bounce"),
        sent_at=None,
        last_error=error,
        diagnosis=failure.diagnosis,
        bounce=bounce.fingerprint,
    )
    cases, count = outbox.cases_of(notice)
    record(
        kind=Kind.NOTICE_BOUNCED,
        by=by,
        subject=notice.id,
        case_ids=cases,
        body={
            "notice": notice.kind,
            "message_id": notice.message_id,
            "notices": count,
            "error": error,
            "report": bounce.fingerprint,
        },
    )
    return "noted"


def _notice_of(bounce: Bounce) -> Notice:
    """The e-mail of which a report speaks, locked."""
    ids = list(bounce.message_ids)
    found = Notice.objects.select_for_update().filter(message_id__in=ids, lead=None)
    notices = {notice.message_id: notice for notice in found.order_by("id")}
    for message_id in ids:
        if message_id in notices:
            return notices[message_id]
    raise BounceError("unknown")
