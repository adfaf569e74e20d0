"""greffe demo: from an empty folder to pages, and back to nothing, in whatever way it ends."""

import json
import os
import pwd
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from greffe.embedded.owner import Owner
from tests.support.embedded import cluster_state, identity, wait_for_the_end
from tests.support.postgres import short_folder
from tests.support.reach import reachable
from tests.support.serving import DEADLINE, Registry, free_port

pytestmark = [pytest.mark.faults, pytest.mark.requirement("BY-05")]

SOURCE = Path(__file__).parents[2] / "src"
PACKAGES = next(Path(path) for path in sys.path if path.endswith("site-packages"))


@dataclass(frozen=True)
class User:
    """Who runs the demonstration, by which Python, with code from where; no owner: ourselves."""

    owner: Owner | None = None
    python: str = sys.executable
    path: str = f"{SOURCE}:{PACKAGES}"


OURSELVES = User()


@dataclass
class Demo:
    """A demonstration that runs, with what it says."""

    process: "subprocess.Popen[bytes]"
    state: Path
    port: int
    said: list[str] = field(default_factory=list)

    def until(self, word: str) -> str:
        """Wait for the line that has this word; fail when it ends or says nothing for too long."""
        assert self.process.stdout
        while select.select([self.process.stdout], [], [], DEADLINE)[0]:
            line = self.process.stdout.readline().decode()
            assert line, f"it ended: {''.join(self.said)}"
            self.said.append(line)
            if word in line:
                return line
        raise AssertionError(f"it does not say {word}: {''.join(self.said)}")

    def children(self) -> list[int]:
        """The server and the worker."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(number) for number in listed.split()]

    def ended(self, pids: list[int]) -> int:
        """Wait for its end and that of `pids`; give its exit code."""
        watched = [descriptor for pid in pids if (descriptor := _pidfd(pid)) is not None]
        code = self.process.wait(timeout=DEADLINE)
        for descriptor in watched:
            assert select.select([descriptor], [], [], DEADLINE)[0], "a process is left"
            os.close(descriptor)
        return code


def _pidfd(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None


Start = Callable[..., Demo]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder whose demonstration was made once; most tests are not about making it."""
    with short_folder() as made:
        yield made
        wait_for_the_end(made / "state")


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a demonstration; what is left of it is killed at the end."""
    with ExitStack() as stack:

        def begin(state: Path, user: User = OURSELVES) -> Demo:
            port = free_port()
            environment = Registry(state, port=port).environment
            environment |= {"HOME": str(state.parent), "PYTHONPATH": user.path}
            process = subprocess.Popen(
                [user.python, "-m", "greffe.cli", "demo", "--port", str(port)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                bufsize=0,  # a line that is read ahead would be waited for in vain
                cwd="/",
                env=environment,
                start_new_session=True,
                **(identity(user.owner) if user.owner else {}),
            )
            stack.callback(_end, process)
            return Demo(process, state, port)

        yield begin


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.communicate()


def closed_to_others(state: Path) -> bool:
    """Whether nobody else may read what the state folder holds."""
    private = [
        path for path in state.iterdir() if path.name not in {"postgres", "demonstration.url"}
    ]
    return all(path.stat().st_mode & 0o077 == 0 for path in private) and len(private) > 3


def shut_down(state: Path) -> bool:
    """Whether the database of that folder was stopped in order."""
    record = state / "postgres" / "record.json"
    place = state / "postgres"
    if record.exists() and '"place"' in record.read_text():
        place = Path(json.loads(record.read_text())["place"])
    return cluster_state(place / "data") == "shut down"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_demonstration_serves_alone_and_ends_in_order(
    number: signal.Signals, folder: Path, start: Start
) -> None:
    demo = start(folder / "state")
    assert f"http://127.0.0.1:{demo.port}/" in demo.until("Ctrl-C")
    page = httpx.get(f"http://127.0.0.1:{demo.port}/fr/demonstration/", timeout=DEADLINE)
    assert (page.status_code, "Amélie Tremblay" in page.text) == (200, True)

    second = start(demo.state)
    assert f"http://127.0.0.1:{demo.port}/" in second.until("runs already")
    assert second.process.wait(timeout=DEADLINE) == 2

    children = demo.children()
    assert len(children) == 2
    assert closed_to_others(demo.state)
    for _ in range(3):  # who is impatient does not cut it short
        demo.process.send_signal(number)
    assert demo.ended(children) == 0
    assert demo.process.stdout
    assert demo.process.stdout.read() == b""
    assert shut_down(demo.state)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{demo.port}/healthz")


def test_demonstration_that_was_killed_leaves_nothing_and_starts_again(
    folder: Path, start: Start
) -> None:
    demo = start(folder / "state")
    demo.until("Ctrl-C")
    children = demo.children()
    demo.process.kill()
    again = start(demo.state)  # at once: it waits for what the first one left
    demo.ended(children)
    again.until("Ctrl-C")
    assert httpx.get(f"http://127.0.0.1:{again.port}/healthz", timeout=DEADLINE).status_code == 200
    again.process.send_signal(signal.SIGINT)
    assert again.ended([]) == 0
    assert shut_down(again.state)


def test_demonstration_ends_when_what_serves_it_does(folder: Path, start: Start) -> None:
    demo = start(folder / "state")
    demo.until("Ctrl-C")
    children = demo.children()
    os.kill(children[-1], signal.SIGKILL)
    demo.until("ended (code -9)")
    assert demo.ended(children) == 1
    assert shut_down(demo.state)


def test_ordinary_user_needs_nothing_but_a_folder(start: Start) -> None:
    with short_folder() as home, _ordinary() as user:
        if user.owner is not None:
            os.chown(home, user.owner.uid, user.owner.gid)
        demo = start(home / "state", user)
        demo.until("Ctrl-C")
        made = list((home / "state").iterdir())
        assert {path.stat().st_uid for path in made} == {home.stat().st_uid}
        demo.process.send_signal(signal.SIGINT)
        assert demo.ended([]) == 0
        wait_for_the_end(demo.state)


@contextmanager
def _ordinary() -> Iterator[User]:
    """An ordinary user with a Python and our code that they may read: ourselves, unless root."""
    if os.geteuid() != 0:
        yield OURSELVES
        return
    entry = pwd.getpwnam("nobody")
    nobody = Owner(entry.pw_uid, entry.pw_gid, switch=True)
    major, minor = sys.version_info[:2]
    candidates = [Path(sys.executable).resolve(), Path(f"/usr/bin/python{major}.{minor}")]
    usable = [python for python in candidates if python.exists() and nobody.may_run(python)]
    if not usable:
        pytest.skip("no Python of this version here that an ordinary user may run")
    with reachable(SOURCE, nobody) as source, reachable(PACKAGES, nobody) as packages:
        yield User(nobody, str(usable[0]), f"{source}:{packages}")
