"""What the worker does for accounts."""

from procrastinate.contrib.django import app

from greffe.accounts import limits, sessions


@app.periodic(cron="27 * * * *")
@app.task(queue="upkeep", name="accounts.sweep_limits", queueing_lock="accounts.sweep_limits")
def sweep_limits(timestamp: int) -> None:
    """Remove the counts of failures that say nothing any more."""
    del timestamp
    limits.sweep()


@app.periodic(cron="17 * * * *")
@app.task(queue="upkeep", name="accounts.sweep_sessions", queueing_lock="accounts.sweep_sessions")
def sweep_sessions(timestamp: int) -> None:
    """Remove the sessions that are over and to which nobody came back."""
    del timestamp
    sessions.sweep()
