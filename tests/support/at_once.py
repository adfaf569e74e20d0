"""Several requests at the same moment, on real connections: a lock holds them until all wait."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from django.db import connection, connections, transaction
from django.db.models import Model

_WAITING = """
SELECT count(*) FROM pg_stat_activity, pg_sleep(0.01)
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def at_once(row: Model, *tasks: Callable[[], Any]) -> list[Future[Any]]:
    """Run the tasks so that all wait for the row at the same moment, then let them go."""

    def alone(task: Callable[[], Any]) -> Any:
        try:
            return task()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        with transaction.atomic():
            type(row)._default_manager.select_for_update().get(pk=row.pk)
            done = [pool.submit(alone, task) for task in tasks]
            while _waiting() < len(tasks):
                assert not any(one.done() for one in done), [one.result() for one in done]
        return done


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(_WAITING)
        (count,) = cursor.fetchone()
    return int(count)
