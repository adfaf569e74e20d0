"""The document store: what is safe once `commit` has returned, and what is left when it has not."""

import errno
import hashlib
import os
import resource
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greffe.documents import store as module
from greffe.documents.store import FileStore, StoredBlob, StoreError, StoreFull

SOURCE = Path(module.__file__).parents[2]
MISSING_KEY = "0" * 32

pytestmark = pytest.mark.requirement("MC-07")


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "store")


def put(store: FileStore, *chunks: bytes) -> StoredBlob:
    with store.writer() as writer:
        for chunk in chunks:
            writer.write(chunk)
        return writer.commit()


def get(store: FileStore, key: str) -> bytes:
    with store.open(key) as stream:
        return stream.read()


def files(store: FileStore) -> list[Path]:
    return sorted(path for path in store.root.rglob("*") if path.is_file())


def refused(code: str) -> "pytest.RaisesExc[StoreError]":
    return pytest.RaisesExc(StoreError, check=lambda error: error.code == code)


def test_committed_document_is_what_was_written(store: FileStore) -> None:
    blob = put(store, b"one ", b"", b"two")
    assert blob == StoredBlob(blob.key, hashlib.sha256(b"one two").hexdigest(), 7, "plain/1", None)
    assert get(store, blob.key) == b"one two"
    found = store.stat(blob.key)
    assert (found.key, found.size) == (blob.key, 7)
    assert abs(found.stored_at - datetime.now(UTC)) < timedelta(minutes=1)


@given(chunks=st.lists(st.binary(max_size=2000), max_size=12))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_hash_and_size_are_of_all_bytes_however_they_come(
    store: FileStore, chunks: list[bytes]
) -> None:
    blob = put(store, *chunks)
    whole = b"".join(chunks)
    assert (blob.size, blob.sha256) == (len(whole), hashlib.sha256(whole).hexdigest())
    assert get(store, blob.key) == whole


def test_same_bytes_twice_are_two_documents(store: FileStore) -> None:
    first, second = put(store, b"x"), put(store, b"x")
    assert first.key != second.key
    assert sorted(store.keys()) == sorted([first.key, second.key])


def test_size_and_hash_are_known_before_the_commit(store: FileStore) -> None:
    with store.writer() as writer:
        writer.write(b"abc")
        assert (writer.size, writer.sha256) == (3, hashlib.sha256(b"abc").hexdigest())


def test_document_is_not_there_before_the_commit(store: FileStore) -> None:
    with store.writer() as writer:
        writer.write(b"abc")
        assert list(store.keys()) == []
        key = writer.commit().key
    assert list(store.keys()) == [key]


def test_document_that_is_not_committed_leaves_nothing(store: FileStore) -> None:
    with store.writer() as writer:
        writer.write(b"abc")
    assert files(store) == []


def test_document_of_a_request_that_fails_leaves_nothing(store: FileStore) -> None:
    def upload() -> None:
        with store.writer() as writer:
            writer.write(b"abc")
            raise KeyError

    with pytest.raises(KeyError):
        upload()
    assert files(store) == []


def test_writer_is_used_once(store: FileStore) -> None:
    with store.writer() as writer:
        writer.commit()
        with refused("closed"):
            writer.commit()
        with refused("closed"):
            writer.write(b"more")
        writer.abort()
    assert len(list(store.keys())) == 1


def test_only_the_owner_may_enter_or_read(store: FileStore) -> None:
    former = os.umask(0)
    try:
        put(store, b"x")
        deleted = put(store, b"y")
        store.delete(deleted.key)
    finally:
        os.umask(former)
    for path in (store.root, *store.root.rglob("*")):
        expected = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == expected, path


@pytest.mark.parametrize(
    "key",
    [
        *("", "..", "../../etc/passwd", "/etc/passwd", "A" * 32, "g" * 32, "0" * 31, "0" * 33),
        *("0" * 32 + "\n", "0" * 31 + "/", "\x00" * 32, "٠" * 32),
    ],
)
@pytest.mark.security(19)
def test_key_that_is_no_key_is_refused_everywhere(store: FileStore, key: str) -> None:
    for method in (store.open, store.stat, store.delete, store.purge, store.restore):
        with refused("bad-key"):
            method(key)
    assert not store.root.exists()


def test_document_that_is_not_there_is_missing(store: FileStore) -> None:
    for method in (store.open, store.stat, store.delete, store.restore):
        with refused("missing"):
            method(MISSING_KEY)
    assert list(store.keys()) == []


def test_keys_are_given_in_order_and_strange_files_are_not(store: FileStore) -> None:
    keys = sorted(put(store, bytes([n])).key for n in range(20))
    (store.root / "blobs" / keys[0][:2] / "README").write_text("not a document")
    assert list(store.keys()) == keys


def test_deleted_document_can_be_brought_back_until_purged(store: FileStore) -> None:
    key = put(store, b"x").key
    store.delete(key)
    store.delete(key)
    with refused("missing"):
        store.open(key)
    assert list(store.keys()) == []
    store.restore(key)
    assert get(store, key) == b"x"
    store.delete(key)
    store.purge(key)
    store.purge(key)
    with refused("missing"):
        store.restore(key)
    assert files(store) == []


def test_tombstone_has_the_age_of_its_deletion(store: FileStore) -> None:
    key = put(store, b"x").key
    long_ago = 1_000_000_000
    os.utime(store.root / "blobs" / key[:2] / key, (long_ago, long_ago))
    store.delete(key)
    assert list(store.tombstones(timedelta(hours=1))) == []
    assert list(store.tombstones(timedelta(seconds=-60))) == [key]


