"""Work begun before it is asked for, in a thread of its own, and waited for by whoever asks."""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

from django.db import connection

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Background(Generic[K, T]):
    """What is under way, by key: nothing is begun twice, and nothing is kept once it has ended.

    A thread ends with the process; whoever waits for it then waits for a process that is gone.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[K, Future[T]] = {}

    def begin(self, key: K, work: Callable[[], T]) -> None:
        """Begin the work of this key, unless it is under way."""
        result: Future[T] = Future()
        with self._lock:
            if self._under_way.setdefault(key, result) is not result:
                return
        try:
            threading.Thread(target=self._run, args=(key, work, result), daemon=True).start()
        except RuntimeError:  # no thread is to be had
            self._run(key, work, result)

    def under_way(self, key: K) -> "Future[T] | None":
        """The work of this key, whose `result` gives what it gives, or None where there is none."""
        with self._lock:
            return self._under_way.get(key)

    def _run(self, key: K, work: Callable[[], T], result: Future[T]) -> None:
        try:
            given = work()
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
            self._end(key)
            result.set_exception(error)
        else:
            self._end(key)
            result.set_result(given)
        finally:
            connection.close()

    def _end(self, key: K) -> None:
        with self._lock:
            del self._under_way[key]
