"""The worker: procrastinate's, on the queues of every app."""

from procrastinate.contrib.django import app


def run() -> None:
    """Work until told to stop. A job is only a wake-up: what it does is found in the tables."""
    worker_app = app.with_connector(app.connector.get_worker_connector())
    with worker_app.open():
        worker_app.run_worker(
            concurrency=2, fetch_job_polling_interval=0.5, delete_jobs="successful"
        )
