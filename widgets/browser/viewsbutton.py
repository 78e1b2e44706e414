"""Saved views: a button with their menu."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QInputDialog, QMenu

from store.records import View
from widgets import style
from widgets.common import Button


class ViewsButton(Button):
    """Offers saved views, saving the filter in force, and forgetting a view."""

    chosen = Signal(View)
    save_wanted = Signal(str)
    delete_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__("Saved views", "bookmark")
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        self.show_views(())

    def show_views(self, views: Sequence[View]) -> None:
        """Offer these."""
        self._menu.clear()
        for view in views:
            action = self._menu.addAction(style.icon("bookmark"), view.name)
            action.setToolTip(view.where or "all images")
            action.triggered.connect(lambda _on=False, view=view: self.chosen.emit(view))
        if not views:
            self._menu.addAction("No saved views yet").setEnabled(False)
        self._menu.addSeparator()
        save = self._menu.addAction(style.icon("plus"), "Save this filter as a view")
        save.triggered.connect(self._ask_name)
        if views:
            forget = self._menu.addMenu(style.icon("trash"), "Forget a view")
            for view in views:
                action = forget.addAction(view.name)
                action.triggered.connect(lambda _on=False, view=view: self.delete_wanted.emit(view.id))

    def _ask_name(self) -> None:
        dialog = QInputDialog(self)
        dialog.setWindowTitle("Save view")
        dialog.setLabelText("Name of the view")
        dialog.setOkButtonText("Save view")
        dialog.textValueSelected.connect(self._on_name)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_name(self, name: str) -> None:
        if name.strip():
            self.save_wanted.emit(name.strip())
