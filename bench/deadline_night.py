"""The night of the deadline: 200 slow uploads at once, and what other pages take meanwhile.

200 people, each with a draft of their own, send 400 KB at 20 kB/s from another process, so that
each upload lasts 20 seconds; all begin within a second and end within a second, and then 200 files
wait for inspection. One person more reads pages all that time, one after another, as before: My
cases, a case, the sign-in page. The budget is for the median of each page while files arrive, and
again while they are inspected, against its median before, in the same run. Nothing is lost if every
upload was answered as kept and stands in its draft with the right fingerprint, both in the row and
in the stored bytes.
"""

import asyncio
import hashlib
import multiprocessing
import random
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any, Self

from _browser import Browser, Cookies, upload_request
from _documents import small_pdf
from _figures import Figures, median
from _registry import HOST, Registry, registry

UPLOADS = 200
SIZE = 400_000
SPEED = 20_000  # bytes a second
PIECE = 2_000
USUAL = 80  # readings of each page before the night
BETWEEN = 0.03  # seconds between two pages
BUDGET = 2.0


def main() -> None:
    """Measure and say."""
    figures = Figures()
    with registry() as greffe:
        night = Night(greffe)
        usual = night.read_until(lambda readings: readings >= USUAL)
        with Uploads(greffe.port, night.targets) as uploads:
            busy = night.read_until(lambda _: uploads.arrived())
            later = night.read_until(lambda _: uploads.answered())
        lost = night.lost()
    for page, before in usual.items():
        figures.ratio(f"{page}: files arrive", median(busy[page]), median(before), budget=BUDGET)
        figures.ratio(f"{page}: inspection", median(later[page]), median(before), budget=BUDGET)
        slowest = max(busy[page] + later[page])
        figures.ratio(f"{page}: the slowest answer", slowest, median(before), budget=None)
    figures.amount("uploads not answered as kept", uploads.refused, budget=0, unit="files")
    figures.amount("uploads lost or altered", lost, budget=0, unit="files")
    figures.amount("from the first byte to the last", uploads.lasted, budget=None, unit="s")
    figures.amount("from the last byte to the last answer", uploads.tail, budget=None, unit="s")
    figures.exit()


class Night:
    """The people of the night, and one more who reads pages."""

    def __init__(self, greffe: Registry) -> None:
        """Make the people and their drafts."""
        from _people import counsel  # noqa: PLC0415 - it needs Django, which is set up by now

        filers = [counsel(serial) for serial in range(UPLOADS)]
        self._drafts = [filer.draft().id for filer in filers]
        self.targets = [
            (f"/en/portal/drafts/{draft}/files/", filer.session)
            for draft, filer in zip(self._drafts, filers, strict=True)
        ]
        reader = counsel(UPLOADS)
        signed_in, visitor = Browser(greffe.port, reader.session), Browser(greffe.port)
        self._pages: dict[str, Callable[[], float]] = {
            "My cases": lambda: signed_in.get("/en/portal/"),
            "a case": lambda: signed_in.get(f"/en/portal/cases/{reader.case.pk}/"),
            "sign-in page": lambda: visitor.get("/en/sign-in/"),
        }
        for page in self._pages.values():
            page()

    def read_until(self, over: Callable[[int], bool]) -> dict[str, list[float]]:
        """Read each page in turn, until `over` the number of readings; give the seconds of each."""
        found: dict[str, list[float]] = {name: [] for name in self._pages}
        readings = 0
        while not readings or not over(readings):
            for name, page in self._pages.items():
                found[name].append(page())
                time.sleep(BETWEEN)
            readings += 1
        return found

    def lost(self) -> int:
        """How many files are not in their drafts as they were sent, in the row and in the store."""
        from greffe.documents.stores import document_store  # noqa: PLC0415 - same
        from greffe.filings.models import DraftFile  # noqa: PLC0415 - same

        files = DraftFile.objects.filter(draft__in=self._drafts).select_related("upload__blob")
        blobs = {file.draft_id: file.upload.blob for file in files if file.upload.facts}
        lost = 0
        for serial, draft in enumerate(self._drafts):
            sent = hashlib.sha256(content_of(serial)).hexdigest()
            blob = blobs.get(draft)
            if blob is None or blob.sha256 != sent:
                lost += 1
                continue
            with document_store().open(blob.key) as stored:
                lost += hashlib.sha256(stored.read()).hexdigest() != sent
        return lost


class Uploads:
    """The slow uploads, in a process of their own."""

    def __init__(self, port: int, targets: Sequence[tuple[str, str]]) -> None:
        """Name the address and, for each file, the page that takes it and the session."""
        spawn = multiprocessing.get_context("spawn")
        self._news, theirs = spawn.Pipe(duplex=False)
        self._process = spawn.Process(target=send_all, args=(port, targets, theirs))
        self._began_at = self._arrived_at = 0.0
        self.lasted = self.tail = 0.0
        self.refused = len(targets)

    def __enter__(self) -> Self:
        self._process.start()
        self._told()  # that every file is made
        self._began_at = time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join()

    def _told(self) -> Any:
        if not self._news.poll(120):
            raise SystemExit("no news of the uploads")
        return self._news.recv()

    def arrived(self) -> bool:
        """Whether the last byte of the last file is sent."""
        if self._news.poll():
            self._told()
            self._arrived_at = time.monotonic()
            self.lasted = self._arrived_at - self._began_at
        return self._arrived_at > 0

    def answered(self) -> bool:
        """Whether the last upload is answered."""
        if not self._news.poll():
            return False
        statuses = self._told()
        self.tail = time.monotonic() - self._arrived_at
        self.refused = sum(status != 302 for status in statuses)
        return True


def send_all(port: int, targets: Sequence[tuple[str, str]], news: Connection) -> None:
    """Send every file, telling when all are made, when all are sent and what was answered."""
    contents = [content_of(serial) for serial in range(len(targets))]
    news.send("made")
    asyncio.run(_send_all(port, targets, contents, news))


async def _send_all(
    port: int, targets: Sequence[tuple[str, str]], contents: Sequence[bytes], news: Connection
) -> None:
    lines = [Line(port) for _ in targets]
    sending = (
        line.send(path, session, content, delay=serial / len(targets))
        for serial, (line, (path, session), content) in enumerate(
            zip(lines, targets, contents, strict=True)
        )
    )
    await asyncio.gather(*sending)
    news.send("sent")
    news.send(await asyncio.gather(*(line.status() for line in lines)))


class Line:
    """A slow line."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def send(self, path: str, session: str, content: bytes, *, delay: float) -> None:
        """Wait `delay` seconds, then send a file bit by bit by the clock."""
        await asyncio.sleep(delay)
        self._reader, self._writer = await asyncio.open_connection(HOST, self._port)
        before, after = upload_request(path, Cookies(session), len(content), "slow.pdf")
        started = time.monotonic()
        self._writer.write(before)
        for place in range(0, len(content), PIECE):
            await asyncio.sleep(started + place / SPEED - time.monotonic())
            self._writer.write(content[place : place + PIECE])
            await self._writer.drain()
        self._writer.write(after)
        await self._writer.drain()

    async def status(self) -> int:
        """Wait for the answer and give its status; 0 if the connection ended without one."""
        line = await self._reader.readline()
        return int(line.split()[1]) if line else 0


def content_of(serial: int) -> bytes:
    """The file of an upload."""
    return small_pdf(f"Slow {serial}", padding=random.Random(serial).randbytes(SIZE))


if __name__ == "__main__":
    main()
