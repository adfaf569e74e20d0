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


def at_once(
    row: Model, *tasks: Callable[[], Any], meanwhile: Callable[[], Any] | None = None
) -> list[Future[Any]]:
    """Run the tasks so that all wait at the same moment, in their order, then let them go.

    They wait for the row, or for one another. `meanwhile` is done while they do, in the transaction
    that holds the row.
    """

    def alone(task: Callable[[], Any]) -> Any:
        try:
            return task()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        with transaction.atomic():
            type(row)._default_manager.select_for_update().get(pk=row.pk)
            done: list[Future[Any]] = []
            for task in tasks:
                done.append(pool.submit(alone, task))
                while _waiting() < len(done):
                    over = [one for one in done if one.done()]
                    assert not over, [one.result() for one in over]
            if meanwhile is not None:
                meanwhile()
        return done


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(_WAITING)
        (count,) = cursor.fetchone()
    return int(count)
