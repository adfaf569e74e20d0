"""The `greffe` command. Each command imports what it needs: `check` and `verify` start at once."""

import os
import sys

import typer

app = typer.Typer(
    name="greffe",
    help="Greffe, the electronic registry of a tribunal.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _register() -> None:
    from greffe.cli import demo, doctor, files, keys, ledger, running  # noqa: PLC0415 - see above

    for room in (running, demo, files, ledger, keys, doctor):
        room.register(app)


def main() -> None:
    """Run the command line; exit codes are those of each command."""
    _register()
    if "GREFFE_PARENT" in os.environ:
        from greffe.cli.processes import end_with_whoever_asked  # noqa: PLC0415 - see above

        end_with_whoever_asked()
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
