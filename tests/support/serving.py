"""A whole registry for tests: a real `greffe serve` and `greffe worker` on a database of their own.

Each process gets its own process group, so that a test ends what it started and nothing else.
"""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import httpx

from greffe.cli.processes import PARENT
from greffe.embedded.server import Server, start
from tests.support.postgres import UNSYNCED, short_folder

DEADLINE = 180.0  # seconds that anything here may take
TICK = 0.02  # seconds between two looks at a condition that nothing announces

Found = TypeVar("Found")


def until(condition: Callable[[], Found], what: str, *, process: int | None = None) -> Found:
    """Wait until `condition` gives something true, and give that; fail at the deadline.

    For what no descriptor announces. `process` is one whose end makes waiting pointless.
    """
    watched = [os.pidfd_open(process)] if process is not None else []
    try:
        for _ in range(int(DEADLINE / TICK)):
            found = condition()
            if found:
                return found
            ended = select.select(watched, [], [], TICK)[0]
            assert not ended, f"{what}: the process ended"
    finally:
        for descriptor in watched:
            os.close(descriptor)
    raise AssertionError(f"{what}: not within {DEADLINE} seconds")


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def end_group(group: int) -> None:
    """Kill what is left of a process group."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


@dataclass
class Running:
    """A `greffe` command that runs, in its own process group, with what it says in a file."""

    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def pid(self) -> int:
        """The number of the process that was started."""
        return self.process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def children(self) -> list[int]:
        """The processes that it started: those that serve, for `greffe serve`."""
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(number) for number in listed.split()]

    def stop(self) -> int:
        """Ask it to end in order (SIGTERM), wait, and give its exit code."""
        if self.alive:
            self.process.terminate()
        return self.process.wait(timeout=DEADLINE)

    def kill(self) -> None:
        """Kill it and all that it started (SIGKILL), and wait for it."""
        end_group(self.pid)
        self.process.wait(timeout=DEADLINE)


@dataclass
class Registry:
    """A registry in the demonstration settings: one state folder, one database, one port.

    `database` may be None: then each command uses the embedded database of the state folder.
    """

    state: Path
    database: Server | None = None
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    stack: ExitStack = field(default_factory=ExitStack)

    @property
    def url(self) -> str:
        """The address of its pages, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What its commands find in the environment: ours, without what steers a registry."""
        steering = ("GREFFE_", "DATABASE_", "DJANGO_", "PYTEST_", "PG")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(steering)}
        own = {"GREFFE_STATE": str(self.state), "GREFFE_DEMO": "1", "GREFFE_URL": self.url}
        if self.database is not None:
            own |= {
                "DATABASE_URL": self.database.url,
                "DATABASE_OWNER_URL": self.database.owner_url,
            }
        return kept | own | self.settings

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a `greffe` command to its end; give its exit code and what it said."""
        return subprocess.run(
            [sys.executable, "-m", "greffe.cli", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )

    def prepare(self) -> None:
        """Migrate the database and enter the invented people and cases."""
        for step in ("migrate", "demonstration-data"):
            done = self.command(step)
            assert done.returncode == 0, done.stderr

    def run(self, *arguments: str, under: tuple[str, ...] = ()) -> Running:
        """Start a `greffe` command; whatever is left of it is killed when the registry closes."""
        log = self.state / f"{arguments[0]}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                [*under, sys.executable, "-m", "greffe.cli", *arguments],
                # Should the test run be killed, the kernel ends what it started.
                env=self.environment | {"PGAPPNAME": arguments[0], PARENT: str(os.getpid())},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        running = Running(process, log)
        self.stack.callback(running.kill)
        return running

    def serve(self, *, under: tuple[str, ...] = ()) -> Running:
        """Start `greffe serve` and wait until its pages answer."""
        running = self.run("serve", "--port", str(self.port), under=under)
        until(self.healthy, f"greffe serve, see {running.log}", process=running.pid)
        return running

    def worker(self) -> Running:
        """Start `greffe worker`. What it does is seen in the tables."""
        return self.run("worker")

    def healthy(self) -> bool:
        """Whether pages and database answer now."""
        try:
            return httpx.get(f"{self.url}/healthz", timeout=DEADLINE).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def close(self) -> None:
        """End everything that was started here."""
        self.stack.close()


@contextmanager
def registry(settings: dict[str, str] | None = None) -> Iterator[Registry]:
    """A registry with its database and demonstration data; nothing serves yet."""
    with (
        short_folder() as folder,
        start(folder / "state", settings=settings or UNSYNCED) as database,
    ):
        made = Registry(folder / "state", database)
        try:
            made.prepare()
            yield made
        finally:
            made.close()
