"""The door to the database: one engine, reading and writing transactions, errors in words.

SQLite only, so far: another back end needs its own pragmas and its own ``begin``, nothing else here.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import QueuePool

from store.errors import StoreError

#: How long a writer waits for another one. Writers hold the lock for about 20 ms.
BUSY_MS = 10_000
_POLL_SECONDS = 0.001
_WRITE = "studio_write"
#: After so many writing transactions the log is folded into the database.
_CHECKPOINT_EVERY = 200

# WAL: readers never wait for a writer. NORMAL: a commit is in the log file when it returns, so a kill of
# the process loses nothing; only a power cut may lose the last commits (never the store). MEMORY: sorting
# 800,000 rows needs no temporary file.
_PRAGMAS = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA mmap_size=4294967296",
    "PRAGMA cache_size=-65536",
)
# No automatic checkpoint: it would make one commit in a hundred wait for the disk, in the middle of a drag.
_WRITER_PRAGMAS = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL", "PRAGMA wal_autocheckpoint=0")


class Database:
    """An open SQLite file. Safe to use from several threads; each transaction has its own connection."""

    def __init__(self, file: Path, *, read_only: bool = False) -> None:
        self.file = file
        self.read_only = read_only
        self._engine = _engine(file, read_only)
        self._writes = 0
        self._lock = Lock()
        self._checkpointer: Thread | None = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A reading transaction: everything in it sees the same state of the store."""
        with self._words(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A writing transaction; it takes the write lock at once, so that it cannot fail half-way.

        StoreError when the store is read-only, the disk is full or the lock is not to be had.
        """
        if self.read_only:
            raise StoreError(
                f"The store {self.file.parent} is open read-only.",
                "Copy it to a folder you may write to and open the copy.",
            )
        with self._words(), self._engine.connect() as connection:
            writer = connection.execution_options(**{_WRITE: True})
            with writer.begin():
                yield writer
        self._count_write()

    def checkpoint(self) -> None:
        """Folds the log into the database as far as no reader needs it, without stopping anybody."""
        with self._words(), self._engine.connect() as connection:
            _driver(connection).execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def _count_write(self) -> None:
        with self._lock:
            self._writes += 1
            busy = self._checkpointer is not None and self._checkpointer.is_alive()
            if self._writes < _CHECKPOINT_EVERY or busy:
                return
            self._writes = 0
            self._checkpointer = Thread(target=self._checkpoint_quietly, name="checkpoint", daemon=True)
            self._checkpointer.start()

    def _checkpoint_quietly(self) -> None:
        # A full disk or a writer in the way: the next one will do, and the log loses nothing meanwhile.
        with suppress(StoreError):
            self.checkpoint()

    @contextmanager
    def _words(self) -> Iterator[None]:
        try:
            yield
        except (DatabaseError, sqlite3.DatabaseError) as error:
            told = _in_words(error, self.file)
            if told is None:
                raise
            raise told from error

    def close(self) -> None:
        """Lets go of the file. SQLite folds the log into it when the last connection goes."""
        with self._lock:
            checkpointer = self._checkpointer
        if checkpointer is not None:
            checkpointer.join()
        self._engine.dispose()


def _engine(file: Path, read_only: bool) -> Engine:
    def connect() -> sqlite3.Connection:
        # The isolation level: none of the module's own transactions, we say BEGIN ourselves, below.
        return sqlite3.connect(
            _uri(file, read_only),
            uri=True,
            timeout=BUSY_MS / 1000,
            isolation_level=None,
            check_same_thread=False,
        )

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=8, max_overflow=16)

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        for pragma in _PRAGMAS if read_only else (*_WRITER_PRAGMAS, *_PRAGMAS):
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        if connection.get_execution_options().get(_WRITE, False):
            _take_lock(_driver(connection))
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def _take_lock(connection: sqlite3.Connection) -> None:
    """Begins a writing transaction as soon as the lock is free.

    SQLite itself would ask again after 1, 2, 5, 10, ... 100 ms and so miss most of the short gaps that an
    import leaves; an edit must not wait for the end of the import.
    """
    deadline = monotonic() + BUSY_MS / 1000
    connection.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or monotonic() > deadline:
                    raise
                sleep(_POLL_SECONDS)
            else:
                return
    finally:
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")


def _uri(file: Path, read_only: bool) -> str:
    uri = f"file:{quote(str(file.resolve()))}"
    if not read_only:
        return f"{uri}?mode=rw"
    # SQLite has to write beside a database in WAL mode even to read it. Where that is impossible and no
    # log is left over, nobody is writing and the file can be taken as it stands.
    log = file.with_name(file.name + "-wal")
    frozen = not os.access(file.parent, os.W_OK) and not log.exists()
    return f"{uri}?mode=ro" + ("&immutable=1" if frozen else "")


def _in_words(error: DatabaseError | sqlite3.DatabaseError, file: Path) -> StoreError | None:
    """SQLite's complaints about the world as ours; None for a fault of our own SQL."""
    cause = error.orig if isinstance(error, DatabaseError) else error
    text = str(cause).lower()
    if "disk is full" in text or "disk i/o error" in text:
        return StoreError(f"{file} cannot be written: {cause}.", "Make room on the disk and try again.")
    if "locked" in text:
        return StoreError(
            f"{file} is being written by another program and did not become free in {BUSY_MS // 1000} s.",
            "Wait for the other job to end and try again.",
        )
    if "malformed" in text or "not a database" in text:
        return StoreError(f"{file} is damaged: {cause}.", "Restore the store from a backup.")
    if "unable to open" in text or "readonly" in text or "read-only" in text:
        return StoreError(f"{file} cannot be opened: {cause}.", "Check that it is there and yours to write.")
    return None