def test_check_leaves_nothing(store: FileStore) -> None:
    store.check()
    assert files(store) == []


# What is on the disk when power goes: every byte, and every name that leads to it.


def test_bytes_and_every_folder_above_are_synced_before_the_answer(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[tuple[str, str]] = []
    sync, replace = os.fsync, Path.replace

    def record_sync(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        steps.append(
            ("sync", "file" if path.is_file() else str(path.relative_to(store.root.parent)))
        )
        sync(descriptor)

    def record_replace(path: Path, target: Path) -> Path:
        steps.append(("place", target.parent.name))
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", record_sync)
    monkeypatch.setattr(Path, "replace", record_replace)
    shard = put(store, b"x").key[:2]
    assert steps == [
        ("sync", "."),
        ("sync", "store"),
        ("sync", "file"),
        ("sync", "store"),
        ("sync", "store/blobs"),
        ("place", shard),
        ("sync", f"store/blobs/{shard}"),
    ]


def test_folder_made_by_another_process_is_synced_too(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other may have died between making and syncing it."""
    for number in range(256):
        (store.root / "blobs" / f"{number:02x}").mkdir(parents=True)
    synced: list[str] = []
    sync = os.fsync
    monkeypatch.setattr(
        os,
        "fsync",
        lambda fd: (synced.append(str(Path(f"/proc/self/fd/{fd}").readlink())), sync(fd)),
    )
    put(store, b"x")
    assert str(store.root / "blobs") in synced
    assert str(store.root) in synced


# Faults.


def test_disk_full_while_writing_is_told_and_leaves_nothing(store: FileStore) -> None:
    """The kernel itself answers: its device that is always full takes the file's place."""
    with store.writer() as writer:
        descriptor = writer._descriptor
        assert descriptor is not None
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, descriptor)
        os.close(full)
        with pytest.raises(StoreFull) as caught:
            writer.write(b"x" * 65536)
        assert caught.value.code == "full"
        with refused("closed"):
            writer.write(b"x")
    assert files(store) == []


@pytest.mark.parametrize("step", range(4))
@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "full"),
        (errno.EDQUOT, "full"),
        (errno.EIO, "io"),
        (errno.EROFS, "refused"),
        (errno.EACCES, "refused"),
    ],
)
def test_failed_sync_is_told_and_leaves_nothing(
    store: FileStore, monkeypatch: pytest.MonkeyPatch, number: int, code: str, step: int
) -> None:
    """Of the file, of the two folders above its own, of its own."""
    sync, calls = os.fsync, iter(range(9))

    def fail(descriptor: int) -> None:
        if next(calls) == step:
            raise OSError(number, os.strerror(number))
        sync(descriptor)

    with store.writer() as writer:
        writer.write(b"x")
        monkeypatch.setattr(os, "fsync", fail)
        with refused(code):
            writer.commit()
        monkeypatch.undo()
    assert files(store) == []
    assert get(store, put(store, b"after").key) == b"after"


def test_disk_that_is_really_full_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    """A file system of one megabyte; needs the right to mount one."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "greffe-test", str(small)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system needs root")
    try:
        store = FileStore(small / "store")
        kept = put(store, b"before" * 1000)
        with pytest.raises(StoreFull):
            put(store, *[bytes(65536)] * 32)
        assert [path.name for path in files(store)] == [kept.key]
        assert get(store, kept.key) == b"before" * 1000
        assert get(store, put(store, b"after").key) == b"after"
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_large_file_whose_writing_began_early_is_whole(store: FileStore) -> None:
    pieces = [os.urandom(1_000_003) for _ in range(10)]
    blob = put(store, *pieces)
    whole = b"".join(pieces)
    assert (blob.size, blob.sha256) == (len(whole), hashlib.sha256(whole).hexdigest())
    assert get(store, blob.key) == whole


def test_file_larger_than_the_process_may_write_is_an_error(store: FileStore) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    former = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with store.writer() as writer:
            writer.write(bytes(65536))
            with refused("io"):
                writer.write(bytes(65536))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, former)
    assert files(store) == []


def test_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("in the way")
    with pytest.raises(StoreError):
        FileStore(tmp_path / "store").check()


def test_killed_writer_leaves_what_sweep_removes(store: FileStore) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(SOURCE)!r})\n"
        "from pathlib import Path\n"
        "from greffe.documents.store import FileStore\n"
        f"writer = FileStore(Path({str(store.root)!r})).writer()\n"
        "writer.write(b'half a document')\n"
        "print('written', flush=True)\n"
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert len(files(store)) == 1
        # It lives, and is left alone however old its file is.
        assert store.sweep(timedelta(seconds=-60)) == 0
        process.kill()
    assert list(store.keys()) == []
    assert store.sweep(timedelta(hours=1)) == 0
    assert store.sweep(timedelta(seconds=-60)) == 1
    assert files(store) == []


def test_sweep_leaves_documents_and_tombstones(store: FileStore) -> None:
    kept, deleted = put(store, b"x"), put(store, b"y")
    store.delete(deleted.key)
    assert store.sweep(timedelta(seconds=-60)) == 0
    assert get(store, kept.key) == b"x"
    store.restore(deleted.key)
    assert get(store, deleted.key) == b"y"


def test_two_stores_on_one_root_see_the_same(store: FileStore) -> None:
    key = put(store, b"x").key
    other = FileStore(store.root)
    assert get(other, key) == b"x"
    other.delete(key)
    assert list(store.keys()) == []
