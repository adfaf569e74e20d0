"""What `registry/reader.html` draws: one page of a document, the way to the others, what was found.

A page of ours that shows documents gives its own address to `reader_context`; every link and form
of the fragment leads back there, so that it stands on any page. Such a page loads
`greffe/reader.css` in its head and `greffe/js/reader.js` in its scripts:

    {% include "registry/reader.html" with reader=reader %}
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from time import time
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from greffe.documents import pages
from greffe.documents.messages import Message, reading_text
from greffe.documents.sandbox.finding import in_one_line, occurrences
from greffe.documents.sandbox.reading import LONGEST_TERM, Hit, Hits, ReadingError
from greffe.filings.models import SubmittedDocument
from greffe.web.access import PortalRequest
from greffe.web.registry.readable import Readable, filed

AGAIN = 30 * 60
"""Seconds after which somebody who still has a document open is recorded as reading it again."""
_REMEMBERED = 100
_ANCHOR = "#reader"


@dataclass(frozen=True, slots=True)
class Zoom:
    """A step of the zoom: its name in addresses, its words, the width of its image in pixels."""

    name: str
    label: StrPromise
    width: int


ZOOMS = (
    Zoom("fit", _("Fit the width"), 1200),
    Zoom("100", _("100%"), 1200),
    Zoom("150", _("150%"), 1200),
    Zoom("250", _("250%"), 2000),
)


@dataclass(frozen=True)
class Reader:
    """One page of a document as somebody looks at it. Addresses are those of the page it is on."""

    document: Readable
    page: int
    zoom: Zoom
    asked: str
    term: str
    base: str
    text: str
    problem: Message | None
    hits: Hits | None
    search_problem: Message | None

    @property
    def pages(self) -> int:
        """How many pages the document has, as its inspection counted them."""
        return self.document.pages

    @property
    def image_url(self) -> str:
        """Where the image of this page is."""
        return self._image_url(self.page)

    @property
    def next_image_url(self) -> str:
        """Where the image of the next page is, or "" on the last one."""
        return self._image_url(self.page + 1) if self.page < self.pages else ""

    @property
    def previous_url(self) -> str:
        """The page before, or "" on the first one."""
        return self.address(page=self.page - 1) if self.page > 1 else ""

    @property
    def next_url(self) -> str:
        """The page after, or "" on the last one."""
        return self.address(page=self.page + 1) if self.page < self.pages else ""

    @property
    def zooms(self) -> list[tuple[Zoom, str]]:
        """Each step of the zoom with its address."""
        return [(zoom, self.address(zoom=zoom.name)) for zoom in ZOOMS]

    @property
    def zoom_in_url(self) -> str:
        """One step larger, or ""."""
        return next((self.address(zoom=b.name) for a, b in pairwise(ZOOMS) if a is self.zoom), "")

    @property
    def zoom_out_url(self) -> str:
        """One step smaller, or ""."""
        return next((self.address(zoom=a.name) for a, b in pairwise(ZOOMS) if b is self.zoom), "")

    @property
    def without_search_url(self) -> str:
        """This page without what was looked for."""
        return self.address(q="")

    @property
    def download_url(self) -> str:
        """The original, a download only; "" where it cannot be had."""
        return self.document.original

    @property
    def form_action(self) -> str:
        """Where the forms go."""
        return f"{urlsplit(self.base).path}{_ANCHOR}"

    @property
    def page_form(self) -> list[tuple[str, str]]:
        """What the form that asks for a page carries besides it."""
        return [item for item in self._parameters({}) if item[0] != "page"]

    @property
    def search_form(self) -> list[tuple[str, str]]:
        """What the form that looks for words carries besides them."""
        return [item for item in self._parameters({}) if item[0] != "q"]

    @property
    def wrong_page(self) -> str:
        """What was asked for instead of a page that is there, or ""."""
        return self.asked if self.asked not in {"", str(self.page)} else ""

    @cached_property
    def words(self) -> list[tuple[str, bool]]:
        """The text of the page in pieces, those that were looked for marked."""
        return [*_marked(self.text, self.term)]

    @property
    def found(self) -> list[tuple[Hit, str]]:
        """Each page where the words stand, with its address."""
        hits = self.hits.found if self.hits else ()
        return [(hit, self.address(page=hit.page)) for hit in hits]

    def address(self, **changed: int | str) -> str:
        """The address of the same reader with something changed: page, zoom or q."""
        query = urlencode(self._parameters(changed))
        return f"{urlsplit(self.base).path}?{query}{_ANCHOR}"

    def _parameters(self, changed: dict[str, int | str]) -> list[tuple[str, str]]:
        mine = {"page": self.page, "zoom": self.zoom.name, "q": self.term} | changed
        kept = [(n, v) for n, v in parse_qsl(urlsplit(self.base).query) if n not in mine]
        usual = {"zoom": ZOOMS[0].name, "q": ""}
        said = [(name, str(value)) for name, value in mine.items() if usual.get(name) != value]
        return kept + said

    def _image_url(self, page: int) -> str:
        return f"{self.document.image(page)}?width={self.zoom.width}"


def reader_context(
    request: PortalRequest, document: SubmittedDocument, page: str | None = None, *, base: str = ""
) -> Reader:
    """Open a filed document at a page; see `open_reader`."""
    return open_reader(request, filed(document), page, base=base)


def open_reader(
    request: PortalRequest, document: Readable, page: str | None = None, *, base: str = ""
) -> Reader:
    """Open a document at a page for whoever may read it, which the caller has seen to.

    `page`, the zoom and the words looked for are those of the request (`page`, `zoom`, `q`) unless
    `page` is given. `base` is the address the links lead to, with the parameters it needs itself;
    without one, that of the reader's own page. The reading is recorded.
    """
    note_reading(request, document)
    asked = (request.GET.get("page", "") if page is None else page).strip()[:20]
    number = _nearest(asked, document.pages)
    zoom = next((zoom for zoom in ZOOMS if zoom.name == request.GET.get("zoom")), ZOOMS[0])
    term = in_one_line(request.GET.get("q", "").replace("\x00", ""))[:LONGEST_TERM]
    text, problem = _text_of(document, number, zoom)
    hits, search_problem = _hits_of(document, term)
    return Reader(
        document=document,
        page=number,
        zoom=zoom,
        asked=asked,
        term=term,
        base=base or document.own,
        text=text,
        problem=problem,
        hits=hits,
        search_problem=search_problem,
    )


def note_reading(request: PortalRequest, document: Readable) -> None:
    """Record that this person reads the document: once for a session, and again after AGAIN.

    Whatever shows any of it calls this, so that no address gives a page of it unrecorded.
    """
    now, name = int(time()), document.key
    readings: dict[str, int] = request.session.get("readings", {})
    if now - readings.get(name, 0) < AGAIN:
        return
    document.record(request.viewer)
    others = [(other, at) for other, at in readings.items() if other != name]
    request.session["readings"] = dict([*others[1 - _REMEMBERED :], (name, now)])


def _nearest(asked: str, pages_there: int) -> int:
    """The page that was asked for, or the nearest there is; the first for what is no number."""
    if not (asked.isascii() and asked.removeprefix("-").isdecimal()):
        return 1
    return min(max(1, int(asked)), pages_there)


def _text_of(document: Readable, page: int, zoom: Zoom) -> tuple[str, Message | None]:
    """The words of the page, or why it cannot be shown. Its image is drawn meanwhile, and kept."""
    pages.begin_image(document.blob, page, zoom.width)
    try:
        return pages.page_text(document.blob, page), None
    except ReadingError as error:
        return "", _why_not(document, error)


def _hits_of(document: Readable, term: str) -> tuple[Hits | None, Message | None]:
    if not term:
        return None, None
    try:
        return pages.find_in(document.blob, term), None
    except ReadingError as error:
        return None, _why_not(document, error)


def _why_not(document: Readable, error: ReadingError) -> Message:
    """Why nothing is shown; of paper, which has no original to download, what else to do."""
    said = reading_text(error.code)
    if document.original or error.code == "not-shown":
        return said
    return Message(said.text, _("Look at the paper itself, or scan it again."))


def _marked(text: str, term: str) -> Iterator[tuple[str, bool]]:
    last = 0
    for start, end in occurrences(text, term) if term else ():
        yield text[last:start], False
        yield text[start:end], True
        last = end
    yield text[last:], False
