"""Wakes the sequencer. A run that is missed loses nothing: the next one finds what waits.

No lock of the job queue: one held by a worker that was killed would stop the chain for good. Two
runs at once queue for the sequencer's own lock, which ends with its transaction.
"""

from procrastinate.contrib.django import app

from greffe.ledger import actions


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="ledger-sequence")
def chain_events(timestamp: int) -> None:  # noqa: ARG001  # every periodic task is given it
    """Put every event that waits into the chain; `timestamp` is when the run was due."""
    while actions.sequence() == actions.BATCH:
        pass
