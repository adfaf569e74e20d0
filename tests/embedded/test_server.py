"""Starting, joining, sharing and stopping the embedded database."""

import json
import os
import shutil
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from greffe.embedded.errors import EmbeddedError
from greffe.embedded.server import Server, start
from tests.support.embedded import Holder, ask, cluster_state, postmaster, wait_for_the_end

Begin = Callable[..., Server]
Hold = Callable[..., Holder]


def test_start_on_an_empty_folder_answers_with_its_roles(state: Path) -> None:
    with start(state) as server:
        assert ask(server.url, "SELECT current_user") == "greffe_app"
        assert ask(server.owner_url, "SELECT current_user") == "greffe_owner"
        assert ask(server.superuser_url, "SELECT current_user") == "postgres"
        owner = "SELECT datdba::regrole::text FROM pg_database WHERE datname = 'greffe'"
        assert ask(server.url, owner) == "greffe_owner"


def test_start_with_its_defaults_keeps_every_commit(begin: Begin) -> None:
    server = begin(settings={})
    for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
        assert ask(server.url, f"SHOW {name}") == "on"


def test_cluster_is_utf8_and_orders_text_by_itself(begin: Begin) -> None:
    server = begin()
    assert ask(server.url, "SHOW server_encoding") == "UTF8"
    assert ask(server.url, "SELECT lower('ÉÀŒ')") == "éàœ"
    assert ask(server.url, "SELECT to_tsvector('simple', 'Été')::text") == "'été':1"
    if int(ask(server.url, "SHOW server_version_num")) >= 170000:
        provider = "SELECT datlocprovider::text FROM pg_database WHERE datname = 'greffe'"
        assert ask(server.url, provider) == "b"


def test_application_role_may_not_make_tables_and_owner_may(begin: Begin) -> None:
    server = begin()
    with (
        psycopg.connect(server.url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE TABLE mine (id int)")
    with psycopg.connect(server.owner_url) as connection:
        connection.execute("CREATE TABLE ours (id int)")


def test_socket_is_private_and_no_port_is_open(begin: Begin) -> None:
    server = begin(settings={"listen_addresses": "*", "fsync": "off"})
    assert ask(server.url, "SHOW listen_addresses") == ""
    assert stat.S_IMODE(server.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700


def test_settings_apply_to_the_server(begin: Begin) -> None:
    server = begin(settings={"fsync": "off", "work_mem": "7MB"})
    assert ask(server.url, "SHOW work_mem") == "7MB"


def test_setting_with_a_name_that_is_none_is_refused(state: Path) -> None:
    with pytest.raises(EmbeddedError) as caught:
        start(state, settings={"fsync=off -c port": "1"})
    assert caught.value.code == "bad-setting"


def test_second_start_joins_and_the_last_one_stops(begin: Begin) -> None:
    first, second = begin(), begin()
    assert first.url == second.url
    number = postmaster(first.data)
    first.stop()
    assert postmaster(first.data) == number
    assert ask(second.url, "SELECT 1") == 1
    second.stop()
    assert cluster_state(first.data) == "shut down"
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(second.url)


def test_stop_twice_does_not_end_the_use_of_another(begin: Begin) -> None:
    first, second = begin(), begin()
    first.stop()
    first.stop()
    assert ask(second.url, "SELECT 1") == 1


def test_rows_are_there_after_a_restart(begin: Begin) -> None:
    server = begin()
    with psycopg.connect(server.owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    server.stop()
    assert ask(begin().owner_url, "SELECT answer FROM kept") == 42


def test_many_starts_at_once_share_one_server(hold: Hold, state: Path) -> None:
    holders = [hold() for _ in range(4)]
    urls = {holder.said() for holder in holders}
    assert len(urls) == 1
    url = urls.pop()
    assert url.startswith("postgresql://"), url
    assert ask(url, "SELECT count(*) FROM pg_database WHERE datname = 'greffe'") == 1
    started = ask(url, "SELECT pg_postmaster_start_time()")
    for holder in holders[1:]:
        holder.leave()
    assert ask(url, "SELECT pg_postmaster_start_time()") == started
    holders[0].leave()
    assert cluster_state(state / "postgres" / "data") == "shut down"


def test_many_starts_at_once_share_one_server_that_lives_elsewhere(hold: Hold, state: Path) -> None:
    # Root's private folder sends the data elsewhere: those who wait must look again where it is.
    state.mkdir(mode=0o700)
    holders = [hold() for _ in range(4)]
    urls = {holder.said() for holder in holders}
    assert len(urls) == 1
    assert ask(urls.pop(), "SELECT 1") == 1
    for holder in holders:
        holder.leave()
    place = json.loads((state / "postgres" / "record.json").read_text()).get("place")
    wait_for_the_end(state)
    if place is not None:
        shutil.rmtree(place)


def test_start_while_the_last_user_dies_gets_a_running_server(
    hold: Hold, begin: Begin, state: Path
) -> None:
    for _ in range(5):
        holder = hold()
        assert holder.said().startswith("postgresql://")
        holder.process.send_signal(signal.SIGKILL)
        server = begin()
        assert ask(server.url, "SELECT 1") == 1
        server.stop()
    assert cluster_state(state / "postgres" / "data") == "shut down"


def test_server_never_runs_as_root_nor_in_the_users_session(begin: Begin) -> None:
    server = begin()
    status = Path(f"/proc/{postmaster(server.data)}/status").read_text()
    uids = next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1:]
    assert "0" not in uids
    assert os.getsid(postmaster(server.data)) != os.getsid(0)


def test_stop_by_context_ends_with_a_clean_cluster(hold: Hold, state: Path) -> None:
    holder = hold()
    assert holder.said().startswith("postgresql://")
    holder.leave()
    assert holder.process.returncode == 0
    wait_for_the_end(state)
    assert cluster_state(state / "postgres" / "data") == "shut down"
