"""What anybody has written into the open store, and whether its server answers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.work import Desk
from store.errors import StudioError

if TYPE_CHECKING:
    from store.db import Store
    from store.db.news import News

_log = logging.getLogger(__name__)
#: How often is looked, in milliseconds: what somebody else does is to be seen within a second.
_EVERY = 200
#: While more and more is written, lists are asked for again so often.
_SETTLED = 2000


class OthersWatch(QObject):
    """Looks five times a second whether anybody has written, and in a thread which images were changed.

    ``written(News)``: something was, by this process too. ``lists_old()``: others have changed images, so
    that there may be more or fewer of them in a list; at most every two seconds. ``away_changed(bool)``: the
    database cannot be reached, or can again.
    """

    written = Signal(object)
    lists_old = Signal()
    away_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        #: For short questions that must not wait behind those of a page.
        self.desk = Desk(self, threads=1)
        self._store: Store | None = None
        self._seen: tuple[int, int] | None = None
        self._number: int | None = None
        self._asking = self._old = False
        self.away = False
        self._timer = QTimer(self, interval=_EVERY)
        self._timer.timeout.connect(self.look)
        self._pause = QTimer(self, interval=_SETTLED, singleShot=True)
        self._pause.timeout.connect(self._tell_old)

    def start(self, store: Store) -> None:
        """Look from now on; what is in the store now is known."""
        self._store, self._seen, self._number = store, None, None
        self._asking = self._old = self.away = False
        self._timer.start()
        self.look()

    def stop(self) -> None:
        """Look no more; waits for what is being read."""
        self._timer.stop()
        self._pause.stop()
        self._store = None
        self.desk.drop()

    def look(self) -> None:
        """Look now."""
        store = self._store
        if store is None:
            return
        self._follow(store.database.away)
        stamp = store.database.stamp()
        if stamp == self._seen or self._asking or self.away:
            return
        self._seen, self._asking = stamp, True
        since = self._number
        self.desk.ask("others.news", lambda: store.news(since), self._take, self._failed)

    def _follow(self, away: bool) -> None:
        if away != self.away:
            self.away = away
            self.away_changed.emit(away)

    def _take(self, news: News) -> None:
        self._asking = False
        known, self._number = self._number, news.number
        if known is None or news.number == known:
            return
        self.written.emit(news)
        if news.others is None or news.others:
            self._old = True
            if not self._pause.isActive():
                self._tell_old()

    def _tell_old(self) -> None:
        if self._old:
            self._old = False
            self._pause.start()
            self.lists_old.emit()

    def _failed(self, error: StudioError) -> None:
        # It is asked again at the next look; who edits is told by the edit.
        _log.info("not known what others have written: %s", error)
        self._asking, self._seen = False, None
