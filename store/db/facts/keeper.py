"""Keeps the facts of an open store: read when first asked, then brought up to date, and kept in a file."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from secrets import randbits
from threading import Lock

import numpy as np
from sqlalchemy import Connection, select, update

from resources.taxonomy import Category
from store.db import tables
from store.db.engine import Database
from store.db.facts.filing import read_file, write_file
from store.db.facts.matching import Flags, Matcher
from store.db.facts.naming import Names, names_something
from store.db.facts.reading import read_all
from store.db.facts.snapshot import Facts
from store.db.facts.updating import up_to_date
from store.errors import StoreError
from store.filters import Expr
from store.records import Dataset

_log = logging.getLogger(__name__)
#: Beside the database; may be deleted at any time.
FILE = "facts.bin"
#: Smaller stores are read as quickly as a file.
_WORTH_A_FILE = 20_000
_TOKEN = "facts"


class FactsKeeper:
    """The facts of one store. Safe to use from several threads: a snapshot never changes."""

    def __init__(
        self,
        database: Database,
        categories: Callable[[], Iterable[Category]],
        datasets: Callable[[], Iterable[Dataset]],
    ) -> None:
        self._database = database
        self._categories, self._datasets = categories, datasets
        self._lock = Lock()
        self._facts: Facts | None = None
        #: The stamp of what is in the file.
        self._filed = -1

    def now(self) -> Facts:
        """The facts as they are now. StoreError where the store cannot be read."""
        with self._lock, self._database.read() as connection:
            if self._facts is None:
                self._facts = self._from_file(connection)
            self._facts = up_to_date(connection, self._facts) if self._facts else read_all(connection)
            return self._facts

    def matcher(self, where: Expr) -> Matcher:
        """Asks the facts as they are now."""
        known = Names()
        if names_something(where):
            known = Names.of(self._categories(), self._datasets())
        return Matcher(self.now(), known)

    def images(self, where: Expr | None) -> tuple[Facts, Flags]:
        """The facts, and which images a filter selects. FilterError for a name that the store has not."""
        if where is None:
            facts = self.now()
            return facts, np.ones(len(facts.images.ids), np.bool_)
        asked = self.matcher(where)
        return asked.facts, asked.images(where)

    def garments(self, where: Expr | None) -> tuple[Facts, Flags]:
        """The facts, and which garments a filter selects. FilterError as above."""
        if where is None:
            facts = self.now()
            return facts, np.ones(len(facts.garments.ids), np.bool_)
        asked = self.matcher(where)
        return asked.facts, asked.garments(where)

    def forget(self) -> None:
        """Let go of the facts, for who needs the memory more; whoever asks next has them read again."""
        with self._lock:
            self._facts = None

    def keep(self) -> None:
        """Write the file for the next start, where it is worth one and has changed; never an error."""
        facts = self._facts
        if facts is None or self._database.read_only or len(facts.images.ids) < _WORTH_A_FILE:
            return
        if facts.stamp == self._filed:
            return
        token = randbits(62)
        with suppress(StoreError, OSError):
            write_file(self._file, facts, token)
            with self._database.write() as connection:
                _set_token(connection, token)
            self._filed = facts.stamp

    @property
    def _file(self) -> Path:
        return self._database.folder / FILE

    def _from_file(self, connection: Connection) -> Facts | None:
        # The token is written into the database together with the file: a file of another time, as after
        # a backup was put back, has another one.
        counter = tables.counters.c
        token = connection.execute(select(counter.value).where(counter.name == _TOKEN)).scalar()
        facts = None if token is None else read_file(self._file, int(token))
        self._filed = -1 if facts is None else facts.stamp
        return facts


def _set_token(connection: Connection, token: int) -> None:
    counter = tables.counters
    changed = connection.execute(update(counter).where(counter.c.name == _TOKEN).values(value=token))
    if not changed.rowcount:
        connection.execute(counter.insert(), {"name": _TOKEN, "value": token})
