"""The worker: procrastinate's, on the queues of every app."""

import contextlib
import logging
import time
from collections.abc import Callable
from typing import Any, cast

from asgiref.sync import async_to_sync
from django.db import close_old_connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.job_context import JobContext
from procrastinate.jobs import Status

from greffe.filings.tasks import sweep_papers
from greffe.ledger.tasks import chain_events

logger = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(queue="upkeep", name="worker.forget_stalled_jobs", pass_context=True)
def forget_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Forget the jobs of workers that were killed.

    Such a job stays "doing" for ever and keeps its lock, so that no other of its kind would run
    again. A job is only a wake-up: the next one of its kind finds what this one left.
    """
    del timestamp
    manager = context.app.job_manager
    for job in async_to_sync(manager.get_stalled_jobs)():
        logger.warning("job %s (%s) was left by a worker that ended", job.id, job.task_name)
        async_to_sync(manager.finish_job)(job, status=Status.FAILED, delete_job=True)


def run() -> None:
    """Work until told to stop. A job is only a wake-up: what it does is found in the tables."""
    ours = cast("DjangoConnector", app.connector)
    worker_app = app.with_connector(ours.get_worker_connector())
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
