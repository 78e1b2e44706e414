"""Removes models into the trash, says so across the page, and brings them back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.session import Session
from store.errors import StudioError
from store.runs.removing import Removed, bring_back, remove_folder
from widgets.pages.models.page import ModelsPage
from widgets.pages.models.records import ModelRow

_log = logging.getLogger(__name__)


class RemovingController(QObject):
    """``removed(Removed)`` and ``back(Path)``, the folder of a model that is there again.

    The person is not asked before: what was removed while a store is open can be brought back, newest first.
    """

    removed = Signal(object)
    back = Signal(object)

    def __init__(self, session: Session, page: ModelsPage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._page = session, page
        self._gone: list[Removed] = []
        #: Says which model proposes in Annotate, by its name; "" while none does.
        self.proposing: Callable[[], str] = str
        page.undo_wanted.connect(self.undo)
        session.closing.connect(self._closing)

    def remove(self, row: ModelRow) -> None:
        """Move a model into the trash, in a thread."""
        store = self._session.store
        if store is None:
            return
        folder = store.folder
        self._session.desk.ask(
            "models.remove", lambda: remove_folder(row.folder, folder), self._removed, self._failed
        )

    def undo(self) -> None:
        """Bring back what was removed last, in a thread."""
        if self._gone:
            last = self._gone.pop()
            self._offer()
            self._session.desk.ask("models.back", lambda: bring_back(last), self._back, self._failed)

    def _removed(self, gone: Removed) -> None:
        self._gone.append(gone)
        self._offer()
        text = "Runs, evaluations and predictions that were made with it stay."
        if gone.name == self.proposing():
            text = f"Annotate has proposed with it, and takes another model from now on. {text}"
        self._page.show_message("ok", f"Removed the model {gone.name}", text, [("Undo", self.undo)])
        self._page.message.setToolTip(f"It lies in {gone.trash}")
        self.removed.emit(gone)

    def _back(self, folder: Path) -> None:
        self._page.show_message("ok", f"The model {folder.name} is back")
        self._page.setFocus()
        self.back.emit(folder)

    def _offer(self) -> None:
        self._page.show_undo(self._gone[-1].name if self._gone else "")

    def _failed(self, error: StudioError) -> None:
        _log.warning("%s", error)
        self._page.show_message("bad", error.what, error.fix)

    def _closing(self) -> None:
        self._gone.clear()
        self._offer()
