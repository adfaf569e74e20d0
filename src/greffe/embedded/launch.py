"""Handing PostgreSQL over to its keeper, and knowing whether it answers."""

import json
import os
import select
import shutil
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from greffe.embedded import keeper
from greffe.embedded.binaries import Binaries
from greffe.embedded.cluster import ENVIRONMENT
from greffe.embedded.errors import OTHER_SERVER, SLOW, EmbeddedError, from_output, problem
from greffe.embedded.owner import open_private
from greffe.embedded.places import SOCKET, Places

_LEAST_FREE: Final = 1024 * 1024  # bytes
_SSL_REQUEST: Final = struct.pack("!ii", 8, 80877103)  # the shortest question of its protocol
_LARGEST_LOG: Final = 8 * 1024 * 1024  # bytes; the older one is kept beside


def launch(
    places: Places,
    binaries: Binaries,
    sockets: Path,
    lock: int,
    options: list[str],
    deadline: float,
) -> None:
    """Start the keeper, which starts PostgreSQL, and wait until it is ready.

    `lock` is the start lock's descriptor, `options` are PostgreSQL parameters as name=value,
    `deadline` is of time.monotonic. Raises EmbeddedError with what the log says.
    """
    logged = _open_log(places.log)
    status, for_keeper = os.pipe()
    with open(status, "rb", buffering=0) as pipe:  # noqa: PTH123 — a descriptor
        try:
            config = _config(places, sockets, lock, for_keeper)
            config["command"] = _command(places, binaries, sockets, options)
            _run_keeper(config, lock, for_keeper)
        finally:
            os.close(for_keeper)
        ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise problem("busy", path=places.data, detail=SLOW)
        answer = pipe.read().decode()
    if answer != keeper.READY:
        raise _failure(places, answer, _tail(places.log, logged))


def _failure(places: Places, answer: str, output: str) -> EmbeddedError:
    """Say why it did not start: another server, a disk too full even to log it, or the log."""
    if answer:
        return problem("busy", path=places.data, detail=OTHER_SERVER, pid=answer.strip())
    if shutil.disk_usage(places.place).free < _LEAST_FREE:
        return problem("disk-full", path=places.place)
    return from_output(output, path=places.place, log=places.log)


def _config(places: Places, sockets: Path, lock: int, status: int) -> dict[str, object]:
    return {
        "data": str(places.data),
        "sockets": str(sockets),
        "users": str(places.lock("users")),
        "keeper": str(places.lock("keeper")),
        "log": str(places.log),
        "uid": places.owner.uid,
        "gid": places.owner.gid,
        "switch": places.owner.switch,
        "start_lock": lock,
        "status": status,
    }


def _command(places: Places, binaries: Binaries, sockets: Path, options: list[str]) -> list[str]:
    listed = str(sockets).replace('"', '""')
    ours = [  # after the caller's: nobody opens a port by a setting
        "listen_addresses=",
        f'unix_socket_directories="{listed}"',
        "unix_socket_permissions=0700",
        "port=5432",
        f"cluster_name={keeper.MARK}",
        "logging_collector=off",
        "log_destination=stderr",
        "lc_messages=C",
    ]
    flags = [part for option in (*options, *ours) for part in ("-c", option)]
    return [str(binaries.postgres), "-D", str(places.data), *flags]


def _run_keeper(config: dict[str, object], lock: int, status: int) -> None:
    subprocess.run(  # noqa: S603 — our own file, no shell
        [sys.executable, "-I", "-S", "-W", "ignore", keeper.__file__, json.dumps(config)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
        pass_fds=[lock, status],
        start_new_session=True,
        check=False,
    )


def _open_log(log: Path) -> int:
    """Make the log, set aside one that has grown too long, and give its size."""
    if log.is_file() and log.stat().st_size > _LARGEST_LOG:
        log.replace(log.with_suffix(".log.1"))
    descriptor = open_private(log, os.O_WRONLY | os.O_APPEND)
    try:
        return os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)


def _tail(log: Path, start: int) -> str:
    with log.open("rb") as file:
        file.seek(start)
        return file.read(64 * 1024).decode("utf-8", "replace")


def answers(data: Path, sockets: Path) -> bool:
    """Whether PostgreSQL answers on its socket and says that it is ready.

    A connection alone proves nothing: after a crash the socket may still be open in a process
    that has not yet seen it. The file is read last, when a living server has written it.
    """
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(1.0)
            probe.connect(str(sockets / SOCKET))
            probe.sendall(_SSL_REQUEST)
            answered = probe.recv(1)
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").split("\n")
    except OSError:
        return False
    told = lines[keeper.STATUS_LINE :]
    return bool(answered and told and told[0].strip() == "ready")
