"""What an earlier start left behind after a kill or a reboot, and what another program took."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from greffe.embedded import binaries
from greffe.embedded.cluster import ENVIRONMENT
from greffe.embedded.errors import EmbeddedError
from greffe.embedded.locks import is_free
from greffe.embedded.owner import Owner
from greffe.embedded.server import Server
from tests.support.embedded import (
    DEADLINE,
    Holder,
    ask,
    cluster_state,
    database_user,
    identity,
    keeper,
    postmaster,
    wait_for_process,
)

Begin = Callable[..., Server]
Hold = Callable[..., Holder]

pytestmark = pytest.mark.faults


def kill_all(server: Server) -> None:
    """Leave everything as a loss of power does."""
    processes = [keeper(server.data), postmaster(server.data)]
    for number in processes:
        os.kill(number, signal.SIGSTOP)  # so that neither can mend the death of the other
    for number in reversed(processes):
        os.kill(number, signal.SIGKILL)
        wait_for_process(number)
    server.stop()


def test_start_after_a_loss_of_power_recovers(begin: Begin) -> None:
    server = begin(settings={})
    with psycopg.connect(server.owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    kill_all(server)
    assert cluster_state(server.data) == "in production"
    assert (server.data / "postmaster.pid").exists()
    assert (server.sockets / ".s.PGSQL.5432").exists()
    assert ask(begin().owner_url, "SELECT answer FROM kept") == 42


def test_start_goes_on_when_another_program_has_the_number_of_the_old_server(
    begin: Begin, state: Path
) -> None:
    server = begin()
    kill_all(server)
    other = subprocess.Popen(["cat"], stdin=subprocess.PIPE, **identity(database_user(state)))
    for stale in (server.data / "postmaster.pid", server.sockets / ".s.PGSQL.5432.lock"):
        _, *rest = stale.read_text().split("\n")
        stale.write_text("\n".join([str(other.pid), *rest]))
    again = begin()
    assert ask(again.url, "SELECT 1") == 1
    assert other.poll() is None
    other.communicate()


def test_start_does_not_touch_a_server_that_was_started_by_hand(
    begin: Begin, state: Path, programs: Path
) -> None:
    server = begin()
    server.stop()
    by_hand = run_by_hand(server, database_user(state), programs)
    with pytest.raises(EmbeddedError) as caught:
        begin()
    assert caught.value.code == "busy"
    assert str(by_hand.pid) in caught.value.message_en
    assert str(by_hand.pid) in caught.value.message_fr
    assert ask(server.superuser_url, "SELECT 1") == 1
    by_hand.send_signal(signal.SIGINT)
    by_hand.communicate(timeout=DEADLINE)
    assert ask(begin().url, "SELECT 1") == 1


def run_by_hand(server: Server, owner: Owner, programs: Path) -> subprocess.Popen[str]:
    command = [str(programs / "postgres"), "-D", str(server.data)]
    options = ["-k", str(server.sockets), "-c", "listen_addresses=", "-c", "fsync=off"]
    process = subprocess.Popen(
        [*command, *options],
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
        cwd="/",
        **identity(owner),
    )
    assert process.stderr
    for line in process.stderr:
        if "ready to accept connections" in line:
            return process
    raise AssertionError(process.wait())


@pytest.fixture
def stuck_programs(folder: Path) -> Path:
    """An initdb that begins its work, says so, and goes on only when it is told to."""
    real = binaries.find_binaries(folder / "none").folder
    programs = folder / "programs"
    programs.mkdir()
    (programs / "postgres").symlink_to(real / "postgres")
    for name in ("begun", "go-on"):
        os.mkfifo(programs / name)
        (programs / name).chmod(0o666)
    (programs / "initdb").write_text(
        f"#!/bin/sh\necho 18 > $2/PG_VERSION\nmkdir $2/base\necho begun > {programs}/begun\n"
        f"read answer < {programs}/go-on\nexit 0\n"
    )
    (programs / "initdb").chmod(0o755)
    return programs


def test_initdb_cut_short_is_made_again_once_it_has_ended(
    hold: Hold, state: Path, stuck_programs: Path
) -> None:
    first = hold(binaries=str(stuck_programs))
    assert (stuck_programs / "begun").read_text() == "begun\n"
    first.process.kill()
    first.process.wait()
    assert not (state / "postgres" / "data").exists()
    second = hold()  # the orphan still holds the start lock, so this one waits
    assert not is_free(state / "postgres" / "start.lock")
    (stuck_programs / "go-on").write_text("go on\n")
    url = second.said()
    assert ask(url, "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'greffe%'") == 2
    assert not list((state / "postgres").glob("new-*"))


def test_ctrl_c_during_initdb_leaves_nothing_behind(
    hold: Hold, state: Path, stuck_programs: Path
) -> None:
    holder = hold(binaries=str(stuck_programs))
    assert (stuck_programs / "begun").read_text() == "begun\n"
    os.killpg(holder.process.pid, signal.SIGINT)
    holder.process.wait()
    left = {path.name for path in (state / "postgres").iterdir()}
    assert not {name for name in left if name.startswith(("new-", "data"))}
    assert hold().said().startswith("postgresql://")


def test_socket_folder_that_was_cleaned_away_is_made_again(begin: Begin) -> None:
    server = begin()
    server.stop()
    shutil.rmtree(server.sockets)
    assert ask(begin().url, "SELECT 1") == 1
