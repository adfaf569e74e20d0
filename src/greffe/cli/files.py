"""greffe check and greffe verify: what anyone can do with files and receipts, without a registry.

Nothing here imports Django.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from greffe.cli.speech import (
    NO,
    WRONG,
    DeploymentError,
    Lang,
    Language,
    say_wrong,
    system_language,
    told_plainly,
)

if TYPE_CHECKING:  # what a command does not use it does not load
    from greffe.law.filing import Finding
    from greffe.law.ruleset import RuleSet
    from greffe.sealing.verify import Report

LinesOfJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Files = Annotated[list[Path], typer.Argument(metavar="FILE…", show_default=False)]

SIGNS = {"refuse": "✗", "warn": "!", "inform": "i"}
VERDICTS = {
    "en": {
        "ok": "can be filed",
        "warn": "can be filed, but read this",
        "refuse": "would be refused",
    },
    "fr": {
        "ok": "peut être déposé",
        "warn": "peut être déposé, mais lisez ceci",
        "refuse": "serait refusé",
    },
}
WORTH = {
    "en": ("NOT PROVEN", "whole, but of a demonstration", "proven"),
    "fr": ("NON PROUVÉ", "entier, mais d’une démonstration", "prouvé"),
}


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(check)
    app.command()(verify)


def check(
    files: Files,
    *,
    as_json: LinesOfJson = False,
    lang: Language = system_language(),  # noqa: B008 - typer reads it once
) -> None:
    """Say what would make the registry return each file, by the rules of today.

    Exit code 1 if any would be refused, 2 if any cannot be read.
    """
    with told_plainly():
        from greffe.law.ruleset import packaged_rules  # noqa: PLC0415 - starts at once

        codes = {_check_one(path, packaged_rules(), as_json=as_json, lang=lang) for path in files}
        raise typer.Exit(max(codes, default=0))


def _check_one(path: Path, rules: "RuleSet", *, as_json: bool, lang: str) -> int:
    from greffe.documents.sandbox.inspection import inspect  # noqa: PLC0415 - starts at once
    from greffe.law.filing import judge_file  # noqa: PLC0415 - same

    try:
        sha256, facts = _sha256(path), inspect(path)
    except OSError as error:
        return _unreadable(path, error, as_json=as_json, lang=lang)
    found = judge_file(rules, facts, name=path.name, on=date.today())  # noqa: DTZ011 - the day here
    verdict = next((s for s in ("refuse", "warn") if any(f.severity == s for f in found)), "ok")
    if as_json:
        said = [_finding(one, lang) for one in found]
        _line(file=str(path), sha256=sha256, pages=facts.pages, verdict=verdict, findings=said)
    else:
        typer.secho(f"{path}{_colon(lang)} {VERDICTS[lang][verdict]}", bold=True)
        for one in found:
            typer.echo(f"  {SIGNS[one.severity]} {one.text(lang)}\n    {one.remedy(lang)}")
    return NO if verdict == "refuse" else 0


def _unreadable(path: Path, error: OSError, *, as_json: bool, lang: str) -> int:
    told = DeploymentError("unreadable-file", path=path, detail=error.strerror or error)
    if as_json:
        finding = {"code": "unreadable", "severity": "refuse", "page": None}
        findings = [finding | {"message": told.text(lang)}]
        _line(file=str(path), sha256=None, pages=None, verdict="refuse", findings=findings)
    else:
        say_wrong(told, lang)
    return WRONG


def _line(**content: Any) -> None:
    # A name that is no UTF-8 comes from the system as lone surrogates: they are escaped.
    line = json.dumps(content, ensure_ascii=False)
    typer.echo(line.encode("utf-8", "backslashreplace").decode())


def _colon(lang: str) -> str:
    return "\u00a0:" if lang == "fr" else ":"


def _finding(found: "Finding", lang: str) -> dict[str, Any]:
    return {
        "code": found.code,
        "severity": found.severity,
        "page": found.page,
        "message": found.text(lang),
    }


def _sha256(path: Path) -> str:
    import hashlib  # noqa: PLC0415 - starts at once

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(
    receipts: Files,
    *,
    keys: Annotated[Path, typer.Option(help="The registry's published keys (keys.json).")],
    document: Annotated[
        list[Path] | None, typer.Option(help="A filed document to compare; may be repeated.")
    ] = None,
    as_json: LinesOfJson = False,
    lang: Language = system_language(),  # noqa: B008 - typer reads it once
) -> None:
    """Say what receipts (JSON or PDF) prove and what they do not.

    Exit code 1 if any proves nothing, or a document is not the one filed; 2 if a file cannot be
    read.
    """
    published = _published(keys, lang)
    documents = [(path.name, path) for path in document or ()]
    for path in document or ():
        _need(path, lang)
    codes = {
        _verify_one(path, published, documents, as_json=as_json, lang=lang) for path in receipts
    }
    raise typer.Exit(max(codes, default=0))


def _published(path: Path, lang: str) -> Mapping[str, Any]:
    from greffe.sealing.keys import load_published  # noqa: PLC0415 - starts at once

    try:
        return load_published(path.read_bytes())
    except OSError as error:
        _end(DeploymentError("unreadable-file", path=path, detail=error.strerror), lang)
    except ValueError:
        _end(DeploymentError("published-keys", path=path), lang)


def _need(path: Path, lang: str) -> None:
    try:
        path.open("rb").close()
    except OSError as error:
        _end(DeploymentError("unreadable-file", path=path, detail=error.strerror), lang)


def _end(error: DeploymentError, lang: str) -> NoReturn:
    say_wrong(error, lang)
    raise typer.Exit(error.exit_code)


def _verify_one(
    path: Path,
    published: Mapping[str, Any],
    documents: Sequence[tuple[str, Path]],
    *,
    as_json: bool,
    lang: Language,
) -> int:
    from greffe.sealing.verify import check as check_receipt  # noqa: PLC0415 - starts at once

    try:
        data = path.read_bytes()
    except OSError as error:
        return _unreadable_receipt(path, error, as_json=as_json, lang=lang)
    report = check_receipt(data, published, name=path.name, documents=documents)
    if as_json:
        _line(**report.as_json(lang.value) | {"file": str(path)})
    else:
        _show(path, report, lang)
    return 0 if report.ok else NO


def _unreadable_receipt(path: Path, error: OSError, *, as_json: bool, lang: str) -> int:
    told = DeploymentError("unreadable-file", path=path, detail=error.strerror or error)
    if as_json:
        problem = {"code": "unreadable", "text": told.text(lang)}
        _line(file=str(path), ok=False, problems=[problem], proven=[], not_proven=[])
    else:
        say_wrong(told, lang)
    return WRONG


def _show(path: Path, report: "Report", lang: Lang) -> None:
    words = WORTH[lang][0 if not report.ok else 1 if report.demonstration else 2]
    typer.secho(
        f"{path}{_colon(lang)} {words}", bold=True, fg=None if report.ok else typer.colors.RED
    )
    groups = {"✗": report.problems, "✓": report.proven, "–": report.not_proven}
    for sign, said in groups.items():
        for statement in said:
            typer.echo(f"  {sign} {statement.text(lang.value)}")
