"""The list of one's own and represented cases: in order, found by number and name, page by page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greffe.accounts.models import Delegation
from greffe.accounts.viewers import Principal
from greffe.cases import actions
from greffe.cases.models import Case, Hearing
from greffe.cases.my_cases import ON_A_PAGE, CasesPage, my_cases
from greffe.ledger.actors import SYSTEM
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15, pytest.mark.requirement("MC-16")]


def numbers(found: CasesPage) -> list[str]:
    return [case.file_number for case in found.cases]


def test_next_hearing_comes_first_and_past_or_cancelled_ones_do_not_count(scene: Scene) -> None:
    user = scene.user()
    none, late, soon, past = (scene.case(counsel=user) for _ in range(4))
    now = timezone.now()
    for case, days in ((late, 30), (soon, 3), (past, -3)):
        actions.schedule_hearing(
            by=SYSTEM, case=case, starts_at=now + timedelta(days=days), office="montreal"
        )
    found = my_cases(scene.viewer(user), now=now, on=scene.today)
    assert numbers(found)[:2] == [soon.file_number, late.file_number]
    assert set(numbers(found)[2:]) == {none.file_number, past.file_number}


@pytest.mark.parametrize("search", ["MC6-00777", "mc6-00777", " MC6-007", "Claimant", "laiman"])
def test_case_is_found_by_number_and_by_name(scene: Scene, search: str) -> None:
    user = scene.user()
    case = scene.case(counsel=user, number="MC6-00777")
    found = my_cases(scene.viewer(user), now=timezone.now(), on=scene.today, search=search)
    assert numbers(found) == [case.file_number]


@pytest.mark.parametrize("search", ["TC1-1", "\x00\x00x", "%", "_", "' OR 1=1 --"])
def test_search_for_what_is_not_there_finds_nothing(scene: Scene, search: str) -> None:
    user = scene.user()
    scene.case(counsel=user)
    found = my_cases(scene.viewer(user), now=timezone.now(), on=scene.today, search=search)
    assert (found.cases, found.total) == ((), 0)


@pytest.mark.security(15)
def test_search_never_leaves_the_own_cases(scene: Scene) -> None:
    stranger = scene.case(counsel=scene.user())
    user = scene.user()
    found = my_cases(
        scene.viewer(user), now=timezone.now(), on=scene.today, search=stranger.file_number
    )
    assert found.cases == ()


def order(case: Case, now: Any) -> tuple[Any, ...]:
    """The order of the list, by another way than its statements."""
    coming = [
        one.starts_at
        for one in Hearing.objects.filter(case=case, cancelled=False)
        if one.starts_at >= now
    ]
    closed = case.closed_on
    return (
        not coming,
        min(coming, default=now),
        closed is not None,
        -closed.toordinal() if closed else 0,
        case.file_number,
    )


HEARINGS = st.lists(st.tuples(st.integers(-3, 3), st.booleans()), max_size=2)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    drawn=st.lists(st.tuples(HEARINGS, st.none() | st.integers(0, 2)), max_size=6),
    size=st.integers(1, 4),
)
def test_pages_put_together_are_the_whole_list_in_its_order(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, drawn: list[Any], size: int
) -> None:
    monkeypatch.setattr("greffe.cases.my_cases.ON_A_PAGE", size)
    user, now = scene.user(), timezone.now()
    cases = []
    for hearings, closed in drawn:
        case = scene.case(counsel=user)
        if closed is not None:
            Case.objects.filter(pk=case.pk).update(
                status="closed", closed_on=scene.today - timedelta(days=closed)
            )
        for days, cancelled in hearings:
            Hearing.objects.create(
                case=case,
                starts_at=now + timedelta(days=days, seconds=1),
                office="montreal",
                cancelled=cancelled,
            )
        cases.append(Case.objects.get(pk=case.pk))
    viewer = scene.viewer(user)
    pages = [
        my_cases(viewer, now=now, on=scene.today, page=page)
        for page in range(1, max(1, -(-len(cases) // size)) + 1)
    ]
    wanted = [case.file_number for case in sorted(cases, key=lambda case: order(case, now))]
    assert [number for page in pages for number in numbers(page)] == wanted
    assert {(page.total, page.pages) for page in pages} == {(len(cases), len(pages))}


@pytest.mark.parametrize(("asked", "given_"), [(0, 1), (1, 1), (2, 2), (9, 2)])
def test_page_that_is_not_there_is_the_nearest_one(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, asked: int, given_: int
) -> None:
    monkeypatch.setattr("greffe.cases.my_cases.ON_A_PAGE", 2)
    user = scene.user()
    cases = [scene.case(counsel=user) for _ in range(3)]
    found = my_cases(scene.viewer(user), now=timezone.now(), on=scene.today, page=asked)
    assert found.number == given_
    assert len(found.cases) == (2 if given_ == 1 else 1)
    assert set(numbers(found)) <= {case.file_number for case in cases}


def test_list_of_nobodys_cases_has_one_page_without_any(scene: Scene) -> None:
    found = my_cases(scene.viewer(scene.user()), now=timezone.now(), on=scene.today)
    assert (found.cases, found.number, found.total, found.pages) == ((), 1, 0, 1)


def test_list_is_read_by_one_statement_where_hearings_fill_its_page(
    scene: Scene, django_assert_num_queries: Callable[[int], Any]
) -> None:
    user = scene.user()
    for _ in range(2):
        actions.schedule_hearing(
            by=SYSTEM,
            case=scene.case(counsel=user),
            starts_at=timezone.now() + timedelta(days=3),
            office="montreal",
        )
    viewer = scene.viewer(user)
    with django_assert_num_queries(1):
        my_cases(viewer, now=timezone.now(), on=scene.today)
    scene.case(counsel=user)
    with django_assert_num_queries(2):
        my_cases(viewer, now=timezone.now(), on=scene.today)
    assert ON_A_PAGE > 2


def test_delegate_has_the_cases_of_counsel_and_is_told_for_whom(scene: Scene) -> None:
    counsel, delegate = scene.user("Marc Tremblay"), scene.user("Ana Silva")
    theirs, own = scene.case(counsel=counsel), scene.case(counsel=delegate)
    assert counsel.person is not None
    Delegation.objects.create(principal=counsel.person, delegate=delegate.person)
    viewer = scene.viewer(delegate)
    assert viewer.principals == (Principal(counsel.person.pk, "Marc Tremblay"),)
    found = my_cases(viewer, now=timezone.now(), on=scene.today)
    assert {case.file_number: case.in_name_of for case in found.cases} == {
        theirs.file_number: "Marc Tremblay",
        own.file_number: None,
    }
