"""A document as the reader takes it, wherever it comes from: a filing, or paper that waits.

Whoever makes one has seen to it that this person may read the document now.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from greffe.accounts.viewers import Viewer
from greffe.documents.models import Blob
from greffe.filings.actions import record_reading
from greffe.filings.models import SubmittedDocument


@dataclass(frozen=True)
class Readable:
    """A document whose pages can be shown.

    `key` names it among those that somebody has read in a session. `pages` is at least 1. `own` is
    the address of its reader, `original` that of its download ("" where there is none); `image`
    gives the address of the image of a page. `record` writes a reading to the ledger.
    """

    key: str
    name: str
    blob: Blob
    pages: int
    own: str
    original: str
    image: Callable[[int], str]
    record: Callable[[Viewer], None]


def filed(document: SubmittedDocument) -> Readable:
    """A document of a submission."""
    ids = (document.submission_id, document.position)
    return Readable(
        key=f"{document.submission_id}/{document.position}",
        name=document.name,
        blob=document.blob,
        # One that nobody could count has one to try.
        pages=document.pages or 1,
        own=reverse("registry:document", args=ids),
        original=reverse("portal:submitted-document", args=ids),
        image=lambda page: reverse("registry:document-page", args=[*ids, page]),
        record=lambda viewer: record_reading(by=viewer, document=document),
    )
