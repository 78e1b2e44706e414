"""The attributes that can be said of a garment, read when a store is opened."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.session import Session
from widgets.pages.annotate import AnnotatePage


class AttributeWords(QObject):
    """Reads them in a thread and gives them to the page."""

    failed = Signal(object)

    def __init__(self, session: Session, page: AnnotatePage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._page = session, page

    def opened(self) -> None:
        """A store is there."""
        store = self._session.needed()

        def read() -> tuple[tuple[str, str], ...]:
            from store.vocabulary import attributes_of

            return attributes_of(store)

        self._session.desk.ask("annotate.words", read, self._page.more.set_words, self.failed.emit)
