"""How many statements a page of a large registry needs, and how My cases turns its pages."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from greffe.accounts.models import User
from greffe.cases.actions import schedule_hearing
from greffe.cases.my_cases import ON_A_PAGE
from greffe.ledger.actors import SYSTEM
from tests.support.portal import address, browser, text_of
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15]

MOST = 12


@pytest.fixture
def counsel(scene: Scene) -> User:
    """Counsel with three cases, two filings in each and a hearing ahead."""
    user = scene.user()
    for _ in range(3):
        case = scene.case(counsel=user)
        schedule_hearing(
            by=SYSTEM,
            case=case,
            starts_at=timezone.now() + timedelta(days=30),
            office="montreal",
        )
        for name in ("one.pdf", "two.pdf"):
            draft = scene.draft(user, case)
            scene.upload(user, draft, name=name)
            scene.submit(user, draft)
    return user


@pytest.mark.parametrize("role", ["officer", "supervisor"])
def test_queue_and_case_file_stay_within_their_statements(
    scene: Scene, counsel: User, role: str, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    reader = browser(scene.staff(role, office="montreal"))
    link = counsel.person.counsel_in.first()  # type: ignore[union-attr]  # the scene gives a person
    assert link is not None
    for page in (address("registry:queue"), address("registry:case", link.case_id)):
        with django_assert_max_num_queries(MOST):
            assert reader.get(page).status_code == 200


def test_my_cases_and_a_case_stay_within_their_statements(
    counsel: User, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    link = counsel.person.counsel_in.first()  # type: ignore[union-attr]  # the scene gives a person
    assert link is not None
    reader = browser(counsel)
    for page in (address("portal:my-cases"), address("portal:case", link.case_id)):
        with django_assert_max_num_queries(MOST):
            assert reader.get(page).status_code == 200


def test_my_cases_turn_their_pages(scene: Scene) -> None:
    counsel = scene.user()
    for _ in range(ON_A_PAGE + 1):
        scene.case(counsel=counsel)
    for asked, shown in (("", 1), ("1", 1), ("2", 2), ("9", 2), ("x", 1), ("0", 1), ("²", 1)):
        page = browser(counsel).get(address("portal:my-cases"), {"page": asked})
        assert f"Page {shown} of 2" in text_of(page), asked
        lines = page.content.decode().count('scope="row"')
        assert lines == (ON_A_PAGE if shown == 1 else 1), asked
