"""A mail server in a process of its own, which notes what it took: message and recipient."""

import contextlib
import os
import re
import smtplib
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.support.serving import free_port, until

ROOT = Path(__file__).resolve().parents[2]
_ID = re.compile(rb"^Message-ID: (\S+)\r?$", re.MULTILINE | re.IGNORECASE)


class Sink:
    """What aiosmtpd calls in that process: each message becomes a line of a file."""

    def __init__(self, path: str) -> None:
        self._file = Path(path).open("ab", buffering=0)  # noqa: SIM115 - open as long as it runs

    @classmethod
    def from_cli(cls, parser: ArgumentParser, *arguments: str) -> Self:
        """As aiosmtpd makes it."""
        del parser
        return cls(*arguments)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a message."""
        found = _ID.search(envelope.content)
        for address in envelope.rcpt_tos:
            self._file.write((found[1] if found else b"-") + b" " + address.encode() + b"\n")
        return "250 OK"


@dataclass(frozen=True, slots=True)
class Running:
    """A sink that runs: where it listens, and where it notes."""

    port: int
    path: Path

    @property
    def url(self) -> str:
        """Its address, without TLS."""
        return f"smtp+plain://127.0.0.1:{self.port}"

    @property
    def taken(self) -> list[tuple[str, str]]:
        """Message-ID and recipient of each message, in order."""
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        return [
            (message_id, address) for message_id, _, address in (x.partition(" ") for x in lines)
        ]


@contextmanager
def mail_sink(folder: Path) -> Iterator[Running]:
    """A mail server on the loopback that takes everything."""
    running = Running(free_port(), folder / "taken")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{running.port}"),
            *("-c", "tests.support.mail_sink.Sink", str(running.path)),
        ],
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT}/src"},
    )

    def answers() -> bool:
        with contextlib.suppress(OSError):
            smtplib.SMTP("127.0.0.1", running.port).quit()
            return True
        return False

    try:
        until(answers, "the mail server")
        yield running
    finally:
        process.terminate()
        process.wait(timeout=30)
