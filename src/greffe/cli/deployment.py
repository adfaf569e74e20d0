"""From an environment, perhaps empty, to one in which Django can start.

Without DATABASE_URL the embedded PostgreSQL is started; without GREFFE_SECRET_KEY the demonstration
makes one in the state folder, and anything else refuses to serve.
"""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from greffe.embedded import server as embedded
from greffe.sealing.keys import KeyRing


class DeploymentError(Exception):
    """Something that must be set or mended before the registry can run; the text says what to do."""


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


def prepare_environment(*, serving: bool = False) -> None:
    """Fill what Django reads. Raises DeploymentError where only the operator can.

    Only what is `serving` people signs their sessions, and so needs the secret that all share.
    """
    state = state_folder()
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ["GREFFE_STATE"] = str(state)
    os.environ["DJANGO_SETTINGS_MODULE"] = "greffe.settings"
    if not os.environ.get("GREFFE_SECRET_KEY"):
        os.environ["GREFFE_SECRET_KEY"] = _secret_key(state, serving=serving)


def _secret_key(state: Path, *, serving: bool) -> str:
    file = state / "secret-key"
    with contextlib.suppress(FileNotFoundError):
        return file.read_text().strip()
    if not is_demonstration() and not serving:
        return secrets.token_urlsafe(64)
    if not is_demonstration():
        message = "Set GREFFE_SECRET_KEY to a long random text, the same for every process."
        raise DeploymentError(message)
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as opened:
            opened.write(secrets.token_urlsafe(64))
    return file.read_text().strip()


def ensure_keys() -> None:
    """Make demonstration keys where there are none; anything else must bring its own."""
    folder = Path(os.environ.get("GREFFE_KEYS") or state_folder() / "keys")
    if folder.is_dir() and any(folder.iterdir()):
        KeyRing.load(folder)
    elif is_demonstration():
        KeyRing.create(folder, demonstration=True, name="Greffe demonstration")
    else:
        message = f"There are no signing keys in {folder}. Make them with: greffe keys create"
        raise DeploymentError(message)


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
