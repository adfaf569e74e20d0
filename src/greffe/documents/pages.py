"""Pages of stored documents as images and text, drawn in the sandbox and kept for the next look.

Who may read a document is the caller's question, at each request: nothing in here asks it.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from pydantic import ValidationError

from greffe.documents.background import Background
from greffe.documents.models import Blob
from greffe.documents.page_cache import PageCache
from greffe.documents.sandbox import reading
from greffe.documents.sandbox.finding import in_one_line
from greffe.documents.sandbox.reading import LONGEST_TERM, WIDTHS, Hits, ReadingError, Shown
from greffe.documents.store import StoreError
from greffe.documents.stores import document_store
from greffe.documents.turns import BusyError, reader_turn

__all__ = ["WIDTHS", "Hits", "ReadingError", "Shown", "begin_image", "find_in", "forget"]
__all__ += ["page_image", "page_shown", "page_text"]

logger = logging.getLogger("greffe.documents")

T = TypeVar("T")


def page_shown(blob: Blob, page: int, width: int) -> Shown:
    """A page (from 1) as an image `width` pixels across (one of WIDTHS), and its text.

    Raises ReadingError, whose code `messages.reading_text` puts into words.
    """
    image = _kept().get(blob.key, _image_name(page, width))
    words = _kept().get(blob.key, _text_name(page))
    if image is None or words is None:
        drawn = _draw(blob, page, None if image else width, text=words is None)
        image, words = image or drawn.image, drawn.text.encode() if words is None else words
    return Shown(image, words.decode())


def begin_image(blob: Blob, page: int, width: int) -> None:
    """Begin to draw a page that will be asked for in a moment, beside whatever is done meanwhile.

    `page_image` gives it, or says why there is none.
    """
    if _kept().get(blob.key, _image_name(page, width)) is None:
        _begun.begin((blob.key, page, width), lambda: _draw(blob, page, width, text=False).image)


def page_image(blob: Blob, page: int, width: int) -> bytes:
    """A page as a JPEG; see `page_shown`. Its text is kept on the way."""
    begun = _begun.under_way((blob.key, page, width))
    if begun is not None:
        return begun.result()
    kept = _kept().get(blob.key, _image_name(page, width))
    return kept if kept is not None else page_shown(blob, page, width).image


def page_text(blob: Blob, page: int) -> str:
    """The words of a page, "" where it has none, as a scan; see `page_shown`."""
    kept = _kept().get(blob.key, _text_name(page))
    return kept.decode() if kept is not None else _draw(blob, page, None, text=True).text


def find_in(blob: Blob, term: str) -> Hits:
    """Where words stand in a document, without regard to case or accents. Raises ReadingError."""
    term = in_one_line(term)[:LONGEST_TERM]
    name = f"find-{hashlib.sha256(term.encode()).hexdigest()}.json"
    kept = _kept().get(blob.key, name)
    if kept is not None:
        try:
            return Hits.model_validate_json(kept)
        except ValidationError:  # of another version: look again
            pass
    strict = not settings.DEMO
    hits = _look(blob, lambda document: reading.find(document, term, strict=strict))
    _kept().put(blob.key, name, hits.model_dump_json().encode())
    return hits


def forget(key: str) -> None:
    """Throw away what is kept of the document with that key in the store."""
    _kept().forget(key)


def _draw(blob: Blob, page: int, width: int | None, *, text: bool) -> Shown:
    """Have the sandbox show a page, and keep what it gives."""
    strict = not settings.DEMO
    shown = _look(
        blob,
        lambda document: reading.show(document, page, width=width, text=text, strict=strict),
    )
    if width:
        _kept().put(blob.key, _image_name(page, width), shown.image)
    if text:
        _kept().put(blob.key, _text_name(page), shown.text.encode())
    return shown


def _look(blob: Blob, ask: Callable[[int], T]) -> T:
    """Wait for a turn, open the document, ask the sandbox."""
    try:
        with _told_as_ours(blob), reader_turn(), document_store().open(blob.key) as file:
            return ask(file.fileno())
    except ReadingError as error:
        if error.code in {"too-complex", "not-shown"}:
            logger.warning("blob %s was not shown: %s", blob.pk, error)
        raise


@contextmanager
def _told_as_ours(blob: Blob) -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        raise ReadingError("not-shown", f"blob {blob.pk}: {error}") from error
    except BusyError as error:
        raise ReadingError("not-shown", "no turn came") from error


_begun: Background[tuple[str, int, int], bytes] = Background()


def _image_name(page: int, width: int) -> str:
    return f"{page}-{width}.jpg"


def _text_name(page: int) -> str:
    return f"{page}.txt"


@cache
def _cache_in(root: Path) -> PageCache:
    return PageCache(root)


def _kept() -> PageCache:
    return _cache_in(Path(settings.STORE) / "pages")
