"""The rail, the pages and the status bar, put together: the central widget of the window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from widgets.common import surface
from widgets.common.keycaps import PAGE, caps
from widgets.frame.rail import PageRail, RailEntry
from widgets.frame.status import StatusBar


class Shell(QWidget):
    """``rail`` at the left, ``pages`` (a stack) beside it, ``status`` below both."""

    def __init__(self, entries: Sequence[RailEntry | tuple[str, str, str, bool]]) -> None:
        super().__init__()
        surface(self, "page")
        self.rail = PageRail(entries)
        self.pages = QStackedWidget()
        self.status = StatusBar()
        self._keys: dict[str, QWidget] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self.pages, 1)
        column.addLayout(row, 1)
        column.addWidget(self.status)

    def add_page(self, key: str, page: QWidget) -> QWidget:
        """Add a page under a key of the rail (or one that is not on it); returns it."""
        self._keys[key] = page
        page.setProperty(PAGE, key)
        caps.refresh()
        self.pages.addWidget(page)
        return page

    def show_page(self, key: str) -> None:
        """Bring a page to the front and mark it on the rail. KeyError for an unknown one."""
        self.pages.setCurrentWidget(self._keys[key])
        self.rail.set_current(key)

    def page(self) -> str:
        """The key of the page in front, or ""."""
        front = self.pages.currentWidget()
        return next((key for key, page in self._keys.items() if page is front), "")
