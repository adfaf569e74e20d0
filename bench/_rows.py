"""The rows of a registry of a chosen size, as its own actions would have left them.

Everything of a row follows from its serial, so that the tables agree. Filings are spread over five
years, what waits over the last 20 days; the first of OFFICES has 60 % of all. Documents share the
files of the demonstration. What waits, and what is of the case that is looked at, has a real signed
receipt; no page reads the other receipts, and those are empty. There are no uploads, no notices and
no events of the ledger.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import psycopg

Row = tuple[object, ...]

YEARS, WAITING = timedelta(days=5 * 365), timedelta(days=20)
LOOKED_AT, IN_LOOKED_AT = 0, 20
"""The serial of the case that is looked at; the decided submissions in it. One more waits."""

# Each with the upper end of its share of 100.
OFFICES = (("montreal", "M", 60), ("toronto", "T", 85), ("vancouver", "V", 100))
DIVISIONS = (
    ("RPD", "C", "rpd-written-submissions", "claimant", 70),
    ("RAD", "A", "rad-written-submissions", "appellant", 90),
    ("IAD", "I", "iad-disclosure", "appellant", 100),
)
COUNSEL, OFFICERS = 300, 12
GIVEN = ("Amina", "Bao", "Carlos", "Dina", "Elif", "Farid", "Grace", "Hugo", "Inès", "Jamal")
FAMILY = ("Abebe", "Botero", "Cissé", "Diallo", "Étienne", "Farah", "Gómez", "Haile", "Ibarra")

COLUMNS = {
    "accounts_person": "id, name, language, client_id, email",
    "cases_case": """id, profile, file_number, division, language, status, closed_on, sealed,
        retention, legal_hold""",
    "cases_caseoffice": "case_id, office, since",
    "cases_openness": "case_id, public, since",
    "cases_participant": "case_id, person_id, part, principal, since",
    "cases_counselofrecord": "case_id, person_id, since",
    "cases_hearing": "id, case_id, starts_at, minutes, office, place, revision, cancelled",
    "cases_recordentry": """id, case_id, position, source, source_id, source_position,
        document_type, name, blob_id, pages, method, filed_by, received_by, received_at,
        date_of_receipt, audience, sealed, refused, placed_at""",
    "filings_draft": """id, person_id, state, version, document_type, named_events, language,
        created_at, changed_at, expires_at""",
    "filings_draftcase": 'draft_id, case_id, "leading"',
    "filings_submission": """id, number, draft_id, state, person_id, capacity, profile, division,
        office, document_type, language, manifest, received_at, date_of_receipt, findings, limits,
        rules, created_at""",
    "filings_submissioncase": "submission_id, case_id, office",
    "filings_submitteddocument": "submission_id, position, state, blob_id, name, pages, facts",
    "filings_receipt": "submission_id, envelope, key, created_at",
    "filings_submissiondecision": """submission_id, event, positions, reason, note, person_id,
        capacity, decided_by, decided_at""",
    "filings_queueitem": """submission_id, office, division, document_type, with_division,
        received_at, due_on, holder_id, held_since""",
}


@dataclass(frozen=True, slots=True)
class Size:
    """How much a registry holds; `represented` are the cases of the counsel who is measured."""

    submissions: int = 0
    open: int = 0
    cases: int = 0
    represented: int = 0


@dataclass(frozen=True, slots=True)
class Measured:
    """The ids of those who read the pages: counsel, and an officer of the first of OFFICES."""

    counsel: str
    officer: str


@dataclass(frozen=True, slots=True)
class Things:
    """One thing for each serial, and the rows that it has in each table."""

    name: str
    serials: range
    thing: Callable[[int], Any]
    rows: dict[str, Callable[[Any], Iterable[Row]]]


class Drawn:
    """The id of a row, as random as a real one, and what is drawn for it: the same each time."""

    __slots__ = ("_number", "id")

    def __init__(self, kind: str, serial: int) -> None:
        """Draw it."""
        self.id = hashlib.md5(f"{kind} {serial}".encode(), usedforsecurity=False).hexdigest()
        self._number = int(self.id, 16)

    def below(self, end: int, *, die: int = 0) -> int:
        """What one of four dice of `end` sides shows."""
        return (self._number >> (32 * die) & 0xFFFFFFFF) % end


def key(kind: str, serial: int) -> str:
    """The id of a row."""
    return Drawn(kind, serial).id


@dataclass(frozen=True, slots=True)
class Shared:
    """What all rows share, from what the demonstration has filed."""

    documents: Sequence[tuple[str, str, int, str]]  # blob, name, pages, facts
    manifest: str
    rules: str
    envelope: str
    signed_by: str

    @classmethod
    def read(cls, connection: "psycopg.Connection[Any]") -> "Shared":
        """Read it."""
        documents = connection.execute(
            "SELECT blob_id::text, name, pages, facts FROM filings_submitteddocument"
            " ORDER BY id LIMIT 3"
        ).fetchall()
        filed = connection.execute(
            "SELECT manifest, rules, encode(envelope, 'hex'), key FROM filings_submission"
            " JOIN filings_receipt ON submission_id = id ORDER BY number LIMIT 1"
        ).fetchone()
        if filed is None:
            raise LookupError("the demonstration has filed nothing")
        manifest, rules, envelope, signed_by = filed
        return cls(
            [(blob, name, pages, json.dumps(facts)) for blob, name, pages, facts in documents],
            manifest,
            rules,
            rf"\\x{envelope}",  # COPY takes one of the backslashes for itself
            signed_by,
        )


@dataclass(slots=True)
class Case:
    """A case, as far as the rows beside it must know."""

    id: str
    serial: int
    office: str
    division: str
    kind: str
    part: str
    number: str
    language: str
    counsel: str
    closed: bool
    on_record: int = 0


@dataclass(slots=True)
class Filed:
    """A submission, as far as the rows beside it must know."""

    id: str
    drawn: Drawn
    draft: str
    number: str
    case: Case
    arrived: datetime
    day: date
    state: str
    documents: Sequence[tuple[int, tuple[str, str, int, str]]]

    @property
    def waits(self) -> bool:
        """Whether it is in the queue."""
        return self.state in {"received", "with-division"}


class Batch:
    """The rows that are between two sizes."""

    def __init__(self, measured: Measured, has: Size, to: Size, shared: Shared) -> None:
        """Cases and submissions of a batch keep to themselves: what was there before stays so."""
        self._measured, self._shared = measured, shared
        self._cases = range(has.cases, to.cases)
        self._filed = range(has.submissions, to.submissions)
        self._first_open = to.submissions - (to.open - has.open)
        represented = to.represented - has.represented
        self._represented = self._cases[:: len(self._cases) // represented][:represented]
        self._now = datetime.now(UTC).replace(microsecond=0)
        self._since = (self._now - YEARS - WAITING).date()
        self._known: dict[int, Case] = {}

    def things(self) -> Iterator[Things]:
        """What there is to load, each after those that it refers to."""
        staff = range(COUNSEL + OFFICERS if LOOKED_AT in self._cases else 0)
        yield Things("staff and other counsel", staff, int, {"accounts_person": _staff})
        cases = {
            "accounts_person": _claimant,
            "cases_case": self._case_row,
            "cases_caseoffice": lambda case: [(case.id, case.office, self._since)],
            "cases_openness": lambda case: [(case.id, False, self._since)],
            "cases_participant": self._participant,
            "cases_counselofrecord": lambda case: [(case.id, case.counsel, self._since)],
            "cases_hearing": self._hearing,
        }
        yield Things("cases", self._cases, self.case, cases)
        filed = {
            "filings_draft": _draft,
            "filings_draftcase": lambda filed: [(filed.draft, filed.case.id, True)],
            "filings_submission": self._submission,
            "filings_submissioncase": lambda filed: [(filed.id, filed.case.id, filed.case.office)],
            "filings_submitteddocument": _documents,
            "filings_receipt": self._receipt,
            "filings_submissiondecision": _decision,
            "cases_recordentry": _record,
            "filings_queueitem": self._queue,
        }
        yield Things("submissions", self._filed, self.filed, filed)

    def case(self, serial: int) -> Case:
        """A case of the batch."""
        if serial not in self._known:
            self._known[serial] = self._case(serial)
        return self._known[serial]

    def _case(self, serial: int) -> Case:
        drawn, looked_at = Drawn("case", serial), serial == LOOKED_AT
        share = 0 if looked_at else drawn.below(100)
        office, letter, _ = next(row for row in OFFICES if share < row[-1])
        share = 0 if looked_at else drawn.below(100, die=1)
        division, mark, kind, part, _ = next(row for row in DIVISIONS if share < row[-1])
        others = key("counsel", drawn.below(COUNSEL, die=2))
        return Case(
            drawn.id,
            serial,
            office=office,
            division=division,
            kind=kind,
            part=part,
            # The demonstration's numbers are of the year 6.
            number=f"{letter}{mark}{serial // 100_000 % 6}-{serial % 100_000:05d}",
            language="fr" if office == "montreal" else "en",
            counsel=self._measured.counsel if serial in self._represented else others,
            closed=not looked_at and drawn.below(10, die=3) < 4,
        )

    def filed(self, serial: int) -> Filed:
        """A submission of the batch; the last ones wait."""
        drawn, place = Drawn("submission", serial), serial - self._filed.start
        fate = drawn.below(100)
        if serial < self._first_open:
            age = WAITING + YEARS * (1 - place / (self._first_open - self._filed.start))
            state = "returned" if fate < 6 else "refused" if fate < 10 else "accepted"
        else:
            age = WAITING * ((self._filed.stop - serial) / (self._filed.stop - self._first_open))
            state = "with-division" if fate < 3 else "received"
        of = self._cases[drawn.below(len(self._cases), die=1)]
        if LOOKED_AT in self._cases and (place < IN_LOOKED_AT or serial == self._filed[-1]):
            of, state = LOOKED_AT, "accepted" if place < IN_LOOKED_AT else "received"
        arrived, documents = self._now - age, self._shared.documents
        return Filed(
            drawn.id,
            drawn,
            draft=key("draft", serial),
            number=f"{arrived.year}-{serial:06d}-2222",
            case=self.case(of),
            arrived=arrived,
            day=arrived.date(),
            state=state,
            documents=[
                (position, documents[(serial + position) % len(documents)])
                for position in ((1, 2) if serial % 4 == 0 else (1,))
            ],
        )

    def _case_row(self, case: Case) -> Iterable[Row]:
        status, closed_on = ("closed", self._now.date()) if case.closed else ("open", None)
        sealed = case.serial != LOOKED_AT and case.serial % 200 == 0
        yield (
            *(case.id, "irb", case.number, case.division, case.language, status, closed_on),
            *(sealed, "case", False),
        )

    def _participant(self, case: Case) -> Iterable[Row]:
        yield case.id, key("claimant", case.serial), case.part, True, self._since

    def _hearing(self, case: Case) -> Iterable[Row]:
        """Half of the cases that are open are heard in the next half year; the others were."""
        drawn = Drawn("hearing", case.serial)
        coming = case.serial == LOOKED_AT or (not case.closed and drawn.below(2) == 0)
        days = timedelta(days=1 + drawn.below(180, die=1))
        day = datetime.combine(self._now.date(), time(14), UTC)
        starts = day + days if coming else day - days
        yield drawn.id, case.id, starts, 180, case.office, "", 0, False

    def _submission(self, filed: Filed) -> Iterable[Row]:
        case = filed.case
        yield (
            *(filed.id, filed.number, filed.draft, filed.state, case.counsel, "counsel", "irb"),
            *(case.division, case.office, case.kind, case.language, self._shared.manifest),
            *(filed.arrived, filed.day, "[]", "[]", self._shared.rules, filed.arrived),
        )

    def _receipt(self, filed: Filed) -> Iterable[Row]:
        read = filed.waits or filed.case.serial == LOOKED_AT
        envelope = self._shared.envelope if read else r"\\x"
        yield filed.id, envelope, self._shared.signed_by, filed.arrived

    def _queue(self, filed: Filed) -> Iterable[Row]:
        """What waits: a fifth is held, a part of it by the officer who is measured."""
        if not filed.waits:
            return
        case, share = filed.case, filed.drawn.below(100, die=3)
        due = filed.day + timedelta(days=2 + filed.drawn.below(12, die=2))
        holder = key("officer", share % OFFICERS) if share < 20 else None
        if share < 4 and case.office == OFFICES[0][0]:
            holder = self._measured.officer
        yield (
            *(filed.id, case.office, case.division, case.kind, filed.state == "with-division"),
            *(filed.arrived, due, holder, filed.arrived if holder else None),
        )


def _staff(serial: int) -> Iterable[Row]:
    kind, place = ("counsel", serial) if serial < COUNSEL else ("officer", serial - COUNSEL)
    yield key(kind, place), f"{_name(serial)} ({kind} {place})", "en", "", ""


def _claimant(case: Case) -> Iterable[Row]:
    name = f"{_name(Drawn('name', case.serial).below(1_000))} {case.serial}"
    yield key("claimant", case.serial), name, case.language, "", ""


def _draft(filed: Filed) -> Iterable[Row]:
    case, begun = filed.case, filed.arrived - timedelta(hours=2)
    yield (
        *(filed.draft, case.counsel, "submitted", 3, case.kind, "{}", case.language),
        *(begun, filed.arrived, filed.arrived + timedelta(days=30)),
    )


_DOCUMENT_STATES = {"received": "filed", "with-division": "filed", "accepted": "on-file"}


def _documents(filed: Filed) -> Iterable[Row]:
    state = _DOCUMENT_STATES.get(filed.state, filed.state)
    for position, (blob, name, pages, facts) in filed.documents:
        yield filed.id, position, state, blob, name, pages, facts


_EVENTS = {"accepted": "accept", "returned": "return", "refused": "refuse"}


def _decision(filed: Filed) -> Iterable[Row]:
    if filed.waits:
        return
    by = key("officer", filed.drawn.below(OFFICERS, die=2))
    positions, decided = [place for place, _ in filed.documents], filed.arrived + timedelta(days=2)
    yield filed.id, _EVENTS[filed.state], positions, "", "", by, "officer", "", decided


def _record(filed: Filed) -> Iterable[Row]:
    """What was accepted is on the case file; a few documents are sealed."""
    if filed.state != "accepted":
        return
    case, placed = filed.case, filed.arrived + timedelta(days=2)
    for position, (blob, name, pages, _) in filed.documents:
        case.on_record += 1
        sealed = case.serial != LOOKED_AT and filed.drawn.below(500, die=3) == 0
        yield (
            *(key(f"entry {position}", int(filed.id[:15], 16)), case.id, case.on_record, "filing"),
            *(filed.id, position, case.kind, name, blob, pages, "portal", "", ""),
            *(filed.arrived, filed.day, "parties", sealed, False, placed),
        )


def _name(serial: int) -> str:
    return f"{GIVEN[serial % len(GIVEN)]} {FAMILY[serial // len(GIVEN) % len(FAMILY)]}"
