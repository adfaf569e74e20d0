"""What the worker does for invitations."""

from django.utils import timezone
from procrastinate.contrib.django import app

from greffe.invitations import clock_actions


@app.periodic(cron="23 * * * *")
@app.task(queue="upkeep", name="invitations.keep_time", queueing_lock="invitations.keep_time")
def keep_time(timestamp: int) -> None:
    """Remind those whose time ends soon, and let expire what nobody did in time."""
    del timestamp
    now = timezone.now()
    clock_actions.remind_due(now=now)
    clock_actions.expire_due(now=now)
