"""Service: who must be given a copy of what is filed, and whether the statement of it will do.

Sources: RPD r. 34, 44, 50 to 52 and others (how and when); RAD r. 34 (proof); IAD r. 24 to 25 and
others; ID r. 38 to 40. Each duty's row names its rule.
"""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from greffe.law.dates import long_date
from greffe.law.findings import Finding, make_finding
from greffe.law.rows import Frozen, Text
from greffe.law.ruleset import RuleSet, UnknownRowError
from greffe.law.tables import ServiceDuty, ServiceMethod

_ATTACHED = re.compile(r"attached:([1-9][0-9]{0,3})")


class ServiceStatement(Frozen):
    """What the filer says of service. Empty fields are findings, not errors.

    `proof` is "attached:N" (the Nth document of the submission, from 1), "explanation", or None.
    """

    recipients: str = Field(default="", max_length=2000)
    method: str = Field(default="", max_length=80)
    served_on: dt.date | None = None
    provided_by: str = Field(default="", max_length=500)
    signed: bool = False
    proof: str | None = Field(default=None, pattern=r"^(attached:[1-9][0-9]{0,3}|explanation)$")
    explanation: str = Field(default="", max_length=10000)

    @property
    def attached(self) -> int | None:
        """The position of the document that is the proof, if one is."""
        match = _ATTACHED.fullmatch(self.proof or "")
        return int(match[1]) if match else None

    @property
    def explains(self) -> bool:
        """Say whether a signed explanation takes the place of proof."""
        return self.proof == "explanation"


def duty_for(
    rules: RuleSet,
    *,
    division: str,
    document_type: str,
    minister_is_party: bool,
    filer_is_minister: bool = False,
    on: dt.date,
) -> ServiceDuty | None:
    """Give the duty of service for a document filed on the day `on`, or None if there is none.

    `minister_is_party` counts only where the Minister is not always a party (RPD, RAD).
    """
    party = minister_is_party or rules.division(division).minister_is_always_party
    filer = "minister" if filer_is_minister else "person"
    for duty in rules.service_duties:
        if (
            duty.in_force(on)
            and duty.division == division
            and document_type in duty.document_types
            and duty.binds(filer)
            and (party or not duty.only_if_minister_is_party)
        ):
            return duty
    return None


def methods_for(rules: RuleSet, division: str, on: dt.date) -> tuple[ServiceMethod, ...]:
    """Give the ways of service that the rules of `division` list on the day `on`."""
    return tuple(
        method
        for method in rules.service_methods
        if division in method.divisions and method.in_force(on)
    )


def statement_wanted(duty: ServiceDuty | None) -> bool:
    """Say whether the page asks for a statement of service: exactly when a rule wants evidence."""
    return duty is not None and duty.evidence != "none"


def evidence_given(
    duty: ServiceDuty, statement: ServiceStatement
) -> Literal["statement", "signed-statement", "proof"]:
    """Say what a receipt calls the evidence that was given."""
    if statement.attached is not None:
        return "proof"
    wants_signature = duty.evidence in {"signed-statement", "proof"}
    return "signed-statement" if statement.signed and wants_signature else "statement"


def check_statement(
    rules: RuleSet,
    duty: ServiceDuty,
    statement: ServiceStatement | None,
    *,
    on: dt.date,
    files: int | None = None,
) -> tuple[Finding, ...]:
    """Say what is missing in the statement that `duty` wants; empty if it will do.

    `on` is the day in the office that handles the case: service later than that is in the future.
    `files` is the number of documents filed, to check that the proof is among them.
    """
    check = _Check(rules, duty, on)
    if duty.evidence == "none":
        return (check.found("service-without-statement", recipient=duty.recipient),)
    if statement is None:
        return (check.found("service-missing", recipient=duty.recipient),)
    return (
        *check.how_and_when(statement),
        *check.signature(statement),
        *check.proof(statement, files),
    )


class _Check:
    """The rules, the duty and the day that every question of one statement needs."""

    def __init__(self, rules: RuleSet, duty: ServiceDuty, on: dt.date) -> None:
        self.rules, self.duty, self.on = rules, duty, on

    def found(self, code: str, **params: str | int | Text) -> Finding:
        return make_finding(self.rules, code, params, on=self.on, authority=self.duty.authority)

    def how_and_when(self, statement: ServiceStatement) -> Iterator[Finding]:
        if not statement.recipients.strip():
            yield self.found("service-recipient-missing", recipient=self.duty.recipient)
        if not statement.method:
            yield self.found("service-method-missing")
        elif self._method(statement) is None:
            yield self.found("service-method-not-permitted", method=self._label(statement.method))
        yield from self._when(statement.served_on)

    def _when(self, served_on: dt.date | None) -> Iterator[Finding]:
        if served_on is None:
            yield self.found("service-date-missing")
        elif served_on > self.on:
            words = Text(en=long_date(served_on, "en"), fr=long_date(served_on, "fr"))
            yield self.found("service-date-future", date=words)

    def signature(self, statement: ServiceStatement) -> Iterator[Finding]:
        if not self._wants_signature(statement):
            return
        if not statement.provided_by.strip():
            yield self.found("service-server-missing")
        if not statement.signed:
            yield self.found("service-signature-missing")

    def _wants_signature(self, statement: ServiceStatement) -> bool:
        if self.duty.evidence == "signed-statement":
            return True
        # Where proof is wanted, a document that proves needs no statement beside it.
        return self.duty.evidence == "proof" and (
            statement.explains or (statement.attached is None and self._statement_proves(statement))
        )

    def proof(self, statement: ServiceStatement, files: int | None) -> Iterator[Finding]:
        if self.duty.evidence != "proof" and not self.duty.proof_with_statement:
            return
        position = statement.attached
        if position is not None:
            if files is not None and position > files:
                yield self.found("service-proof-not-among-files", position=position)
        elif statement.explains and self.duty.explanation_instead:
            given = bool(statement.explanation.strip())
            yield self.found("service-explained" if given else "service-explanation-missing")
        elif self.duty.proof_with_statement:
            yield self.found("service-proof-to-follow")
        elif not self._statement_proves(statement):
            yield from self._proof_missing(statement)

    def _proof_missing(self, statement: ServiceStatement) -> Iterator[Finding]:
        # Without a known method nobody can say which proof is wanted: the method comes first.
        method = self._method(statement)
        if method is not None:
            yield self.found("service-proof-missing", proof=method.proof)

    def _statement_proves(self, statement: ServiceStatement) -> bool:
        method = self._method(statement)
        return method is not None and method.signed_statement_is_proof

    def _method(self, statement: ServiceStatement) -> ServiceMethod | None:
        for method in methods_for(self.rules, self.duty.division, self.on):
            if method.id == statement.method:
                return method
        return None

    def _label(self, method: str) -> str | Text:
        try:
            return self.rules.service_method(method, self.on).label
        except UnknownRowError:
            return method
