"""Whether somebody else has written into the open store."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from app.session import Session

#: How often is looked, in milliseconds.
_EVERY = 500


class OthersWatch(QObject):
    """Emits ``wrote`` while the store holds commits that were not noted as known, every half second."""

    wrote = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._seen = (0, 0)
        self._timer = QTimer(self, interval=_EVERY)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Look from now on."""
        self._timer.start()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def note(self) -> None:
        """All that is in the store now is known."""
        self._seen = self._stamp()

    def look(self) -> None:
        """Look now."""
        if self._stamp() != self._seen:
            self.wrote.emit()

    def _stamp(self) -> tuple[int, int]:
        store = self._session.store
        return (0, 0) if store is None else store.database.stamp()
