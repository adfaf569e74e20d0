"""Submitting: once, whole, with the time of the first attempt."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from greffe.accounts.models import User
from greffe.filings.manifests import manifest_of
from greffe.filings.models import Attempt, Draft, Submission
from greffe.filings.refusals import FilingRefusedError
from greffe.sealing.keys import KeyRing
from greffe.sealing.signatures import verify
from tests.support.scenes import Scene

Filed = tuple[Scene, User, Draft]

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15]


@pytest.fixture
def filed(scene: Scene) -> Filed:
    user = scene.user()
    draft = scene.draft(user, scene.case(counsel=user))
    scene.upload(user, draft)
    return scene, user, draft


def test_submission_has_a_receipt_signed_in_its_transaction(filed: Filed, keys: Path) -> None:
    scene, user, draft = filed
    submission = scene.submit(user, draft)
    envelope = json.loads(bytes(submission.receipt.envelope))
    assert verify(envelope, KeyRing.load(keys).published()).ok
    assert envelope["payload"]["number"] == submission.number


def test_same_request_again_gives_the_same_submission(filed: Filed) -> None:
    scene, user, draft = filed
    assert scene.submit(user, draft).id == scene.submit(user, draft).id
    assert Submission.objects.count() == 1


def test_time_of_receipt_is_that_of_the_first_attempt_with_the_same_manifest(filed: Filed) -> None:
    scene, user, draft = filed
    draft.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp() - interval '2 hours'")
        (earlier,) = cursor.fetchone()
    Attempt.objects.create(draft=draft, manifest=manifest_of(draft), noted_at=earlier)
    assert scene.submit(user, draft).received_at == earlier


def test_attempt_with_other_files_gives_no_time(filed: Filed) -> None:
    scene, user, draft = filed
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp() - interval '2 hours'")
        (earlier,) = cursor.fetchone()
    Attempt.objects.create(draft=draft, manifest="0" * 64, noted_at=earlier)
    assert scene.submit(user, draft).received_at > earlier + timedelta(hours=1)


def test_page_of_an_older_version_files_nothing(filed: Filed) -> None:
    scene, user, draft = filed
    draft.refresh_from_db()
    with pytest.raises(FilingRefusedError) as error:
        scene.submit(user, draft, version=draft.version - 1)
    assert error.value.refused.code == "stale"
    assert not Submission.objects.exists()
