"""Wakes the sequencer. A run that is missed loses nothing: the next one finds what waits."""

from procrastinate.contrib.django import app

from greffe.ledger import actions


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="ledger-sequence", lock="ledger-sequence")
def chain_events(timestamp: int) -> None:  # noqa: ARG001  # every periodic task is given it
    """Put every event that waits into the chain; `timestamp` is when the run was due."""
    while actions.sequence() == actions.BATCH:
        pass
