"""The `greffe` command. Each command imports what it needs: `check` and `verify` start at once."""

import os
import sys

import typer


def build() -> typer.Typer:
    """The command line, with every command."""
    from greffe.cli import backup, bounce, demo, doctor, files, keys, ledger, retention, running  # noqa: PLC0415 - see above

    app = typer.Typer(
        name="greffe",
        help="Greffe, the electronic registry of a tribunal.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for room in (running, demo, files, ledger, keys, backup, retention, bounce, doctor):
        room.register(app)
    return app


def main() -> None:
    """Run the command line; exit codes are those of each command (see greffe.cli.speech)."""
    if "GREFFE_PARENT" in os.environ:
        from greffe.cli.processes import end_with_whoever_asked  # noqa: PLC0415 - see above

        end_with_whoever_asked()
    try:
        build()()
    except KeyboardInterrupt:
        sys.exit(130)
