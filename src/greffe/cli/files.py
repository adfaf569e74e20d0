"""greffe check and greffe verify: what anyone can do with files and receipts, without a registry.

Nothing here imports Django.
"""

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Language = Annotated[str, typer.Option("--lang", help="en or fr.")]
Files = Annotated[list[Path], typer.Argument(metavar="FILE…", exists=False)]

SIGNS = {"refuse": "✗", "warn": "!", "inform": "i"}


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(check)
    app.command()(verify)


def check(files: Files, *, as_json: AsJson = False, lang: Language = "en") -> None:
    """Say what would make the registry return each file. Exit code 1 if any would be refused."""
    verdicts = [_check_one(path, as_json=as_json, lang=lang) for path in files]
    raise typer.Exit(1 if "refuse" in verdicts else 0)


def _check_one(path: Path, *, as_json: bool, lang: str) -> str:
    from greffe.documents.sandbox.inspection import inspect  # noqa: PLC0415 - starts at once
    from greffe.law.filing import judge_file  # noqa: PLC0415 - same
    from greffe.law.ruleset import packaged_rules  # noqa: PLC0415 - same

    try:
        facts, sha256 = inspect(path), _sha256(path)
    except OSError as error:
        typer.secho(f"{path}: {error.strerror}", err=True, fg="red")
        return "refuse"
    found = judge_file(packaged_rules(), facts, name=path.name, on=date.today())  # noqa: DTZ011 - the day here
    verdict = next((s for s in ("refuse", "warn") if any(f.severity == s for f in found)), "ok")
    if as_json:
        findings = [_finding(f, lang) for f in found]
        line = {
            "file": str(path),
            "sha256": sha256,
            "pages": facts.pages,
            "verdict": verdict,
            "findings": findings,
        }
        typer.echo(json.dumps(line, ensure_ascii=False))
        return verdict
    typer.secho(f"{path}: {verdict}", bold=True)
    for f in found:
        typer.echo(f"  {SIGNS[f.severity]} {f.text(lang)}\n    {f.remedy(lang)}")
    return verdict


def _finding(found: Any, lang: str) -> dict[str, Any]:
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
    as_json: AsJson = False,
    lang: Language = "en",
) -> None:
    """Say what receipts (JSON or PDF) prove and what they do not. Exit code 1 if any proves nothing."""
    from greffe.sealing.keys import load_published  # noqa: PLC0415 - starts at once

    published = load_published(keys.read_bytes())
    documents = [(path.name, path) for path in document or ()]
    ok = [_verify_one(path, published, documents, as_json=as_json, lang=lang) for path in receipts]
    raise typer.Exit(0 if all(ok) else 1)


def _verify_one(path: Path, published: Any, documents: Any, *, as_json: bool, lang: str) -> bool:
    from greffe.sealing.verify import check as check_receipt  # noqa: PLC0415 - starts at once

    try:
        data = path.read_bytes()
    except OSError as error:
        typer.secho(f"{path}: {error.strerror}", err=True, fg="red")
        return False
    report = check_receipt(data, published, name=path.name, documents=documents)
    parts = {
        "problems": report.problems,
        "proven": report.proven,
        "not_proven": report.not_proven,
    }
    if as_json:
        texts = {
            name: [{"code": s.code, "text": s.text(lang)} for s in said]
            for name, said in parts.items()
        }
        typer.echo(json.dumps({"file": str(path), "ok": report.ok} | texts, ensure_ascii=False))
        return report.ok
    typer.secho(
        f"{path}: {'ok' if report.ok else 'NOT PROVEN'}", bold=True, fg=None if report.ok else "red"
    )
    for name, said in parts.items():
        for statement in said:
            sign = {"problems": "✗", "proven": "✓", "not_proven": "–"}[name]
            typer.echo(f"  {sign} {statement.text(lang)}")
    return report.ok
