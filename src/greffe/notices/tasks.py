"""What the worker does for notices. A job is only a wake-up: the outbox says what is due.

A job sends one batch and calls the next, so that a slow mail server never keeps the worker's place
for long; papers and the chain of the ledger go before.
"""

from procrastinate.contrib.django import app

from greffe.notices import actions, outbox
from greffe.notices.text_messages import TEXT


@app.task(queue="notices", name="notices.send", priority=-1)
def send_notices() -> None:
    """Send a batch of what is due, and call for the next one."""
    if actions.send_due(now=outbox.clock()):
        send_notices.defer()


@app.task(queue="notices", name="notices.send_texts", priority=5)
def send_texts() -> None:
    """Send a batch of text messages, and call for the next one: somebody waits for each."""
    if actions.send_due(now=outbox.clock(), medium=TEXT):
        send_texts.defer()


@app.periodic(cron="* * * * *")
@app.task(queue="notices", name="notices.sweep_texts", queueing_lock="notices.sweep_texts")
def sweep_texts(timestamp: int) -> None:
    """Find the text messages that no job did, and remove secret words whose time is over."""
    del timestamp
    outbox.empty_secrets()
    send_texts()


@app.periodic(cron="* * * * *")
@app.task(queue="notices", name="notices.sweep", queueing_lock="notices.sweep")
def sweep_notices(timestamp: int) -> None:
    """Find what no job did: later attempts, digests, and what a killed worker had claimed."""
    del timestamp
    send_notices()
