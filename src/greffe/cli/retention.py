"""greffe retention: what goes because its time is over, by which row, and what a hold keeps."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from greffe.cli import deployment
from greffe.cli.speech import Lang, Language, system_language, told_plainly
from greffe.cli.texts import words

if TYPE_CHECKING:  # they need Django, which is set up later
    from greffe.filings.retention import Over


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(retention)


def retention(
    *,
    apply: Annotated[
        bool, typer.Option("--apply/--dry-run", help="Do it; otherwise only say it.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    lang: Language = system_language(),  # noqa: B008 - typer reads it once
) -> None:
    """Say what goes because its time is over, by which row of law, and what a legal hold keeps.

    The worker does it each hour; --apply does it now. Nothing that was filed, and nothing on a case
    file, is ever among it.
    """
    with told_plainly(), deployment.django():
        deployment.require_database()
        from django.utils import timezone  # noqa: PLC0415 - Django is set up above

        from greffe.filings.draft_actions import expire_all  # noqa: PLC0415 - same
        from greffe.filings.retention import everything_over  # noqa: PLC0415 - same

        now = timezone.now()
        found = list(everything_over(now=now))
        gone: set[UUID] = set()
        if apply:
            expire_all(now=now)
            gone = {one.id for one in found} - {one.id for one in everything_over(now=now)}
        if as_json:
            for one in found:
                typer.echo(json.dumps(one.as_json() | {"gone": one.id in gone}))
        else:
            _say(found, gone, lang, apply=apply)


def _say(found: "Sequence[Over]", gone: set[UUID], lang: Lang, *, apply: bool) -> None:
    from greffe.cases.rules import rules  # noqa: PLC0415 - Django is set up by now

    for row in rules().retention:
        code = "kept" if row.days is None else "days"
        counted_from = row.counted_from.get(lang) if row.counted_from else ""
        _echo(
            code,
            lang,
            row=row.id,
            label=row.label.get(lang),
            days=row.days,
            counted_from=counted_from,
            authority=row.authority,
        )
    for one in found:
        until = f"{one.until:%Y-%m-%d %H:%M} UTC"
        code = "held" if not one.goes else "gone" if one.id in gone else "goes"
        _echo(code, lang, row=one.rule.id, id=one.id, until=until)
    goes = sum(one.goes for one in found)
    _echo(
        "sum-applied" if apply else "sum", lang, gone=len(gone), goes=goes, held=len(found) - goes
    )


def _echo(code: str, lang: Lang, **params: object) -> None:
    typer.echo(words("retention", code, "means", lang, params))
