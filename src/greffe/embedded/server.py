"""The embedded PostgreSQL: start it on demand, use it together, stop it with the last user."""

import contextlib
import os
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

from greffe.embedded import locks
from greffe.embedded.binaries import Binaries, find_binaries, reachable_copy
from greffe.embedded.cluster import APP_ROLE, DATABASE, OWNER_ROLE, SUPERUSER, make_cluster
from greffe.embedded.errors import ANOTHER_START, SILENT, STILL_STOPPING, from_os_error, problem
from greffe.embedded.launch import answers, launch
from greffe.embedded.places import (
    ELSEWHERE,
    Places,
    open_places,
    recorded_sockets,
    settle,
    socket_folder,
    write_record,
)

_STOP_SECONDS: Final = 90.0


class Server:
    """A running database that this process uses until `stop()`, or until it ends in any way.

    `url` is for the application's role, `owner_url` for migrations, `superuser_url` for
    maintenance and tests; all go over the private unix socket.
    """

    def __init__(self, places: Places, sockets: Path, users: int) -> None:
        self.data = places.data
        self.log = places.log
        self.sockets = sockets
        self._places = places
        self._users: int | None = users

    @property
    def url(self) -> str:
        """The address for the application, which owns nothing."""
        return self.url_for(APP_ROLE)

    @property
    def owner_url(self) -> str:
        """The address for migrations: the role that owns the database."""
        return self.url_for(OWNER_ROLE)

    @property
    def superuser_url(self) -> str:
        """The address of PostgreSQL's superuser."""
        return self.url_for(SUPERUSER)

    def url_for(self, role: str, database: str = DATABASE) -> str:
        """Give the address of `database` for `role`, the socket's folder percent-encoded."""
        return f"postgresql://{role}@{quote(str(self.sockets), safe='')}:5432/{database}"

    def stop(self) -> None:
        """Let go of the database; if nobody else uses it, wait until it has stopped cleanly."""
        if self._users is None:
            return
        deadline = time.monotonic() + _STOP_SECONDS
        with _start_lock(self._places, deadline) as held:
            os.close(self._users)
            self._users = None
            if held is not None:
                _await_end(self._places, deadline)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def start(
    state: Path,
    *,
    settings: Mapping[str, str] | None = None,
    binaries: Path | None = None,
    sockets: Path | None = None,
    elsewhere: Path = ELSEWHERE,
    timeout: float = 300.0,
) -> Server:
    """Start the database kept in the folder `state`, or join those who use it already.

    `settings` are PostgreSQL parameters (only for the one who starts it); `binaries` is the
    only folder of programs to use, `sockets` the only folder for the socket, `elsewhere` where
    root keeps the data when the database's user cannot reach `state`; `timeout` in seconds
    covers waiting for others and crash recovery. A first start makes the cluster (about one
    second). Raises EmbeddedError, whose codes are in errors.py.
    """
    options = _options(settings or {})
    try:
        places = open_places(state)
        deadline = time.monotonic() + timeout
        with _start_lock(places, deadline) as lock:
            if lock is None:
                raise problem("busy", path=places.control, detail=ANOTHER_START)
            places = open_places(state)  # whoever had the lock may have moved the data
            users = _enter(places, deadline)
            try:
                if _join(places, deadline):
                    return Server(places, recorded_sockets(places), users)
                places = settle(places, elsewhere)
                found = find_binaries(places.data, binaries)
                folder = _begin(places, found, lock, options, sockets, deadline)
            except BaseException:
                os.close(users)
                raise
            return Server(places, folder, users)
    except OSError as error:
        raise from_os_error(error, state) from error


def _begin(
    places: Places,
    found: Binaries,
    lock: int,
    options: list[str],
    sockets: Path | None,
    deadline: float,
) -> Path:
    """Make the cluster if need be and launch it; give the socket's folder."""
    folder = socket_folder(places, sockets)
    found = reachable_copy(found, places.owner, places.place)
    make_cluster(places, found, lock, synced="fsync=off" not in options)
    write_record(places.control, {"sockets": str(folder)})
    launch(places, found, folder, lock, options, deadline)
    return folder


@contextlib.contextmanager
def _start_lock(places: Places, deadline: float) -> Iterator[int | None]:
    """Hold the start lock: one starts, joins or leaves at a time. None when it is not had."""
    lock = locks.open_lock(places.lock("start"))
    try:
        yield lock if locks.take(lock, locks.ALONE, deadline) else None
    finally:
        os.close(lock)


def _enter(places: Places, deadline: float) -> int:
    """Count ourselves among the users; this waits while the last ones' stop is under way."""
    locks.is_free(places.lock("keeper"))  # makes the file for the keeper
    users = locks.open_lock(places.lock("users"))
    if not locks.take(users, locks.SHARED, deadline):
        os.close(users)
        raise problem("busy", path=places.control, detail=STILL_STOPPING)
    return users


def _join(places: Places, deadline: float) -> bool:
    """Wait until the running database answers; False when none runs."""
    while not locks.is_free(places.lock("keeper")):
        if answers(places.data, recorded_sockets(places)):
            return True
        if time.monotonic() > deadline:
            raise problem("busy", path=places.control, detail=SILENT)
        time.sleep(0.005)
    return False


def _await_end(places: Places, deadline: float) -> None:
    """Wait for the end of the database, unless somebody else uses it."""
    probe = locks.open_lock(places.lock("users"))
    try:
        while time.monotonic() < deadline and not locks.is_free(places.lock("keeper")):
            if locks.try_take(probe, locks.ALONE):  # the keeper has not noticed yet
                locks.let_go(probe)
            elif locks.try_take(probe, locks.SHARED):  # so have others
                return
            time.sleep(0.005)
    finally:
        os.close(probe)


def _options(settings: Mapping[str, str]) -> list[str]:
    for name in settings:
        if not re.fullmatch(r"[a-z_][a-z0-9_.]*", name):
            raise problem("bad-setting", name=name)
    return [f"{name}={value}" for name, value in settings.items()]
