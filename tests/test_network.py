"""The suite itself: nothing it runs may reach the network, and nothing it needs is refused."""

import asyncio
import socket
from pathlib import Path

import pytest

ELSEWHERE = "192.0.2.1"  # reserved for documentation: no machine has it


def test_address_elsewhere_is_refused_before_any_packet() -> None:
    with socket.socket() as client, pytest.raises((RuntimeError, UserWarning), match=ELSEWHERE):
        client.connect((ELSEWHERE, 80))


@pytest.mark.parametrize(
    ("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "localhost")]
)
def test_loopback_is_reached(family: socket.AddressFamily, host: str) -> None:
    with socket.create_server((host, 0), family=family) as server:
        port = server.getsockname()[1]
        with socket.create_connection((host, port), timeout=60) as client:
            assert client.getpeername()[1] == port


def test_unix_socket_is_reached(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client.connect(str(tmp_path / "s"))


def test_event_loop_talks_over_loopback() -> None:
    async def talk() -> bytes:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(await reader.readline())
            writer.close()
            await writer.wait_closed()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"hello\n")
            line = await reader.readline()
            writer.close()
            await writer.wait_closed()
        return line

    assert asyncio.run(talk()) == b"hello\n"


def test_event_loop_is_refused_elsewhere() -> None:
    async def reach() -> None:
        await asyncio.wait_for(asyncio.open_connection(ELSEWHERE, 80), timeout=60)

    with pytest.raises((RuntimeError, UserWarning), match=ELSEWHERE):
        asyncio.run(reach())
