"""Pages that were shown once, kept so that the next look is free. All of it can be thrown away.

    3f/3f…/12-1200.jpg    a page of the document with that key, at that width
    3f/3f…/12.txt         its text
    3f/3f…/find-….json    what a search found

It holds no more than it is told, and lets go of what was looked at longest ago. No Django in here.
"""

import contextlib
import os
import secrets
import shutil
import threading
from pathlib import Path

MOST = 512 << 20
"""Bytes that are kept: about 2,000 pages."""

_KEPT_OF_MOST = 0.75
_LOOKS = 16
"""It looks at itself each time another sixteenth of what it may hold was written."""


class PageCache:
    """Files of documents by key, under a folder that only this registry's user may enter.

    Threads and processes may share one: what one removes, another draws again.
    """

    def __init__(self, root: Path, *, most: int = MOST) -> None:
        self.root = root
        self._most = most
        self._lock = threading.Lock()
        self._unseen = most  # the first write of a process looks at what earlier ones left

    def get(self, key: str, name: str) -> bytes | None:
        """What was put under this name, or None."""
        path = self._folder(key) / name
        try:
            found = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return found

    def put(self, key: str, name: str, content: bytes) -> None:
        """Keep it; a disk that is full or refuses keeps nothing, and that is no error."""
        folder = self._folder(key)
        part = folder / f"{secrets.token_hex(8)}.part"
        with contextlib.suppress(OSError):
            for parent in (self.root, folder.parent, folder):
                parent.mkdir(mode=0o700, exist_ok=True)
            try:
                descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                part.replace(folder / name)
            except OSError:
                part.unlink(missing_ok=True)
                raise
            self._count(len(content))

    def forget(self, key: str) -> None:
        """Throw away everything of one document."""
        shutil.rmtree(self._folder(key), ignore_errors=True)

    def _folder(self, key: str) -> Path:
        return self.root / key[:2] / key

    def _count(self, size: int) -> None:
        with self._lock:
            self._unseen += size
            if self._unseen * _LOOKS < self._most:
                return
            self._unseen = 0
        self._make_room()

    def _make_room(self) -> None:
        """Remove what was looked at longest ago, where there is too much."""
        kept = []
        for folder, _, names in os.walk(self.root):
            for name in names:
                path = Path(folder, name)
                with contextlib.suppress(OSError):
                    facts = path.stat()
                    kept.append((facts.st_mtime_ns, facts.st_size, path))
        held = sum(size for _, size, _ in kept)
        if held <= self._most:
            return
        for _, size, path in sorted(kept):
            if held <= self._most * _KEPT_OF_MOST:
                break
            held -= size
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
                path.parent.rmdir()  # refused by the system while something is in it
