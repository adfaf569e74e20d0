"""The rules in force: every row, loaded once, checked against one another, frozen and hashed.

Rows ship with the package and a tribunal lays its own over them (GREFFE_LAW). The hash names the
exact rules that judged a filing: it goes into findings, receipts and the ledger.
"""

import datetime as dt
import functools
import hashlib
import importlib.resources
import json
import operator
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from greffe.law.account_rows import RecoveryQuestion, SignInPolicy, Terms
from greffe.law.calendar_rows import Closure
from greffe.law.consistency import check_all
from greffe.law.limit_rows import Limit, TriggerEvent
from greffe.law.loading import (
    Placed,
    RuleError,
    Table,
    check_dates,
    check_references,
    lay_over,
    parse,
)
from greffe.law.representation_rows import DELEGATES, ContactDuty, DelegateLimit
from greffe.law.rows import Row
from greffe.law.tables import (
    DecisionReason,
    Division,
    DocumentType,
    FilingLimit,
    FilingPermission,
    FindingRow,
    IdentityDocument,
    InvitationTime,
    Membership,
    Office,
    Region,
    RegistryDue,
    Regulator,
    RetentionClass,
    ServiceDuty,
    ServiceMethod,
    TextRow,
)

__all__ = ["TABLES", "RuleError", "RuleSet", "UnknownRowError", "load_rules", "packaged_rules"]

TABLES: tuple[Table, ...] = (
    Table("regions", "offices.toml", "region", Region),
    Table("offices", "offices.toml", "office", Office),
    Table("divisions", "divisions.toml", "division", Division),
    Table("document_types", "document_types.toml", "document_type", DocumentType),
    Table("filing_limits", "filing_permissions.toml", "filing_limit", FilingLimit),
    Table("filing_permissions", "filing_permissions.toml", "filing_permission", FilingPermission),
    Table("service_methods", "service_duties.toml", "service_method", ServiceMethod),
    Table("service_duties", "service_duties.toml", "service_duty", ServiceDuty),
    Table("findings", "findings.toml", "finding", FindingRow),
    Table("texts", "texts.toml", "text", TextRow),
    Table("events", "events.toml", "event", TriggerEvent),
    Table("limits", "limits.toml", "limit", Limit),
    Table("closures", "closures.toml", "closure", Closure),
    Table("decision_reasons", "registry.toml", "decision_reason", DecisionReason),
    Table("registry_due", "registry.toml", "registry_due", RegistryDue),
    Table("retention", "retention.toml", "retention", RetentionClass),
    Table("memberships", "invitations.toml", "membership", Membership),
    Table("regulators", "invitations.toml", "regulator", Regulator),
    Table("identity_documents", "invitations.toml", "identity_document", IdentityDocument),
    Table("invitation_times", "invitations.toml", "invitation_time", InvitationTime),
    Table("terms", "terms.toml", "terms", Terms),
    Table("recovery_questions", "credentials.toml", "recovery_question", RecoveryQuestion),
    Table("sign_in_policies", "credentials.toml", "sign_in_policy", SignInPolicy),
    Table("delegate_limits", "representation.toml", "delegate_limit", DelegateLimit),
    Table("contact_duties", "representation.toml", "contact_duty", ContactDuty),
)

R = TypeVar("R", bound=Row)


