"""The `greffe` command. Each command imports what it needs, so that `check` and `verify` start at once."""

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
    from greffe.cli import files, ledger, running  # noqa: PLC0415 - see the module's docstring

    files.register(app)
    ledger.register(app)
    running.register(app)


def main() -> None:
    """Run the command line; exit codes are those of each command."""
    _register()
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
