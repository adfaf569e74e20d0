"""Files that an officer sends to the registry's own pages, streamed to the store.

The check of the form's token reads the body, and so the files: therefore who it is and how much
comes are looked at first, and whatever a refused request brought is thrown away.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_protect

from greffe.documents.intake import CountingInput, StoredFile, StoreUploadHandler
from greffe.documents.store import StoredBlob
from greffe.documents.stores import document_store
from greffe.web.access import PortalRequest, content_length

OVERHEAD = 1024 * 1024
"""Bytes of a request around its files."""

Keep = Callable[[StoredBlob, str], str]
"""Takes a stored file and its name; gives the code of why it was not taken, or ""."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a file was not taken: a code, and the file's name where it is about one."""

    code: str
    name: str = ""


@dataclass
class Arrived:
    """What one request brought: how many files were taken, what was not and why."""

    taken: int = 0
    troubles: list[Trouble] = field(default_factory=list)


Answer = Callable[[PortalRequest, Arrived], HttpResponse]


def too_long(request: PortalRequest, *, largest: int, most: int) -> bool:
    """Whether a request says it brings more than `most` files of `largest` bytes."""
    return content_length(request) > most * largest + OVERHEAD


def receive_files(
    request: PortalRequest, *, largest: int, most: int, keep: Keep, answer: Answer
) -> HttpResponse:
    """Take the `files` of a form, at most `most`, each of at most `largest` bytes; then answer.

    `keep` is called for each file that is safe in the store. A request without its token, or one
    cut off, leaves nothing behind.
    """
    if not connection.in_atomic_block:
        connection.close()  # a slow upload must not hold a connection for as long as it lasts
    handler = StoreUploadHandler(request, store=document_store(), largest=largest)
    request.upload_handlers = [handler]
    counted = CountingInput(request._stream)  # noqa: SLF001 - Django has no other hook
    request._stream = counted  # type: ignore[assignment]  # noqa: SLF001 - same
    kept: set[str] = set()

    def take(request: PortalRequest) -> HttpResponse:
        arrived = Arrived()
        files = request.FILES.getlist("files")
        if counted.count < content_length(request):
            arrived.troubles.append(Trouble("truncated"))
        elif not files:
            arrived.troubles.append(Trouble("no-file"))
        else:
            _keep_all(files, most, keep, arrived, kept)
        return answer(request, arrived)

    try:
        return csrf_protect(take)(request)
    except UnreadablePostError:
        return answer(request, Arrived(troubles=[Trouble("truncated")]))
    finally:
        handler.discard(keep=kept)


def _keep_all(
    files: Sequence[Any], most: int, keep: Keep, arrived: Arrived, kept: set[str]
) -> None:
    for place, file in enumerate(files):
        if not isinstance(file, StoredFile) or file.stored is None:
            code, name = getattr(file, "refusal", ""), getattr(file, "given_name", "")
            arrived.troubles.append(Trouble(code, name))
        elif place >= most:
            arrived.troubles.append(Trouble("too-many-files", file.given_name))
        else:
            # Bytes that a row may know are not thrown away, whatever goes wrong: the sweep looks.
            kept.add(file.stored.key)
            if code := keep(file.stored, file.given_name):
                kept.remove(file.stored.key)
                arrived.troubles.append(Trouble(code, file.given_name))
            else:
                arrived.taken += 1