class UnknownRowError(LookupError):
    """A row was asked for that no table holds, or that is not in force on that day."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rows, each table in order of id and date, and the hash of their content."""

    regions: tuple[Region, ...]
    offices: tuple[Office, ...]
    divisions: tuple[Division, ...]
    document_types: tuple[DocumentType, ...]
    filing_limits: tuple[FilingLimit, ...]
    filing_permissions: tuple[FilingPermission, ...]
    service_methods: tuple[ServiceMethod, ...]
    service_duties: tuple[ServiceDuty, ...]
    findings: tuple[FindingRow, ...]
    texts: tuple[TextRow, ...]
    events: tuple[TriggerEvent, ...]
    limits: tuple[Limit, ...]
    closures: tuple[Closure, ...]
    decision_reasons: tuple[DecisionReason, ...]
    registry_due: tuple[RegistryDue, ...]
    retention: tuple[RetentionClass, ...]
    memberships: tuple[Membership, ...]
    regulators: tuple[Regulator, ...]
    identity_documents: tuple[IdentityDocument, ...]
    invitation_times: tuple[InvitationTime, ...]
    terms: tuple[Terms, ...]
    recovery_questions: tuple[RecoveryQuestion, ...]
    sign_in_policies: tuple[SignInPolicy, ...]
    delegate_limits: tuple[DelegateLimit, ...]
    contact_duties: tuple[ContactDuty, ...]
    hash: str

    def region(self, row_id: str, on: dt.date | None = None) -> Region:
        """Give a region as it is on the day `on` (default: its newest row)."""
        return _find("regions", self.regions, row_id, on)

    def office(self, row_id: str, on: dt.date | None = None) -> Office:
        """Give an office as it is on the day `on` (default: its newest row)."""
        return _find("offices", self.offices, row_id, on)

    def division(self, row_id: str, on: dt.date | None = None) -> Division:
        """Give a division as it is on the day `on` (default: its newest row)."""
        return _find("divisions", self.divisions, row_id, on)

    def document_type(self, row_id: str, on: dt.date | None = None) -> DocumentType:
        """Give a document type as it is on the day `on` (default: its newest row)."""
        return _find("document_types", self.document_types, row_id, on)

    def service_method(self, row_id: str, on: dt.date | None = None) -> ServiceMethod:
        """Give a way of service as it is on the day `on` (default: its newest row)."""
        return _find("service_methods", self.service_methods, row_id, on)

    def finding(self, row_id: str, on: dt.date | None = None) -> FindingRow:
        """Give the row that says what a finding's code means."""
        return _find("findings", self.findings, row_id, on)

    def event(self, row_id: str, on: dt.date | None = None) -> TriggerEvent:
        """Give the event from which limits run."""
        return _find("events", self.events, row_id, on)

    def text(self, row_id: str, on: dt.date | None = None) -> TextRow:
        """Give a text by its id."""
        return _find("texts", self.texts, row_id, on)

    def decision_reason(self, row_id: str, on: dt.date | None = None) -> DecisionReason:
        """Give a reason for which a submission is returned or a document refused."""
        return _find("decision_reasons", self.decision_reasons, row_id, on)

    def retention_class(self, row_id: str, on: dt.date | None = None) -> RetentionClass:
        """Give how long what belongs to a class is kept."""
        return _find("retention", self.retention, row_id, on)

    def terms_of(self, row_id: str, on: dt.date) -> Terms:
        """Give the version of terms of use that is in force on a day."""
        return _find("terms", self.terms, row_id, on)

    def asked_at_sign_in(self, row_id: str, on: dt.date) -> bool:
        """Say whether every sign-in asks for something on a day: "second-factor-each-time"."""
        return _find("sign_in_policies", self.sign_in_policies, row_id, on).on

    def invitation_time(self, row_id: str, on: dt.date | None = None) -> InvitationTime:
        """Give how long a step of an invitation may take."""
        return _find("invitation_times", self.invitation_times, row_id, on)

    def most_delegates(self, on: dt.date) -> int:
        """Give how many delegates counsel may have on a day."""
        return _find("delegate_limits", self.delegate_limits, DELEGATES, on).most

    def contact_duty(self, division: str, on: dt.date) -> ContactDuty | None:
        """Give whom a division wants told of contact information that changes, if anybody."""
        rows = (row for row in self.contact_duties if row.division == division)
        return next((row for row in rows if row.in_force(on)), None)

    def document_types_for(
        self, division: str, on: dt.date, filer: str | None = None
    ) -> tuple[DocumentType, ...]:
        """Give what may be named when filing in `division` on the day `on`.

        `filer` ("person" or "minister") leaves out what only the other party files. Kinds that the
        division bars here (a notice of appeal) are left out.
        """
        permission = self.filing_permission(division, on)
        return tuple(
            kind
            for kind in self.document_types
            if kind.division == division
            and kind.in_force(on)
            and (filer is None or filer in kind.filed_by)
            and (not kind.notice_of_appeal or (permission and permission.notice_of_appeal))
        )

    def filing_permission(self, division: str, on: dt.date) -> FilingPermission | None:
        """Give the row that says what may be filed here in `division`, or None before any."""
        rows = (row for row in self.filing_permissions if row.division == division)
        return next((row for row in rows if row.in_force(on)), None)

    def filing_permitted(self, division: str, on: dt.date) -> bool:
        """Say whether anything may be filed here in the cases of `division` on the day `on`."""
        permission = self.filing_permission(division, on)
        return permission is not None and permission.filing

    def filing_limit(self, on: dt.date) -> FilingLimit:
        """Give the limits of a submission on the day `on`; UnknownRowError before there are any."""
        for row in self.filing_limits:
            if row.in_force(on):
                return row
        message = f"no filing limits are in force on {on}"
        raise UnknownRowError(message)


