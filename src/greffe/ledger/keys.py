"""The signing keys of this deployment, held in memory by each process."""

from functools import cache
from pathlib import Path

from django.conf import settings

from greffe.sealing.keys import KeyRing


@cache
def _load(folder: Path) -> KeyRing:
    return KeyRing.load(folder)


def key_ring() -> KeyRing:
    """The registry's keys (GREFFE_KEYS). Raises KeyFolderError where they cannot be used."""
    return _load(Path(settings.KEYS))
