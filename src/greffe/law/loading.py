"""Reads rows from TOML and says, in plain words, which row of which file is wrong and why.

A file holds arrays of tables, one key for each kind of row, and may begin with `[defaults]`: values
that every row of that file takes where it does not give its own.
"""

import datetime as dt
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from pydantic import ValidationError

from greffe.law.rows import Row

DEFAULTS = "defaults"


class RuleError(Exception):
    """A row of law that cannot be used. It stops the start: a wrong rule decides wrong cases."""

    def __init__(self, file: str, row: str, reason: str) -> None:
        self.file, self.row, self.reason = file, row, reason
        where = f"{file}, row “{row}”" if row else file
        super().__init__(f"{where}: {reason}")


@dataclass(frozen=True, slots=True)
class Table:
    """Where the rows of one kind are kept: `[[key]]` in `file`, each of the class `row`."""

    name: str
    file: str
    key: str
    row: type[Row]


@dataclass(frozen=True, slots=True)
class Placed:
    """A row with the file that it was read from."""

    row: Row
    file: str


def parse(file: str, content: bytes, tables: Sequence[Table]) -> dict[str, list[Placed]]:
    """Read one file into the rows of `tables` (those it may hold), by the table's name.

    RuleError for text that is no TOML, a table that does not belong there, or a wrong row.
    """
    raw = _toml(file, content)
    defaults = raw.pop(DEFAULTS, {})
    by_key = {table.key: table for table in tables}
    unknown = sorted(set(raw) - set(by_key))
    if unknown or not isinstance(defaults, dict):
        allowed = ", ".join(f"[[{key}]]" for key in sorted(by_key))
        found = unknown[0] if unknown else DEFAULTS
        raise RuleError(file, "", f"“{found}” does not belong here; this file holds {allowed}")
    return {
        by_key[key].name: [
            _row(file, by_key[key], defaults, entry) for entry in _rows(file, key, entries)
        ]
        for key, entries in raw.items()
    }


def _toml(file: str, content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleError(file, "", f"it is not readable TOML: {error}") from error


def _rows(file: str, key: str, entries: object) -> Sequence[Mapping[str, Any]]:
    if isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries):
        return entries
    raise RuleError(file, "", f"write each row of “{key}” under its own [[{key}]]")


def _row(file: str, table: Table, defaults: Mapping[str, Any], entry: Mapping[str, Any]) -> Placed:
    try:
        return Placed(table.row.model_validate({**defaults, **entry}), file)
    except ValidationError as error:
        name = str(entry.get("id") or "(no id)")
        raise RuleError(file, name, "; ".join(_plain(error))) from error


def _plain(error: ValidationError) -> Iterator[str]:
    for one in error.errors(include_url=False):
        field = ".".join(str(part) for part in one["loc"])
        match one["type"]:
            case "missing":
                yield f"“{field}” is missing"
            case "extra_forbidden":
                yield f"“{field}” is not a field of this table"
            case _:
                reason = one["msg"].removeprefix("Value error, ")
                yield f"“{field}”: {reason}" if field else reason


def lay_over(base: Iterable[Placed], over: Iterable[Placed]) -> list[Placed]:
    """Give `base` with every id that `over` names replaced by all the versions `over` gives."""
    added = list(over)
    replaced = {placed.row.id for placed in added}
    return [placed for placed in base if placed.row.id not in replaced] + added


def check_dates(rows: Iterable[Placed]) -> None:
    """Refuse two versions of one row that are in force on the same day."""
    versions: dict[str, list[Placed]] = {}
    for placed in rows:
        versions.setdefault(placed.row.id, []).append(placed)
    for same in versions.values():
        for one, other in combinations(same, 2):
            if one.row.overlaps(other.row):
                day = max(one.row.in_force_from, other.row.in_force_from)
                raise RuleError(other.file, other.row.id, _twice(day))


def _twice(day: dt.date) -> str:
    return (
        f"two versions are in force on {day}: end the first (in_force_to) before the second begins"
    )


def check_references(tables: Mapping[str, Iterable[Placed]]) -> None:
    """Refuse a row that names another one that does not exist."""
    known = {name: {placed.row.id for placed in rows} for name, rows in tables.items()}
    for rows in tables.values():
        for placed in rows:
            for table, wanted in placed.row.references():
                if wanted not in known.get(table, set()):
                    reason = f"it names “{wanted}”, which is not in {table.replace('_', ' ')}"
                    raise RuleError(placed.file, placed.row.id, reason)
