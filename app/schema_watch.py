"""Landmark schemas that change while a store is open: its ``schemas.yaml``, or another window on it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.work import Desk
from store.errors import StudioError

if TYPE_CHECKING:
    from resources.taxonomy import Category
    from store.db import Store

_log = logging.getLogger(__name__)
#: How often is looked, in milliseconds.
_EVERY = 400

#: When a file was written and how large it is; None: there is none.
Signature = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look has found: the file, the database, and what is new of them; None: nothing is."""

    file: Signature
    database: tuple[int, int]
    faults: tuple[str, ...] | None = None
    categories: tuple[Category, ...] | None = None


class SchemaWatch(QObject):
    """Takes over ``schemas.yaml`` when it was written anew, and sees what others have made of categories.

    ``categories_read(tuple of Category)``: all of them, after something was written. ``faults_found(tuple of
    texts)``: the file was written anew; what is wrong with it now.
    """

    categories_read = Signal(tuple)
    faults_found = Signal(tuple)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._store: Store | None = None
        self._seen: Seen | None = None
        #: What the file was at the last look: whoever writes it may not be done yet.
        self._last: Signature = None
        self._timer = QTimer(self, interval=_EVERY)
        self._timer.timeout.connect(self._look)
        self._asking = False

    def start(self, store: Store, file: Signature) -> None:
        """Look from now on; ``file`` is what was taken over when the store was opened."""
        self._store, self._asking = store, False
        self._seen, self._last = Seen(file, store.database.stamp()), file
        self._timer.start()

    def stop(self) -> None:
        """Look no more. What is being read is waited for with the desk."""
        self._timer.stop()
        self._store = None

    def _look(self) -> None:
        store, seen, last = self._store, self._seen, self._last
        if store is None or seen is None or self._asking or store.database.away:
            return
        self._asking = True
        self._desk.ask("schemas.look", lambda: _looked(store, seen, last), self._take, self._failed)

    def _take(self, found: tuple[Seen, Signature]) -> None:
        self._asking = False
        self._seen, self._last = found
        if self._seen.categories is not None:
            self.categories_read.emit(self._seen.categories)
        if self._seen.faults is not None:
            self.faults_found.emit(self._seen.faults)

    def _failed(self, error: StudioError) -> None:
        # It is asked again at the next look.
        _log.info("not known whether the schemas have changed: %s", error)
        self._asking = False


def signature_of(store: Store) -> Signature:
    """What says whether the store's ``schemas.yaml`` was written."""
    from store.schemas import FILE

    try:
        status = (store.folder / FILE).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _looked(store: Store, seen: Seen, last: Signature) -> tuple[Seen, Signature]:
    from store.schemas import take_over

    file, faults, categories = signature_of(store), None, None
    if file == last and file != seen.file:
        faults = tuple(str(fault) for fault in take_over(store))
    # Read before the categories: what is written meanwhile is seen at the next look.
    stamp = store.database.stamp()
    if faults is not None or stamp != seen.database:
        categories = store.categories.all()
    taken = file if faults is not None else seen.file
    return Seen(taken, stamp, faults, categories), file
