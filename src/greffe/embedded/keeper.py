"""The keeper: a small process that runs PostgreSQL for as long as somebody uses it.

It is started by `launch.py` as `python -I -S keeper.py CONFIG`, imports nothing of Greffe, and
outlives the process that started it. Users hold a shared lock on one file; the keeper waits for
an exclusive one, which the kernel grants when the last user has let go, or died in whatever
way. Then it asks PostgreSQL for a fast shutdown and ends. If PostgreSQL dies while it is used,
the keeper starts it again; if the keeper dies, the kernel asks PostgreSQL to shut down.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import select
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_WATCHED: Final = frozenset({signal.SIGCHLD, signal.SIGTERM, signal.SIGINT})
_STOP_SECONDS: Final = 60.0  # a fast shutdown that takes longer is followed by an immediate one
_ORPHAN_SECONDS: Final = 5.0  # server processes see their parent's death by themselves
_RESTARTS: Final = 5  # more within _SPELL, and something is wrong that a restart does not mend
_SPELL: Final = 60.0
_FOREVER: Final = 86_400.0
READY: Final = "ready\n"
MARK: Final = "greffe"  # the cluster_name of our servers, on their command line
STATUS_LINE: Final = 7  # of postmaster.pid, where the server says how far it is


@dataclass(frozen=True)
class Config:
    """What the starter hands over."""

    command: list[str]
    data: str
    sockets: str
    users: str
    keeper: str
    log: str
    uid: int
    gid: int
    switch: bool
    start_lock: int
    status: int


@dataclass
class Run:
    """One run of PostgreSQL, and what was asked of it."""

    config: Config
    child: int = 0
    announced: bool = False
    stopping: bool = False
    deadline: float = 0.0


def _main(config: Config) -> None:
    for inherited in (config.start_lock, config.status):
        os.set_inheritable(inherited, False)
    if os.fork():
        os._exit(0)  # the starter waits for us; the child belongs to nobody
    os.umask(0o077)
    keeper = os.open(config.keeper, os.O_RDWR | os.O_CLOEXEC)
    users = os.open(config.users, os.O_RDWR | os.O_CLOEXEC)
    fcntl.flock(keeper, fcntl.LOCK_EX | fcntl.LOCK_NB)
    log = os.open(config.log, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    for standard in (1, 2):
        os.dup2(log, standard)
    _become(config)
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    threading.Thread(target=_wait_for_last_user, args=(users,), daemon=True).start()
    succeeded = _keep(Run(config))
    # The lock of the keeper goes before that of the users: who sees no user sees no keeper.
    os.close(keeper)
    os._exit(0 if succeeded else 1)


def _become(config: Config) -> None:
    """Give up root for good, and hold no folder that somebody may want to unmount."""
    os.chdir("/")
    if config.switch:
        os.setgroups([])
        os.setresgid(config.gid, config.gid, config.gid)
        os.setresuid(config.uid, config.uid, config.uid)


def _wait_for_last_user(users: int) -> None:
    fcntl.flock(users, fcntl.LOCK_EX)
    os.kill(os.getpid(), signal.SIGTERM)


def _keep(run: Run) -> bool:
    """Run PostgreSQL until it was asked to stop; False when it cannot be kept running."""
    restarts: deque[float] = deque(maxlen=_RESTARTS)
    while True:
        other = _clear_remains(run.config)
        if other:
            _tell(run, f"{other}\n")
            return False
        run.child = _launch(run.config)
        _watch(run)
        if run.stopping:
            return True
        now = time.monotonic()
        full = len(restarts) == _RESTARTS
        if not run.announced or (full and now - restarts[0] < _SPELL):
            return False
        restarts.append(now)
        _say("PostgreSQL ended by itself: starting it again")


def _watch(run: Run) -> None:
    """Wait for the end of PostgreSQL, announcing that it is ready and passing on a stop."""
    while True:
        signalled = signal.sigtimedwait(_WATCHED, _patience(run))
        if signalled is None and run.stopping:
            _say("the fast shutdown takes too long: stopping at once")
            os.kill(run.child, signal.SIGQUIT)
            run.deadline = time.monotonic() + _FOREVER
        elif signalled is not None and signalled.si_signo != signal.SIGCHLD:
            _stop(run)
        if os.waitpid(run.child, os.WNOHANG)[0]:
            return
        if not run.announced and _is_ready(run):
            _announce(run)


def _patience(run: Run) -> float:
    if run.stopping:
        return max(0.0, run.deadline - time.monotonic())
    return _FOREVER if run.announced else 0.005


def _stop(run: Run) -> None:
    if not run.stopping:
        run.stopping = True
        run.deadline = time.monotonic() + _STOP_SECONDS
    os.kill(run.child, signal.SIGINT)


def _is_ready(run: Run) -> bool:
    lines = _pid_file(run.config.data)
    return (
        len(lines) > STATUS_LINE
        and lines[0] == str(run.child)
        and lines[STATUS_LINE].strip() == "ready"
    )


def _announce(run: Run) -> None:
    _tell(run, READY)
    run.announced = True


def _tell(run: Run, answer: str) -> None:
    """Answer the starter, if it waits and still lives, and let the next one start or join."""
    if not run.announced:
        with contextlib.suppress(BrokenPipeError):
            os.write(run.config.status, answer.encode())
        os.close(run.config.status)
        os.close(run.config.start_lock)


def _launch(config: Config) -> int:
    """Start PostgreSQL as a child that the kernel shuts down if we die."""
    keeper = os.getpid()
    child = os.fork()
    if child:
        return child
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _WATCHED)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        _prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() == keeper:
            os.execv(config.command[0], config.command)  # noqa: S606 — no shell is the point
    except OSError as error:
        _say(f"ERROR: {config.command[0]}: {error.strerror}")
    finally:
        os._exit(1)


def _clear_remains(config: Config) -> int:
    """End what an earlier run left and remove its files; give the process of another's server.

    Only the holder of the keeper's lock comes here, so a server of ours that still runs has
    lost its keeper; one started by hand on this data is left alone. 0 when there is none.
    """
    lines = _pid_file(config.data)
    for pid in _servers(config.data):
        if lines and lines[0] == str(pid):
            if not _is_ours(pid):
                return pid
            _end(pid, signal.SIGINT, _STOP_SECONDS)
    for pid in _servers(config.data):
        _end(pid, None, _ORPHAN_SECONDS)
    _disown_pid_file(config.data)
    for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{config.sockets}/{name}")  # noqa: PTH108 — starts fast
    return 0


def _disown_pid_file(data: str) -> None:
    """Put our number into a stale postmaster.pid.

    The number there may be another program's by now, and PostgreSQL would refuse to start; its
    parent's number it knows to be stale. The rest names the shared memory that it must look
    at, so the file is not simply removed.
    """
    lines = _pid_file(data)
    if lines:
        with open(f"{data}/postmaster.pid", "w", encoding="utf-8") as file:  # noqa: PTH123 — starts fast
            file.write("\n".join([str(os.getpid()), *lines[1:]]))


def _is_ours(pid: int) -> bool:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/cmdline", "rb") as file:  # noqa: PTH123 — starts fast
        return f"cluster_name={MARK}".encode() in file.read().split(b"\0")
    return False


def _servers(data: str) -> Iterator[int]:
    """Find the postgres processes that run in the folder `data` (they all change to it)."""
    for name in os.listdir("/proc"):  # noqa: PTH208 — starts fast
        if not name.isdigit():
            continue
        with contextlib.suppress(OSError):
            program = os.readlink(f"/proc/{name}/exe")  # noqa: PTH115 — starts fast
            inside = os.stat(f"/proc/{name}/cwd")  # noqa: PTH116 — starts fast
            here = os.path.samestat(inside, os.stat(data))  # noqa: PTH116 — starts fast
            if here and program.removesuffix(" (deleted)").endswith("/postgres"):
                yield int(name)


def _end(pid: int, request: signal.Signals | None, patience: float) -> None:
    """Wait for the end of a process, at most `patience` seconds, then kill it."""
    with contextlib.suppress(ProcessLookupError):
        process = os.pidfd_open(pid)
        try:
            _say(f"ending process {pid} of an earlier run")
            if request:
                signal.pidfd_send_signal(process, request)
            if not select.select([process], [], [], patience)[0]:
                signal.pidfd_send_signal(process, signal.SIGKILL)
                select.select([process], [], [], _ORPHAN_SECONDS)
        finally:
            os.close(process)


def _pid_file(data: str) -> list[str]:
    try:
        with open(f"{data}/postmaster.pid", encoding="utf-8") as file:  # noqa: PTH123 — starts fast
            return file.read().split("\n")
    except FileNotFoundError:
        return []


def _say(text: str) -> None:
    os.write(2, f"keeper: {text}\n".encode())


def _prctl(option: int, value: int) -> None:
    _libc.prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    _libc = ctypes.CDLL(None, use_errno=True)
    _main(Config(**json.loads(sys.argv[1])))
