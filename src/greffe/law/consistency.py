"""What rows of several tables must agree on, beyond dates and references.

Each function takes the placed rows of all tables and raises RuleError for the first disagreement.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from greffe.law.codes import CODES
from greffe.law.limit_rows import Limit
from greffe.law.loading import Placed, RuleError
from greffe.law.representation_rows import DELEGATES, ContactDuty
from greffe.law.tables import (
    DocumentType,
    FilingPermission,
    FindingRow,
    RetentionClass,
    ServiceDuty,
)

EXPIRING = ("draft", "upload", "mail")
KEPT = ("filing", "receipt", "case", "registration")
"""Classes of retention: what goes when its days are over, and what this version always keeps."""

TIMED = ("form", "meeting", "code")
"""Steps of an invitation that end by themselves."""

Tables = Mapping[str, Sequence[Placed]]


def check_all(tables: Tables) -> None:
    """Run every check of this module."""
    check_divisions_agree(tables)
    check_one_at_a_time(tables)
    check_something_may_be_filed(tables)
    check_findings(tables)
    check_retention(tables)
    check_invitation_times(tables)
    check_representation(tables)


def check_divisions_agree(tables: Tables) -> None:
    """Refuse a duty or a limit of one division that names a document type of another."""
    division_of = {
        placed.row.id: placed.row.division
        for placed in tables["document_types"]
        if isinstance(placed.row, DocumentType)
    }
    for placed in (*tables["service_duties"], *tables["limits"]):
        row = placed.row
        if not isinstance(row, ServiceDuty | Limit):
            continue
        for kind in row.document_types:
            if division_of[kind] != row.division:
                reason = f"“{kind}” is a document of {division_of[kind]}, not of {row.division}"
                raise RuleError(placed.file, row.id, reason)


def check_one_at_a_time(tables: Tables) -> None:
    """Refuse two rows that would both answer one question on one day."""
    _unique("filing limit", ((None, placed) for placed in tables["filing_limits"]))
    _unique("filing permission of the division", _permissions(tables["filing_permissions"]))
    _unique("service duty for the document and the filer", _duties(tables["service_duties"]))


def _permissions(rows: Iterable[Placed]) -> Iterator[tuple[object, Placed]]:
    for placed in rows:
        if isinstance(placed.row, FilingPermission):
            yield placed.row.division, placed


def _duties(rows: Iterable[Placed]) -> Iterator[tuple[object, Placed]]:
    for placed in rows:
        if isinstance(placed.row, ServiceDuty):
            for filer in ("person", "minister"):
                if placed.row.binds(filer):
                    yield from (((kind, filer), placed) for kind in placed.row.document_types)


def _unique(what: str, answers: Iterable[tuple[object, Placed]]) -> None:
    by_question: dict[object, list[Placed]] = {}
    for question, placed in answers:
        by_question.setdefault(question, []).append(placed)
    for rows in by_question.values():
        for one, other in combinations(rows, 2):
            if one.row.overlaps(other.row):
                day: dt.date = max(one.row.in_force_from, other.row.in_force_from)
                reason = f"on {day} row “{one.row.id}” is the {what} already"
                raise RuleError(other.file, other.row.id, reason)


def check_something_may_be_filed(tables: Tables) -> None:
    """Refuse a set of rules without any limit of a submission: nothing could be judged."""
    if not tables["filing_limits"]:
        raise RuleError("filing_permissions.toml", "", "there is no [[filing_limit]] row")


def check_findings(tables: Tables) -> None:
    """Refuse findings that the checks cannot make, and codes that would have no words some day."""
    versions: dict[str, list[Placed]] = {}
    for placed in tables["findings"]:
        _check_finding(placed)
        versions.setdefault(placed.row.id, []).append(placed)
    begin = min(placed.row.in_force_from for placed in tables["filing_limits"])
    for code in CODES:
        if code not in versions:
            raise RuleError("findings.toml", code, "the row is missing: the checks need its words")
        _check_no_gap(versions[code], begin)


def _check_finding(placed: Placed) -> None:
    row = placed.row
    if row.id not in CODES:
        raise RuleError(placed.file, row.id, "no check makes a finding with this id")
    if isinstance(row, FindingRow) and (unknown := sorted(row.parameters - CODES[row.id])):
        given = ", ".join(f"{{{name}}}" for name in sorted(CODES[row.id])) or "none"
        reason = f"its words ask for {{{unknown[0]}}}; what this finding gives is: {given}"
        raise RuleError(placed.file, row.id, reason)


def check_retention(tables: Tables) -> None:
    """Refuse a class without a row, and a row that promises what this version does not do."""
    versions: dict[str, list[Placed]] = {}
    for placed in tables["retention"]:
        _check_class(placed)
        versions.setdefault(placed.row.id, []).append(placed)
    begin = min(placed.row.in_force_from for placed in tables["filing_limits"])
    for name in (*EXPIRING, *KEPT):
        if name not in versions:
            raise RuleError("retention.toml", name, "the row is missing: its class is in use")
        _check_no_gap(versions[name], begin)


def _check_class(placed: Placed) -> None:
    row = placed.row
    if not isinstance(row, RetentionClass):
        return
    if row.id in EXPIRING and row.days is None:
        raise RuleError(placed.file, row.id, "days is missing: say how long it is kept")
    if row.id not in EXPIRING and row.days is not None:
        reason = "nothing of this class is ever removed by this version: leave days out"
        raise RuleError(placed.file, row.id, reason)


def check_invitation_times(tables: Tables) -> None:
    """Refuse a step of an invitation without a time, on any day, and a time of no step."""
    versions: dict[str, list[Placed]] = {}
    for placed in tables["invitation_times"]:
        if placed.row.id not in TIMED:
            reason = f"no step has this name; those with a time are {', '.join(TIMED)}"
            raise RuleError(placed.file, placed.row.id, reason)
        versions.setdefault(placed.row.id, []).append(placed)
    begin = min(placed.row.in_force_from for placed in tables["filing_limits"])
    for name in TIMED:
        if name not in versions:
            raise RuleError("invitations.toml", name, "the row is missing: its step is in use")
        _check_no_gap(versions[name], begin)


def check_representation(tables: Tables) -> None:
    """Refuse a day without a number of delegates, and two duties of one division on one day."""
    duties = (placed for placed in tables["contact_duties"])
    _unique("contact duty of the division", ((_division(placed), placed) for placed in duties))
    begin = min(placed.row.in_force_from for placed in tables["filing_limits"])
    limits = [placed for placed in tables["delegate_limits"] if placed.row.id == DELEGATES]
    _check_no_gap(limits, begin)


def _division(placed: Placed) -> str:
    return placed.row.division if isinstance(placed.row, ContactDuty) else ""


def _check_no_gap(versions: Sequence[Placed], begin: dt.date) -> None:
    wanted = begin
    for placed in sorted(versions, key=lambda placed: placed.row.in_force_from):
        row = placed.row
        if row.in_force_from > wanted:
            raise RuleError(placed.file, row.id, f"no version of it is in force on {wanted}")
        if row.in_force_to is None:
            return
        wanted = row.in_force_to + dt.timedelta(days=1)
    last = versions[-1]
    raise RuleError(last.file, last.row.id, f"no version of it is in force on {wanted}")
