"""Processes that start, end and wait together: the kernel is the referee, kill -9 included."""

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

PARENT = "GREFFE_PARENT"
"""The environment variable by which a child knows whose end is its own."""


def command(arguments: Sequence[str]) -> list[str]:
    """The command line of our own command, in this Python."""
    return [sys.executable, "-m", "greffe.cli", *arguments]


def end_with_whoever_asked() -> None:
    """If a process of ours started us and said so: end at once when it ends, kill -9 included."""
    from greffe.documents.sandbox.kernel import die_with_parent  # noqa: PLC0415 - children alone

    parent = os.environ.pop(PARENT, "")
    if parent and not die_with_parent(int(parent)):
        sys.exit(1)


@contextlib.contextmanager
def until_told_to_stop() -> Iterator[None]:
    """Make SIGTERM and Ctrl-C an orderly end of what is in here; a second one changes nothing."""
    told = False

    def stop(*_: object) -> None:
        nonlocal told
        if not told:
            told = True
            raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
    with contextlib.suppress(KeyboardInterrupt):
        yield


def try_lock(file: Path, *, wait: bool = False) -> int | None:
    """Lock `file` alone and give its descriptor; None if another process has it (unless `wait`)."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


class Children:
    """Processes of ours that end with us, each in a session of its own: Ctrl-C reaches us alone.

    They hold the lock `held`, so that who comes after a kill -9 of us can wait for their end.
    """

    def __init__(self, held: int) -> None:
        self._held = held
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, arguments: Sequence[str], environment: dict[str, str]) -> None:
        """Start one more."""
        self._running.append(
            subprocess.Popen(  # noqa: S603 - our own command
                command(arguments),
                env=environment | {PARENT: str(os.getpid())},
                pass_fds=[self._held],
                start_new_session=True,
            )
        )

    def run(self, arguments: Sequence[str], environment: dict[str, str]) -> int:
        """Start one, wait for its end, and give its exit code."""
        self.start(arguments, environment)
        code = self._running[-1].wait()
        self._running.pop()
        return code

    def wait(self, seconds: float | None = None) -> int | None:
        """Wait until one has ended, and give its exit code; None if none has in so many seconds."""
        watched = {os.pidfd_open(child.pid): child for child in self._running}
        try:
            ended, _, _ = select.select(list(watched), [], [], seconds)
        finally:
            for descriptor in watched:
                os.close(descriptor)
        return watched[ended[0]].wait() if ended else None

    def stop(self) -> None:
        """End all of them, in order, and wait for it."""
        for child in self._running:
            child.terminate()
        for child in self._running:
            child.wait()
