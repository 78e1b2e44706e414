"""The left of the board: which ranking, which of its queries and in which order, and the list of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from widgets import style
from widgets.common import FieldButton, IconButton, Segmented, hline, surface
from widgets.pages.retrieval.list import QueryList
from widgets.pages.retrieval.records import DIFFER, ORDERS, RunChoice

_WIDE, _FOLDED = 262, 64
_WHICH: Mapping[str, str] = {"failures": "Failures", "all": "All"}


class ListPane(QWidget):
    """``changed()``: another order, or other queries, are wanted; ``run_wanted(id)``: another ranking.

    Folded it shows thumbnails, and one menu in place of its controls.
    """

    changed = Signal()
    run_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        surface(self, "leftpanel")
        self.list = QueryList()
        self._order = "suspicion"
        self._folded = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_head())
        column.addWidget(self._build_folded())
        column.addWidget(hline())
        column.addWidget(self.list, 1)
        self.run_menu, self.order_menu = QMenu(self), QMenu(self)
        self.run_menu.setTitle("Ranking")
        self.order_menu.setTitle("Order")
        self._build_menus()
        self._fix()
        style.changed.connect(self._fix)

    def _build_head(self) -> QWidget:
        self.head = QWidget()
        column = QVBoxLayout(self.head)
        column.setContentsMargins(12, 10, 12, 8)
        column.setSpacing(6)
        self.run = FieldButton("", "database", end_icon="chevron-down")
        self.run.clicked.connect(lambda: _drop(self.run_menu, self.run))
        self.which = Segmented(list(_WHICH.items()), "failures", wide=True, name="Which queries")
        self.which.chosen.connect(lambda _key: self._which_changed())
        self.order = FieldButton("", end_icon="chevron-down")
        self.order.clicked.connect(lambda: _drop(self.order_menu, self.order))
        for part in (self.run, self.which, self.order):
            column.addWidget(part)
        return self.head

    def _build_folded(self) -> QWidget:
        self.more = IconButton("adjustments-horizontal", "Ranking, queries and order", look="square")
        self.more_menu = QMenu(self)
        self.more.clicked.connect(lambda: _drop(self.more_menu, self.more))
        self._narrow = QWidget()
        column = QVBoxLayout(self._narrow)
        column.setContentsMargins(0, 10, 0, 8)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignHCenter)
        return self._narrow

    def _build_menus(self) -> None:
        self._orders = _choices(self.order_menu, ORDERS, self._set_order)
        self.more_menu.addMenu(self.run_menu)
        self.more_menu.addSeparator()
        self._whiches = _choices(self.more_menu, _WHICH, self._set_which)
        self.more_menu.addSeparator()
        self.more_menu.addMenu(self.order_menu)
        self._orders[DIFFER].setVisible(False)
        self._show_order()
        self._whiches["failures"].setChecked(True)

    # -- what is shown --------------------------------------------------------------------------

    def show_runs(self, runs: Sequence[RunChoice], current: str) -> None:
        """Which rankings there are to choose from."""
        self.run_menu.clear()
        group = QActionGroup(self.run_menu)
        for run in runs:
            action = self.run_menu.addAction(run.title)
            action.setCheckable(True)
            action.setChecked(run.id == current)
            group.addAction(action)
            action.triggered.connect(lambda _on=False, run=run: self.run_wanted.emit(run.id))
        title = next((run.title for run in runs if run.id == current), "")
        self.run.set_face(title, "database")
        self.run.setToolTip(title)

    def show_counts(self, failures: int, queries: int) -> None:
        """How many failures there are, and how many queries."""
        for key, count in (("failures", failures), ("all", queries)):
            text = f"{_WHICH[key]} {count:,}"
            self.which.set_text(key, text)
            self._whiches[key].setText(text)

    def listing(self) -> tuple[str, bool]:
        """The order of the list, and whether all queries are in it."""
        return self._order, self.which.value() == "all"

    def offer_order(self, order: str, offered: bool) -> None:
        """Have an order among those to choose from, or not; where it is in use it is so no more."""
        self._orders[order].setVisible(offered)
        if not offered and self._order == order:
            self._set_order("suspicion")

    def fold(self, folded: bool) -> None:
        """Only the thumbnails of the list, where there is little room."""
        if folded != self._folded:
            self._folded = folded
            self._fix()

    # -- what happens ---------------------------------------------------------------------------

    def _set_order(self, order: str) -> None:
        self._order = order
        self._show_order()
        self.changed.emit()

    def _show_order(self) -> None:
        self.order.set_face(ORDERS[self._order], "sort-descending")
        self._orders[self._order].setChecked(True)

    def _set_which(self, key: str) -> None:
        self.which.set_value(key)
        self._which_changed()

    def _which_changed(self) -> None:
        self._whiches[self.which.value()].setChecked(True)
        self.changed.emit()

    def _fix(self) -> None:
        self.setFixedWidth(style.tokens().px(_FOLDED if self._folded else _WIDE))
        self.head.setVisible(not self._folded)
        self._narrow.setVisible(self._folded)


def _choices(menu: QMenu, texts: Mapping[str, str], choose: Callable[[str], object]) -> Mapping[str, QAction]:
    """Add actions of which one is checked."""
    group = QActionGroup(menu)
    made = {}
    for key, text in texts.items():
        made[key] = menu.addAction(text)
        made[key].setCheckable(True)
        group.addAction(made[key])
        made[key].triggered.connect(lambda _on=False, key=key: choose(key))
    return made


def _drop(menu: QMenu, button: QWidget) -> None:
    menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
