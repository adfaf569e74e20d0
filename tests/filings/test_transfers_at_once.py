"""A filing and the transfer of its case at once, on real connections: the work goes with the case.

The receipt names the office that handled the case at the moment of receipt.
"""

from collections.abc import Callable
from typing import Any

import pytest

from greffe.accounts.models import User
from greffe.cases.file_actions import transfer_case
from greffe.cases.models import Case, CaseOffice, FamilyGroup
from greffe.filings.draft_actions import start_draft
from greffe.filings.models import Draft, QueueItem, Submission
from tests.support.at_once import at_once
from tests.support.scenes import Scene

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres15,
    pytest.mark.requirement("MC-13"),
]

Prepared = tuple[User, Draft, Case, Case]


@pytest.fixture
def prepared(scene: Scene) -> Prepared:
    """A filing in two cases of a family at Montréal, ready to be submitted: the leading one first.

    The other was opened before, so that it is not the order of the cases that counts.
    """
    user, group = scene.user(), FamilyGroup.objects.create(name="Rahimi")
    other, leading = (scene.case(counsel=user, family_group=group) for _ in range(2))
    draft = start_draft(
        by=scene.viewer(user),
        case=leading,
        document_type="rpd-written-submissions",
        language="en",
        also_in=[other.pk],
    )
    scene.upload(user, draft)
    return user, draft, leading, other


def transfer(scene: Scene, case: Case) -> Callable[[], CaseOffice]:
    """What sends a case to Toronto."""
    by = scene.viewer(scene.staff("supervisor", office="montreal"))
    return lambda: transfer_case(by=by, case=case, office="toronto", on=scene.today)


def offices(submission: Submission, leading: Case, other: Case) -> tuple[Any, ...]:
    """Where it waits, and what its receipt says: the leading case's office and the other's."""
    said = {link.case_id: link.office for link in submission.case_links.all()}
    queue = QueueItem.objects.get(pk=submission.pk).office
    assert said[leading.pk] == submission.office
    return queue, said[leading.pk], said[other.pk]


def test_filing_that_read_its_office_before_the_transfer_waits_at_the_new_one(
    scene: Scene, prepared: Prepared
) -> None:
    user, draft, leading, other = prepared
    (filing,) = at_once(
        leading, lambda: scene.submit(user, draft), meanwhile=transfer(scene, leading)
    )
    assert offices(filing.result(), leading, other) == ("toronto", "toronto", "montreal")


def test_transfer_that_comes_during_a_filing_waits_for_it_and_takes_it_along(
    scene: Scene, prepared: Prepared
) -> None:
    user, draft, leading, other = prepared
    file = draft.files.get().upload  # taken by a filing in its middle
    filing, moving = at_once(file, lambda: scene.submit(user, draft), transfer(scene, leading))
    assert moving.result().office == "toronto"
    assert offices(filing.result(), leading, other) == ("toronto", "montreal", "montreal")


def test_receipt_names_the_new_office_of_another_case_that_it_concerns(
    scene: Scene, prepared: Prepared
) -> None:
    user, draft, leading, other = prepared
    (filing,) = at_once(other, lambda: scene.submit(user, draft), meanwhile=transfer(scene, other))
    assert offices(filing.result(), leading, other) == ("montreal", "montreal", "toronto")
