"""What is kept of pages: bounded, thrown away by document, never an error."""

import os
from pathlib import Path

import pytest

from greffe.documents.page_cache import PageCache

A, B = "a" * 32, "b" * 32


@pytest.fixture
def cache(tmp_path: Path) -> PageCache:
    return PageCache(tmp_path / "pages", most=1000)


def held(cache: PageCache) -> int:
    return sum(path.stat().st_size for path in cache.root.rglob("*") if path.is_file())


def test_what_was_put_is_got(cache: PageCache) -> None:
    assert cache.get(A, "1.txt") is None
    cache.put(A, "1.txt", b"words")
    assert cache.get(A, "1.txt") == b"words"
    assert cache.get(B, "1.txt") is None
    assert PageCache(cache.root).get(A, "1.txt") == b"words"


@pytest.mark.security(20)
def test_only_the_registry_may_enter(cache: PageCache) -> None:
    cache.put(A, "1.txt", b"words")
    found = [cache.root, *cache.root.rglob("*")]
    assert {path.stat().st_mode & 0o777 for path in found if path.is_dir()} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in found if path.is_file()} == {0o600}


def test_one_document_is_forgotten_and_the_others_kept(cache: PageCache) -> None:
    cache.put(A, "1.txt", b"a")
    cache.put(A, "1-800.jpg", b"a")
    cache.put(B, "1.txt", b"b")
    cache.forget(A)
    cache.forget(A)
    assert [cache.get(A, "1.txt"), cache.get(A, "1-800.jpg")] == [None, None]
    assert cache.get(B, "1.txt") == b"b"


def test_what_was_looked_at_longest_ago_goes_first(cache: PageCache) -> None:
    for number in range(10):
        cache.put(A, f"{number}.jpg", bytes(100))
        os.utime(cache.root / A[:2] / A / f"{number}.jpg", ns=(number, number))
    assert cache.get(A, "0.jpg")  # looked at now
    cache.put(B, "1.jpg", bytes(100))
    assert held(cache) <= 1000
    assert cache.get(A, "0.jpg")
    assert cache.get(B, "1.jpg")
    assert cache.get(A, "1.jpg") is None


def test_never_holds_much_more_than_it_may(cache: PageCache) -> None:
    most = 0
    for number in range(200):
        cache.put(f"{number:032x}", "1.jpg", bytes(37))
        most = max(most, held(cache))
    assert 700 < most <= 1000 + 1000 / 16 + 37
    assert not [
        folder for folder in cache.root.rglob("*") if folder.is_dir() and not [*folder.iterdir()]
    ]


def test_what_an_earlier_process_left_is_counted(cache: PageCache) -> None:
    cache.put(A, "1.jpg", bytes(900))
    PageCache(cache.root, most=500).put(B, "1.jpg", bytes(100))
    assert held(cache) <= 500


def test_disk_that_takes_nothing_is_no_error(cache: PageCache) -> None:
    cache.root.write_bytes(b"a file where the folder would be")
    cache.put(A, "1.txt", b"words")
    assert cache.get(A, "1.txt") is None


def test_write_that_fails_leaves_nothing(cache: PageCache) -> None:
    (cache.root / A[:2] / A / "1.txt").mkdir(parents=True)
    cache.put(A, "1.txt", b"words")
    assert [path.name for path in cache.root.rglob("*.part")] == []
