"""The open store and what hangs on it: the desk for queries, the settings, the categories by id."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.controllers.others import OthersWatch
from app.schema_watch import SchemaWatch, Signature, signature_of
from app.work import Desk
from resources import taxonomy
from resources.taxonomy import Category
from store.errors import StudioError
from store.settings import SettingsFile

if TYPE_CHECKING:
    from store.db import Store
    from store.db.news import News
    from store.db.statistics import Totals

_log = logging.getLogger(__name__)
_BUILT_IN = MappingProxyType({category.id: category for category in taxonomy.categories()})


@dataclass(frozen=True, slots=True)
class Opened:
    """A store that was opened, and what is known of it.

    ``left``: images with changes that were not saved. ``aside``: files with those of images that are gone.
    ``schema_faults``: what is wrong with the person's own landmark schemas.
    """

    store: Store
    categories: tuple[Category, ...]
    totals: Totals
    left: tuple[int, ...]
    aside: tuple[str, ...]
    schema_faults: tuple[str, ...] = ()
    schema_file: Signature = None


class Session(QObject):
    """At most one open store. Signals come in the GUI thread.

    ``opened`` after a store is open, ``closing`` while it still is, ``closed`` after it is not. ``leaving``
    comes before ``closing``: what is in the middle of being done is saved now, as long as all still reads.
    ``failed(StudioError)`` when one could not be opened. ``images_changed(frozenset of ids)`` after an
    edit, by whomever; an empty set: any may have changed, and there may be more or fewer.
    ``unsaved_found(tuple of ids, tuple of names)``: of these images there are changes that a window had in
    hand when it ended; those of images that are gone are kept in these files. ``schemas_wrong(tuple of
    texts)``: what is wrong with ``schemas.yaml``, by line; nothing any more where it is empty.
    ``categories_changed()``: a category has come, or has another schema or colour.
    """

    opened = Signal()
    leaving = Signal()
    closing = Signal()
    closed = Signal()
    failed = Signal(object)
    images_changed = Signal(object)
    totals_changed = Signal()
    unsaved_found = Signal(tuple, tuple)
    schemas_wrong = Signal(tuple)
    categories_changed = Signal()

    def __init__(self, settings: SettingsFile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.desk = Desk(self)
        #: What is written into the open store, by whomever.
        self.others = OthersWatch(self)
        self.others.written.connect(self._take_news)
        self.others.lists_old.connect(self._lists_old)
        self._schemas = SchemaWatch(self.others.desk, self)
        self._schemas.categories_read.connect(self._take_categories)
        self._schemas.faults_found.connect(self.schemas_wrong)
        self.categories: Mapping[int, Category] = _BUILT_IN
        self.totals: Totals | None = None
        self._store: Store | None = None
        self._opening: Path | None = None
        #: Opened in a thread and not yet taken; closed where nobody takes it.
        self._fresh: Store | None = None

    @property
    def store(self) -> Store | None:
        """The open store, or None."""
        return self._store

    @property
    def opening(self) -> Path | None:
        """The store that is being opened, or None."""
        return self._opening

    def needed(self) -> Store:
        """The open store. RuntimeError when none is: the caller should have known."""
        if self._store is None:
            raise RuntimeError("no store is open")
        return self._store

    @property
    def writable(self) -> bool:
        """Whether a store is open and may be changed."""
        return self._store is not None and not self._store.read_only

    def open(self, folder: Path) -> None:
        """Close what is open and open the store in ``folder``; ``opened`` or ``failed`` comes later."""
        self._shut(folder)

        def work() -> Opened:
            # Imported here, in the thread: it is the dearest import of the program.
            from store.db import Store
            from store.document.keeping import images_in_hand
            from store.schemas import take_over

            store = Store.open(folder)
            self._fresh = store
            file = signature_of(store)
            faults = tuple(str(fault) for fault in take_over(store))
            left, aside = ((), ()) if store.read_only else images_in_hand(store)
            return Opened(store, store.categories.all(), store.statistics.totals(), left, aside, faults, file)

        self.desk.ask("session.open", work, self._take, self._refuse)

    def close(self) -> None:
        """Close the open store, if one is; waits for what still reads from it."""
        self._shut(None)

    def _shut(self, next_one: Path | None) -> None:
        if self._store is not None:
            self.leaving.emit()
        was_opening, self._opening = self._opening, next_one
        self.desk.drop()
        self._let_go_of_fresh()
        if self._store is None:
            if was_opening is not None:
                self.closed.emit()
            return
        self._schemas.stop()
        self.others.stop()
        self.closing.emit()
        self._store.close()
        self._store = None
        self.totals = None
        self.categories = _BUILT_IN
        self.closed.emit()

    def refresh_totals(self) -> None:
        """Count again, off the GUI thread; ``totals_changed`` when it is done."""
        if self._store is None:
            return
        store = self._store

        def work() -> tuple[tuple[Category, ...], Totals]:
            return store.categories.all(), store.statistics.totals()

        def take(found: tuple[tuple[Category, ...], Totals]) -> None:
            self.totals = found[1]
            self._take_categories(found[0])
            self.totals_changed.emit()

        self.desk.ask("session.totals", work, take, self.failed.emit)

    def _take(self, found: Opened) -> None:
        self._store, self._fresh = found.store, None
        self._opening = None
        self._know(found.categories, found.totals)
        self._remember()
        _log.info("opened %s%s", self._store.folder, " read-only" if self._store.read_only else "")
        self.others.start(self._store)
        self._schemas.start(self._store, found.schema_file)
        self.opened.emit()
        if found.schema_faults:
            self.schemas_wrong.emit(found.schema_faults)
        if found.left or found.aside:
            self.unsaved_found.emit(found.left, found.aside)

    def _take_news(self, news: News) -> None:
        if news.others:
            self.images_changed.emit(news.others)

    def _lists_old(self) -> None:
        self.images_changed.emit(frozenset())
        self.refresh_totals()

    def _take_categories(self, categories: tuple[Category, ...]) -> None:
        if self.totals is not None and categories != tuple(self.categories.values()):
            self._know(categories, self.totals)
            self.categories_changed.emit()

    def _know(self, categories: tuple[Category, ...], totals: Totals) -> None:
        self.categories = MappingProxyType({category.id: category for category in categories})
        self.totals = totals

    def _remember(self) -> None:
        store, totals = self._store, self.totals
        if store is None or totals is None:
            return
        share = totals.reviewed / totals.images if totals.images else 0.0
        try:
            self.settings.remember(store.folder, store.name, totals.images, totals.garments, share)
        except StudioError as error:
            # Not to be able to remember a store is no reason not to open it.
            _log.warning("%s", error)

    def _let_go_of_fresh(self) -> None:
        if self._fresh is not None:
            self._fresh.close()
            self._fresh = None

    def _refuse(self, error: StudioError) -> None:
        self._let_go_of_fresh()
        self._opening = None
        self.failed.emit(error)
