"""Who reads what of a case file. A search shows exactly where a person has a capacity."""

import itertools
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greffe.accounts.models import Role
from greffe.accounts.viewers import HeldRole, Viewer
from greffe.cases.models import Case, CaseOffice, CounselOfRecord, Hearing, Participant, RecordEntry
from greffe.cases.my_cases import my_cases
from greffe.cases.permissions import (
    STAFF,
    TRIBUNAL,
    capacity_in,
    may_keep_seals,
    may_read_documents,
    may_read_entry,
)
from greffe.cases.queries import worked_cases
from greffe.cases.record_queries import cases_worked_on, find_entry, links_of, record_of
from tests.support.files import on_record
from tests.support.scenes import Scene

CAPACITIES: Any = ("counsel", "claimant", "officer", "member", "auditor", None)


@pytest.mark.security(16)
@pytest.mark.parametrize("capacity", CAPACITIES)
def test_what_each_capacity_reads_of_a_record(capacity: Any) -> None:
    for keeps, tribunal_only, sealed in itertools.product((False, True), repeat=3):
        reads = may_read_entry(
            capacity, keeps_seals=keeps, tribunal_only=tribunal_only, sealed=sealed
        )
        if sealed:
            assert reads is (keeps and may_read_documents(capacity))
        elif tribunal_only:
            assert reads is (capacity in TRIBUNAL)
        else:
            assert reads is may_read_documents(capacity)


@pytest.mark.parametrize("capacity", CAPACITIES)
@pytest.mark.parametrize("supervises", [False, True])
def test_seals_are_kept_by_the_member_and_supervisors(capacity: Any, supervises: bool) -> None:
    expected = capacity == "member" or (capacity == "officer" and supervises)
    assert may_keep_seals(capacity, supervises=supervises) is expected


@pytest.mark.django_db
@pytest.mark.postgres15
@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("counsel", ["open.pdf"]),
        ("officer", ["open.pdf", "internal.pdf"]),
        ("supervisor", ["open.pdf", "sealed.pdf", "internal.pdf"]),
        ("auditor", []),
        ("operator", []),
    ],
)
def test_record_is_in_order_and_scoped(scene: Scene, who: str, seen: list[str]) -> None:
    filed = on_record(scene, "open.pdf", "sealed.pdf", "internal.pdf")
    RecordEntry.objects.filter(name="sealed.pdf").update(sealed=True)
    RecordEntry.objects.filter(name="internal.pdf").update(audience="tribunal")
    user = filed.counsel if who == "counsel" else scene.staff(who, office="montreal")
    viewer = scene.viewer(user)
    capacity = capacity_in(viewer, filed.case, on=scene.today)
    entries = record_of(viewer, filed.case, capacity, on=scene.today)
    assert [entry.name for entry in entries] == seen
    for entry in filed.case.record.all():
        found = find_entry(viewer, entry.id, on=scene.today)
        assert (found is not None) is (entry.name in seen)
    assert find_entry(viewer, uuid4(), on=scene.today) is None


@pytest.mark.django_db
@pytest.mark.postgres15
def test_everything_with_dates_comes_in_the_order_of_its_days(scene: Scene) -> None:
    case = scene.case()
    CaseOffice.objects.filter(case=case).update(until=scene.today)
    CaseOffice.objects.create(case=case, office="toronto", since=scene.today)
    scene_links = links_of(case)
    assert [link.what for link in scene_links["office"]] == ["montreal", "toronto"]
    assert [link.principal for link in scene_links["participant"]] == [True]
    assert [link.what for link in scene_links["openness"]] == ["private"]
    assert scene_links["counsel"] == scene_links["minister"] == []


# The property: search, scope and capacity agree, whoever asks, whatever the case


OFFICES = ("montreal", "toronto")
DAYS = st.integers(-2, 2)
SPELL = st.tuples(DAYS, st.one_of(st.none(), st.integers(0, 3)))
HELD = st.lists(st.tuples(st.sampled_from(Role.values), st.sampled_from(OFFICES)), max_size=3)
CASE = st.fixed_dictionaries(
    {
        "sealed": st.booleans(),
        "offices": st.lists(st.tuples(st.sampled_from(OFFICES), SPELL), max_size=2),
        "counsel": st.lists(SPELL, max_size=2),
        "own": st.lists(SPELL, max_size=2),
        "hearings": st.lists(st.booleans(), max_size=2),
    }
)


@pytest.mark.security(15)
@pytest.mark.django_db
@pytest.mark.postgres15
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(held=HELD, drawn=st.lists(CASE, min_size=1, max_size=3))
def test_search_shows_exactly_the_cases_in_which_one_has_a_capacity(
    scene: Scene, held: list[tuple[str, str]], drawn: list[dict[str, Any]]
) -> None:
    person, today = scene.person("Somebody"), scene.today
    roles = tuple(
        HeldRole(
            Role(role),
            office=office if role in {Role.OFFICER, Role.SUPERVISOR} else "",
            division="RPD" if role == Role.MEMBER else "",
        )
        for role, office in held
    )
    viewer = Viewer(person=person, account_id=0, roles=roles)
    cases = [_make(drawn_case, viewer, scene) for drawn_case in drawn]
    ids = {case.pk for case in cases}
    capacities = {case.pk: capacity_in(viewer, case, on=today) for case in cases}
    own = my_cases(viewer, now=timezone.now(), on=today).cases
    assert {one.id for one in own} & ids == {
        pk for pk, capacity in capacities.items() if capacity is not None and capacity not in STAFF
    }
    works = {pk for pk, capacity in capacities.items() if capacity in STAFF}
    assert set(worked_cases(viewer, on=today).filter(pk__in=ids).values_list("pk", flat=True)) == (
        works
    )
    for case in cases:
        found = cases_worked_on(viewer, now=timezone.now(), on=today, search=case.file_number)
        assert ({one.pk for one in found} == {case.pk}) is (case.pk in works)


def _make(drawn: dict[str, Any], viewer: Viewer, scene: Scene) -> Case:
    serial = uuid4().int % 100_000_000
    case = Case.objects.create(
        file_number=f"MC6-{serial:08}", division="RPD", language="en", sealed=drawn["sealed"]
    )
    for number, (office, spell) in enumerate(drawn["offices"]):
        CaseOffice.objects.create(case=case, office=office, **_days(spell, scene, number))
    for number, spell in enumerate(drawn["counsel"]):
        CounselOfRecord.objects.create(
            case=case, person=viewer.person, **_days(spell, scene, number)
        )
    for number, spell in enumerate(drawn["own"]):
        Participant.objects.create(
            case=case, person=viewer.person, part="claimant", **_days(spell, scene, number)
        )
    for cancelled in drawn["hearings"]:
        Hearing.objects.create(
            case=case,
            office="montreal",
            member=viewer.person,
            cancelled=cancelled,
            starts_at=datetime.now(ZoneInfo("UTC")),
        )
    return case


def _days(spell: tuple[int, int | None], scene: Scene, number: int) -> dict[str, Any]:
    """The days of a link: only the first of a case may still be open."""
    since, length = spell
    first = scene.today + timedelta(days=since)
    open_ended = length is None and number == 0
    return {"since": first, "until": None if open_ended else first + timedelta(days=length or 0)}
