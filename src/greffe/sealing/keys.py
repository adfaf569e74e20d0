"""The registry's keys: a folder outside the database and its backups.

`ring.json` lists every key the registry ever used, with its public half; `<kid>.pem` holds the
private half. Two keys are current at a time: Ed25519 signs receipts, P-256 with a certificate of
its own seals PDF files (PAdES readers know no Ed25519). After a rotation the public half stays
listed for ever, so that old receipts verify; the private half may be removed.

A running server notices a rotation by itself: before each use the ring looks whether `ring.json`
was replaced.
"""

import contextlib
import datetime as dt
import fcntl
import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from greffe.sealing import keymaking
from greffe.sealing.keymaking import Entry

SCHEMA = "greffe.keys/1"
_INDEX = "ring.json"
_LOCK = ".lock"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO

KeyCode = Literal["missing", "unreadable", "too-open", "damaged", "mismatch", "unwritable"]


class KeyFolderError(Exception):
    """The key folder cannot be used; `code` says why, `path` names the file or folder."""

    def __init__(self, code: KeyCode, path: Path, detail: str = "") -> None:
        super().__init__(f"keys {code}: {path}" + (f" ({detail})" if detail else ""))
        self.code = code
        self.path = path


@dataclass(frozen=True, slots=True)
class _State:
    """What was read at one moment; replaced whole, so that threads see old or new, never both."""

    stamp: tuple[int, int, int]
    index: dict[str, Any]
    private: dict[str, Ed25519PrivateKey | EllipticCurvePrivateKey]


class KeyRing:
    """The keys of one registry, private halves held in memory. Make one by `create` or `load`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._state = _read(folder)

    @classmethod
    def create(cls, folder: Path, *, demonstration: bool, name: str) -> Self:
        """Make a key folder (0700) with its first keys, or load the one that is there.

        `name` is the registry's name, written into the certificate. Two processes may call this
        at once: both get the same keys. A crash leaves either no ring or a whole one. Raises
        KeyFolderError: "mismatch" if demonstration keys are there and others were asked for (or
        the reverse), "unwritable", or what `load` raises.
        """
        folder = Path(folder)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _locked(folder):
                if not (folder / _INDEX).exists():
                    _check_mode(folder)
                    _add_keys(folder, _empty(name, demonstration=demonstration))
        except OSError as error:
            raise KeyFolderError("unwritable", folder, str(error)) from error
        ring = cls.load(folder)
        if ring.demonstration != demonstration:
            raise KeyFolderError("mismatch", folder, "demonstration keys and others do not mix")
        return ring

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a key folder and hold its current private keys in memory.

        Raises KeyFolderError: "missing" (no folder, ring or private key), "unreadable",
        "too-open" (group or others may read), "damaged" (not ours, or halves do not fit).
        """
        return cls(Path(folder))

    @property
    def demonstration(self) -> bool:
        """Say whether these are demonstration keys, which prove nothing."""
        return bool(self._state.index["demonstration"])

    @property
    def name(self) -> str:
        """The registry's name, as the certificates have it."""
        return str(self._state.index["name"])

    def rotate(self) -> None:
        """Make new current keys; retire the old ones, whose public halves stay published."""
        try:
            with _locked(self.folder):
                _add_keys(self.folder, _load_index(self.folder))
        except OSError as error:
            raise KeyFolderError("unwritable", self.folder, str(error)) from error
        self._state = _read(self.folder)

    def published(self) -> dict[str, Any]:
        """Return what anyone needs to verify: every key ever used, public halves only."""
        index = self._fresh().index
        return {
            "schema": SCHEMA,
            "registry": index["name"],
            "demonstration": index["demonstration"],
            "keys": [dict(entry) for entry in index["keys"]],
        }

    def receipt_key(self) -> tuple[str, Ed25519PrivateKey]:
        """Return id and private half of the key that signs receipts today."""
        state = self._fresh()
        kid = _current_id(state.index, "receipt", self.folder)
        key = state.private[kid]
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyFolderError("damaged", self.folder, f"{kid} is not Ed25519")
        return kid, key

    def seal_key(self) -> tuple[str, EllipticCurvePrivateKey, str]:
        """Return id, private half and certificate (PEM) of the key that seals PDFs today."""
        state = self._fresh()
        kid = _current_id(state.index, "seal", self.folder)
        key = state.private[kid]
        if not isinstance(key, EllipticCurvePrivateKey):
            raise KeyFolderError("damaged", self.folder, f"{kid} is not P-256")
        entry = next(entry for entry in state.index["keys"] if entry["id"] == kid)
        return kid, key, str(entry["certificate"])

    def _fresh(self) -> _State:
        if _stamp(self.folder) != self._state.stamp:
            self._state = _read(self.folder)
        return self._state


