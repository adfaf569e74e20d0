"""From an environment, perhaps empty, to one in which Django can start.

Without DATABASE_URL the embedded PostgreSQL is started; without GREFFE_SECRET_KEY the demonstration
makes one in the state folder, and anything else refuses to serve.
"""

import contextlib
import os
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path

from greffe.cli.speech import NO_DATABASE, DeploymentError, say_wrong
from greffe.embedded import server as embedded
from greffe.embedded.errors import from_os_error
from greffe.sealing.keys import KeyRing

OLDEST_POSTGRES = 150000
"""The oldest PostgreSQL whose SQL we keep to, as its server_version_num says it."""


def state_folder() -> Path:
    """Where this registry keeps its state: GREFFE_STATE, or .greffe in the current folder."""
    return Path(os.environ.get("GREFFE_STATE") or Path.cwd() / ".greffe").resolve()


def is_demonstration() -> bool:
    """Whether the environment says that this is the demonstration."""
    return os.environ.get("GREFFE_DEMO", "").lower() in {"1", "true", "yes", "on"}


@contextlib.contextmanager
def database() -> Iterator[None]:
    """Have a database while in here: the one of DATABASE_URL, or the embedded one."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    with embedded.start(state_folder()) as server:
        os.environ["DATABASE_URL"] = server.url
        os.environ.setdefault("DATABASE_OWNER_URL", server.owner_url)
        try:
            yield
        finally:
            del os.environ["DATABASE_URL"]


def make_state_folder() -> Path:
    """Make the state folder if need be. Raises EmbeddedError where it cannot be written.

    As root another user runs the database in it, and so may pass; all that it holds is closed.
    """
    state = state_folder()
    try:
        state.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise from_os_error(error, state) from error
    return state


def prepare_environment(*, serving: bool = False) -> None:
    """Fill what Django reads. Raises DeploymentError where only the operator can.

    Only what is `serving` people signs their sessions, and so needs the secret that all share.
    """
    state = make_state_folder()
    os.environ["GREFFE_STATE"] = str(state)
    os.environ["DJANGO_SETTINGS_MODULE"] = "greffe.settings"
    if not os.environ.get("GREFFE_SECRET_KEY"):
        os.environ["GREFFE_SECRET_KEY"] = _secret_key(state, serving=serving)


def _secret_key(state: Path, *, serving: bool) -> str:
    file = state / "secret-key"
    if not is_demonstration() and not serving:
        return secrets.token_urlsafe(64)
    if not is_demonstration():
        raise DeploymentError("no-secret")
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as opened:
            opened.write(secrets.token_urlsafe(64))
    return file.read_text().strip()


def ensure_keys() -> None:
    """Make demonstration keys where there are none; anything else must bring its own.

    Raises DeploymentError, also where production would sign with demonstration keys, which prove
    nothing; KeyFolderError where keys cannot be used.
    """
    folder = Path(os.environ.get("GREFFE_KEYS") or state_folder() / "keys")
    if folder.is_dir() and any(folder.iterdir()):
        ring = KeyRing.load(folder)
    elif is_demonstration():
        ring = KeyRing.create(folder, demonstration=True, name="Greffe demonstration")
    else:
        raise DeploymentError("no-keys", folder=folder)
    if ring.demonstration and not is_demonstration():
        raise DeploymentError("demonstration-keys", folder=folder)


def require_isolation() -> None:
    """Refuse to serve where a hostile document could reach more than itself (DeploymentError)."""
    from greffe.documents.sandbox.isolation import isolation  # noqa: PLC0415 - takes a moment

    found = isolation()
    if found.sufficient:
        return
    lacking = ", ".join(found.lacking) or found.error
    if not is_demonstration():
        raise DeploymentError("no-isolation", lacking=lacking)
    say_wrong(DeploymentError("little-isolation", lacking=lacking))


def require_rules() -> None:
    """Refuse to start with a wrong row of law (RuleError, with file, row and reason)."""
    from greffe.law.ruleset import load_rules  # noqa: PLC0415 - takes a moment

    overlay = os.environ.get("GREFFE_LAW")
    load_rules(Path(overlay) if overlay else None)


def require_partners() -> None:
    """Refuse to serve with a file of sign-in partners that cannot be used (DeploymentError)."""
    from greffe.accounts.partners.configuration import (  # noqa: PLC0415 - takes a moment
        PartnersFileError,
        read_partners,
    )

    file = os.environ.get("GREFFE_SIGN_IN_PARTNERS")
    try:
        if file:
            read_partners(Path(file))
    except PartnersFileError as error:
        raise DeploymentError("partners", detail=error) from error


def require_port(host: str, port: int) -> None:
    """Refuse an address that another program has, or that this machine has not (DeploymentError).

    The server shares its port among its own processes, and would silently share it with a second
    server too; hence the question beforehand.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        detail = error.strerror or error
        raise DeploymentError("port", host=host, port=port, detail=detail) from error


def require_database() -> None:
    """Refuse a database that is silent, too old, or has no tables yet (DeploymentError)."""
    import psycopg  # noqa: PLC0415 - takes a moment

    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=10) as connection:
        version = connection.info.server_version
        found = connection.execute("SELECT to_regclass('django_migrations') IS NOT NULL").fetchone()
    if version < OLDEST_POSTGRES:
        major = version // 10000
        raise DeploymentError("old-database", exit_code=NO_DATABASE, version=major)
    if not found or not found[0]:
        raise DeploymentError("no-tables", exit_code=NO_DATABASE)


@contextlib.contextmanager
def django(*, as_owner: bool = False) -> Iterator[None]:
    """Have Django set up on the database while in here, as the owner of the tables if asked."""
    prepare_environment()
    with database():
        if as_owner and os.environ.get("DATABASE_OWNER_URL"):
            os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"]
        import django as framework  # noqa: PLC0415 - only after the environment is filled

        framework.setup()
        try:
            yield
        finally:
            from django.db import connections  # noqa: PLC0415 - same

            connections.close_all()
