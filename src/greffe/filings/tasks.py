"""What the worker does for filings. A job is only a wake-up: the tables say what is left to do."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from greffe.documents.actions import sweep_store
from greffe.documents.stores import document_store
from greffe.filings import actions, batch_reading, draft_actions
from greffe.filings.models import Submission
from greffe.ledger.checkpoint import make_checkpoint
from greffe.ledger.keys import key_ring


@app.task(queue="papers", name="filings.make_papers", pass_context=False)
def make_papers() -> None:
    """Make the paper of every receipt that has none yet."""
    waiting = Submission.objects.filter(paper=None).order_by("received_at")
    for submission_id in waiting.values_list("id", flat=True)[:200]:
        actions.make_paper(submission_id=submission_id)


@app.periodic(cron="* * * * *")
@app.task(queue="papers", name="filings.sweep_papers", queueing_lock="filings.sweep_papers")
def sweep_papers(timestamp: int) -> None:
    """Find the receipts whose wake-up was lost."""
    del timestamp
    make_papers()


@app.task(queue="batches", name="filings.read_batches", pass_context=False, priority=-1)
def read_batches() -> None:
    """Read the scans of batches that wait. One at a time: receipts go before."""
    batch_reading.read_batches()


@app.periodic(cron="* * * * *")
@app.task(queue="batches", name="filings.sweep_batches", queueing_lock="filings.sweep_batches")
def sweep_batches(timestamp: int) -> None:
    """Find the scans whose wake-up was lost, and those whose reading was cut short."""
    del timestamp
    read_batches()


@app.periodic(cron="7 5 * * *")
@app.task(queue="ledger", name="filings.publish_checkpoint", queueing_lock="filings.checkpoint")
def publish_checkpoint(timestamp: int) -> None:
    """Sign the chain's last link once a day, for others to keep."""
    del timestamp
    make_checkpoint(key_ring())


@app.periodic(cron="17 * * * *")
@app.task(queue="upkeep", name="filings.expire", queueing_lock="filings.expire")
def expire(timestamp: int) -> None:
    """Throw away what was left.

    Drafts whose time is over, uploads nothing took, bytes no row knows.
    """
    del timestamp
    draft_actions.expire_all(now=timezone.now())
    sweep_store(store=document_store(), older_than=timedelta(days=1))
