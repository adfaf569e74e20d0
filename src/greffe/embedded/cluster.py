"""Making a PostgreSQL cluster: whole under its final name, or not there at all."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from greffe.embedded.binaries import Binaries
from greffe.embedded.errors import NAMELESS, from_output, problem
from greffe.embedded.owner import open_private
from greffe.embedded.places import Places

SUPERUSER: Final = "postgres"
OWNER_ROLE: Final = "greffe_owner"
APP_ROLE: Final = "greffe_app"
DATABASE: Final = "greffe"
# Nothing of the caller's environment may steer PostgreSQL; messages are read in English.
ENVIRONMENT: Final = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
_BUILTIN_SINCE: Final = 17  # the builtin locale provider
_BUILTIN_ALONE: Final = 18  # text search no longer asks the C library's locale

# The server's single-user mode ends a command at a semicolon before an empty line (-j).
_ROLES: Final = f"""
CREATE ROLE {OWNER_ROLE} LOGIN;

CREATE ROLE {APP_ROLE} LOGIN;

CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE};

REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC;

GRANT CONNECT ON DATABASE {DATABASE} TO {APP_ROLE};

"""


def make_cluster(places: Places, binaries: Binaries, lock: int, *, synced: bool = True) -> None:
    """Make the cluster in `places` if it has none.

    It is made in a folder beside and renamed when it is whole and synced, so that one cut
    short is never taken for a database; its remains are removed here. `lock` is the start
    lock's descriptor: the programs hold it too, so that nobody begins again before an orphan
    of an earlier attempt has ended. Raises EmbeddedError.
    """
    for remains in places.place.glob("new-*"):
        shutil.rmtree(remains, ignore_errors=True)
    if places.data.is_dir():
        return
    _need_a_name(places)
    unfinished = Path(tempfile.mkdtemp(prefix="new-", dir=places.place))
    try:
        places.owner.give(unfinished)
        _fill(unfinished, places, binaries, lock, synced=synced)
        unfinished.rename(places.data)
        _sync_folder(places.place)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _fill(folder: Path, places: Places, binaries: Binaries, lock: int, *, synced: bool) -> None:
    def run(command: Sequence[str | Path], text: str = "") -> None:
        _run(command, text, places, lock)

    run([binaries.initdb, "-D", folder, *_choices(binaries.major)])
    single: list[str | Path] = [
        binaries.postgres,
        "--single",
        "-F",
        "-j",
        "-c",
        "exit_on_error=true",
    ]
    run([*single, "-D", folder, "postgres"], _ROLES)
    if synced:
        run([binaries.initdb, "--sync-only", "-D", folder])


def _choices(major: int) -> list[str]:
    """UTF-8, checksums, and an order of text that no update of the system can change."""
    locale = ["--locale=C.UTF-8"]
    if major >= _BUILTIN_SINCE:
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
    if major >= _BUILTIN_ALONE:
        locale[-1] = "--locale=C"
    trust = ["--auth-local=trust", "--auth-host=reject"]
    rest = ["--encoding=UTF8", "--data-checksums", "--lc-messages=C", "--no-instructions"]
    return [f"--username={SUPERUSER}", "--no-sync", *trust, *locale, *rest]


def _run(command: Sequence[str | Path], text: str, places: Places, lock: int) -> None:
    """Run one program as the database's user, out of reach of the terminal's Ctrl-C."""
    owner = places.owner
    with subprocess.Popen(  # noqa: S603 — our own program list, no shell
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
        env=ENVIRONMENT,
        start_new_session=True,
        pass_fds=[lock],
        user=owner.uid if owner.switch else None,
        group=owner.gid if owner.switch else None,
        extra_groups=[] if owner.switch else None,
    ) as process:
        try:
            output, _ = process.communicate(text)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode:
        _append(places.log, output)
        raise from_output(output, path=places.place, log=places.log)


def _append(log: Path, text: str) -> None:
    """Keep what a program printed; a full disk must not hide why it failed."""
    with contextlib.suppress(OSError):
        descriptor = open_private(log, os.O_WRONLY | os.O_APPEND)
        with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 — a descriptor
            file.write(text)


def _need_a_name(places: Places) -> None:
    """Initdb insists that its user has a name (it looks it up even when told another)."""
    try:
        pwd.getpwuid(places.owner.uid)
    except KeyError as error:
        uid = places.owner.uid
        raise problem("no-user", path=places.place, detail=NAMELESS, uid=uid) from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
