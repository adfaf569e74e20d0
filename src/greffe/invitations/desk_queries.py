"""Reads for the officers' pages: what was done with an invitation, and which e-mails arrived."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from greffe.invitations.models import Invitation
from greffe.invitations.queries import MAIL_KINDS
from greffe.ledger.models import Event
from greffe.ledger.queries import history
from greffe.notices.queries import failed_notices

_EVENTS = 200
_SAME_MOMENT = timedelta(minutes=1)
"""An e-mail is dated by the beginning of the transaction that changes its invitation."""


def history_of(invitation: Invitation) -> list[Event]:
    """The events of an invitation, the latest first; its e-mails are told of by themselves."""
    events = history(invitation.pk, limit=_EVENTS)
    return [event for event in events if event.subject == invitation.pk]


def came_back(shown: Sequence[Invitation]) -> set[UUID]:
    """Those of the invitations whose e-mail of the state they are in did not arrive."""
    people = [one.person_id for one in shown if one.person_id]
    failed = failed_notices().filter(kind__in=MAIL_KINDS, person_id__in=people)
    last: dict[str, datetime] = {}
    for dedupe, created_at in failed.values_list("dedupe", "created_at"):
        last[dedupe.split(":")[1]] = created_at
    return {
        one.pk
        for one in shown
        if (at := last.get(str(one.pk))) is not None and at > one.changed_at - _SAME_MOMENT
    }
