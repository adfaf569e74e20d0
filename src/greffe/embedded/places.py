"""Which folders the embedded database uses, and what is recorded of that choice."""

import json
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from greffe.embedded.errors import problem
from greffe.embedded.owner import Owner, choose_owner, give_as_parent, open_private

SOCKET: Final = ".s.PGSQL.5432"
LONGEST: Final = 107  # bytes of sun_path, less its final zero (unix(7))
ELSEWHERE: Final = Path("/var/lib/greffe")
_RECORD: Final = "record.json"


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one embedded database, and the user that runs it.

    `control` (in the state folder) holds locks, log and record; `place` holds the data, the
    socket where its path is short enough, and the copied programs. They differ only for root.
    """

    control: Path
    place: Path
    owner: Owner

    @property
    def data(self) -> Path:
        """The cluster."""
        return self.place / "data"

    @property
    def log(self) -> Path:
        """What PostgreSQL and its keeper say."""
        return self.control / "postgres.log"

    def lock(self, name: str) -> Path:
        """Name the lock file `name`: start, users or keeper."""
        return self.control / f"{name}.lock"


def open_places(state: Path) -> Places:
    """Make the folders under `state` and find where the data is, or shall be.

    Raises EmbeddedError "missing" when the recorded folder is gone, and OSError.
    """
    state = state.absolute()
    as_root = os.geteuid() == 0
    mode = 0o711 if as_root else 0o700
    state.mkdir(parents=True, mode=mode, exist_ok=True)
    control = state / "postgres"
    if _made(control, mode):
        give_as_parent(control)
    place = Path(read_record(control).get("place", control))
    if not place.is_dir():
        raise problem("missing", path=place, record=control / _RECORD)
    return Places(control, place, choose_owner([place / "data", state]))


def _made(folder: Path, mode: int) -> bool:
    """Make a folder; False where it is there, perhaps since a moment ago: two may start at once."""
    try:
        folder.mkdir(mode=mode)
    except FileExistsError:
        if not folder.is_dir():
            raise
        return False
    return True


def settle(places: Places, elsewhere: Path = ELSEWHERE) -> Places:
    """Choose for good the folder of the data, under the start lock; give the final places.

    As root it is a new folder under `elsewhere` when the database's user cannot reach the
    state folder, and the choice is recorded.
    """
    if places.place != places.control or places.data.exists() or _serves(places):
        return places
    place = elsewhere / secrets.token_hex(8)
    elsewhere.mkdir(mode=0o711, parents=True, exist_ok=True)
    place.mkdir(mode=0o711)
    (place / "belongs-to").write_text(f"{places.control}\n", encoding="utf-8")
    write_record(places.control, {"place": str(place)})
    return Places(places.control, place, places.owner)


def _serves(places: Places) -> bool:
    """Whether the database's user can reach the place and run a program there."""
    runs = not os.statvfs(places.place).f_flag & os.ST_NOEXEC
    return not places.owner.switch or (runs and places.owner.may_pass(places.place))


def socket_folder(places: Places, forced: Path | None = None) -> Path:
    """Give a private folder for the socket whose whole path fits in 107 bytes.

    The place's own `run` where it fits; else the one recorded before, if it is still ours
    alone; else a new one in the user's runtime folder or the temporary folder. Raises
    EmbeddedError "socket-path-too-long", also when `forced` does not fit.
    """
    wanted = (forced or places.place / "run").absolute()
    if _fits(wanted):
        if _made(wanted, 0o700):
            places.owner.give(wanted)
        return wanted
    if not forced:
        recorded = recorded_sockets(places)
        if _fits(recorded) and _private(recorded, places.owner):
            return recorded
        for base in _short_folders(places.owner):
            if _fits(base / "greffe-12345678"):
                fresh = Path(tempfile.mkdtemp(prefix="greffe-", dir=base))
                places.owner.give(fresh)
                return fresh
    full = wanted / SOCKET
    length = len(os.fsencode(full))
    raise problem("socket-path-too-long", path=full, length=length, limit=LONGEST)


def _fits(folder: Path) -> bool:
    # libpq reads a comma as the end of one host of a list, even when it is encoded.
    return len(os.fsencode(folder / SOCKET)) <= LONGEST and "," not in str(folder)


def _private(folder: Path, owner: Owner) -> bool:
    """Whether `folder` is the owner's and closed to others: another user may have made it."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    closed = stat.S_ISDIR(found.st_mode) and not stat.S_IMODE(found.st_mode) & 0o077
    return closed and found.st_uid == owner.uid


def _short_folders(owner: Owner) -> Iterator[Path]:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and not owner.switch and _private(Path(runtime), owner):
        yield Path(runtime)
    for base in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 — mkdtemp is used there
        if base.is_dir() and owner.may_pass(base):
            yield base


def recorded_sockets(places: Places) -> Path:
    """Give the folder of the socket that the last start chose."""
    return Path(read_record(places.control).get("sockets", "/nowhere"))


def read_record(control: Path) -> Mapping[str, str]:
    """Read the record of earlier choices; empty when there is none."""
    try:
        record: dict[str, str] = json.loads((control / _RECORD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise problem("unwritable", path=control / _RECORD, detail=str(error)) from error
    return record


def write_record(control: Path, changes: Mapping[str, str]) -> None:
    """Add `changes` to the record, whole or not at all; write nothing when nothing changes."""
    record = read_record(control)
    if record == {**record, **changes}:
        return
    text = json.dumps({**record, **changes}, indent=2)
    unfinished = control / f"{_RECORD}.new"
    unfinished.unlink(missing_ok=True)
    with open(open_private(unfinished, os.O_WRONLY), "w", encoding="utf-8") as file:  # noqa: PTH123 — a descriptor
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(control / _RECORD)
