"""A folder where another user can reach it, wherever this clone lies (a root's home is private)."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from greffe.embedded.owner import Owner


@contextmanager
def reachable(folder: Path, owner: Owner) -> Iterator[Path]:
    """Give `folder` if `owner` may pass there, else a place where it is mounted (as root)."""
    if owner.may_pass(folder):
        yield folder
        return
    place = Path(tempfile.mkdtemp(prefix="greffe-reach-", dir="/tmp"))
    place.chmod(0o711)
    subprocess.run(["mount", "--bind", str(folder), str(place)], check=True)
    try:
        yield place
    finally:
        # Never a recursive removal: what is mounted there is the clone itself.
        subprocess.run(["umount", str(place)], check=True)
        place.rmdir()
