"""What the doctor looks at on this machine: folders, keys, isolation, secret, address, clock."""

import ctypes
import importlib
import os
import re
import shutil
import zoneinfo
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from greffe.cli import deployment
from greffe.cli.doctor_outcomes import Outcome, Status

SPACE_WARN, SPACE_FAIL = 5.0, 0.5  # gigabytes
SHORTEST_SECRET = 50  # characters
_TIME_ERROR = 5  # adjtimex(2): the clock follows nothing
_TIMEX_BYTES = 512  # more than struct timex on any Linux
_LOCAL = {"127.0.0.1", "localhost", "::1", "[::1]"}
_FALSE = {"", "0", "false", "no", "off"}


def state() -> Iterator[Outcome]:
    """The state folder, and the room where it is."""
    path = deployment.state_folder()
    if not path.is_dir():
        yield Outcome("state", "fail", "state-missing", {"path": path})
        return
    writable = os.access(path, os.W_OK | os.X_OK)
    code: tuple[Status, str] = ("ok", "state") if writable else ("fail", "state-unwritable")
    yield Outcome("state", *code, {"path": path})


def store_folder() -> Path:
    """Where documents are kept: GREFFE_STORE, or store in the state folder."""
    return Path(os.environ.get("GREFFE_STORE") or deployment.state_folder() / "store")


def space() -> Iterator[Outcome]:
    """Room for documents."""
    folder = store_folder()
    while not folder.is_dir():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 1e9
    status: Status = "fail" if free < SPACE_FAIL else "warn" if free < SPACE_WARN else "ok"
    code = "space" if status == "ok" else "space-low"
    params = {"free": f"{free:.1f}", "path": folder}
    yield Outcome("space", status, code, params, {"free_gb": round(free, 1)})


def store() -> Iterator[Outcome]:
    """The document store: writes, syncs, reads and removes a probe."""
    from greffe.documents.store import FileStore, StoreError  # noqa: PLC0415 - the doctor's alone

    folder = store_folder()
    if not folder.parent.is_dir():
        detail = {"path": folder, "detail": f"{folder.parent}: missing"}
        yield Outcome("store", "fail", "store-broken", detail)
        return
    try:
        FileStore(folder).check()
    except StoreError as error:
        yield Outcome("store", "fail", "store-broken", {"path": folder, "detail": error})
    else:
        yield Outcome("store", "ok", "store", {"path": folder})


def keys() -> Iterator[Outcome]:
    """The signing keys: there, whole, closed to others, and not the demonstration's."""
    from greffe.cli.keys import key_folder  # noqa: PLC0415 - the doctor's alone
    from greffe.sealing.keys import KeyFolderError, KeyRing  # noqa: PLC0415 - same

    folder = key_folder()
    try:
        ring = KeyRing.load(folder)
        kid = ring.receipt_key()[0]
    except KeyFolderError as error:
        yield Outcome("keys", "fail", "keys-broken", {"detail": error}, {"problem": error.code})
        return
    params, details = {"path": folder, "kid": kid}, {"receipt_key": kid}
    if not ring.demonstration:
        yield Outcome("keys", "ok", "keys", params, details)
        return
    status: Status = "warn" if deployment.is_demonstration() else "fail"
    yield Outcome("keys", status, "keys-demonstration", params, details)


def isolation() -> Iterator[Outcome]:
    """What a hostile document could reach: found out by trying."""
    from greffe.documents.sandbox.isolation import isolation as find_out  # noqa: PLC0415 - slow

    found = find_out()
    if found.sufficient:
        yield Outcome("isolation", "ok", "isolation", details=found.model_dump())
        return
    status: Status = "warn" if deployment.is_demonstration() else "fail"
    lacking = {"lacking": ", ".join(found.lacking) or found.error}
    yield Outcome("isolation", status, "isolation-lacking", lacking, found.model_dump())


def absent() -> Iterator[Outcome]:
    """What this version does not have yet, said plainly."""
    yield Outcome("scanner", "warn", "scanner-absent")


def secret() -> Iterator[Outcome]:
    """The secret that signs sessions."""
    value = os.environ.get("GREFFE_SECRET_KEY", "")
    if not value and deployment.is_demonstration():
        yield Outcome("secret", "ok", "secret-demonstration")
    elif not value:
        yield Outcome("secret", "fail", "secret-missing")
    elif len(value) < SHORTEST_SECRET:
        yield Outcome("secret", "warn", "secret-short", {"length": len(value)})
    else:
        yield Outcome("secret", "ok", "secret")


def address() -> Iterator[Outcome]:
    """The address at which people reach the registry, and the names that it answers to."""
    url = os.environ.get("GREFFE_URL") or "http://127.0.0.1:8000"
    hosts = (os.environ.get("GREFFE_HOSTS") or "127.0.0.1,localhost,[::1]").split(",")
    hosts = [host.strip() for host in hosts]
    status, code = _address(urlsplit(url).scheme, urlsplit(url).hostname or "", hosts)
    yield Outcome("address", status, code, {"url": url, "hosts": ", ".join(hosts)})


def _address(scheme: str, host: str, hosts: list[str]) -> tuple[Status, str]:
    behind = os.environ.get("GREFFE_BEHIND_PROXY", "").lower() not in _FALSE
    if "*" in hosts:
        return "fail", "address-any"
    if not any(_answers(host, name) for name in hosts):
        return "fail", "address-foreign"
    if deployment.is_demonstration():
        only_here = set(hosts) <= _LOCAL
        return ("ok", "address") if only_here else ("warn", "address-open-demonstration")
    if scheme != "https":
        return "fail", "address-plain"
    if not behind:
        return "fail", "address-loop"
    counted = os.environ.get("GREFFE_TRUSTED_PROXIES", "").strip() not in {"", "0"}
    return ("ok", "address") if counted else ("warn", "address-one-client")


def _answers(host: str, name: str) -> bool:
    plain = name.strip("[]").lower()
    return host == plain or (plain.startswith(".") and f".{host}".endswith(plain))


def local_clock() -> Iterator[Outcome]:
    """Whether this machine's clock follows a time server, and how old its time zones are."""
    answer = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    if answer == _TIME_ERROR:
        yield Outcome("time-server", "warn", "unsynchronised")
    elif answer >= 0:
        yield Outcome("time-server", "ok", "synchronised")
    version = zone_version()
    year = re.match(r"\d{4}", version)
    old = year is None or int(year[0]) < date.today().year - 1  # noqa: DTZ011 - the year here
    status: tuple[Status, str] = ("warn", "zones-old") if old else ("ok", "zones")
    yield Outcome("time-zones", *status, {"version": version or "?"}, {"version": version})


def zone_version() -> str:
    """The version of the time-zone database that Python reads, as 2026a; empty if it says none."""
    for folder in map(Path, zoneinfo.TZPATH):
        for name in ("tzdata.zi", "+VERSION"):
            try:
                first = (folder / name).read_text().split("\n", 1)[0]
            except OSError:
                continue
            return first.removeprefix("# version ").strip()
        if (folder / "America" / "Toronto").exists():
            return ""
    return _packaged_zones()


def _packaged_zones() -> str:
    try:
        tzdata = importlib.import_module("tzdata")
    except ModuleNotFoundError:  # the system's time zones are all there is
        return ""
    return str(tzdata.IANA_VERSION)
