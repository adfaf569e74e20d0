"""The system user that runs PostgreSQL, which refuses to run as root."""

import os
import pwd
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from greffe.embedded.errors import NO_USER, problem

_CANDIDATES: Final = ("greffe", "postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Owner:
    """A user and group of the system; `switch` when we must become it (we are root)."""

    uid: int
    gid: int
    switch: bool

    def may_pass(self, path: Path) -> bool:
        """Whether this user may reach what is in the folder `path`, by its permission bits."""
        if not self.switch:
            return True
        real = path.resolve()
        return all(self._allowed(folder, stat.S_IXOTH) for folder in (real, *real.parents))

    def may_run(self, path: Path) -> bool:
        """Whether this user may reach, read and execute the file `path`."""
        if not self.switch:
            return True
        return self.may_pass(path.parent) and self._allowed(path, stat.S_IXOTH | stat.S_IROTH)

    def _allowed(self, path: Path, others: int) -> bool:
        found = path.stat()
        shift = 6 if found.st_uid == self.uid else 3 if found.st_gid == self.gid else 0
        wanted = others << shift
        return found.st_mode & wanted == wanted

    def give(self, path: Path) -> None:
        """Make this user the owner of `path`, which we have just made."""
        if self.switch:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def choose_owner(folders: Sequence[Path]) -> Owner:
    """Choose the user that runs the database: ourselves, unless we are root.

    As root it is the owner of the first of `folders` (data, then state) that an ordinary user
    owns, so that the same person can start it later without root; else `greffe`, `postgres`
    or `nobody`, whichever exists first. Raises EmbeddedError "no-user".
    """
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid(), switch=False)
    for folder in folders:
        if folder.is_dir() and (named := _by_uid(folder.stat().st_uid)):
            return named
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid:
            return Owner(entry.pw_uid, entry.pw_gid, switch=True)
    raise problem("no-user", path=folders[-1], detail=NO_USER)


def _by_uid(uid: int) -> Owner | None:
    if uid == 0:
        return None
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return None
    return Owner(entry.pw_uid, entry.pw_gid, switch=True)


def open_private(path: Path, flags: int) -> int:
    """Open a file of ours, making it (0600) if need be; never through a link.

    As root in somebody's folder, a new file is theirs, so that they can go on without root.
    """
    flags |= os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return os.open(path, flags)
    if os.geteuid() == 0:
        parent = path.parent.stat()
        os.fchown(descriptor, parent.st_uid, parent.st_gid)
    return descriptor


def give_as_parent(folder: Path) -> None:
    """As root, give a folder just made to the owner of the folder around it."""
    if os.geteuid() == 0:
        parent = folder.parent.stat()
        os.chown(folder, parent.st_uid, parent.st_gid, follow_symlinks=False)