def _find(table: str, rows: Sequence[R], row_id: str, on: dt.date | None) -> R:
    # In order of id, then of date: pages look up two rows for each of their lines.
    for place in range(bisect_right(rows, row_id, key=_id), 0, -1):
        row = rows[place - 1]
        if row.id != row_id:
            break
        if on is None or row.in_force(on):
            return row
    when = "" if on is None else f" in force on {on}"
    message = f"{table}: no row “{row_id}”{when}"
    raise UnknownRowError(message)


_id = operator.attrgetter("id")


def load_rules(overlay: Path | None = None) -> RuleSet:
    """Load the packaged rows with the folder `overlay` laid over them, and check the whole.

    A row of the overlay replaces every packaged version of the same id; a new id is added. Raises
    RuleError, naming file, row and reason, for anything that is wrong.
    """
    packaged = _read(_packaged_files())
    over = _read(_overlay_files(overlay)) if overlay is not None else {}
    placed = {
        table.name: lay_over(packaged.get(table.name, ()), over.get(table.name, ()))
        for table in TABLES
    }
    for rows in placed.values():
        check_dates(rows)
    check_references(placed)
    check_all(placed)
    return _rule_set({name: _ordered(rows) for name, rows in placed.items()})


@functools.cache
def packaged_rules() -> RuleSet:
    """Give the rules that ship with the package, loaded once."""
    return load_rules()


def _packaged_files() -> dict[str, bytes]:
    data = importlib.resources.files("greffe.law") / "data"
    return {
        entry.name: entry.read_bytes() for entry in data.iterdir() if entry.name.endswith(".toml")
    }


def _overlay_files(overlay: Path) -> dict[str, bytes]:
    if not overlay.is_dir():
        raise RuleError(str(overlay), "", "the folder of the tribunal's own rows is not there")
    return {str(path): path.read_bytes() for path in sorted(overlay.glob("*.toml"))}


def _read(files: Mapping[str, bytes]) -> dict[str, list[Placed]]:
    rows: dict[str, list[Placed]] = {}
    for file, content in files.items():
        tables = [table for table in TABLES if table.file == Path(file).name]
        if not tables:
            expected = ", ".join(sorted({table.file for table in TABLES}))
            raise RuleError(file, "", f"no table has this name; the files are {expected}")
        for name, placed in parse(file, content, tables).items():
            rows.setdefault(name, []).extend(placed)
    return rows


def _ordered(rows: Iterable[Placed]) -> tuple[Row, ...]:
    return tuple(sorted((p.row for p in rows), key=lambda row: (row.id, row.in_force_from)))


def _rule_set(tables: Mapping[str, tuple[Row, ...]]) -> RuleSet:
    # Each table was validated with the row class that TABLES gives it.
    typed = cast("dict[str, Any]", dict(tables))
    return RuleSet(**typed, hash=_hash(tables))


def _hash(tables: Mapping[str, tuple[Row, ...]]) -> str:
    content = {name: [row.model_dump(mode="json") for row in rows] for name, rows in tables.items()}
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
