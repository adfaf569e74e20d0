"""What the worker does for accounts."""

from procrastinate.contrib.django import app

from greffe.accounts import access_codes, limits, recovery, sessions
from greffe.accounts.partners import replays


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


@app.task(queue="notices", name="accounts.send_link")
def send_link(asked: str) -> None:
    """Send a link by which a password is made anew, where somebody is to have one."""
    recovery.send_link(asked)


@app.periodic(cron="37 * * * *")
@app.task(queue="upkeep", name="accounts.sweep_codes", queueing_lock="accounts.sweep_codes")
def sweep_access_codes(timestamp: int) -> None:
    """Remove the rows of access codes that were over long ago."""
    del timestamp
    access_codes.sweep()


@app.periodic(cron="47 * * * *")
@app.task(queue="upkeep", name="accounts.sweep_replays", queueing_lock="accounts.sweep_replays")
def sweep_replays(timestamp: int) -> None:
    """Forget the answers of sign-in partners that would be refused for their age."""
    del timestamp
    replays.sweep()
