"""Pages of a registry with a million submissions, against their own SQL and against a small one.

The registry begins with 1,000 submissions, 500 of which wait, and grows in the same run to
1,000,000, of which 50,000 wait; 60 % of all are of one office, and one counsel has 2,000 cases
(100 before). The pages are those of an officer and a supervisor of that office, and of that
counsel, each asked for over HTTP. For each page:

- statements: how many reach the database, counted in this process by the same code of the page;
- own SQL: the time of the page against that of those statements alone, run again by psycopg over
  one connection, prepared as the page's are, in turn with the page;
- small registry: its time against that of the same page before the registry grew.

The submission on the desk has no budget: it informs. A page of the queue has 50 lines in both, and
the case that is looked at is the same one. The check of a kept connection is not counted. A number
after the name of the script asks for fewer submissions than a million.
"""

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from _browser import Browser
from _figures import Figures, median
from _loader import load
from _registry import HOST, Registry, registry, session_of
from _rows import LOOKED_AT, Measured, Size, key

SMALL = Size(submissions=1_000, open=500, cases=500, represented=100)
SUBMISSIONS = 1_000_000
FIRST, TURNS = 5, 40
BUDGETS = (12, 5.0, 2.0)  # statements, times their own SQL, times the small registry

Statement = tuple[str, Any]


def main() -> None:
    """Measure and say."""
    figures, to = Figures(), large_of(int(sys.argv[1]) if len(sys.argv) > 1 else SUBMISSIONS)
    with registry() as greffe:
        people = People()
        load(people.measured, has=Size(), to=SMALL)
        small = measure(greffe, people)
        load(people.measured, has=SMALL, to=to)
        large = measure(greffe, people)
    for before, page in zip(small, large, strict=True):
        most, times_sql, times_small = BUDGETS if page.budgeted else (None, None, None)
        figures.amount(f"{page.name}: statements", len(page.statements), budget=most, unit="")
        figures.ratio(f"{page.name}: own SQL", page.took, page.sql, budget=times_sql)
        figures.ratio(f"{page.name}: small registry", page.took, before.took, budget=times_small)
    figures.exit()


def large_of(submissions: int) -> Size:
    """The large registry: one submission of 20 waits, and counsel has 2,000 cases."""
    return Size(
        submissions=submissions,
        open=submissions // 20,
        cases=submissions // 5,
        represented=min(2_000, submissions // 10),
    )


class People:
    """Who reads: the demonstration's officer and supervisor, and a counsel of our own."""

    def __init__(self) -> None:
        """Sign them in. Needs Django, which is set up by now."""
        from greffe.accounts.actions import add_person, open_account  # noqa: PLC0415 - see above
        from greffe.accounts.models import User  # noqa: PLC0415 - same
        from greffe.ledger.actors import SYSTEM  # noqa: PLC0415 - same

        officer = User.objects.get(username="greffe-montreal")
        person = add_person(by=SYSTEM, name="Counsel in many cases", language="en")
        counsel = open_account(by=SYSTEM, person=person, username="counsel", password=None)
        self.officer = session_of(officer)
        self.supervisor = session_of(User.objects.get(username="superviseure"))
        self.counsel = session_of(counsel)
        self.measured = Measured(person.pk.hex, officer.person_id.hex)


@dataclass(slots=True)
class Page:
    """A page, who asks for it, the statements behind it, and the seconds of it and of those."""

    name: str
    address: str
    session: str
    budgeted: bool = True
    statements: Sequence[Statement] = ()
    took: float = 0
    sql: float = 0
    _pages: list[float] = field(default_factory=list)
    _alone: list[float] = field(default_factory=list)

    def turn(self, browser: Browser, connection: "psycopg.Connection[Any]") -> None:
        """Ask for the page once, then for its statements alone."""
        self._pages.append(browser.get(self.address))
        with connection.cursor() as cursor:
            started = time.perf_counter()
            for statement, values in self.statements:
                cursor.execute(statement, values)
                cursor.fetchall()
            self._alone.append(time.perf_counter() - started)

    def close(self) -> None:
        """Reckon without the first turns."""
        self.took, self.sql = median(self._pages[FIRST:]), median(self._alone[FIRST:])


def pages(people: People) -> list[Page]:
    """What is measured, as the registry is now."""
    from greffe.filings.models import QueueItem  # noqa: PLC0415 - it needs Django
    from greffe.filings.queue_queries import ORDER, Place  # noqa: PLC0415 - same

    queue, cases, case = "/en/registry/", "/en/portal/", UUID(key("case", LOOKED_AT))
    waiting = QueueItem.objects.filter(office="montreal", with_division=False).order_by(*ORDER)
    deep = waiting[waiting.count() * 2 // 3]
    place = (
        Place(deep.due_on, deep.received_at, deep.pk).text.replace("|", "%7C").replace("+", "%2B")
    )
    name = "Amina%20Abebe"
    return [
        Page("queue", queue, people.officer),
        Page("queue, deep page", f"{queue}?after={place}", people.officer),
        Page("queue, one division", f"{queue}?division=IAD", people.officer),
        Page("queue, not taken", f"{queue}?whose=free", people.officer),
        Page("queue of a supervisor", queue, people.supervisor),
        Page("submission on the desk", f"{queue}submissions/{deep.pk}/", people.officer, False),
        Page("case file", f"{queue}cases/{case}/", people.officer),
        Page("My cases", cases, people.counsel),
        Page("My cases, second page", f"{cases}?page=2", people.counsel),
        Page("My cases, search", f"{cases}?q={name}", people.counsel),
        Page("case in the portal", f"{cases}cases/{case}/", people.counsel),
    ]


def measure(greffe: Registry, people: People) -> list[Page]:
    """Read all pages in turn, many times."""
    found = pages(people)
    for page in found:
        page.statements = statements_of(page)
    browsers = {page.session: Browser(greffe.port, page.session) for page in found}
    with psycopg.connect(
        os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=3
    ) as connection:
        for _ in range(FIRST + TURNS):
            for page in found:
                page.turn(browsers[page.session], connection)
    for browser in browsers.values():
        browser.close()
    for page in found:
        page.close()
    return found


def statements_of(page: Page) -> list[Statement]:
    """The statements of a page that was asked for once before, by its code in this process."""
    from django.conf import settings  # noqa: PLC0415 - it needs Django
    from django.db import connection  # noqa: PLC0415 - same
    from django.test import Client  # noqa: PLC0415 - same

    statements: list[Statement] = []

    def note(execute: Any, statement: str, values: Any, many: bool, context: Any) -> Any:
        statements.append((statement, values))
        return execute(statement, values, many, context)

    client = Client(headers={"host": HOST})
    client.cookies[settings.SESSION_COOKIE_NAME] = page.session
    client.get(page.address)
    with connection.execute_wrapper(note):
        answer = client.get(page.address)
    if answer.status_code != 200:
        raise SystemExit(f"{page.address} was answered with {answer.status_code}")
    written = [one for one, _ in statements if not one.lstrip().startswith(("SELECT", "WITH"))]
    if written:
        raise SystemExit(f"{page.address} writes: {written[0]}")
    return statements


if __name__ == "__main__":
    main()
