"""Lines of the queue: the statement that lists them shows what the rule of the queue says."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest
from django.utils import timezone

from greffe.accounts.models import Role
from greffe.accounts.viewers import HeldRole, Viewer
from greffe.cases.models import Hearing
from greffe.filings.models import QueueItem
from greffe.filings.queue_queries import Filters, queue_page, queue_scope, waiting_in
from tests.filings.test_queue import filed, of_a_family
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15, pytest.mark.security(6)]


def viewers(scene: Scene) -> dict[str, Viewer]:
    """Who may look at a queue, with every way of holding roles that differs in what it shows."""
    held = {
        "officer": [("officer", "montreal", "")],
        "officer elsewhere": [("officer", "toronto", "")],
        "officer of two": [("officer", "montreal", ""), ("officer", "toronto", "")],
        "supervisor": [("supervisor", "montreal", "")],
        "officer here, supervisor there": [
            ("officer", "montreal", ""),
            ("supervisor", "toronto", ""),
        ],
        "member": [("member", "", "RPD")],
        "member and officer": [("member", "", "RPD"), ("officer", "toronto", "")],
        "auditor": [("auditor", "", "")],
        "counsel": [],
    }
    found = {}
    for name, roles in held.items():
        person = scene.person(name)
        made = tuple(
            HeldRole(Role(role), office=office, division=where) for role, office, where in roles
        )
        found[name] = Viewer(person=person, account_id=0, roles=made)
    return found


def test_lines_are_exactly_what_the_rule_of_the_queue_shows(scene: Scene) -> None:
    people = viewers(scene)
    submissions = [filed(scene, office=office) for office in ("montreal", "toronto") * 3]
    family, *_ = of_a_family(scene, scene.user())
    for submission in submissions[:2]:
        submission.cases.update(sealed=True)
    for submission in submissions[2:4]:
        QueueItem.objects.filter(pk=submission.pk).update(with_division=True)
    for name, submission in product(("member", "member and officer"), submissions[1:3]):
        Hearing.objects.create(
            case=submission.cases.get(),
            starts_at=timezone.now(),
            office="montreal",
            member=people[name].person,
        )
    seen = set()
    for name, viewer in people.items():
        scope = set(queue_scope(viewer).values_list("pk", "with_division"))
        shown = {
            (line.pk, line.with_division)
            for whose in ("all", "division")
            for line in queue_page(viewer, Filters(whose=whose))
        }
        assert shown == scope, name
        for case in {case for one in (*submissions, family) for case in one.cases.all()}:
            there = queue_scope(viewer).filter(submission__cases=case)
            assert {line.pk for line in waiting_in(viewer, case)} == {one.pk for one in there}, name
        seen.add(frozenset(shown))
    assert len(seen) > 5  # else the scene does not tell them apart


def test_cancelled_hearing_shows_the_member_nothing(scene: Scene) -> None:
    member = viewers(scene)["member"]
    submission = filed(scene)
    QueueItem.objects.update(with_division=True)
    hearing = Hearing.objects.create(
        case=submission.cases.get(),
        starts_at=timezone.now(),
        office="montreal",
        member=member.person,
    )
    assert [line.pk for line in queue_page(member, Filters(whose="division"))] == [submission.pk]
    Hearing.objects.filter(pk=hearing.pk).update(cancelled=True)
    assert not queue_page(member, Filters(whose="division"))


def test_each_narrowing_keeps_what_it_names(scene: Scene) -> None:
    officer = viewers(scene)["officer"]
    submission = filed(scene)
    item = QueueItem.objects.get()
    QueueItem.objects.update(holder=officer.person, held_since=timezone.now())
    kept = Filters(
        whose="mine",
        office=item.office,
        division=item.division,
        document_type=item.document_type,
        holder=officer.id,
        due_by=item.due_on,
        arrived_before=datetime(2999, 1, 1, tzinfo=UTC),
    )
    (line,) = queue_page(officer, kept)
    assert (line.pk, line.number, line.holder) == (
        submission.pk,
        submission.number,
        officer.person.name,
    )
    other = {
        "whose": "free",
        "office": "toronto",
        "division": "ID",
        "document_type": "rad-reply",
        "holder": submission.person_id,
        "due_by": scene.start,
        "arrived_before": datetime(2000, 1, 1, tzinfo=UTC),
    }
    for name, value in other.items():
        assert not queue_page(officer, replace(kept, **{name: value})), name