def load_published(data: bytes) -> dict[str, Any]:
    """Read a published list of keys (as `KeyRing.published`, JSON). Raises ValueError."""
    value = json.loads(data)
    if not isinstance(value, dict) or value.get("schema") != SCHEMA:
        raise ValueError(f"not a list of keys ({SCHEMA})")
    return value


def _read(folder: Path) -> _State:
    _check_mode(folder)
    stamp = _stamp(folder)
    index = _load_index(folder)
    current = [_current_id(index, purpose, folder) for purpose in ("receipt", "seal")]
    private = {kid: _load_private(folder, kid, index) for kid in current}
    return _State(stamp, index, private)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; the kernel releases it if the process dies."""
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _empty(name: str, *, demonstration: bool) -> dict[str, Any]:
    return {"schema": SCHEMA, "name": name, "demonstration": demonstration, "keys": []}


def _add_keys(folder: Path, index: dict[str, Any]) -> None:
    """Write new private keys, then replace the index: the index alone decides what counts."""
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    made = keymaking.make_pair(index["name"], demonstration=index["demonstration"], now=now)
    for entry, pem in made:
        _write(folder / f"{entry['id']}.pem", pem)
    for entry in index["keys"]:
        entry["retired_at"] = entry["retired_at"] or keymaking.stamp(now)
    index["keys"].extend(entry for entry, _ in made)
    fresh = folder / f"{_INDEX}.new"
    fresh.unlink(missing_ok=True)
    _write(fresh, json.dumps(index, indent=1, ensure_ascii=False).encode())
    fresh.replace(folder / _INDEX)
    _sync(folder)


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _stamp(folder: Path) -> tuple[int, int, int]:
    try:
        found = (folder / _INDEX).stat()
    except FileNotFoundError as error:
        raise KeyFolderError("missing", folder / _INDEX) from error
    except OSError as error:
        raise KeyFolderError("unreadable", folder / _INDEX, str(error)) from error
    return found.st_ino, found.st_mtime_ns, found.st_size


def _check_mode(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        raise KeyFolderError("missing", path) from error
    except OSError as error:
        raise KeyFolderError("unreadable", path, str(error)) from error
    if mode & _OTHERS:
        raise KeyFolderError("too-open", path, f"mode {stat.S_IMODE(mode):04o}")


def _read_file(path: Path) -> bytes:
    _check_mode(path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyFolderError("unreadable", path, str(error)) from error


def _load_index(folder: Path) -> dict[str, Any]:
    path = folder / _INDEX
    try:
        index = json.loads(_read_file(path))
    except ValueError as error:
        raise KeyFolderError("damaged", path, str(error)) from error
    if not isinstance(index, dict) or index.get("schema") != SCHEMA:
        raise KeyFolderError("damaged", path, f"not {SCHEMA}")
    return index


def _current_id(index: Mapping[str, Any], purpose: str, folder: Path) -> str:
    found: list[Entry] = [
        entry
        for entry in index["keys"]
        if entry["purpose"] == purpose and entry["retired_at"] is None
    ]
    if len(found) != 1:
        raise KeyFolderError("damaged", folder / _INDEX, f"{len(found)} current keys to {purpose}")
    return found[0]["id"]


def _load_private(
    folder: Path, kid: str, index: Mapping[str, Any]
) -> Ed25519PrivateKey | EllipticCurvePrivateKey:
    path = folder / f"{kid}.pem"
    entry = next(entry for entry in index["keys"] if entry["id"] == kid)
    try:
        key = keymaking.read_private(_read_file(path))
    except ValueError as error:
        raise KeyFolderError("damaged", path, str(error)) from error
    if keymaking.public_text(key) != entry["public"]:
        raise KeyFolderError("damaged", path, "does not fit its public half")
    return key
