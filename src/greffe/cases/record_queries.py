"""Reads of case files: cases to find, documents on the record, what is withheld from whom."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery

from greffe.accounts.viewers import Viewer
from greffe.cases.models import Case, CaseOffice, Hearing, Participant, RecordEntry
from greffe.cases.permissions import Capacity, capacity_in, keeps_seals, may_read_entry
from greffe.cases.queries import worked_cases

PAGE = 50
"""Lines of a page of cases."""

Filed = tuple[UUID, int]
"""A document of a filing: the id of the submission, its position in it."""


@dataclass(frozen=True, slots=True)
class Sight:
    """How a person sees the file of one case on one day."""

    capacity: Capacity | None
    keeps_seals: bool

    @classmethod
    def of(cls, viewer: Viewer, case: Case, *, on: date) -> "Sight":
        """Find it out."""
        return cls.known(viewer, case, capacity_in(viewer, case, on=on), on=on)

    @classmethod
    def known(cls, viewer: Viewer, case: Case, capacity: Capacity | None, *, on: date) -> "Sight":
        """Find it out where the capacity is known."""
        return cls(capacity, keeps_seals(viewer, case, capacity, on=on))

    def reads(self, entry: RecordEntry) -> bool:
        """Whether this person may read an entry of that case."""
        return may_read_entry(
            self.capacity,
            keeps_seals=self.keeps_seals,
            tribunal_only=entry.audience == RecordEntry.Audience.TRIBUNAL,
            sealed=entry.sealed,
        )


# By statements of our own: to compose them took Django longer than PostgreSQL takes to answer.
_RECORD = "SELECT * FROM cases_recordentry WHERE case_id = %s ORDER BY position"
_WITHHELD = """
SELECT * FROM cases_recordentry
WHERE source = 'filing' AND source_id = ANY(%s) AND (sealed OR audience = 'tribunal')
"""


def record_of(
    viewer: Viewer, case: Case, capacity: Capacity | None, *, on: date
) -> list[RecordEntry]:
    """The documents on the file of a case that this person may read, in order."""
    sight = Sight.known(viewer, case, capacity, on=on)
    entries = RecordEntry.objects.raw(_RECORD, [case.pk])
    return [entry for entry in entries if sight.reads(entry)]


def find_entry(viewer: Viewer, entry_id: UUID, *, on: date) -> RecordEntry | None:
    """A document on the file of a case that this person may read on that day, or None."""
    entry = RecordEntry.objects.select_related("case", "blob").filter(pk=entry_id).first()
    if entry is None:
        return None
    return entry if Sight.of(viewer, entry.case, on=on).reads(entry) else None


def same_document(entry: RecordEntry) -> QuerySet[RecordEntry]:
    """The entries of one document: a filing in several cases is on the file of each."""
    if entry.source_id is None:
        return RecordEntry.objects.filter(pk=entry.pk)
    return RecordEntry.objects.filter(
        source=entry.source, source_id=entry.source_id, source_position=entry.source_position
    )


def withheld_filings(viewer: Viewer, submissions: Sequence[UUID], *, on: date) -> frozenset[Filed]:
    """Which documents of these filings are on a record where this person may not read them.

    One statement where nothing is withheld.
    """
    entries = list(RecordEntry.objects.raw(_WITHHELD, [list(submissions)]))
    if not entries:
        return frozenset()
    cases = Case.objects.in_bulk({entry.case_id for entry in entries})
    sights = {key: Sight.of(viewer, case, on=on) for key, case in cases.items()}
    return frozenset(
        (entry.source_id, entry.source_position or 0)
        for entry in entries
        if entry.source_id is not None and not sights[entry.case_id].reads(entry)
    )


def sealed_fingerprints(fingerprints: Collection[str]) -> frozenset[str]:
    """Those of these SHA-256 that are of a sealed document, on whatever case file."""
    sealed = RecordEntry.objects.filter(sealed=True, blob__sha256__in=fingerprints)
    return frozenset(sealed.values_list("blob__sha256", flat=True))


def cases_worked_on(
    viewer: Viewer, *, now: datetime, on: date, search: str = "", after: str = ""
) -> list[Case]:
    """At most PAGE + 1 cases of this person's work after a file number: one more if there is more.

    `search` keeps the cases whose number or people's names contain it. Each has `principal` (a
    name), `next_hearing` and `office_now` (an id).
    """
    cases = worked_cases(viewer, on=on)
    if search := search.replace("\x00", "").strip():
        named = Participant.objects.filter(person__name__icontains=search)
        number = Q(file_number__icontains=search.replace(" ", ""))
        cases = cases.filter(number | Q(pk__in=named.values("case")))
    if after:
        cases = cases.filter(file_number__gt=after.replace("\x00", ""))
    holds = Q(since__lte=on) & (Q(until=None) | Q(until__gt=on))
    principal = Participant.objects.filter(holds, case=OuterRef("pk"), principal=True)
    office = CaseOffice.objects.filter(holds, case=OuterRef("pk")).order_by("-since")
    coming = Hearing.objects.filter(
        case=OuterRef("pk"), starts_at__gte=now, cancelled=False
    ).order_by("starts_at")
    page = cases.annotate(
        principal=Subquery(principal.values("person__name")[:1]),
        office_now=Subquery(office.values("office")[:1]),
        next_hearing=Subquery(coming.values("starts_at")[:1]),
    ).order_by("file_number")
    return list(page[: PAGE + 1])


@dataclass(frozen=True, slots=True)
class Link:
    """Somebody or something in a case between two days: `until` is the first day after it.

    `what` is the part, the department, the office, "public" or "private", or the event that
    happened on the day `since`; `name` of a person.
    """

    kind: str
    what: str
    name: str
    principal: bool
    since: date
    until: date | None

    def holds(self, on: date) -> bool:
        """Whether it is so on that day."""
        return self.since <= on and (self.until is None or self.until > on)


_LINKS = """
SELECT 'participant', link.part, person.name, link.principal, link.since, link.until, link.id
FROM cases_participant AS link JOIN accounts_person AS person ON person.id = link.person_id
WHERE link.case_id = %(case)s
UNION ALL
SELECT 'counsel', '', person.name, false, link.since, link.until, link.id
FROM cases_counselofrecord AS link JOIN accounts_person AS person ON person.id = link.person_id
WHERE link.case_id = %(case)s
UNION ALL
SELECT 'minister', department, '', false, since, until, id
FROM cases_ministerparticipation WHERE case_id = %(case)s
UNION ALL
SELECT 'office', office, '', false, since, until, id
FROM cases_caseoffice WHERE case_id = %(case)s
UNION ALL
SELECT 'openness', CASE WHEN public THEN 'public' ELSE 'private' END, '', false, since, until, id
FROM cases_openness WHERE case_id = %(case)s
UNION ALL
SELECT 'event', event, '', false, "on", NULL, id FROM cases_knowndate WHERE case_id = %(case)s
ORDER BY 4 DESC, 5, 7
"""


def links_of(case: Case) -> dict[str, list[Link]]:
    """Everything of a case that has dates, past and present, by kind, in one statement.

    The kinds are "participant", "counsel", "minister", "office", "openness" and "event"; in the
    order of their days, the principal person first.
    """
    links: dict[str, list[Link]] = {
        kind: [] for kind in ("participant", "counsel", "minister", "office", "openness", "event")
    }
    with connection.cursor() as cursor:
        cursor.execute(_LINKS, {"case": case.pk})
        for kind, what, name, principal, since, until, _ in cursor.fetchall():
            links[kind].append(Link(kind, what, name, principal, since, until))
    return links


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """Where on a case file a document that was read stands today."""

    case_id: UUID
    place: int
    sha256: str
    sealed: bool


def entries_read(cases: Collection[UUID], fingerprints: Collection[str]) -> list[ReadEntry]:
    """The places of these documents on the files of these cases: no names, for whoever audits."""
    entries = RecordEntry.objects.filter(case__in=cases, blob__sha256__in=fingerprints)
    rows = entries.order_by("position").values_list("case_id", "position", "blob__sha256", "sealed")
    return [ReadEntry(*row) for row in rows]
