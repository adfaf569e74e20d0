"""Upload of a 50 MB PDF through the real server, against the same bytes in a plain loop.

The floor reads the file, hashes it (SHA-256), writes it and syncs it, 64 KB at a time, in this
process, on the same file system. The upload is a browser's: a multipart form over loopback to
`greffe serve`. It is "stored, synced and hashed" when another connection of the database sees the
committed row of the upload, which is written only after the bytes are synced; inspection in the
sandbox comes after that, and the time until the answer, which includes it, is shown without a
budget. Floor and upload take turns.
"""

import hashlib
import os
import socket
import time
from pathlib import Path
from typing import Self
from uuid import UUID

import psycopg
from _browser import Cookies, upload_request
from _documents import make_scan, small_pdf
from _figures import Figures, median
from _registry import HOST, Registry, memory, registry

ROUNDS = 9
PIECE = 64 * 1024
MEMORY_BUDGET = 20.0
ROW = "SELECT 1 FROM filings_draftfile WHERE draft_id = %s"


def main() -> None:
    """Measure and say."""
    figures = Figures()
    with registry() as greffe:
        source = greffe.folder / "scan.pdf"
        make_scan(source)
        with Uploader(greffe, source) as uploader:
            uploader.warm_up()
            before = memory(greffe.server, "VmRSS")
            floors, stored, answered = measure(uploader, source)
            grown = memory(greffe.server, "VmHWM") - before
    figures.ratio(
        "upload 50 MB: stored, synced, hashed", median(stored), median(floors), budget=1.6
    )
    figures.ratio(
        "upload 50 MB: answered (inspected too)", median(answered), median(floors), budget=None
    )
    figures.amount(
        "upload 50 MB: growth of the server", grown / 1e6, budget=MEMORY_BUDGET, unit="MB"
    )
    figures.exit()


def measure(uploader: "Uploader", source: Path) -> tuple[list[float], list[float], list[float]]:
    """Take turns; give the times of the floor, until stored and until answered."""
    floors, stored, answered = [], [], []
    for _ in range(ROUNDS):
        floors.append(plain_loop(source))
        until_stored, until_answered = uploader.upload()
        stored.append(until_stored)
        answered.append(until_answered)
    return floors, stored, answered


def plain_loop(source: Path) -> float:
    """The floor."""
    target = source.with_name("floor")
    started = time.perf_counter()
    digest = hashlib.sha256()
    with source.open("rb", buffering=0) as reading, target.open("wb", buffering=0) as writing:
        while piece := reading.read(PIECE):
            digest.update(piece)
            writing.write(piece)
        os.fsync(writing.fileno())
    took = time.perf_counter() - started
    target.unlink()
    return took


class Uploader:
    """Sends the file to drafts of one counsel, and watches the database meanwhile."""

    def __init__(self, greffe: Registry, source: Path) -> None:
        """Make the counsel."""
        from _people import counsel  # noqa: PLC0415 - it needs Django, which is set up by now

        self._port = greffe.port
        self._content = source.read_bytes()
        self._counsel = counsel(1)
        self._cookies = Cookies(self._counsel.session)
        self._watching = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._watching.close()

    def warm_up(self) -> None:
        """Have the server import, connect and inspect once, with a small file."""
        self._send(small_pdf("warm-up"))

    def upload(self) -> tuple[float, float]:
        """Upload the file; give the seconds until it is stored and until the answer."""
        return self._send(self._content)

    def _send(self, content: bytes) -> tuple[float, float]:
        draft = self._counsel.draft().id
        path = f"/en/portal/drafts/{draft}/files/"
        before, after = upload_request(path, self._cookies, len(content), "scan.pdf")
        with socket.create_connection((HOST, self._port)) as connection:
            started = time.perf_counter()
            connection.sendall(before)
            connection.sendall(content)
            connection.sendall(after)
            self._await_row(draft)
            stored = time.perf_counter() - started
            status = connection.recv(PIECE).split(b" ", 2)[1]
            answered = time.perf_counter() - started
        if status != b"302":
            raise SystemExit(f"the upload was answered with {status.decode()}")
        return stored, answered

    def _await_row(self, draft: UUID) -> None:
        """Look every 2 ms, from the last byte on, for the committed row."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self._watching.execute(ROW, [draft], prepare=True).fetchone():
                return
            time.sleep(0.002)
        raise SystemExit("the upload's row did not come")


if __name__ == "__main__":
    main()
