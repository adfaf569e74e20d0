"""Ask a script about documents that may be hostile, each in a process of its own, ready at once.

What `launcher` does in 0.2 s and more, because it starts Python for each document, this does in a
few milliseconds: see `splitting`, which is the other side. The doors are the same.
"""

import atexit
import json
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from greffe.documents.sandbox import bootstrap
from greffe.documents.sandbox.launcher import SOURCE, Limits, SandboxError, read_message
from greffe.documents.sandbox.splitting import LENGTH

_START = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from greffe.documents.sandbox.splitting import main; main(int(sys.argv[2]), sys.argv[3])"
)
_PIECE = 1 << 18
_GRACE = 2.0
"""Seconds that the end of a killed process may take."""


class _GoneError(Exception):
    """The process that waits had ended before it took the order."""


class Forks:
    """Runs `main(fd, holds, asked)` of one script, each time in a new process that is shut in.

    The process that waits is started when it is first needed, again when it was lost, and ends with
    this one. Threads may use it at once.
    """

    def __init__(self, script: Path) -> None:
        self._script = script.resolve()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._orders: socket.socket | None = None
        atexit.register(self.close)

    def run(
        self,
        fd: int,
        asked: Mapping[str, Any],
        limits: Limits,
        *,
        required: Iterable[str] = bootstrap.ESSENTIAL,
    ) -> bytes:
        """Give what the script says of the document `fd` (open for reading only) when `asked`.

        As `launcher.run_isolated`: SandboxError with the same codes, and never longer than
        `limits.wall_seconds`.
        """
        order = {
            "required": [*required],
            "limits": {"memory": limits.memory, "cpu": limits.cpu_seconds, "files": limits.files},
            "asked": dict(asked),
        }
        deadline = time.monotonic() + limits.wall_seconds
        for last in (False, True):
            orders = self._ready()
            try:
                message = _answer(orders, fd, json.dumps(order).encode(), limits.output, deadline)
                return read_message(message)
            except _GoneError as error:
                self._end(orders)
                if last:
                    raise SandboxError("failed", "the process that waits does not") from error
        raise AssertionError  # pragma: no cover - the loop gives or raises

    def close(self) -> None:
        """End the process that waits, and with it whatever it split off."""
        if self._orders is not None:
            self._end(self._orders)

    def _end(self, orders: socket.socket) -> None:
        """End the process behind `orders`, unless somebody has done so, and started another."""
        with self._lock:
            if self._orders is not orders:
                return
            process, self._orders, self._process = self._process, None, None
        orders.close()
        if process is not None:
            process.kill()
            process.wait()

    def _ready(self) -> socket.socket:
        """The socket of the process that waits, started if there is none."""
        with self._lock:
            if self._orders is None:
                self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                with theirs:
                    self._process = self._start(theirs.fileno())
            return self._orders

    def _start(self, control: int) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-I", "-B", "-c", _START]
        try:
            return subprocess.Popen(  # noqa: S603 - our interpreter and our code, no shell
                [*command, str(SOURCE), str(control), str(self._script)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(control,),
                env={},
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            raise SandboxError("failed", f"could not start: {error}") from error


def _answer(orders: socket.socket, fd: int, order: bytes, most: int, deadline: float) -> bytes:
    """Have a new process split off for `fd`; give its message, and see that it has ended."""
    with ExitStack() as open_until_told:
        ours, theirs = socket.socketpair()
        open_until_told.enter_context(ours)
        with theirs:
            try:
                socket.send_fds(orders, [b"d"], [fd, theirs.fileno()])
            except OSError as error:
                raise _GoneError from error
        handle = _handle(ours, deadline)
        open_until_told.callback(os.close, handle)
        open_until_told.callback(_kill, handle)
        try:
            ours.sendall(LENGTH.pack(len(order)) + order)
            return _read(ours, most, deadline)
        except ConnectionError as error:
            raise SandboxError("killed", "it ended before it answered") from error


def _handle(ours: socket.socket, deadline: float) -> int:
    """The handle on the new process, by which it is ended whatever happens."""
    _await(ours, deadline)
    try:
        word, descriptors, *_ = socket.recv_fds(ours, 1, 1)
    except ConnectionError as error:
        raise _GoneError from error
    if not word or not descriptors:
        raise _GoneError
    return descriptors[0]


def _kill(handle: int) -> None:
    """End the process if it has not ended, and wait until it has."""
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    ended = select.poll()
    ended.register(handle, select.POLLIN)
    ended.poll(_GRACE * 1000)


def _read(ours: socket.socket, most: int, deadline: float) -> bytes:
    """One message, whole; what was cut short is no answer."""
    head = _exactly(ours, LENGTH.size, deadline)
    (length,) = LENGTH.unpack(head)
    if length > most:
        raise SandboxError("flooded", f"more than {most} bytes")
    return _exactly(ours, length, deadline)


def _exactly(ours: socket.socket, size: int, deadline: float) -> bytes:
    read = bytearray()
    while len(read) < size:
        _await(ours, deadline)
        piece = ours.recv(min(_PIECE, size - len(read)))
        if not piece:
            raise SandboxError("killed", "it ended before its answer was whole")
        read += piece
    return bytes(read)


def _await(ours: socket.socket, deadline: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(ours, selectors.EVENT_READ)
        if not selector.select(max(0.0, deadline - time.monotonic())):
            raise SandboxError("timeout", "the wall clock")
