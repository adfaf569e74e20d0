"""Hearings to come, at an office, on a day when it works, and the officer who deals with them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from greffe.accounts.models import Person, User
    from greffe.accounts.viewers import Viewer
    from greffe.cases.hearing_actions import Changed, Sitting
    from greffe.cases.models import Case, Hearing
    from tests.support.scenes import Scene


def a_day(office: str = "montreal", *, after: int = 40) -> dt.date:
    """A working day of an office at least so many days ahead."""
    from django.utils import timezone

    from greffe.cases.rules import rules
    from greffe.law.calendar import next_working_day

    return next_working_day(rules(), timezone.localdate() + dt.timedelta(days=after), office)


def sitting(
    office: str = "montreal",
    *,
    after: int = 40,
    on: dt.date | None = None,
    clock: dt.time = dt.time(9),
    **said: Any,
) -> Sitting:
    """A hearing in the morning of such a day, on the office's clock."""
    from greffe.cases.hearing_actions import Sitting
    from greffe.cases.rules import rules
    from greffe.law.calendar import instant

    day = on or a_day(office, after=after)
    return Sitting(instant(day, clock, rules().office(office).zone), office, **said)


def officer(scene: Scene, office: str = "montreal") -> Viewer:
    """An officer of an office."""
    return scene.viewer(scene.staff("officer", office=office))


def schedule(by: Viewer, case: Case, asked: Sitting | None = None, *warnings: str) -> Changed:
    """Schedule as an officer does; `warnings` are the keys that were ticked."""
    from greffe.cases.hearing_actions import schedule as fix

    return fix(by=by, case_id=case.pk, sitting=asked or sitting(), acknowledged=frozenset(warnings))


def postpone(by: Viewer, hearing: Hearing, asked: Sitting, **said: Any) -> Changed:
    """Postpone as an officer does who sees the hearing as it is now, unless told otherwise."""
    from greffe.cases.hearing_actions import postpone as put_off

    version = said.pop("version", hearing.revision)
    return put_off(by=by, hearing_id=hearing.pk, version=version, sitting=asked, **said)


def reachable(person: Person, email: str, language: str = "en") -> Person:
    """A person whom the registry can write to."""
    person.email, person.language = email, language
    person.save(update_fields=["email", "language"])
    return person


def person_of(user: User) -> Person:
    """The person behind an account."""
    assert user.person is not None
    return user.person
