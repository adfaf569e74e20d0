"""The same submit twice at once, on real connections: one submission, one receipt for both."""

import pytest

from greffe.accounts.models import User
from greffe.filings.models import Attempt, Draft, Receipt, Submission
from greffe.filings.refusals import FilingRefusedError
from tests.support.at_once import at_once
from tests.support.portal import address, browser
from tests.support.scenes import Scene

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres15,
    pytest.mark.security(24),
]


@pytest.fixture
def filed(scene: Scene) -> tuple[Scene, User, Draft]:
    user = scene.user()
    draft = scene.draft(user, scene.case(counsel=user))
    scene.upload(user, draft)
    draft.refresh_from_db()
    return scene, user, draft


def test_same_request_twice_at_once_gives_one_submission_and_both_its_receipt(
    filed: tuple[Scene, User, Draft],
) -> None:
    scene, user, draft = filed
    one, other = at_once(draft, *[lambda: scene.submit(user, draft)] * 2)
    assert one.result().id == other.result().id
    assert Submission.objects.count() == Receipt.objects.count() == 1
    assert Attempt.objects.count() == 2
    earliest = Attempt.objects.order_by("noted_at")[0].noted_at
    assert one.result().received_at == earliest


def test_both_pages_of_a_double_click_lead_to_the_same_receipt(
    filed: tuple[Scene, User, Draft],
) -> None:
    _, user, draft = filed
    page = address("portal:draft-review", draft.id)
    form = {"version": str(draft.version)}
    clients = [browser(user), browser(user)]
    done = at_once(draft, *[lambda client=client: client.post(page, form) for client in clients])
    submission = Submission.objects.get()
    assert {one.result().status_code for one in done} == {302}
    assert {one.result()["Location"] for one in done} == {
        address("portal:submission", submission.id)
    }


def test_file_added_while_filing_is_either_filed_or_refused(
    filed: tuple[Scene, User, Draft],
) -> None:
    scene, user, draft = filed
    submitting, adding = at_once(
        draft,
        lambda: scene.submit(user, draft),
        lambda: scene.upload(user, draft, name="late.pdf"),
    )
    draft.refresh_from_db()
    if draft.state == "submitted":
        with pytest.raises(FilingRefusedError) as error:
            adding.result()
        assert error.value.refused.code == "already-filed"
        assert submitting.result().documents.count() == 1
    else:
        with pytest.raises(FilingRefusedError) as error:
            submitting.result()
        assert error.value.refused.code == "stale"
        assert draft.files.count() == 2


def test_filing_and_discarding_at_once_does_one_of_them(
    filed: tuple[Scene, User, Draft],
) -> None:
    from greffe.filings.draft_actions import discard_draft

    scene, user, draft = filed
    viewer = scene.viewer(user)
    done = at_once(
        draft,
        lambda: scene.submit(user, draft),
        lambda: discard_draft(by=viewer, draft_id=draft.id),
    )
    refused = [one for one in done if one.exception() is not None]
    assert len(refused) == 1
    assert isinstance(refused[0].exception(), FilingRefusedError)
    draft.refresh_from_db()
    assert (draft.state == "submitted") is Submission.objects.exists()
