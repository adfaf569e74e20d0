"""The list of a person's own and represented cases, by statements of our own.

To compose them took Django longer than PostgreSQL takes to answer; and a list of thousands is read
no further than its page: cases with a hearing to come are first, and their order needs no other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from greffe.accounts.viewers import Viewer

ON_A_PAGE = 50


class ListedCase(NamedTuple):
    """A case in a list: `principal` and `in_name_of` are names, `office_now` an id, or None.

    `in_name_of` is the counsel for whom a delegate sees it.
    """

    id: UUID
    file_number: str
    division: str
    status: str
    closed_on: date | None
    next_hearing: datetime | None
    principal: str | None
    office_now: str | None
    in_name_of: str | None


@dataclass(frozen=True, slots=True)
class CasesPage:
    """A page of the list, its number from 1, and how many cases and pages there are."""

    cases: tuple[ListedCase, ...]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are: one at least."""
        return max(1, -(-self.total // ON_A_PAGE))


def my_cases(
    viewer: Viewer, *, now: datetime, on: date, search: str = "", page: int = 1
) -> CasesPage:
    """This person's own and represented cases, and those of whom they are a delegate.

    The next hearing first, what is closed last. `search` keeps the cases whose number or people's
    names contain it. A page that is not there is the nearest one.
    """
    search = search.replace("\x00", "")
    given = {
        "person": viewer.id,
        "principals": [principal.id for principal in viewer.principals],
        "now": now,
        "on": on,
    }
    mine = _MINE
    if search:
        mine += _SEARCHED
        given |= {"number": _pattern(search.replace(" ", "")), "name": _pattern(search)}
    total, heard, cases = _heard(mine, given, (page - 1) * ON_A_PAGE)
    number = min(max(1, page), max(1, -(-total // ON_A_PAGE)))
    if number != page:
        return my_cases(viewer, now=now, on=on, search=search, page=number)
    missing = min(ON_A_PAGE - len(cases), total - heard)
    if missing > 0:
        place = max(0, (page - 1) * ON_A_PAGE - heard)
        cases += _unheard(mine, given | {"place": place, "size": missing})
    return CasesPage(tuple(cases), number, total)


def _pattern(text: str) -> str:
    """What LIKE takes for "contains this text"."""
    for special in ("\\", "%", "_"):
        text = text.replace(special, f"\\{special}")
    return f"%{text}%"


_HOLDS = "since <= %(on)s AND (until IS NULL OR until > %(on)s)"
# A union, because either half of it is read from an index.
_MINE = f"""WITH tied AS MATERIALIZED (
    SELECT case_id FROM cases_counselofrecord
    WHERE person_id = ANY(%(principals)s::uuid[] || %(person)s::uuid) AND {_HOLDS}
    UNION SELECT case_id FROM cases_participant WHERE person_id = %(person)s AND {_HOLDS}
), mine AS MATERIALIZED (
    SELECT case_id, (
        SELECT min(starts_at) FROM cases_hearing AS hearing
        WHERE hearing.case_id = tied.case_id AND NOT cancelled AND starts_at >= %(now)s
    ) AS next_hearing
    FROM tied
"""  # noqa: S608 - our own words
# Each case by its key, as OFFSET 0 keeps the planner from reading the whole table instead.
_OF_MINE = """SELECT case_.*, mine.next_hearing FROM mine CROSS JOIN LATERAL (
    SELECT id, file_number, division, status, closed_on FROM cases_case WHERE id = mine.case_id
    OFFSET 0
) AS case_"""
_SEARCHED = f"""    WHERE EXISTS (
        SELECT FROM cases_case
        WHERE id = tied.case_id AND upper(file_number) LIKE upper(%(number)s)
    ) OR EXISTS (
        SELECT FROM cases_participant AS part JOIN accounts_person AS person
            ON person.id = part.person_id
        WHERE part.case_id = tied.case_id AND upper(person.name) LIKE upper(%(name)s) AND {_HOLDS}
    )
"""  # noqa: S608 - same
_WORDS = f"""SELECT listed.id, file_number, division, status, closed_on, next_hearing,
    (
        SELECT person.name FROM cases_participant AS part JOIN accounts_person AS person
            ON person.id = part.person_id
        WHERE part.case_id = listed.id AND part.principal AND {_HOLDS} LIMIT 1
    ),
    (SELECT office FROM cases_caseoffice WHERE case_id = listed.id AND {_HOLDS} LIMIT 1),
    CASE WHEN NOT EXISTS (
        SELECT FROM cases_counselofrecord
        WHERE case_id = listed.id AND person_id = %(person)s AND {_HOLDS}
    ) AND NOT EXISTS (
        SELECT FROM cases_participant
        WHERE case_id = listed.id AND person_id = %(person)s AND {_HOLDS}
    ) THEN (
        SELECT person.name FROM cases_counselofrecord AS link JOIN accounts_person AS person
            ON person.id = link.person_id
        WHERE link.case_id = listed.id AND link.person_id = ANY(%(principals)s::uuid[]) AND {_HOLDS}
        ORDER BY link.since, link.id LIMIT 1
    ) END"""  # noqa: S608 - same
_ORDER = "closed_on DESC NULLS FIRST, file_number"


def _heard(mine: str, given: Mapping[str, Any], place: int) -> tuple[int, int, list[ListedCase]]:
    """How many cases there are, how many have a hearing to come, and those of these at a place."""
    statement = f"""{mine}), listed AS (
    {_OF_MINE} WHERE next_hearing IS NOT NULL
    ORDER BY next_hearing, {_ORDER} LIMIT %(size)s OFFSET %(place)s
), counted AS (SELECT count(*) AS total, count(next_hearing) AS heard FROM mine)
{_WORDS}, total, heard FROM counted LEFT JOIN listed ON true ORDER BY next_hearing, {_ORDER}"""  # noqa: S608 - same
    rows = _rows(statement, given, size=ON_A_PAGE, place=max(0, place))
    *_, total, heard = rows[0]
    return total, heard, [ListedCase(*row[:-2]) for row in rows if row[0] is not None]


def _unheard(mine: str, given: Mapping[str, Any]) -> list[ListedCase]:
    """Cases without a hearing to come, at a place."""
    statement = f"""{mine}), listed AS (
    {_OF_MINE} WHERE next_hearing IS NULL ORDER BY {_ORDER} LIMIT %(size)s OFFSET %(place)s
)
{_WORDS} FROM listed ORDER BY {_ORDER}"""
    return [ListedCase(*row) for row in _rows(statement, given)]


def _rows(statement: str, given: Mapping[str, Any], **more: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {**given, **more})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
