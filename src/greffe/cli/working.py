"""The worker: procrastinate's, on the queues of every app."""

import contextlib
import time
from collections.abc import Callable
from typing import Any

from django.db import close_old_connections
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from greffe.filings.tasks import sweep_papers
from greffe.ledger.tasks import chain_events


def run() -> None:
    """Work until told to stop. A job is only a wake-up: what it does is found in the tables."""
    worker_app = app.with_connector(app.connector.get_worker_connector())
    with worker_app.open():
        _look_for_what_was_left()
        worker_app.run_worker(
            concurrency=2,
            fetch_job_polling_interval=0.5,
            delete_jobs="successful",
            task_middleware=[_with_a_connection_that_works],
        )


def _look_for_what_was_left() -> None:
    """Sweep at once: a worker that was killed took its jobs with it, and a minute is long."""
    for sweep in (sweep_papers, chain_events):
        with contextlib.suppress(AlreadyEnqueued):
            sweep.configure(task_kwargs={"timestamp": int(time.time())}).defer()


def _with_a_connection_that_works(job: Callable[[], Any], *_: Any) -> Any:
    """Do a job as Django does a request: a connection that the database cut is not used again."""
    close_old_connections()
    try:
        return job()
    finally:
        close_old_connections()
