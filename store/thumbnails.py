"""``thumbnails.db``: encoded thumbnails, kept by image, size and what the file looked like.

The cache may be lost at any time: whatever is wrong with it, it is thrown away and fills again. What
cannot be kept (read-only store, full disk) is simply not kept.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self, TypeVar

FILE = "thumbnails.db"
#: About 100,000 thumbnails of 256 px.
LIMIT_BYTES = 2_000_000_000

#: What a picture file looked like: time of change in nanoseconds, size in bytes.
Stamp = tuple[int, int]

_T = TypeVar("_T")
_VERSION = 1
_CHUNK = 500
#: How much is left after pruning, so that it does not happen at every picture.
_KEEP = 0.9
_SCHEMA = """
CREATE TABLE IF NOT EXISTS thumbnails (
  id INTEGER PRIMARY KEY, image_id INTEGER NOT NULL, size INTEGER NOT NULL,
  modified INTEGER NOT NULL, bytes INTEGER NOT NULL, length INTEGER NOT NULL, picture BLOB NOT NULL,
  UNIQUE (image_id, size));
CREATE INDEX IF NOT EXISTS lengths ON thumbnails (id, length);
"""


def stamp_of(file: Path) -> Stamp | None:
    """What a picture file looks like now; None where it is missing."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


class ThumbnailCache:
    """The thumbnails of a store's folder. Safe to use from several threads and processes."""

    def __init__(self, folder: Path, *, read_only: bool = False, limit: int = LIMIT_BYTES) -> None:
        """``limit`` is the largest sum of the pictures' bytes; the oldest go first."""
        self._file = folder / FILE
        self._read_only = read_only
        self._limit = limit
        self._lock = Lock()
        self._total = 0
        self._connection = self._open()

    def get(self, image_id: int, size: int, stamp: Stamp) -> bytes | None:
        """The encoded picture, if there is one of that size of the file as it looks now."""
        return self.get_many({image_id: stamp}, size).get(image_id)

    def get_many(self, stamps: Mapping[int, Stamp], size: int) -> dict[int, bytes]:
        """The encoded pictures that there are, by image id, for images with these stamps."""
        ids = list(stamps)

        def read(connection: sqlite3.Connection) -> dict[int, bytes]:
            found: dict[int, bytes] = {}
            for start in range(0, len(ids), _CHUNK):
                part = ids[start : start + _CHUNK]
                marks = ",".join("?" * len(part))
                query = (
                    "SELECT image_id, modified, bytes, picture FROM thumbnails "
                    f"WHERE size = ? AND image_id IN ({marks})"
                )
                rows = connection.execute(query, [size, *part])
                found |= {i: picture for i, *stamp, picture in rows if stamps[i] == tuple(stamp)}
            return found

        return self._try(read, {})

    def put(self, image_id: int, size: int, stamp: Stamp, picture: bytes) -> None:
        """Keeps an encoded picture, instead of an older one of the same image and size."""
        self.put_many([(image_id, size, stamp, picture)])

    def put_many(self, pictures: Iterable[tuple[int, int, Stamp, bytes]]) -> None:
        """Keeps many: ``(image id, size, stamp, picture)`` each."""
        rows = [(i, size, *stamp, len(picture), picture) for i, size, stamp, picture in pictures]
        if rows and not self._read_only:
            self._try(lambda connection: self._write(connection, rows), None)

    def clear(self) -> None:
        """Forgets all pictures."""
        if not self._read_only:
            with self._lock:
                self._rebuild()

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, connection: sqlite3.Connection, rows: Sequence[tuple[object, ...]]) -> None:
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT OR REPLACE INTO thumbnails (image_id, size, modified, bytes, length, picture) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                rows,
            )
        self._total += sum(len(row[-1]) for row in rows if isinstance(row[-1], bytes))
        if self._total > self._limit:
            self._prune(connection)

    def _prune(self, connection: sqlite3.Connection) -> None:
        """Drops the oldest. The running total is only a guess (replaced ones): count before deleting."""
        total, last = _length(connection), 0
        if total > self._limit:
            oldest = connection.execute("SELECT id, length FROM thumbnails ORDER BY id")
            while total > self._limit * _KEEP:
                last, length = next(oldest)
                total -= length
            oldest.close()
            with connection:
                connection.execute("DELETE FROM thumbnails WHERE id <= ?", [last])
        self._total = total

    def _try(self, work: Callable[[sqlite3.Connection], _T], otherwise: _T) -> _T:
        with self._lock:
            try:
                return work(self._connection)
            except sqlite3.OperationalError:
                # Locked for long, disk full: it is only a cache.
                return otherwise
            except sqlite3.DatabaseError:
                if not self._read_only:
                    self._rebuild()
                return otherwise

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except sqlite3.OperationalError:
            # It cannot be written or opened here; what is made now lives as long as the program.
            return self._prepare(sqlite3.connect(":memory:", check_same_thread=False))
        except sqlite3.DatabaseError:
            if self._read_only:
                return self._prepare(sqlite3.connect(":memory:", check_same_thread=False))
            self._unlink()
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        if self._read_only:
            uri = f"{self._file.absolute().as_uri()}?mode=ro"
            connection = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
            try:
                connection.execute("SELECT 1 FROM thumbnails LIMIT 1").fetchone()
            except sqlite3.DatabaseError:
                connection.close()
                raise
            return connection
        connection = sqlite3.connect(self._file, timeout=5, check_same_thread=False)
        try:
            return self._prepare(connection)
        except sqlite3.DatabaseError:
            connection.close()
            raise

    def _prepare(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        connection.isolation_level = None
        # A power cut may cost the cache; nothing else is in there.
        for pragma in ("journal_mode=WAL", "synchronous=OFF", "mmap_size=1073741824", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found not in (0, _VERSION):
            connection.execute("DROP TABLE IF EXISTS thumbnails")
        connection.executescript(_SCHEMA)
        connection.execute(f"PRAGMA user_version={_VERSION}")
        self._total = _length(connection)
        return connection

    def _rebuild(self) -> None:
        self._connection.close()
        self._unlink()
        self._connection = self._open()

    def _unlink(self) -> None:
        for end in ("", "-wal", "-shm"):
            self._file.with_name(FILE + end).unlink(missing_ok=True)


def _length(connection: sqlite3.Connection) -> int:
    total: int = connection.execute("SELECT COALESCE(SUM(length), 0) FROM thumbnails").fetchone()[0]
    return total
