"""The thumbnail cache: what is kept, what is forgotten, and that nothing can break it."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from store.thumbnails import FILE, ThumbnailCache, stamp_of

STAMP = (123, 45)


def test_pictures_are_kept_over_a_restart(tmp_path: Path) -> None:
    with ThumbnailCache(tmp_path) as cache:
        assert cache.get(1, 256, STAMP) is None
        cache.put(1, 256, STAMP, b"small")
        cache.put(1, 512, STAMP, b"large")
    with ThumbnailCache(tmp_path) as cache:
        assert cache.get(1, 256, STAMP) == b"small"
        assert cache.get(1, 512, STAMP) == b"large"
        assert cache.get(2, 256, STAMP) is None


def test_a_changed_file_has_no_thumbnail_until_it_is_made_again(tmp_path: Path) -> None:
    with ThumbnailCache(tmp_path) as cache:
        cache.put(1, 256, STAMP, b"old")
        assert cache.get(1, 256, (124, 45)) is None
        assert cache.get(1, 256, (123, 46)) is None
        cache.put(1, 256, (124, 45), b"new")
        assert cache.get(1, 256, (124, 45)) == b"new"
        assert cache.get(1, 256, STAMP) is None


def test_stamps_follow_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.jpg"
    assert stamp_of(file) is None
    file.write_bytes(b"abc")
    stamp = stamp_of(file)
    assert stamp is not None
    assert stamp[1] == 3
    file.write_bytes(b"abcd")
    assert stamp_of(file) != stamp


def test_many_at_once(tmp_path: Path) -> None:
    with ThumbnailCache(tmp_path) as cache:
        cache.put_many((i, 64, (i, 1), str(i).encode()) for i in range(1200))
        cache.put_many([])
        found = cache.get_many({i: (i, 1) for i in range(0, 2400, 2)} | {3: (9, 9)}, 64)
        assert found == {i: str(i).encode() for i in range(0, 1200, 2)}
        cache.clear()
        assert cache.get_many({1: (1, 1)}, 64) == {}


def test_the_oldest_go_when_it_grows_too_large(tmp_path: Path) -> None:
    with ThumbnailCache(tmp_path, limit=1000) as cache:
        for i in range(30):
            cache.put(i, 64, STAMP, b"x" * 100)
        kept = sorted(cache.get_many(dict.fromkeys(range(30), STAMP), 64))
        assert kept == list(range(kept[0], 30))
        assert 5 <= len(kept) <= 10
    with ThumbnailCache(tmp_path, limit=300) as cache:
        cache.put(99, 64, STAMP, b"x" * 100)
        assert cache.get(99, 64, STAMP) is not None
        assert cache.get(kept[0], 64, STAMP) is None


def test_replaced_pictures_do_not_count_twice(tmp_path: Path) -> None:
    with ThumbnailCache(tmp_path, limit=1000) as cache:
        cache.put(1, 64, STAMP, b"keep me")
        for _ in range(50):
            cache.put(2, 64, STAMP, b"x" * 100)
        assert cache.get(1, 64, STAMP) == b"keep me"


def test_a_broken_file_is_thrown_away(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all " * 50)
    with ThumbnailCache(tmp_path) as cache:
        cache.put(1, 64, STAMP, b"x")
        assert cache.get(1, 64, STAMP) == b"x"
    with ThumbnailCache(tmp_path) as cache:
        assert cache.get(1, 64, STAMP) == b"x"


def test_a_file_that_breaks_while_in_use_is_thrown_away(tmp_path: Path) -> None:
    with ThumbnailCache(tmp_path) as cache:
        cache.put_many((i, 64, STAMP, b"x" * 3000) for i in range(100))
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    blob = bytearray((tmp_path / FILE).read_bytes())
    blob[4096:] = b"\xff" * (len(blob) - 4096)
    with ThumbnailCache(tmp_path) as cache:
        (tmp_path / FILE).write_bytes(blob)
        assert len(cache.get_many(dict.fromkeys(range(100), STAMP), 64)) < 100
        cache.put(1, 64, STAMP, b"again")
        cache.put(1, 64, STAMP, b"again")
        assert cache.get(1, 64, STAMP) == b"again"


def test_another_version_of_the_file_begins_anew(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("CREATE TABLE thumbnails (other TEXT)")
        connection.execute("PRAGMA user_version=77")
    connection.close()
    with ThumbnailCache(tmp_path) as cache:
        cache.put(1, 64, STAMP, b"x")
        assert cache.get(1, 64, STAMP) == b"x"


def test_a_locked_file_is_a_miss_not_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ThumbnailCache(tmp_path) as cache:
        cache._connection.execute("PRAGMA busy_timeout=10")
        other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        cache.put(1, 64, STAMP, b"x")
        assert cache.get(1, 64, STAMP) is None
        other.execute("ROLLBACK")
        other.close()
        cache.put(1, 64, STAMP, b"x")
        assert cache.get(1, 64, STAMP) == b"x"


def test_read_only_reads_and_leaves_no_trace(tmp_path: Path) -> None:
    with ThumbnailCache(tmp_path, read_only=True) as cache:
        cache.put(1, 64, STAMP, b"x")
        cache.clear()
        assert cache.get(1, 64, STAMP) is None
    assert list(tmp_path.iterdir()) == []
    with ThumbnailCache(tmp_path) as cache:
        cache.put(1, 64, STAMP, b"x")
    with ThumbnailCache(tmp_path, read_only=True) as cache:
        cache.put(1, 64, STAMP, b"y")
        assert cache.get(1, 64, STAMP) == b"x"
    (tmp_path / FILE).write_bytes(b"broken" * 1000)
    with ThumbnailCache(tmp_path, read_only=True) as cache:
        assert cache.get(1, 64, STAMP) is None
    assert (tmp_path / FILE).read_bytes() == b"broken" * 1000


def test_a_folder_that_is_not_there_is_kept_in_memory(tmp_path: Path) -> None:
    with ThumbnailCache(tmp_path / "nowhere") as cache:
        cache.put(1, 64, STAMP, b"x")
        assert cache.get(1, 64, STAMP) == b"x"


def test_threads_share_it(tmp_path: Path) -> None:
    with ThumbnailCache(tmp_path) as cache:

        def work(i: int) -> bytes | None:
            cache.put(i, 64, STAMP, str(i).encode())
            return cache.get(i, 64, STAMP)

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(work, range(200))) == [str(i).encode() for i in range(200)]
