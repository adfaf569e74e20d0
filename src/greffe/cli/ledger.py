"""greffe ledger: the chain of what happened, verified and published."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greffe.cli import deployment
from greffe.cli.speech import (
    NO,
    WRONG,
    AsJson,
    DeploymentError,
    Language,
    system_language,
    told_plainly,
)

if TYPE_CHECKING:  # needs Django, which is set up later
    from greffe.ledger.verify import Report

ledger = typer.Typer(help="The ledger of what happened.", no_args_is_help=True)

SUMS = {
    "en": (
        "{links} events in the chain, {waiting} waiting, {checkpoints} checkpoints, "
        "{problems} problems."
    ),
    "fr": (
        "{links} événements dans la chaîne, {waiting} en attente, "
        "{checkpoints} points de contrôle, {problems} problèmes."
    ),
}


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
    lang: Language = system_language(),  # noqa: B008 - typer reads it once
) -> None:
    """Find any removed, altered, added or reordered event, and name it. Reads only.

    Exit code 1 if there is one. What was cut off the end, or recomputed whole, is found only by a
    checkpoint that was kept elsewhere.
    """
    with told_plainly():
        kept = read_checkpoints(checkpoint or ())
        with deployment.django():
            deployment.require_database()
            from greffe.ledger.keys import key_ring  # noqa: PLC0415 - Django is set up above
            from greffe.ledger.verify import verify  # noqa: PLC0415 - same

            published = key_ring().published()
            report = verify(published=published, checkpoints=kept, progress=_progress())
        _say(report, lang, as_json=as_json)
        raise typer.Exit(0 if report.ok else NO)


def read_checkpoints(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """Read checkpoints. DeploymentError for a file that is none."""
    return [_checkpoint(path) for path in paths]


def _checkpoint(path: Path) -> dict[str, Any]:
    try:
        envelope = json.loads(path.read_bytes())
    except OSError as error:
        raise DeploymentError("unreadable-file", path=path, detail=error.strerror) from error
    except ValueError as error:
        raise DeploymentError("checkpoint-file", path=path) from error
    if not isinstance(envelope, dict) or "payload" not in envelope:
        raise DeploymentError("checkpoint-file", path=path)
    return envelope


def _progress() -> Callable[[int], None] | None:
    """Count on the terminal, if there is one: a long chain takes minutes."""
    if not sys.stderr.isatty():
        return None
    return lambda read: typer.echo(f"\r{read:,}", err=True, nl=False)


def _say(report: "Report", lang: str, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False))
        return
    counts = {name: getattr(report, name) for name in ("links", "waiting", "checkpoints")}
    typer.echo(SUMS[lang].format(**counts, problems=len(report.problems)))
    for problem in report.problems:
        typer.secho(f"  ✗ {problem.text.get(lang)}", fg="red")


@ledger.command("checkpoint")
def make_checkpoint() -> None:
    """Sign the chain's last link and print it (JSON), to be kept where nobody here can reach it."""
    with told_plainly(), deployment.django():
        deployment.require_database()
        from greffe.ledger import checkpoint  # noqa: PLC0415 - same
        from greffe.ledger.keys import key_ring  # noqa: PLC0415 - Django is set up above

        envelope = checkpoint.make_checkpoint(key_ring())
        if envelope is None:
            raise DeploymentError("empty-chain", exit_code=WRONG)
        typer.echo(json.dumps(envelope, indent=2))
