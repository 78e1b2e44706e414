"""Saved views: a button with their menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QInputDialog, QMenu

from store.records import View
from widgets import style
from widgets.common import Button

_FACE = "Saved views"


class ViewsButton(Button):
    """Offers saved views; the filter in force can be saved as one, and views renamed, updated, forgotten.

    It is called after the view whose filter and order are in force. ``update_wanted(View)``: the view
    should take on what is in force; ``rename_wanted(View)`` carries its new name.
    """

    chosen = Signal(View)
    save_wanted = Signal(str)
    update_wanted = Signal(View)
    rename_wanted = Signal(View)
    delete_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__(_FACE, "bookmark")
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        self._views: tuple[View, ...] = ()
        self._in_force = ("", "")
        self.show_views(())

    def show_views(self, views: Sequence[View]) -> None:
        """Offer these."""
        self._views = tuple(views)
        self._menu.clear()
        for view in views:
            action = self._menu.addAction(style.icon("bookmark"), view.name)
            action.setToolTip(view.where or "all images")
            action.setCheckable(True)
            action.triggered.connect(lambda _on=False, view=view: self._choose(view))
        if not views:
            self._menu.addAction("No saved views yet").setEnabled(False)
        self._menu.addSeparator()
        save = self._menu.addAction(style.icon("plus"), "Save this filter as a view…")
        save.triggered.connect(self._ask_name)
        if views:
            self._offer("Update a view to this filter", "refresh", self.update_wanted.emit)
            self._offer("Rename a view", "pencil", self._ask_other_name)
            self._offer("Forget a view", "trash", lambda view: self.delete_wanted.emit(view.id))
        self.show_in_force(*self._in_force)

    def show_in_force(self, where: str, order: str) -> None:
        """Know the filter and the order in force: the view that has both is the one that is shown."""
        self._in_force = (where, order)
        now = next((v for v in self._views if (v.where.strip(), v.order) == (where.strip(), order)), None)
        for view, action in zip(self._views, self._menu.actions(), strict=False):
            action.setChecked(view is now)
        self.set_face(_short(now.name) if now is not None else _FACE, "bookmark")
        self.setToolTip(now.where or "all images" if now is not None else "")

    def _choose(self, view: View) -> None:
        self.chosen.emit(view)
        # The tick is Qt's doing; what is in force decides.
        self.show_in_force(*self._in_force)

    def _offer(self, title: str, icon: str, call: Callable[[View], object]) -> None:
        menu = self._menu.addMenu(style.icon(icon), title)
        for view in self._views:
            action = menu.addAction(view.name)
            action.setToolTip(view.where or "all images")
            action.triggered.connect(lambda _on=False, view=view: call(view))

    def _ask_name(self) -> None:
        self._ask("Save view", "", lambda name: self.save_wanted.emit(name))

    def _ask_other_name(self, view: View) -> None:
        self._ask("Rename view", view.name, lambda name: self.rename_wanted.emit(view.but(name=name)))

    def _ask(self, title: str, name: str, then: Callable[[str], object]) -> None:
        dialog = QInputDialog(self)
        dialog.setWindowTitle(title)
        dialog.setLabelText("Name of the view")
        dialog.setTextValue(name)
        dialog.setOkButtonText(title)
        dialog.textValueSelected.connect(lambda text: then(text.strip()) if text.strip() else None)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23]}…"
