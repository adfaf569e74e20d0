"""greffe serve, worker and migrate: what keeps the registry running."""

import json
import os
from typing import Annotated

import typer

from greffe.cli import deployment
from greffe.cli.processes import until_told_to_stop
from greffe.cli.speech import AsJson, pick, told_plainly

Port = Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)]
Host = Annotated[str, typer.Option(help="Address to listen on.")]

THREADS = 256
"""A slow upload holds a thread for as long as it lasts; threads that wait cost little."""

CONNECTIONS = "12"
"""Connections to the database that one process of the server shares among its threads."""

LAST_SECONDS = 30
"""How long requests under way may take to end when the server is told to stop."""


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(serve)
    app.command()(worker)
    app.command()(migrate)


def migrate(*, as_json: AsJson = False) -> None:
    """Bring the database to the shape this version needs, as the owner of its tables.

    Gives the application's role its rights too: it may append to the ledger and never change it.
    """
    with told_plainly(), deployment.django(as_owner=True):
        from django.core.management import call_command  # noqa: PLC0415 - Django is set up above
        from django.db import connection  # noqa: PLC0415 - same

        from greffe.ledger.grants import grant_application_role  # noqa: PLC0415 - same

        call_command("migrate", verbosity=0, interactive=False)
        granted = grant_application_role(connection)
        if as_json:
            typer.echo(json.dumps({"migrated": True, "application_role": granted}))


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(help="Processes of the server.", min=1)] = 1,
) -> None:
    """Serve the pages until told to stop.

    Refuses to start without a secret, keys, right rules, a free port, or a way to inspect documents
    in isolation.
    """
    with told_plainly():
        deployment.prepare_environment(serving=True)
        deployment.ensure_keys()
        deployment.require_rules()
        deployment.require_partners()
        deployment.require_isolation()
        deployment.require_port(host, port)
        os.environ.setdefault("GREFFE_DB_POOL", CONNECTIONS)
        with until_told_to_stop(), deployment.database():
            deployment.require_database()
            # Pages never need the owner's rights: what serves them is not told of them.
            os.environ.pop("DATABASE_OWNER_URL", None)
            typer.echo(
                pick(f"Greffe: serving at {host}, port {port}", f"Greffe sert {host}, port {port}")
            )
            _serve(host, port, workers)


def _serve(host: str, port: int, workers: int) -> None:
    from granian import Granian  # noqa: PLC0415 - only a server needs it
    from granian.constants import Interfaces  # noqa: PLC0415 - same
    from granian.log import LogLevels  # noqa: PLC0415 - same

    os.environ["GREFFE_SERVER"] = str(os.getpid())  # greffe.cli.serving ends with it
    Granian(
        "greffe.cli.serving:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backlog=1024,
        websockets=False,
        log_access=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=LAST_SECONDS,
    ).serve()


def worker() -> None:
    """Do what the pages leave for later: receipts on paper, the ledger's chain, what expires."""
    with told_plainly():
        deployment.prepare_environment()
        deployment.ensure_keys()
        deployment.require_rules()
        with until_told_to_stop(), deployment.django():
            deployment.require_database()
            from greffe.cli import working  # noqa: PLC0415 - Django is set up above

            working.run()
