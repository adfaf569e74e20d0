"""Writes about uploads: received, inspected, discarded, expired."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from greffe.accounts.delegations import acting
from greffe.accounts.viewers import Viewer
from greffe.documents import pages
from greffe.documents.models import Blob, Upload
from greffe.documents.names import clean_name
from greffe.documents.retention import UPLOAD, kept_for, uploads_that_go
from greffe.documents.sandbox.inspection import inspect
from greffe.documents.store import FileStore, StoredBlob, StoreError
from greffe.documents.stores import document_store
from greffe.documents.turns import own_turn
from greffe.law.facts import FileFacts
from greffe.ledger.actions import record
from greffe.ledger.actors import SYSTEM
from greffe.ledger.kinds import Kind


def keep_blob(*, stored: StoredBlob, retention: str) -> Blob:
    """Note a file that is safe in the store. The bytes are already synced."""
    return Blob.objects.create(
        key=stored.key,
        sha256=stored.sha256,
        size=stored.size,
        format=stored.format,
        retention=retention,
    )


@transaction.atomic
def receive_upload(
    *, by: Viewer, stored: StoredBlob, name: str, capacity: str, of: UUID | None = None
) -> Upload:
    """Note an upload whose bytes are safe, under a cleaned name.

    It expires unless something takes it. `of` is the person in whose name a delegate sends it.
    """
    upload = Upload.objects.create(
        person=by.person,
        blob=keep_blob(stored=stored, retention="upload"),
        name=clean_name(name).text,
        expires_at=timezone.now() + kept_for(UPLOAD),
    )
    record(
        kind=Kind.UPLOAD_RECEIVED,
        by=acting(by, capacity, of),
        subject=upload.id,
        body={"sha256": stored.sha256, "bytes": stored.size},
    )
    return upload


@transaction.atomic
def keep_part(*, of: Upload, stored: StoredBlob, facts: FileFacts) -> Upload:
    """Note a file that the registry made of pages of an upload, for the same person.

    It expires unless something takes it.
    """
    upload = Upload.objects.create(
        person=of.person,
        blob=keep_blob(stored=stored, retention="upload"),
        name=of.name,
        facts=facts.model_dump(mode="json"),
        expires_at=timezone.now() + kept_for(UPLOAD),
    )
    record(
        kind=Kind.UPLOAD_RECEIVED,
        by=SYSTEM,
        subject=upload.id,
        body={"sha256": stored.sha256, "bytes": stored.size, "part_of": str(of.id)},
    )
    return upload


@transaction.atomic
def offer_again(
    *,
    by: Viewer,
    blob: Blob,
    name: str,
    facts: dict[str, Any],
    capacity: str,
    of: UUID | None = None,
) -> Upload:
    """Give a person an upload of bytes that the registry already keeps, with what it knows of them.

    For what was returned and is filed again. It expires unless something takes it; the bytes stay.
    """
    upload = Upload.objects.create(
        person=by.person,
        blob=blob,
        name=name,
        facts=facts,
        expires_at=timezone.now() + kept_for(UPLOAD),
    )
    record(
        kind=Kind.UPLOAD_RECEIVED,
        by=acting(by, capacity, of),
        subject=upload.id,
        body={"sha256": blob.sha256, "bytes": blob.size, "kept_before": True},
    )
    return upload


def inspect_upload(*, upload: Upload) -> FileFacts:
    """Have the sandbox look at an upload, and keep the facts.

    Outside any transaction: it takes time, and the upload may have been thrown away meanwhile.
    """
    key = upload.blob.key
    with own_turn(), document_store().open(key) as file:
        facts = inspect(file.fileno(), strict=not settings.DEMO)
    upload.facts = facts.model_dump(mode="json")
    Upload.objects.filter(pk=upload.pk).update(facts=upload.facts)
    return facts


_TAKE = """
WITH taken AS (
    UPDATE documents_upload SET taken = true WHERE id = ANY(%s) RETURNING blob_id
)
UPDATE documents_blob SET retention = 'filing' FROM taken WHERE id = taken.blob_id
"""


def take_uploads(uploads: Iterable[Upload]) -> None:
    """Note, in the transaction of a filing, that it takes these uploads: they never expire."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [[upload.pk for upload in uploads]])


@transaction.atomic
def discard_upload(*, by: Viewer, upload: Upload, capacity: str, of: UUID | None = None) -> None:
    """Throw an upload away, at the wish of its person. The bytes follow when the change is sure."""
    record(
        kind=Kind.UPLOAD_DISCARDED,
        by=acting(by, capacity, of),
        subject=upload.id,
        body={"sha256": upload.blob.sha256},
    )
    _delete(upload)


def _delete(upload: Upload) -> None:
    blob = upload.blob
    upload.delete()
    if Blob.objects.select_for_update().filter(pk=blob.pk, legal_hold=True).exists():
        return  # it is no longer its person's, and stays
    try:
        with transaction.atomic():
            blob.delete()
    except ProtectedError:
        return  # what was returned is filed again from the same bytes: they stay where they are
    transaction.on_commit(lambda: document_store().delete(blob.key))


def expire_uploads(*, now: datetime) -> int:
    """Throw away uploads that nothing took and whose time is over. Gives their number."""
    count = 0
    for upload_id in uploads_that_go(now=now).values_list("id", flat=True)[:1000]:
        with transaction.atomic():
            upload = (
                uploads_that_go(now=now)
                .select_for_update(of=("self", "blob"), skip_locked=True)
                .select_related("blob")
                .filter(id=upload_id)
                .first()
            )
            if upload is None:
                continue
            record(
                kind=Kind.UPLOAD_DISCARDED,
                by=SYSTEM,
                subject=upload.id,
                body={"sha256": upload.blob.sha256},
            )
            _delete(upload)
            count += 1
    return count


SWEPT = 1000
"""Keys of which the sweep asks the database in one statement, and then does away with."""


def sweep_store(*, store: FileStore, older_than: timedelta) -> int:
    """Throw away bytes that no row knows: what a crash left between the store and the database.

    Only files older than `older_than` are looked at, so that a file on its way is left alone.
    What is thrown away stays in the trash for as long again, and is looked at once more before
    it is gone. Gives how many were thrown away.
    """
    store.sweep(older_than)
    before = timezone.now() - older_than
    count = 0
    for keys in _batches(_stored_before(store, before)):
        lost = keys - _known(keys)
        for key in lost:
            store.delete(key)
        count += len(lost)
    for keys in _batches(store.tombstones(older_than)):
        known = _known(keys)
        for key in known:
            store.restore(key)
        for key in keys - known:
            store.purge(key)
            pages.forget(key)
    return count


def _stored_before(store: FileStore, before: datetime) -> Iterator[str]:
    for key in store.keys():  # noqa: SIM118 - a store is no dict
        try:
            if store.stat(key).stored_at < before:
                yield key
        except StoreError as error:
            if error.code != "missing":  # thrown away since it was listed
                raise


def _batches(keys: Iterable[str]) -> Iterator[set[str]]:
    """As many at a time as the sweep asks for: a store has any number of keys."""
    rest = iter(keys)
    while batch := set(islice(rest, SWEPT)):
        yield batch


def _known(keys: set[str]) -> set[str]:
    """Those of these keys that a row names."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM documents_blob WHERE key = ANY(%s)", [list(keys)])
        return {key for (key,) in cursor.fetchall()}
