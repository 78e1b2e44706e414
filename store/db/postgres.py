"""A store's data on a PostgreSQL server, for people who work on one dataset together.

Writers come one after the other, as with SQLite: each takes one lock for its transaction, so that an edit
never fails half-way because of somebody else's. The driver is an extra (``deepfashion-studio[teams]``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from store.db.engine import BUSY_MS, Database
from store.errors import AwayError, StoreError

#: What a store's address begins with.
SCHEME = "postgresql+psycopg"
#: The number of the lock that writers take; it means something only among ourselves.
_LOCK = 0x64_66_73  # "dfs"
#: How often is looked whether somebody has written.
_LOOK_SECONDS = 0.25
#: A server that does not answer must not hold the window up for as long as the network itself would wait.
_PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 8000,
}


class PostgresDatabase(Database):
    """A database on a PostgreSQL server; StoreError where it cannot be reached."""

    def __init__(self, folder: Path, url: str, *, read_only: bool = False) -> None:
        self._url = _checked(url)
        super().__init__(folder, _engine(self._url), read_only=read_only)
        self._seen, self._away, self._closed = (0, 0), False, Event()
        self._watch: Thread | None = None
        try:
            with self.read():
                pass
        except StoreError:
            self.close()
            raise

    @property
    def place(self) -> str:
        return self._url.render_as_string(hide_password=True)

    def stamp(self) -> tuple[int, int]:
        """The numbers of the last change and the last revision, as a thread has asked for them."""
        self._begin_to_look()
        return self._seen

    @property
    def away(self) -> bool:
        """Whether the server could not be reached when it was last asked; a thread asks till it answers."""
        self._begin_to_look()
        return self._away

    def _begin_to_look(self) -> None:
        if self._watch is None:
            self._watch = Thread(target=self._look, name="database watch", daemon=True)
            self._watch.start()

    def _look(self) -> None:
        numbers = text("SELECT name, value FROM counters WHERE name IN ('touched', 'revisions')")
        while not self._closed.wait(_LOOK_SECONDS):
            # A server that is away for a while: edits say so; here the next look will do.
            with suppress(StoreError):
                with self.read() as connection:
                    found = {row.name: int(row.value) for row in connection.execute(numbers)}
                self._seen = found.get("touched", 0), found.get("revisions", 0)
                self._away = False

    def close(self) -> None:
        """Let go of the server."""
        self._closed.set()
        if self._watch is not None:
            self._watch.join()
        super().close()

    def checkpoint(self) -> None:
        """The server tidies up by itself."""

    def _written(self) -> None:
        """The server counts for itself."""

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            reader = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with reader.begin():
                yield reader

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            connection.execute(text(f"SET LOCAL lock_timeout = {BUSY_MS}"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection

    def _in_words(self, error: Exception) -> StoreError | None:
        from psycopg import errors

        cause = error.orig if isinstance(error, DBAPIError) else error
        said = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
        if isinstance(cause, errors.LockNotAvailable | errors.DeadlockDetected):
            return StoreError(
                f"{self.place} is being written by somebody else and did not become free in "
                f"{BUSY_MS // 1000} s.",
                "Wait for the other job to end and try again.",
            )
        if isinstance(cause, errors.DiskFull):
            return StoreError(f"{self.place} cannot be written: {said}.", "Make room on the server.")
        if isinstance(cause, errors.InsufficientPrivilege | errors.ReadOnlySqlTransaction):
            return StoreError(f"{self.place} may not be written: {said}.", "Ask who administers the server.")
        if isinstance(cause, errors.OperationalError | errors.InterfaceError):
            self._away = True
            return AwayError(
                f"{self.place} cannot be reached: {said}.",
                "Check the address in store.toml, that the server runs, and the network.",
            )
        return None


def _checked(address: str) -> URL:
    try:
        url = make_url(address)
    except ArgumentError:
        raise StoreError(
            f"{address.split('@')[-1]} is no address of a database.",
            f"Write it as {SCHEME}://user@host/database in store.toml.",
        ) from None
    if url.drivername != SCHEME:
        raise StoreError(
            f"A store cannot keep its data in {url.drivername}.",
            f"Leave url out of store.toml, or write it as {SCHEME}://user@host/database.",
        )
    return url


def _engine(url: URL) -> Engine:
    try:
        engine = create_engine(
            url,
            pool_size=8,
            max_overflow=16,
            pool_pre_ping=True,
            connect_args={name: value for name, value in _PATIENCE.items() if name not in url.query},
        )
    except ImportError as error:
        raise StoreError(
            f"The driver for PostgreSQL is not installed: {error}.",
            "Install it with: pip install 'deepfashion-studio[teams]'",
        ) from error

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        _keep_null_characters_out(connection)

    return engine


def _keep_null_characters_out(connection: Any) -> None:
    """PostgreSQL has no text with the character 0: what has one keeps a sign for it instead."""
    from psycopg.types.string import StrDumper, StrDumperUnknown

    class Dumper(StrDumper):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\N{SYMBOL FOR NULL}"))

    class UnknownDumper(StrDumperUnknown):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\N{SYMBOL FOR NULL}"))

    connection.adapters.register_dumper(str, Dumper)
    connection.adapters.register_dumper(str, UnknownDumper)
