"""However its users, its keeper or the server itself end, the database ends or goes on clean."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from greffe.embedded.server import Server
from tests.support.embedded import (
    Holder,
    ask,
    cluster_state,
    keeper,
    postmaster,
    wait_for_process,
    wait_for_the_end,
)

Begin = Callable[..., Server]
Hold = Callable[..., Holder]

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGHUP, signal.SIGQUIT])
def test_death_of_the_only_user_stops_the_server_cleanly(
    number: signal.Signals, hold: Hold, made_state: Path
) -> None:
    state = made_state
    holder = hold()
    url = holder.said()
    with psycopg.connect(url) as connection:  # a connection alone does not keep it alive
        connection.execute("CREATE TABLE undecided (id int)")
        holder.process.send_signal(number)
        holder.process.wait()
        wait_for_the_end(state)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    assert cluster_state(state / "postgres" / "data") == "shut down"
    assert not (state / "postgres" / "data" / "postmaster.pid").exists()


def test_ctrl_c_in_the_terminal_stops_the_server_in_order(hold: Hold, made_state: Path) -> None:
    holder = hold()
    url = holder.said()
    assert url.startswith("postgresql://")
    os.killpg(holder.process.pid, signal.SIGINT)  # as a terminal does: the whole group
    holder.process.wait()
    # The process stopped the database itself before it ended: nothing is left to wait for.
    assert not (made_state / "postgres" / "data" / "postmaster.pid").exists()
    assert cluster_state(made_state / "postgres" / "data") == "shut down"


def test_death_of_one_user_leaves_the_server_to_the_other(hold: Hold, begin: Begin) -> None:
    holder = hold()
    assert holder.said().startswith("postgresql://")
    server = begin()
    before = postmaster(server.data)
    holder.process.kill()
    holder.process.wait()
    assert ask(server.url, "SELECT 1") == 1
    assert postmaster(server.data) == before


def test_server_killed_while_used_is_started_again(begin: Begin) -> None:
    server = begin(settings={})
    with psycopg.connect(server.owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    killed, kept_by = postmaster(server.data), keeper(server.data)
    os.kill(killed, signal.SIGKILL)
    wait_for_process(killed)
    again = begin()  # joining waits until it answers
    assert keeper(server.data) == kept_by
    assert ask(again.owner_url, "SELECT answer FROM kept") == 42
    assert postmaster(server.data) != killed


def test_server_killed_again_and_again_is_given_up_and_a_start_begins_anew(begin: Begin) -> None:
    first = begin()
    kept_by = keeper(first.data)
    for _ in range(6):
        number = postmaster(begin().data)
        os.kill(number, signal.SIGKILL)
        wait_for_process(number)
    wait_for_process(kept_by)
    again = begin()
    assert ask(again.url, "SELECT 1") == 1
    assert keeper(again.data) != kept_by


def test_keeper_killed_takes_the_server_down_cleanly(begin: Begin) -> None:
    server = begin()
    server_process, kept_by = postmaster(server.data), keeper(server.data)
    os.kill(kept_by, signal.SIGKILL)
    wait_for_process(server_process)
    assert cluster_state(server.data) == "shut down"
    again = begin()
    assert ask(again.url, "SELECT 1") == 1


def test_keeper_told_to_end_stops_the_server_cleanly(begin: Begin, state: Path) -> None:
    server = begin()
    os.kill(keeper(server.data), signal.SIGTERM)  # as when the machine goes down
    wait_for_the_end(state)
    assert cluster_state(server.data) == "shut down"
    assert ask(begin().url, "SELECT 1") == 1


def test_start_right_after_the_keeper_was_killed_waits_for_the_old_server(begin: Begin) -> None:
    server = begin()
    old, kept_by = postmaster(server.data), keeper(server.data)
    os.kill(kept_by, signal.SIGKILL)
    wait_for_process(kept_by)
    again = begin()
    assert ask(again.url, "SELECT 1") == 1
    wait_for_process(old)
    assert postmaster(again.data) != old
