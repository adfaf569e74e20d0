"""greffe ledger: the chain of what happened, verified and published."""

import json
from pathlib import Path
from typing import Annotated

import typer

from greffe.cli import deployment

ledger = typer.Typer(help="The ledger of what happened.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(ledger, name="ledger")


@ledger.command("verify")
def verify_ledger(
    *,
    checkpoint: Annotated[
        list[Path] | None, typer.Option(help="A checkpoint kept elsewhere; may be repeated.")
    ] = None,
    as_json: AsJson = False,
    lang: Annotated[str, typer.Option("--lang", help="en or fr.")] = "en",
) -> None:
    """Find any removed, altered, added or reordered event, and name it. Exit code 1 if there is one."""
    with deployment.django():
        from greffe.filings.keys import key_ring  # noqa: PLC0415 - Django is set up above
        from greffe.ledger.verify import verify  # noqa: PLC0415 - same

        kept = [json.loads(path.read_text()) for path in checkpoint or ()]
        report = verify(published=key_ring().published(), checkpoints=kept)
        if as_json:
            typer.echo(json.dumps(report.as_json(), ensure_ascii=False))
        else:
            typer.echo(f"{report.links} events, {len(report.problems)} problems")
            for problem in report.problems:
                typer.secho(f"  ✗ {problem.text.get(lang)}", fg="red")
        raise typer.Exit(0 if report.ok else 1)


@ledger.command("checkpoint")
def make_checkpoint() -> None:
    """Sign the chain's last link and print it, to be kept where nobody here can reach it."""
    with deployment.django():
        from greffe.filings.keys import key_ring  # noqa: PLC0415 - Django is set up above
        from greffe.ledger import checkpoint  # noqa: PLC0415 - same

        envelope = checkpoint.make_checkpoint(key_ring())
        typer.echo(json.dumps(envelope, indent=2))
