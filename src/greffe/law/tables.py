"""The row class of each table that the registry itself owns. See `ruleset` for how they load."""

import zoneinfo
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from greffe.law.rows import Row, RowId, Text, Words, fields_of

Severity = Literal["refuse", "warn", "inform"]
Evidence = Literal["none", "statement", "signed-statement", "proof"]
Category = Literal[
    "division-form",
    "application",
    "response",
    "reply",
    "disclosure",
    "written-submissions",
    "record",
    "notice",
    "notice-of-appeal",
    "contact",
]


def _known_zone(name: str) -> str:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
        message = f"“{name}” is not in the time-zone database (write it as America/Vancouver)"
        raise ValueError(message) from error
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]


class Region(Row):
    """A region of the tribunal, with the boxes that answer questions about the portal only."""

    label: Text
    portal_email: Words
    portal_telephone: Words


class Office(Row):
    """A registry: the region it belongs to, its time zone, the divisions it serves."""

    label: Text
    region: RowId
    zone: Zone
    divisions: Annotated[tuple[RowId, ...], Field(min_length=1)]
    serves_also: Text | None = None

    def references(self) -> Iterator[tuple[str, str]]:
        """Name the region and the divisions."""
        yield "regions", self.region
        yield from (("divisions", division) for division in self.divisions)


class Division(Row):
    """A division of the tribunal and what its rules say of all its cases."""

    label: Text
    abbreviation: Text
    minister_is_always_party: bool
    default_openness: Literal["private", "public"]
    openness_note: Text
    hears_appeals: bool
    limits_roll_over: bool
    rollover_authority: str = ""


class DocumentType(Row):
    """A kind of document that a person names when filing it."""

    label: Text
    division: RowId
    category: Category
    help: Text | None = None
    filed_by: Annotated[tuple[Literal["person", "minister"], ...], Field(min_length=1)] = (
        "person",
        "minister",
    )

    in_closed_cases: bool = False

    @property
    def disclosure(self) -> bool:
        """Say whether the rule of one paged PDF for disclosure applies."""
        return self.category == "disclosure"

    @property
    def notice_of_appeal(self) -> bool:
        """Say whether it begins an appeal."""
        return self.category == "notice-of-appeal"

    def references(self) -> Iterator[tuple[str, str]]:
        """Name the division."""
        yield "divisions", self.division


class FilingLimit(Row):
    """How many files a submission may carry, how large, of which kind and classification."""

    max_files: Annotated[int, Field(ge=1)]
    max_bytes: Annotated[int, Field(ge=1)]
    kinds: Annotated[tuple[Literal["pdf"], ...], Field(min_length=1)]
    max_classification: Text


class FilingPermission(Row):
    """What may be filed here in the cases of one division."""

    division: RowId
    filing: bool
    notice_of_appeal: bool
    needs_recorded_appeal: bool

    def references(self) -> Iterator[tuple[str, str]]:
        """Name the division."""
        yield "divisions", self.division


class ServiceMethod(Row):
    """A way of giving a document to somebody.

    `condition` is told beside the choice; `proof` says what proves it where a rule wants proof, and
    `signed_statement_is_proof` that a signed statement of service is such a proof.
    """

    label: Text
    divisions: Annotated[tuple[RowId, ...], Field(min_length=1)]
    proof: Text
    signed_statement_is_proof: bool = False
    condition: Text | None = None

    def references(self) -> Iterator[tuple[str, str]]:
        """Name the divisions that know this method."""
        yield from (("divisions", division) for division in self.divisions)


class ServiceDuty(Row):
    """Who must be given a document, when, and what the division wants to see of it.

    `evidence` grows: a statement says how and when; a signed statement also who, with a signature;
    proof is what the method's row says. `proof_with_statement` is for rules that want a statement
    and proof. `explanation_instead` allows a signed explanation where there is no proof.
    """

    division: RowId
    document_types: Annotated[tuple[RowId, ...], Field(min_length=1)]
    filer: Literal["person", "minister", "either"]
    only_if_minister_is_party: bool
    recipient: Text
    order: Literal["before-filing", "with-filing"]
    evidence: Evidence
    proof_with_statement: bool = False
    explanation_instead: bool = False
    explanation: Text

    def references(self) -> Iterator[tuple[str, str]]:
        """Name the division and the document types."""
        yield "divisions", self.division
        yield from (("document_types", kind) for kind in self.document_types)

    def binds(self, filer: str) -> bool:
        """Say whether the duty is that of "person" or "minister"."""
        return self.filer in {filer, "either"}


class FindingRow(Row):
    """What to say of something found, and whether it refuses, warns or informs."""

    severity: Severity
    text: Text
    remedy: Text

    @model_validator(mode="after")
    def _same_parameters(self) -> "FindingRow":
        for name, words in (("text", self.text), ("remedy", self.remedy)):
            if fields_of(words.en) != fields_of(words.fr):
                message = f"{name}.en and {name}.fr do not name the same {{parameters}}"
                raise ValueError(message)
        return self

    @property
    def parameters(self) -> frozenset[str]:
        """The {names} that its words ask for."""
        return fields_of(self.text.en) | fields_of(self.remedy.en)


class DecisionReason(Row):
    """Why the registry returns, or a division refuses, what was filed: the words for the filer.

    `remedy` says what to do now.
    """

    event: Literal["return", "refuse"]
    text: Text
    remedy: Text


class RegistryDue(Row):
    """By when the registry looks at what arrives: the day by which its queue is ordered.

    Working days after the date of receipt, and at the latest so many before the next hearing.
    """

    working_days: Annotated[int, Field(ge=0)]
    before_hearing: Annotated[int, Field(ge=0)]


class RetentionClass(Row):
    """How long what belongs to a class is kept: `days` counted from what; without, it is kept."""

    label: Text
    counted_from: Text | None = None
    days: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _says_what_days_are_counted_from(self) -> "RetentionClass":
        if (self.days is None) != (self.counted_from is None):
            message = "days and counted_from belong together: give both, or neither"
            raise ValueError(message)
        return self


class Membership(Row):
    """As what somebody is a member of a regulator."""

    label: Text


class Regulator(Row):
    """Who regulates counsel, and as what it takes members.

    `publishes_numbers`: each member has a number, by which anybody finds them.
    """

    label: Text
    members: Annotated[tuple[RowId, ...], Field(min_length=1)]
    publishes_numbers: bool = True

    def references(self) -> Iterator[tuple[str, str]]:
        """Name the kinds of membership."""
        yield from (("memberships", member) for member in self.members)


class IdentityDocument(Row):
    """A kind of document that proves an identity at the meeting."""

    label: Text


class InvitationTime(Row):
    """How many days a step of an invitation may take, and how many before its end one is told."""

    label: Text
    counted_from: Text
    days: Annotated[int, Field(ge=1)]
    remind_before: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _reminds_within_its_days(self) -> "InvitationTime":
        if self.remind_before >= self.days:
            message = "remind_before is not less than days: nobody could be told in time"
            raise ValueError(message)
        return self


class TextRow(Row):
    """Words that belong to the law's explanations rather than to a page."""

    text: Text
