"""greffe serve, worker, migrate, demo, keys: what keeps the registry running."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from greffe.cli import deployment
from greffe.embedded.errors import EmbeddedError

Port = Annotated[int, typer.Option(help="Port to listen on.")]
Host = Annotated[str, typer.Option(help="Address to listen on.")]

THREADS = 256
"""A slow upload holds a thread for as long as it lasts; threads that wait cost little."""

LAST_SECONDS = 30
"""How long requests under way may take to end when the server is told to stop."""

keys = typer.Typer(help="The registry's signing keys.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(serve)
    app.command()(worker)
    app.command()(migrate)
    app.command()(demo)
    app.command("demonstration-data", hidden=True)(demonstration_data)
    app.add_typer(keys, name="keys")


@contextlib.contextmanager
def _told_plainly():  # type: ignore[no-untyped-def]  # a context manager of no value
    try:
        yield
    except EmbeddedError as error:
        typer.secho(f"{error.message_en}\n{error.message_fr}", err=True, fg="red")
        raise typer.Exit(3) from error
    except deployment.DeploymentError as error:
        typer.secho(str(error), err=True, fg="red")
        raise typer.Exit(2) from error


def migrate() -> None:
    """Bring the database to the shape this version needs, as the owner of its tables."""
    with _told_plainly(), deployment.django(as_owner=True):
        from django.core.management import call_command  # noqa: PLC0415 - Django is set up above
        from django.db import connection  # noqa: PLC0415 - same

        from greffe.ledger.grants import grant_application_role  # noqa: PLC0415 - same

        call_command("migrate", verbosity=0, interactive=False)
        grant_application_role(connection)


def serve(host: Host = "127.0.0.1", port: Port = 8000, workers: int = 1) -> None:
    """Serve the pages. Refuses to start where a document could not be inspected in isolation."""
    with _told_plainly():
        deployment.prepare_environment(serving=True)
        deployment.ensure_keys()
        _require_isolation()
        os.environ.setdefault("GREFFE_DB_POOL", "12")
        with _until_told_to_stop(), deployment.database():
            from granian import Granian  # noqa: PLC0415 - only a server needs it
            from granian.constants import Interfaces  # noqa: PLC0415 - same

            os.environ["GREFFE_SERVER"] = str(os.getpid())  # greffe.cli.serving ends with it
            Granian(
                "greffe.cli.serving:application",
                address=host,
                port=port,
                interface=Interfaces.WSGI,
                workers=workers,
                blocking_threads=THREADS,
                backlog=1024,
                log_access=False,
                respawn_failed_workers=True,
                workers_kill_timeout=LAST_SECONDS,
            ).serve()


def _require_isolation() -> None:
    from greffe.documents.sandbox.isolation import isolation  # noqa: PLC0415 - only a server needs it

    found = isolation()
    if found.sufficient:
        return
    if not deployment.is_demonstration():
        message = (
            "Documents cannot be inspected in isolation on this machine (no network namespace). "
            "Allow unprivileged user namespaces, then start again. See: greffe doctor"
        )
        raise deployment.DeploymentError(message)
    typer.secho("Demonstration: documents are inspected without full isolation here.", err=True)


def worker() -> None:
    """Do what the pages leave for later: receipts on paper, the ledger's chain, what expires."""
    with _told_plainly():
        deployment.prepare_environment()
        deployment.ensure_keys()
        with _until_told_to_stop(), deployment.django():
            from greffe.cli import working  # noqa: PLC0415 - Django is set up above

            working.run()


@contextlib.contextmanager
def _until_told_to_stop():  # type: ignore[no-untyped-def]  # a context manager of no value
    """Turn SIGTERM into an orderly end, so that the database is stopped in order too."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop)
    with contextlib.suppress(KeyboardInterrupt):
        yield


def demo(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Run the whole registry on this machine with invented people and cases, until Ctrl-C."""
    os.environ["GREFFE_DEMO"] = "1"
    os.environ.setdefault("GREFFE_URL", f"http://{host}:{port}")
    with _told_plainly(), _until_told_to_stop():
        deployment.prepare_environment()
        deployment.ensure_keys()
        typer.echo("Greffe: starting the database…")
        with deployment.database():
            _as_child(["migrate"])
            _as_child(["demonstration-data"])
            typer.secho(f"Greffe: open http://{host}:{port}  (Ctrl-C stops it)", bold=True)
            _run_both(["serve", "--host", host, "--port", str(port)], ["worker"])


def demonstration_data() -> None:
    """Enter the invented people and cases of the demonstration, once."""
    with _told_plainly(), deployment.django():
        from greffe.cli import demonstration  # noqa: PLC0415 - Django is set up above

        demonstration.make()


def _command(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "greffe.cli", *arguments]


def _as_child(arguments: Sequence[str]) -> None:
    done = subprocess.run(_command(arguments), check=False)  # noqa: S603 - our own command
    if done.returncode:
        raise typer.Exit(done.returncode)


def _run_both(*commands: Sequence[str]) -> None:
    """Run children until one ends or we are told to stop, then stop the others in order."""
    # Their own sessions: Ctrl-C reaches us alone, and we stop them before the database.
    children = [
        subprocess.Popen(_command(arguments), start_new_session=True)  # noqa: S603 - our own command
        for arguments in commands
    ]
    try:
        os.wait()
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait()


@keys.command("create")
def create_keys(name: Annotated[str, typer.Option(help="Name of the registry.")]) -> None:
    """Make the first signing keys, in GREFFE_KEYS."""
    from greffe.sealing.keys import KeyRing  # noqa: PLC0415 - only these commands need it

    folder = _key_folder()
    KeyRing.create(folder, demonstration=deployment.is_demonstration(), name=name)
    typer.echo(f"{folder}: keep a copy apart from the database and its backups.")


@keys.command("rotate")
def rotate_keys() -> None:
    """Sign with new keys from now on; earlier receipts stay verifiable."""
    from greffe.sealing.keys import KeyRing  # noqa: PLC0415 - only these commands need it

    KeyRing.load(_key_folder()).rotate()


@keys.command("publish")
def publish_keys() -> None:
    """Print the public keys, which is all that anyone needs to verify a receipt."""
    import json  # noqa: PLC0415 - only this command needs it

    from greffe.sealing.keys import KeyRing  # noqa: PLC0415 - only these commands need it

    typer.echo(json.dumps(KeyRing.load(_key_folder()).published(), indent=2, ensure_ascii=False))


def _key_folder() -> Path:
    return Path(os.environ.get("GREFFE_KEYS") or deployment.state_folder() / "keys")
