"""The worker reads the scan of a batch once, whatever happens to it meanwhile."""

import pytest
from django.db import OperationalError

from greffe.accounts.models import User
from greffe.cases.models import Case
from greffe.documents.models import Upload
from greffe.documents.store import StoreFull
from greffe.documents.stores import document_store
from greffe.filings import batch_reading
from greffe.filings.batches import being_read
from greffe.filings.tasks import sweep_batches
from tests.filings.test_batches import place, problems
from tests.support.paper import Scan, send_scan, sheet_for
from tests.support.scenes import Scene

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.requirement("MC-18"),
    pytest.mark.postgres15,
]


@pytest.fixture
def officer(scene: Scene) -> User:
    return scene.staff("officer", office="montreal")


@pytest.fixture
def case(scene: Scene) -> Case:
    return scene.case()


@pytest.fixture
def left(scene: Scene, officer: User, case: Case, monkeypatch: pytest.MonkeyPatch) -> Upload:
    """A scan whose reading was cut short when its documents were in the store, and no row yet."""

    def crash(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(batch_reading, "keep_part", crash)
        with pytest.raises(KeyboardInterrupt):
            send_scan(scene, officer, Scan().sheet(sheet_for(case)).blank(2))
    return Upload.objects.get()


@pytest.mark.faults
def test_scan_whose_reading_was_cut_short_is_read_again_and_nothing_is_there_twice(
    scene: Scene, officer: User, case: Case, left: Upload
) -> None:
    assert being_read(left)
    sweep_batches(timestamp=0)
    left.refresh_from_db()
    assert problems(scene, officer, left) == [""]
    assert Upload.objects.exclude(pk=left.pk).count() == 1
    sweep_batches(timestamp=0)
    assert Upload.objects.exclude(pk=left.pk).count() == 1
    assert len(place(scene, officer, left).placed) == 1


@pytest.mark.faults
def test_scan_that_the_sandbox_could_not_look_at_is_read_at_the_next_sweep(
    scene: Scene, officer: User, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("greffe.documents.sandbox.bootstrap.STRICT", ("a door that is never shut",))
        scan = send_scan(scene, officer, Scan().sheet(sheet_for(case)).blank(2))
    assert being_read(scan)
    sweep_batches(timestamp=0)
    scan.refresh_from_db()
    assert problems(scene, officer, scan) == [""]


def test_two_readers_at_once_keep_the_documents_of_a_scan_once(
    scene: Scene, officer: User, left: Upload
) -> None:
    seen_before = Upload.objects.select_related("blob", "person").get(pk=left.pk)
    batch_reading.read_scan(scan=left)
    kept = set(document_store().keys())
    batch_reading.read_scan(scan=seen_before)
    assert set(document_store().keys()) == kept
    assert Upload.objects.exclude(pk=left.pk).count() == 1
    left.refresh_from_db()
    assert problems(scene, officer, left) == [""]


def test_scans_are_read_by_one_at_a_time_and_the_others_go_away(
    scene: Scene, officer: User, left: Upload
) -> None:
    with batch_reading._only_reader() as ours:
        assert ours
        batch_reading.read_batches()
        left.refresh_from_db()
        assert being_read(left)
    batch_reading.read_batches()
    left.refresh_from_db()
    assert not being_read(left)


@pytest.mark.faults
def test_documents_stay_where_nobody_knows_whether_their_rows_were_written(
    scene: Scene, officer: User, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = batch_reading._note

    def cut_off(*given: object) -> bool:
        real(*given)  # type: ignore[arg-type] # as it was called
        raise OperationalError("the connection was lost after the commit")

    with monkeypatch.context() as patched:
        patched.setattr(batch_reading, "_note", cut_off)
        with pytest.raises(OperationalError):
            send_scan(scene, officer, Scan().sheet(sheet_for(case)).blank(2))
    scan = Upload.objects.get(name__endswith=".pdf", facts__has_key="scan")
    assert problems(scene, officer, scan) == [""]
    assert len(place(scene, officer, scan).placed) == 1
    for upload in Upload.objects.select_related("blob"):
        with document_store().open(upload.blob.key) as file:
            assert file.read()


def test_full_disk_while_a_scan_is_split_leaves_nothing_and_is_made_good(
    scene: Scene, officer: User, case: Case, left: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> None:
        raise StoreFull

    before = set(document_store().keys())
    with monkeypatch.context() as patched:
        patched.setattr(type(document_store()), "writer", full)
        sweep_batches(timestamp=0)
    left.refresh_from_db()
    assert being_read(left)
    assert set(document_store().keys()) == before
    sweep_batches(timestamp=0)
    left.refresh_from_db()
    assert problems(scene, officer, left) == [""]
