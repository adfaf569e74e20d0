"""greffe keys: make, rotate and publish the registry's signing keys."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from greffe.cli import deployment
from greffe.cli.speech import AsJson, pick, told_plainly

keys = typer.Typer(help="The registry's signing keys.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(keys, name="keys")


def key_folder() -> Path:
    """Where the keys are: GREFFE_KEYS, or keys in the state folder."""
    return Path(os.environ.get("GREFFE_KEYS") or deployment.state_folder() / "keys")


@keys.command("create")
def create_keys(
    name: Annotated[str, typer.Option(help="Name of the registry.")], *, as_json: AsJson = False
) -> None:
    """Make the first signing keys in GREFFE_KEYS; where there are keys already, change nothing."""
    from greffe.sealing.keys import KeyRing  # noqa: PLC0415 - only these commands need it

    with told_plainly():
        ring = KeyRing.create(key_folder(), demonstration=deployment.is_demonstration(), name=name)
        _say(ring.receipt_key()[0], ring.seal_key()[0], as_json=as_json)


@keys.command("rotate")
def rotate_keys(*, as_json: AsJson = False) -> None:
    """Sign with new keys from now on; earlier receipts stay verifiable, servers need no restart."""
    from greffe.sealing.keys import KeyRing  # noqa: PLC0415 - only these commands need it

    with told_plainly():
        ring = KeyRing.load(key_folder())
        ring.rotate()
        _say(ring.receipt_key()[0], ring.seal_key()[0], as_json=as_json)


def _say(receipt: str, seal: str, *, as_json: bool) -> None:
    folder = key_folder()
    if as_json:
        typer.echo(json.dumps({"folder": str(folder), "receipt": receipt, "seal": seal}))
        return
    typer.echo(
        pick(
            f"{folder}: {receipt} signs receipts, {seal} seals PDFs.\n"
            "Keep a copy of this folder apart from the database and its backups.",
            f"{folder}\u00a0: {receipt} signe les accusés de réception, {seal} scelle les PDF.\n"
            "Conservez une copie de ce dossier à part de la base de données et de ses sauvegardes.",
        )
    )


@keys.command("publish")
def publish_keys() -> None:
    """Print the public keys (JSON), which is all that anyone needs to verify a receipt."""
    from greffe.sealing.keys import KeyRing  # noqa: PLC0415 - only these commands need it

    with told_plainly():
        published = KeyRing.load(key_folder()).published()
        typer.echo(json.dumps(published, indent=2, ensure_ascii=False))
