"""greffe backup and greffe restore: a copy of everything but the keys, and the way back."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Any, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from greffe.cli import deployment
from greffe.cli.last_backup import note_backup
from greffe.cli.ledger import read_checkpoints
from greffe.cli.speech import NO, AsJson, Lang, Language, system_language, told_plainly
from greffe.cli.texts import words

if TYPE_CHECKING:  # they need Django, which is set up later
    from greffe.cli.backing_up import Sums
    from greffe.cli.backup_folder import Manifest, Problem
    from greffe.cli.checking import Found

Target = Annotated[Path, typer.Argument(metavar="TARGET", show_default=False)]
Source = Annotated[Path, typer.Argument(metavar="SOURCE", show_default=False)]
Checkpoints = Annotated[
    list[Path] | None, typer.Option(help="A checkpoint kept elsewhere; may be repeated.")
]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(backup)
    app.command()(restore)


class Shown:
    """Progress on the terminal, if there is one."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
        )
        self._task = self._bars.add_task("", visible=False)

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def begin(self, step: str, total: int | None) -> None:
        """A step begins, of `total` bytes if that is known."""
        name = words("backup", f"step-{step}", "means", self._lang, {})
        self._task = self._bars.add_task(name, total=total)

    def advance(self, by: int) -> None:
        """So many more bytes are done."""
        self._bars.advance(self._task, by)


def backup(
    target: Target,
    *,
    full: Annotated[
        bool, typer.Option("--full", help="Read and copy every document again; link none.")
    ] = False,
    as_json: AsJson = False,
    lang: Language = system_language(),  # noqa: B008 - typer reads it once
) -> None:
    """Back up the database and every document it names to a new folder in TARGET.

    Work goes on meanwhile. Documents that the last backup in TARGET has are hard links. The private
    keys are not in it: keep them apart. Exit code 1 if the backup is made and something is wrong.
    """
    with told_plainly(), deployment.django():
        deployment.require_database()
        from greffe.cli.backing_up import back_up  # noqa: PLC0415 - Django is set up above
        from greffe.documents.stores import document_store  # noqa: PLC0415 - same

        with Shown(lang) as progress:
            manifest, sums = back_up(target, document_store(), full=full, progress=progress)
        whole = bool(manifest.ledger["ok"]) and not sums.problems
        if whole:
            note_backup(target / manifest.name, manifest.made_at)
        _say_made(target / manifest.name, manifest, sums, lang, as_json=as_json)
        raise typer.Exit(0 if whole else NO)


def _say_made(
    folder: Path, manifest: "Manifest", sums: "Sums", lang: Lang, *, as_json: bool
) -> None:
    if as_json:
        said = {
            "ok": bool(manifest.ledger["ok"]) and not sums.problems,
            "folder": str(folder),
            "copied": sums.copied,
            "linked": sums.linked,
            "manifest": manifest.model_dump(mode="json"),
        }
        typer.echo(json.dumps(said, ensure_ascii=False))
        return
    params: dict[str, object] = {
        "folder": folder,
        "documents": manifest.documents.count,
        "copied": sums.copied,
        "linked": sums.linked,
        "links": manifest.ledger["links"],
        "waiting": manifest.ledger["waiting"],
    }
    _echo("made", lang, params)
    _say_problems(sums.problems, lang)
    if not manifest.ledger["ok"]:
        _echo("ledger-wrong", lang, {"problems": len(manifest.ledger["problems"])}, wrong=True)


def restore(
    source: Source,
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Only read the backup and say whether it is whole.")
    ] = False,
    checkpoint: Checkpoints = None,
    as_json: AsJson = False,
    lang: Language = system_language(),  # noqa: B008 - typer reads it once
) -> None:
    """Put a backup (SOURCE, or the newest one in it) into an empty database and an empty store.

    Then reads everything and verifies it against the ledger, naming each document that is missing
    or altered; exit code 1 if there is one. Cut short, the same command goes on where it was.
    """
    with told_plainly():
        kept = read_checkpoints(checkpoint or ())
        from greffe.cli.backup_folder import choose_backup  # noqa: PLC0415 - takes a moment

        folder = choose_backup(source)
        manifest, found = _look(folder, lang) if check else _restore(folder, kept, lang)
        _say_found(folder, manifest, found, lang, checked=check, as_json=as_json)
        raise typer.Exit(0 if found.ok else NO)


def _look(folder: Path, lang: Lang) -> "tuple[Manifest, Found]":
    from greffe.cli.checking import look_at  # noqa: PLC0415 - as above

    with Shown(lang) as progress:
        return look_at(folder, progress=progress)


def _restore(folder: Path, kept: list[dict[str, Any]], lang: Lang) -> "tuple[Manifest, Found]":
    with deployment.django(as_owner=True):
        from greffe.cli.restoring import restore as put_back  # noqa: PLC0415 - Django is set up
        from greffe.documents.stores import document_store  # noqa: PLC0415 - same

        with Shown(lang) as progress:
            return put_back(folder, document_store(), checkpoints=kept, progress=progress)


def _say_found(
    folder: Path, manifest: "Manifest", found: "Found", lang: Lang, *, checked: bool, as_json: bool
) -> None:
    if as_json:
        said = {"ok": found.ok, "folder": str(folder), "made_at": manifest.made_at}
        typer.echo(json.dumps(said | found.as_json(), ensure_ascii=False))
        return
    params: dict[str, object] = {
        "folder": folder,
        "made": manifest.made_at,
        "documents": found.documents,
        "links": found.ledger.links if found.ledger else 0,
        "waiting": found.ledger.waiting if found.ledger else 0,
    }
    _echo("checked" if checked else "restored", lang, params)
    _say_problems(found.problems.values(), lang)
    for problem in found.ledger.problems if found.ledger else ():
        typer.secho(f"  ✗ {problem.text.get(lang)}", fg="red")
    if found.ledger_differs:
        _echo("ledger-differs", lang, {}, wrong=True)
    for number, sha256 in found.filed_otherwise:
        _echo("filed-otherwise", lang, {"number": number, "sha256": sha256}, wrong=True)
    if checked:
        return
    if not found.application_role:
        _echo("no-role", lang, {})
    if found.pending_migrations:
        _echo("migrations", lang, {"count": found.pending_migrations})


def _say_problems(problems: "Iterable[Problem]", lang: Lang) -> None:
    for problem in problems:
        _say_problem(problem, lang)


def _say_problem(problem: "Problem", lang: Lang) -> None:
    params: dict[str, object] = {"key": problem.key, "sha256": problem.sha256}
    _echo(f"document-{problem.code}", lang, params, wrong=True)
    if problem.filed_in:
        _echo("filed-in", lang, {"numbers": ", ".join(problem.filed_in)})
    if problem.saved:
        _echo("saved", lang, {})


def _echo(code: str, lang: Lang, params: dict[str, object], *, wrong: bool = False) -> None:
    typer.secho(
        ("  ✗ " if wrong else "") + words("backup", code, "means", lang, params),
        fg=("red" if wrong else None),
    )
    remedy = words("backup", code, "do", lang, params)
    if remedy:
        typer.echo(f"    → {remedy}")
