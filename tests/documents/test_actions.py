"""Uploads in the database: noted with their fingerprint, inspected, thrown away in time."""

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from greffe.documents.actions import (
    discard_upload,
    expire_uploads,
    inspect_upload,
    receive_upload,
    sweep_store,
)
from greffe.documents.models import Blob, Upload
from greffe.documents.retention import UPLOAD, kept_for
from greffe.documents.store import FORMAT, FileStore, StoredBlob
from greffe.documents.stores import document_store
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from tests.support.scenes import Scene, pdf

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15]

DAY = timedelta(days=1)


def stored(content: bytes = b"x") -> StoredBlob:
    with document_store().writer() as writer:
        writer.write(content)
        return writer.commit()


def received(scene: Scene, content: bytes = b"x", name: str = "a.pdf") -> Upload:
    return receive_upload(
        by=scene.viewer(scene.user()), stored=stored(content), name=name, capacity="counsel"
    )


def aged(key: str, days: int) -> None:
    """Make a file of the store older than it is."""
    path = document_store()._path(key)
    then = timezone.now().timestamp() - days * DAY.total_seconds()
    os.utime(path, (then, then))


def keys() -> list[str]:
    return list(document_store().keys())


def test_upload_is_noted_with_fingerprint_clean_name_and_event(scene: Scene) -> None:
    upload = received(scene, b"abc", "../../Pièce\u202e.pdf")
    assert upload.name == "Pièce.pdf"
    assert upload.blob.sha256.startswith("ba7816bf8f01cfea")
    assert upload.blob.size == 3
    event = Event.objects.get(kind=Kind.UPLOAD_RECEIVED, subject=upload.id)
    assert event.body == {"sha256": upload.blob.sha256, "bytes": 3}
    assert upload.inspected.verdict == "not-inspected"


def test_inspection_keeps_what_it_found(scene: Scene) -> None:
    upload = received(scene, pdf(3))
    inspect_upload(upload=upload)
    upload.refresh_from_db()
    assert (upload.inspected.verdict, upload.inspected.pages) == ("opens", 3)


def test_discarded_bytes_go_only_when_the_change_is_sure(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    upload = received(scene)
    key = upload.blob.key
    with django_capture_on_commit_callbacks(execute=True):
        discard_upload(by=scene.viewer(scene.user()), upload=upload, capacity="counsel")
        assert keys() == [key]
    assert keys() == []
    assert not Blob.objects.exists()


def test_upload_that_nothing_took_expires_after_its_time(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    upload = received(scene)
    now = timezone.now()
    assert expire_uploads(now=now + kept_for(UPLOAD) - DAY) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert expire_uploads(now=now + kept_for(UPLOAD) + DAY) == 1
    assert keys() == []
    assert Event.objects.filter(kind=Kind.UPLOAD_DISCARDED, subject=upload.id).exists()


def test_upload_in_a_draft_or_in_a_submission_does_not_expire(scene: Scene) -> None:
    user = scene.user()
    case = scene.case(counsel=user)
    waiting, filed = scene.draft(user, case), scene.draft(user, case)
    scene.upload(user, waiting)
    scene.upload(user, filed)
    scene.submit(user, filed)
    assert expire_uploads(now=timezone.now() + 100 * DAY) == 0
    assert len(keys()) == 2


def test_upload_on_legal_hold_does_not_expire(scene: Scene) -> None:
    upload = received(scene)
    Blob.objects.filter(pk=upload.blob_id).update(legal_hold=True)
    assert expire_uploads(now=timezone.now() + 100 * DAY) == 0


def test_sweep_removes_old_bytes_that_no_row_knows_and_nothing_else(scene: Scene) -> None:
    known, fresh, lost = received(scene).blob.key, stored().key, stored().key
    aged(known, 3)
    aged(lost, 3)
    assert sweep_store(store=document_store(), older_than=DAY) == 1
    assert set(keys()) == {known, fresh}


def test_sweep_brings_back_a_deleted_document_that_a_row_knows(scene: Scene) -> None:
    upload = received(scene)
    document_store().delete(upload.blob.key)
    assert keys() == []
    sweep_store(store=document_store(), older_than=-DAY)
    assert keys() == [upload.blob.key]


def placed(count: int) -> list[str]:
    """So many files of the store, three days old, without the syncing of each."""
    names = [secrets.token_hex(16) for _ in range(count)]
    for key in names:
        path = document_store()._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        aged(key, 3)
    return names


def noted(names: Iterable[str]) -> None:
    """A row for each of these keys."""
    empty = hashlib.sha256().hexdigest()
    Blob.objects.bulk_create(
        Blob(key=key, sha256=empty, size=0, format=FORMAT, retention="filing") for key in names
    )


def test_sweep_asks_for_a_thousand_keys_in_one_statement(
    django_assert_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    kept, lost, deleted, gone = placed(2160), placed(40), placed(40), placed(1100)
    noted([*kept, *deleted])
    store = document_store()
    trash = store.root / "trash"
    trash.mkdir()
    for key in [*deleted, *gone]:
        store._path(key).rename(trash / key)
    with django_assert_num_queries(3 + 2):
        assert sweep_store(store=store, older_than=DAY) == len(lost)
    assert set(keys()) == {*kept, *deleted}
    assert {path.name for path in trash.iterdir()} == set(lost)


def test_sweep_goes_on_where_a_document_is_thrown_away_since_it_was_listed() -> None:
    class Busy(FileStore):
        def keys(self) -> Iterator[str]:
            listed = list(super().keys())
            self.delete(listed[0])
            yield from listed

    names = placed(3)
    assert sweep_store(store=Busy(document_store().root), older_than=DAY) == len(names) - 1
    assert keys() == []
