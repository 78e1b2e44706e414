"""The door to the database: reading and writing transactions, errors in words.

One class a back end: :mod:`store.db.sqlite` for the file in the store's folder, :mod:`store.db.postgres`
for a server that several people work with. All else in ``store/db`` is the same for both.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from store.errors import StoreError

#: How long a writer waits for another one. Writers hold the lock for about 20 ms.
BUSY_MS = 10_000
#: Where the numbers of changes that a writing transaction gives are noted in its connection's ``info``.
_TOUCHES = "studio_touches"


def note_touch(connection: Connection, number: int) -> None:
    """Say that a writing transaction changes images under this number; see ``ImageRow.touched``."""
    touches: set[int] | None = connection.info.get(_TOUCHES)
    if touches is not None:
        touches.add(number)


class Database(ABC):
    """An open database. Safe to use from several threads; each transaction has its own connection.

    ``folder`` is that of the store.
    """

    def __init__(self, folder: Path, engine: Engine, *, read_only: bool) -> None:
        self.folder = folder
        self.read_only = read_only
        self._engine = engine
        self._touches: set[int] = set()

    @property
    @abstractmethod
    def place(self) -> str:
        """Where the data lies, as it is told to a person."""

    def spare_memory(self) -> None:
        """For who reads a large store through once: what was read need not stay in memory."""
        return

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A reading transaction: everything in it sees the same state of the store."""
        with self._words(), self._reading() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A writing transaction; it takes the write lock at once, so that it cannot fail half-way.

        StoreError when the store is read-only, the disk is full or the lock is not to be had.
        """
        if self.read_only:
            raise StoreError(
                f"The store {self.folder} is open read-only.",
                "Copy it to a folder you may write to and open the copy.",
            )
        touches: set[int] = set()
        try:
            with self._words(), self._writing() as connection:
                connection.info[_TOUCHES] = touches
                yield connection
                # Before the commit: nobody may see a change of ours and not know that it is ours.
                self._touches |= touches
        except BaseException:
            self._touches -= touches
            raise
        self._written()

    def wrote(self, number: int) -> bool:
        """Whether a change of images was made through this object: by this process, that is."""
        return number in self._touches

    @property
    def away(self) -> bool:
        """Whether nobody answered when the database was last asked for something. It never waits."""
        return False

    @abstractmethod
    def stamp(self) -> tuple[int, int]:
        """Something else after every commit of anybody, at the latest half a second later. It never waits."""

    @abstractmethod
    def checkpoint(self) -> None:
        """Tidy up after much was written, without stopping anybody; nothing where there is no need."""

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one state of the store."""

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Connection]:
        """A transaction that no other writer can come between."""

    @abstractmethod
    def _in_words(self, error: Exception) -> StoreError | None:
        """The database's complaints about the world as ours; None for a fault of our own SQL."""

    @abstractmethod
    def _written(self) -> None:
        """A writing transaction has ended well."""

    @contextmanager
    def _words(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            told = self._in_words(error)
            if told is None:
                raise
            raise told from error
