"""What the doctor looks at in the rules: that they load, closures ahead, rules that end soon."""

import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from greffe.cli.doctor_outcomes import Outcome
from greffe.law import calendar
from greffe.law.rows import Row
from greffe.law.ruleset import TABLES, RuleError, RuleSet, load_rules

SOON = 90  # days
YEAR = timedelta(days=365)


def rules(on: date) -> Iterator[Outcome]:
    """The rules of this deployment; what follows is not looked at if they do not load."""
    overlay = os.environ.get("GREFFE_LAW")
    try:
        found = load_rules(Path(overlay) if overlay else None)
    except RuleError as error:
        details = {"file": error.file, "row": error.row, "reason": error.reason}
        yield Outcome("rules", "fail", "rules-wrong", {"detail": error}, details)
        return
    count = sum(len(_rows(found, table.name)) for table in TABLES)
    params = {"rows": count, "hash": found.hash[:12], "overlay": overlay}
    code = "rules-overlay" if overlay else "rules"
    yield Outcome("rules", "ok", code, params, {"rows": count, "hash": found.hash})
    yield closures(found, on)
    yield ending(found, on)


def _rows(rules: RuleSet, table: str) -> tuple[Row, ...]:
    rows: tuple[Row, ...] = getattr(rules, table)
    return rows


def closures(rules: RuleSet, on: date) -> Outcome:
    """How many closed days of the year that begins on the day `on` are known, by office."""
    offices = {row.id: row.label for row in rules.offices if row.in_force(on)}
    counts = {office: _closed_days(rules, office, on) for office in offices}
    without = [office for office, count in counts.items() if not count]
    if without:
        return Outcome(
            "closures", "fail", "closures-missing", {"offices": ", ".join(without)}, counts
        )
    params = {"offices": len(counts), "least": min(counts.values()), "most": max(counts.values())}
    return Outcome("closures", "ok", "closures", params, counts)


def _closed_days(rules: RuleSet, office: str, on: date) -> int:
    years = range(on.year, (on + YEAR).year + 1)
    days = (closed.day for year in years for closed in calendar.closures(rules, office, year))
    return sum(on <= day < on + YEAR for day in days)


def ending(rules: RuleSet, on: date) -> Outcome:
    """Which rows end within 90 days and have no version that follows."""
    last = on + timedelta(days=SOON)
    rows = [
        f"{table.name}/{row.id} ({row.in_force_to})"
        for table in TABLES
        for row in _rows(rules, table.name)
        if row.in_force_to
        and on <= row.in_force_to <= last
        and not _followed(_rows(rules, table.name), row)
    ]
    if not rows:
        return Outcome("ending", "ok", "ending", {"days": SOON})
    params = {"count": len(rows), "days": SOON, "rows": ", ".join(rows)}
    return Outcome("ending", "warn", "ending-soon", params, {"rows": rows})


def _followed(rows: tuple[Row, ...], ending_row: Row) -> bool:
    end = ending_row.in_force_to
    return end is not None and any(
        row.id == ending_row.id and row.in_force(end + timedelta(days=1)) for row in rows
    )
