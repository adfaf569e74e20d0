"""Codes to text: why a document cannot be shown on a page."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from greffe.documents.sandbox.reading import Code


@dataclass(frozen=True, slots=True)
class Message:
    """What happened, and what to do."""

    text: StrPromise
    remedy: StrPromise


READING: Mapping[Code, Message] = {
    "no-page": Message(
        _("The document has fewer pages."),
        _("Choose one of the pages it has."),
    ),
    "password": Message(
        _("The document is protected by a password, so its pages cannot be shown here."),
        _("Ask the person who filed it for a copy without a password."),
    ),
    "damaged": Message(
        _("The document is damaged, so its pages cannot be shown here."),
        _(
            "Download the original: another program may still open it. If none does, ask the person"
            " who filed it for a sound copy."
        ),
    ),
    "cannot-show": Message(
        _("This page is damaged, so it cannot be shown here."),
        _("Look at the other pages, or download the original to see this one."),
    ),
    "too-complex": Message(
        _("This page takes too much time or memory to draw, so it cannot be shown here."),
        _("Look at the other pages, or download the original to see this one."),
    ),
    "not-shown": Message(
        _("The registry could not draw this page. The document is not the cause."),
        _("Try again in a minute. If it happens again, tell the people who run the registry."),
    ),
}


def reading_text(code: Code) -> Message:
    """The words for the code of a ReadingError."""
    return READING[code]
