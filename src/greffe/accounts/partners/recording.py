"""What is kept of a sign-in through a partner that came to nothing."""

import logging

from django.db import transaction

from greffe.accounts.partners.refusals import NO_REFUSALS, Why
from greffe.ledger.actions import record
from greffe.ledger.actors import SYSTEM
from greffe.ledger.kinds import Kind

logger = logging.getLogger(__name__)


def record_failure(partner_id: str, why: Why) -> None:
    """Log a sign-in that came to nothing; record it in the ledger where we refused it.

    Only the partner and the reason: what was sent may be somebody's.
    """
    logger.info("a sign-in through %s came to nothing: %s", partner_id, why.value)
    if why in NO_REFUSALS:
        return
    with transaction.atomic():
        body = {"partner": partner_id, "why": why.value}
        record(kind=Kind.PARTNER_REFUSED, by=SYSTEM, subject=None, body=body)
