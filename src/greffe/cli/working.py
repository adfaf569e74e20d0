"""The worker: procrastinate's, on the queues of every app."""

import asyncio
import contextlib
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, cast

from asgiref.sync import async_to_sync
from django.db import InterfaceError, OperationalError, close_old_connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.job_context import JobContext
from procrastinate.jobs import Status

from greffe.filings.tasks import sweep_batches, sweep_papers
from greffe.ledger.tasks import chain_events
from greffe.notices.tasks import sweep_notices, sweep_texts

logger = logging.getLogger(__name__)

PAUSE = 0.5
"""Seconds before the next try when the database has gone away."""


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


def run(*, wait: bool = True) -> None:
    """Work until told to stop; without `wait`, until nothing is left to do.

    A job is only a wake-up: what it does is found in the tables. procrastinate's worker stops when
    the database goes away; ours begins again when it is back.
    """
    finished = False
    while not finished:
        try:
            _look_for_what_was_left()
            finished = asyncio.run(_work(wait=wait))
        except (ConnectorException, OperationalError, InterfaceError) as error:
            logger.warning("the worker has lost the database: %s", type(error).__name__)
        if not finished:
            time.sleep(PAUSE)


async def _work(*, wait: bool) -> bool:
    """Work while the database is there; give whether we were told to stop, or nothing is left."""
    ours = cast("DjangoConnector", app.connector)
    worker_app = app.with_connector(ours.get_worker_connector())
    with _told_to_stop() as told:
        async with worker_app.open_async():
            waiting = asyncio.create_task(told.wait())
            working = asyncio.create_task(
                worker_app.run_worker_async(
                    concurrency=2,
                    fetch_job_polling_interval=0.5,
                    delete_jobs="successful",
                    wait=wait,
                    install_signal_handlers=False,  # they do not say whether one came
                    task_middleware=[_with_a_connection_that_works],
                )
            )
            await asyncio.wait([waiting, working], return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            working.cancel()  # it ends what is under way first
            with contextlib.suppress(asyncio.CancelledError):
                await working
        return told.is_set() or not wait


@contextlib.contextmanager
def _told_to_stop() -> Iterator[asyncio.Event]:
    """An event that SIGTERM and Ctrl-C set while in here."""
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    if threading.current_thread() is not threading.main_thread():
        yield told
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        loop.add_signal_handler(number, told.set)
    try:
        yield told
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


def _look_for_what_was_left() -> None:
    """Sweep at once: a worker that was killed took its jobs with it, and a minute is long."""
    close_old_connections()
    for sweep in (sweep_texts, sweep_papers, sweep_batches, chain_events, sweep_notices):
        with contextlib.suppress(AlreadyEnqueued):
            sweep.configure(task_kwargs={"timestamp": int(time.time())}).defer()


def _with_a_connection_that_works(job: Callable[[], Any], *_: Any) -> Any:
    """Do a job as Django does a request: a connection that the database cut is not used again."""
    close_old_connections()
    try:
        return job()
    finally:
        close_old_connections()
