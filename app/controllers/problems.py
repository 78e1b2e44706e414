"""The problem list of the store, in a window that stays open while images are corrected."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.session import Session
from widgets.pages.problems import ProblemsDialog


class ProblemsController(QObject):
    """Joins the list of problems to the store. ``open_wanted(image id)``."""

    open_wanted = Signal(int)
    failed = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.dialog: ProblemsDialog | None = None
        #: How many problems the list shows; it is filled again only when there are others.
        self._shown = -1
        session.closing.connect(self.close)
        session.totals_changed.connect(self._refresh)

    def show(self) -> None:
        """Open the list, or bring it to the front."""
        parent = self.parent()
        if self.dialog is None:
            self.dialog = ProblemsDialog(parent if isinstance(parent, QWidget) else None)
            self.dialog.open_wanted.connect(self._open)
            self.dialog.list.failed.connect(self.failed)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
        self._shown = -1
        self._refresh()

    def close(self) -> None:
        """Let go of the store."""
        if self.dialog is not None:
            self.dialog.list.show_problems(None, 0)
            self.dialog.list.settle()
            self.dialog.close()

    def _refresh(self) -> None:
        store = self._session.store
        if self.dialog is None or not self.dialog.isVisible() or store is None:
            return
        self._session.desk.ask("problems.count", store.problems.count, self._take, self.failed.emit)

    def _take(self, count: int) -> None:
        store = self._session.store
        if self.dialog is not None and store is not None and count != self._shown:
            self._shown = count
            self.dialog.show_problems(store.problems, count)

    def _open(self, image_id: int) -> None:
        if image_id:
            self.open_wanted.emit(image_id)
