"""greffe doctor: what is configured, reachable, out of date, and what to do about it."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from greffe.cli.doctor_outcomes import Outcome, guarded
from greffe.cli.speech import NO, Language, system_language

SIGNS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "red")}
SUMS = {
    "en": "{ok} in order, {warn} to know, {fail} to mend.",
    "fr": "{ok} en ordre, {warn} à savoir, {fail} à réparer.",
}


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(doctor)


def doctor(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit code 1 for what is to know, too.")
    ] = False,
    lang: Language = system_language(),  # noqa: B008 - typer reads it once
) -> None:
    """Say what is configured, reachable and out of date, and what to do about it.

    Exit code 0 if nothing fails, 1 if something does.
    """
    counts = dict.fromkeys(SIGNS, 0)
    for outcome in _outcomes():
        counts[outcome.status] += 1
        if as_json:
            typer.echo(json.dumps(outcome.as_json(lang), ensure_ascii=False))
        else:
            _show(outcome, lang)
    if not as_json:
        typer.echo(SUMS[lang].format(**counts))
    raise typer.Exit(NO if counts["fail"] or (strict and counts["warn"]) else 0)


def _outcomes() -> Iterator[Outcome]:
    """Every check in order. One that breaks is an outcome too: the others are still wanted."""
    from greffe.cli import (  # noqa: PLC0415 - the doctor's alone
        doctor_backup,
        doctor_database,
        doctor_law,
        doctor_machine,
        doctor_mail,
        doctor_partners,
        doctor_texts,
    )

    today = date.today()  # noqa: DTZ011 - the day here
    yield from guarded("state", doctor_machine.state)
    yield from guarded("space", doctor_machine.space)
    yield from guarded("store", doctor_machine.store)
    yield from guarded("keys", doctor_machine.keys)
    yield from guarded("isolation", doctor_machine.isolation)
    yield from guarded("secret", doctor_machine.secret)
    yield from guarded("address", doctor_machine.address)
    yield from guarded("clock", doctor_machine.local_clock)
    yield from guarded("backup", lambda: doctor_backup.backup(datetime.now(UTC)))
    yield from guarded("rules", lambda: doctor_law.rules(today))
    yield from guarded("database", doctor_database.database)
    yield from doctor_machine.absent()
    yield from guarded("mail", doctor_mail.mail)
    yield from guarded("texts", doctor_texts.service)
    yield from guarded("partners", lambda: doctor_partners.partners(datetime.now(UTC)))


def _show(outcome: Outcome, lang: str) -> None:
    sign, colour = SIGNS[outcome.status]
    typer.secho(f"{sign} {outcome.name}", fg=colour, bold=True, nl=False)
    typer.echo(f"  {outcome.means(lang)}")
    if outcome.remedy(lang):
        typer.echo(f"    → {outcome.remedy(lang)}")
