"""First page of a 200-page document on the screen, against that page's image by pypdfium2 alone.

The floor opens the document and makes the image of its page, a JPEG as wide as the reader asks for
it, with pypdfium2 in this process: no sandbox, no server. The measured opening is a browser's:
the reader's page over loopback from `greffe serve`, then the image that it names, both whole. The
document is one that nobody has looked at before, so that nothing of it is kept; the server has
shown another one. Floor and opening take turns.

The next page is one that the reader's script had drawn while the person read the first: it is
shown beside the first, without a budget, and so is an opening of a page that is kept.
"""

import http.client
import io
import re
import time
from uuid import UUID

import pypdfium2
from _documents import text_pdf
from _figures import Figures, median
from _registry import HOST, Registry, registry

ROUNDS = 9
PAGES = 200
WIDTH, QUALITY = 1200, 85
_IMAGE = re.compile(rb'<img src="(/[^"]*/pages/\d+\.jpg\?width=1200)"')


def main() -> None:
    """Measure and say."""
    with registry() as greffe:
        reader = Reader(greffe)
        floors, opened, again, turned = [], [], [], []
        reader.warm_up()
        for serial in range(ROUNDS):
            content = text_pdf(PAGES, seed=serial)
            submission = reader.filed(content)
            floors.append(plain_drawing(content))
            opened.append(reader.open(submission, 1))
            again.append(reader.open(submission, 1))
            reader.draw_ahead(submission, 2)
            turned.append(reader.open(submission, 2))
    figures = Figures()
    figures.ratio("first page of 200 on the screen", median(opened), median(floors), budget=3)
    figures.ratio("the same page once more", median(again), median(floors), budget=None)
    figures.ratio("the next page, drawn ahead", median(turned), median(floors), budget=None)
    figures.exit()


def plain_drawing(content: bytes) -> float:
    """The floor: open, draw, write the image."""
    started = time.perf_counter()
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    page = document[0]
    image = page.render(scale=WIDTH / page.get_width()).to_pil()
    image.save(io.BytesIO(), "JPEG", quality=QUALITY)
    took = time.perf_counter() - started
    document.close()
    return took


class Reader:
    """An officer at a browser, and counsel who files what the officer reads."""

    def __init__(self, greffe: Registry) -> None:
        """Make both, signed in."""
        from _people import counsel, officer  # noqa: PLC0415 - it needs Django, set up by now

        self._counsel = counsel(1)
        self._connection = http.client.HTTPConnection(HOST, greffe.port, timeout=60)
        self._headers = {"Cookie": f"greffe-session={officer('montreal').session}"}

    def warm_up(self) -> None:
        """Have the server import, connect and start its sandbox with another document."""
        submission = self.filed(text_pdf(3, seed=-1))
        for _ in range(3):
            self.open(submission, 1)

    def filed(self, content: bytes) -> UUID:
        """File a document as counsel would, without the pages."""
        from _people import attach, submit  # noqa: PLC0415 - it needs Django, set up by now

        draft = self._counsel.draft()
        attach(self._counsel, draft, content, "document.pdf")
        return submit(self._counsel, draft).id

    def open(self, submission: UUID, page: int) -> float:
        """Open the reader at a page; give the seconds until page and image are whole."""
        started = time.perf_counter()
        html = self._get("GET", f"{_address(submission)}?page={page}")
        image = _IMAGE.search(html)
        if image is None:
            raise SystemExit("the reader shows no image")
        drawn = self._get("GET", image[1].decode())
        took = time.perf_counter() - started
        if not drawn.startswith(b"\xff\xd8\xff"):
            raise SystemExit("the image is none")
        return took

    def draw_ahead(self, submission: UUID, page: int) -> None:
        """Ask for the image of a page as the script does."""
        self._get("HEAD", f"{_address(submission)}pages/{page}.jpg?width={WIDTH}")

    def _get(self, method: str, path: str) -> bytes:
        self._connection.request(method, path, headers=self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} was answered with {answer.status}")
        return content


def _address(submission: UUID) -> str:
    return f"/en/registry/submissions/{submission}/documents/1/"


if __name__ == "__main__":
    main()
