"""Watching an embedded database from outside: its processes, its locks and how it ended."""

import fcntl
import os
import select
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from greffe.embedded import binaries
from greffe.embedded.locks import open_lock
from greffe.embedded.owner import Owner, choose_owner

DEADLINE = 180.0  # seconds


@dataclass
class Holder:
    """A process that uses the database until it is told to leave, or killed."""

    process: subprocess.Popen[str]

    def said(self) -> str:
        """Wait for the next line that it prints: an address, or an error."""
        assert self.process.stdout
        ready, _, _ = select.select([self.process.stdout], [], [], DEADLINE)
        assert ready, "the process says nothing"
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        """Let it stop in order, and wait for it."""
        self.process.communicate(timeout=DEADLINE)

    def end(self) -> None:
        """Kill it if it still runs, and wait for it."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


def identity(owner: Owner) -> dict[str, Any]:
    """Give the arguments of Popen that make a process run as `owner`."""
    if not owner.switch:
        return {}
    return {"user": owner.uid, "group": owner.gid, "extra_groups": []}


def wait_for_the_end(state: Path) -> None:
    """Block until no keeper runs; it holds this lock as long as it lives."""
    descriptor = open_lock(state / "postgres" / "keeper.lock")
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.close(descriptor)


def wait_for_process(pid: int) -> None:
    """Block until a process that is not our child has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([descriptor], [], [], DEADLINE)[0], f"process {pid} does not end"
    finally:
        os.close(descriptor)


def cluster_state(data: Path) -> str:
    """Read in the control file how the server ended."""
    program = binaries.find_binaries(data).folder / "pg_controldata"
    answer = subprocess.run([program, data], capture_output=True, text=True, check=True)
    lines = dict(line.split(":", 1) for line in answer.stdout.splitlines() if ":" in line)
    return lines["Database cluster state"].strip()


def postmaster(data: Path) -> int:
    """Give the number of the server's process."""
    return int((data / "postmaster.pid").read_text().split("\n", 1)[0])


def keeper(data: Path) -> int:
    """Give the number of the keeper's process: the parent of the server."""
    stat = Path(f"/proc/{postmaster(data)}/stat").read_text()
    return int(stat.rpartition(")")[2].split()[1])


def database_user(state: Path) -> Owner:
    """Give the user that runs the database of `state`."""
    return choose_owner([state / "postgres" / "data", state])


def ask(url: str, query: str) -> Any:
    """Give the first value that the query answers."""
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    assert row
    return row[0]
