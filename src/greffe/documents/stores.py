"""The document store of this deployment."""

from functools import cache
from pathlib import Path

from django.conf import settings

from greffe.documents.store import FileStore


@cache
def _file_store(root: Path) -> FileStore:
    return FileStore(root)


def document_store() -> FileStore:
    """The store where this registry keeps its documents (GREFFE_STORE)."""
    return _file_store(Path(settings.STORE))
