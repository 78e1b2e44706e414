"""A store's own SQLite file."""

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

from store.db.engine import BUSY_MS, Database
from store.db.folder import SETTINGS
from store.errors import StoreError

try:
    import fcntl
except ImportError:  # Windows: edits there may wait a little longer while an import runs
    fcntl = None  # type: ignore[assignment]

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


class SqliteDatabase(Database):
    """The SQLite file ``studio.db`` of a store's folder."""

    def __init__(self, file: Path, *, read_only: bool = False) -> None:
        super().__init__(file.parent, _engine(file, read_only), read_only=read_only)
        self._file = file
        self._writes = 0
        self._lock = Lock()
        self._checkpointer: Thread | None = None

    @property
    def place(self) -> str:
        return str(self._file)

    def stamp(self) -> tuple[int, int]:
        """Time and size of the log of changes."""
        try:
            status = self._file.with_name(f"{self._file.name}-wal").stat()
        except OSError:
            return (0, 0)
        return status.st_mtime_ns, status.st_size

    def spare_memory(self) -> None:
        """Reads the file from now on without mapping or keeping much of it: that would all be our memory."""

        def checked_out(connection: sqlite3.Connection, *_: object) -> None:
            for pragma in ("PRAGMA mmap_size=0", "PRAGMA cache_size=-4096"):
                connection.execute(pragma).fetchall()

        event.listen(self._engine, "checkout", checked_out)

    def checkpoint(self) -> None:
        """Folds the log into the database as far as no reader needs it, without stopping anybody."""
        with self._words(), self._engine.connect() as connection:
            _driver(connection).execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def close(self) -> None:
        """Lets go of the file. SQLite folds the log into it when the last connection goes."""
        with self._lock:
            checkpointer = self._checkpointer
        if checkpointer is not None:
            checkpointer.join()
        super().close()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            writer = connection.execution_options(**{_WRITE: True})
            with writer.begin():
                yield writer

    def _written(self) -> None:
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
        # The driver itself complains where the connection is used without SQLAlchemy.
        try:
            with super()._words():
                yield
        except sqlite3.DatabaseError as error:
            told = self._in_words(error)
            if told is None:
                raise
            raise told from error

    def _in_words(self, error: Exception) -> StoreError | None:
        cause = error.orig if isinstance(error, DatabaseError) else error
        return _told(str(cause), self._file)


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
            # One deadline for both: whoever waits for a turn has waited for the lock.
            deadline = monotonic() + BUSY_MS / 1000
            with _turn(file, deadline):
                _take_lock(_driver(connection), deadline)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


@contextmanager
def _turn(file: Path, deadline: float) -> Iterator[None]:
    """Whoever waits for the write lock has the turn, and nobody may ask for the lock without it.

    An import takes the lock again as soon as it has let it go: without the turn an edit, which may sleep just
    then, could miss one gap after the other. The turn is a lock on ``store.toml``, which processes share too;
    it is waited for until ``deadline`` (of ``time.monotonic``) only, and done without where there is none.
    """
    try:
        handle = os.open(file.with_name(SETTINGS), os.O_RDONLY)
    except OSError:
        yield
        return
    try:
        if fcntl is not None:
            _wait_for_turn(handle, deadline)
        yield
    finally:
        os.close(handle)


def _wait_for_turn(handle: int, deadline: float) -> None:
    while monotonic() < deadline:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sleep(_POLL_SECONDS)
        except OSError:  # a file system without such locks
            return
        else:
            return


def _take_lock(connection: sqlite3.Connection, deadline: float) -> None:
    """Begins a writing transaction as soon as the lock is free; after ``deadline`` it is asked for once more.

    SQLite itself would ask again after 1, 2, 5, 10, ... 100 ms and so miss most of the short gaps that an
    import leaves; an edit must not wait for the end of the import.
    """
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


def _told(cause: str, file: Path) -> StoreError | None:
    """SQLite's complaints about the world in our words; None for a fault of our own SQL."""
    text = cause.lower()
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
