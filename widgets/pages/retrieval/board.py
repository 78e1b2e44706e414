"""The board itself: list, query and results side by side, and the pictures that they want."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from widgets import style
from widgets.common import ElidedLabel, EmptyState, IconLabel, Segmented, label, surface, vline
from widgets.pages.retrieval.crops import Crops, Cut
from widgets.pages.retrieval.heat import Reasons
from widgets.pages.retrieval.pane import ListPane
from widgets.pages.retrieval.query import QueryPane
from widgets.pages.retrieval.records import Query
from widgets.pages.retrieval.results import ZOOMS, ResultsGrid
from widgets.pages.retrieval.two import TwoModels

_QUERY = 301
#: A match is explained when a person has stayed with it so long, in milliseconds.
_HEAT_AFTER = 200
#: Crops that arrive within so many milliseconds are painted at once.
_TOGETHER = 25


class Board(QWidget):
    """``result_changed()``: another result is selected. ``heat_wanted(Query, Hit or None)``: what drove that
    match? ``heat_dropped()``: it is not wanted any more. Its keys are listened to while it has the focus."""

    result_changed = Signal()
    heat_wanted = Signal(object, object)
    heat_dropped = Signal()

    def __init__(self, crops: Crops) -> None:
        super().__init__()
        surface(self, "page")
        self.pane, self.query, self.results = ListPane(), QueryPane(), ResultsGrid()
        self.list = self.pane.list
        self._crops = crops
        self._shown: Query | None = None
        self._ahead: Query | None = None
        self._gallery = 0
        self._comparing = self._any = False
        for part in (self.list, self.query.picture, self.query.true, self.results):
            part.crops = crops
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.pane)
        self.empty = EmptyState("photo-search", "", "", "")
        self._places = QStackedWidget()
        self._places.addWidget(self.empty)
        self._places.addWidget(self._build_audit())
        self.two = TwoModels()
        self.two.set_crops(crops)
        self._places.addWidget(self.two)
        row.addWidget(self._places, 1)
        self._fix()
        style.changed.connect(self._fix)
        self._connect()

    def _connect(self) -> None:
        # Sizes settle in the turn after: what is wanted before is made for nothing.
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._want)
        # Crops come one by one, many of them for the query after this one: they are painted together.
        self._painting = QTimer(self, singleShot=True, interval=_TOGETHER)
        self._painting.timeout.connect(self._repaint)
        self._crops.arrived.connect(self._arrived)
        self.list.verticalScrollBar().valueChanged.connect(lambda _value: self._later.start())
        self.list.entered.connect(self._enter)
        self.results.left.connect(self.list.setFocus)
        self.two.strips.left.connect(self.list.setFocus)
        self.results.chosen.connect(lambda _number: self._result_changed())
        self._heat_later = QTimer(self, singleShot=True, interval=_HEAT_AFTER)
        self._heat_later.timeout.connect(self._want_heat)
        self.query.picture.heat.toggled.connect(lambda _on: self._ask_heat())

    def _build_audit(self) -> QWidget:
        held = QWidget()
        row = QHBoxLayout(held)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.query)
        row.addWidget(_edge())
        row.addWidget(self._build_results(), 1)
        return held

    def _build_results(self) -> QWidget:
        held = QWidget()
        column = QVBoxLayout(held)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(10)
        head = QHBoxLayout()
        head.setSpacing(8)
        self.title = ElidedLabel("", "heading")
        self.looks = Segmented([("crop", "Crop"), ("whole", "Whole image")], "crop", name="What is shown")
        self.looks.chosen.connect(self._look)
        head.addWidget(self.title, 1)
        for icon, role, word in (("circle-check", "hit", "hit"), ("circle-x", "miss", "miss")):
            head.addWidget(IconLabel(icon, role, name=word))
            head.addWidget(label(word, "table"))
        head.addWidget(self.looks)
        column.addLayout(head)
        column.addWidget(self.results, 1)
        return held

    # -- what is shown --------------------------------------------------------------------------

    def show_place(self, queries: bool, rankings: bool) -> None:
        """Whether there are queries to show, and rankings to choose from; why not is said by ``empty``."""
        first, self._any = queries and not self._any, queries
        self._places.setCurrentIndex(0 if not queries else 2 if self._comparing else 1)
        self.pane.setVisible(rankings)
        if first and self.isVisible():
            # What asked for the ranking is gone: the keys belong to what came of it.
            self.list.setFocus()

    def compare(self, comparing: bool) -> None:
        """Show two models on the query, or one with all of its results."""
        self._comparing = comparing
        self.show_place(self._any, not self.pane.isHidden())
        self._later.start()

    def show_gallery(self, count: int) -> None:
        """How many garments were looked among."""
        self._gallery = count
        self._entitle()

    def show_query(self, query: Query) -> None:
        """Show a query with its results."""
        before = self._shown
        self._shown, self._ahead = query, None
        self.query.show_query(query)
        self.results.show_query(query)
        if before is None or before.row.query != query.row.query:
            self._ask_heat()
        self._entitle()
        self._later.start()

    def show_ahead(self, query: Query) -> None:
        """Have the pictures of this query ready too, after what is shown."""
        self._ahead = query
        self._later.start()

    def zoom_in(self) -> None:
        """Show all crops nearer, in step; after the nearest as at first."""
        zoom = ZOOMS[(ZOOMS.index(self.results.zoom) + 1) % len(ZOOMS)]
        self.results.zoom = self.query.picture.zoom = zoom
        self.two.strips.zoom = self.two.picture.zoom = zoom
        self._later.start()
        self._repaint()

    # -- what drove the match -------------------------------------------------------------------

    def heat_on(self) -> bool:
        """Whether the heat map is wanted."""
        return self.query.picture.heat.isChecked()

    def toggle_heat(self) -> None:
        """Want the heat map, or do not any more."""
        if not self._comparing:
            self.query.picture.heat.toggle()

    def show_reasons(self, reasons: Reasons) -> None:
        """What drove the match of the query and the selected result."""
        self.query.picture.show_heat(reasons.query)
        self.results.show_heat(reasons.result)

    def say_heat(self, words: str, *, trouble: bool = False) -> None:
        """How it stands with the heat map."""
        self.query.say_heat(words, trouble=trouble)

    def _result_changed(self) -> None:
        self._ask_heat()
        self.result_changed.emit()

    def _ask_heat(self) -> None:
        """What was explained is of another match now; of the new one a little later, while keys are held."""
        self.show_reasons(Reasons())
        self.say_heat("")
        self.heat_dropped.emit()
        if self.heat_on():
            self._heat_later.start()
        else:
            self._heat_later.stop()

    def _want_heat(self) -> None:
        if self._shown is not None and self.heat_on():
            self.heat_wanted.emit(self._shown, self.results.selected())

    def _enter(self) -> None:
        (self.two.strips if self._comparing else self.results).setFocus()

    def _look(self, key: str) -> None:
        self.results.whole = key == "whole"
        self._later.start()
        self.results.update()

    def _entitle(self) -> None:
        shown = len(self.results.hits())
        self.title.set_full_text(f"Top {shown} of {self._gallery:,} shop garments" if shown else "No results")

    def _fix(self) -> None:
        self.query.setFixedWidth(style.tokens().px(_QUERY))

    # -- pictures -------------------------------------------------------------------------------

    def want_pictures(self) -> None:
        """Have the pictures ready of what is shown."""
        self._later.start()

    def _want(self) -> None:
        # What another view wants is not to be replaced by what nobody sees.
        if not self.isVisible():
            return
        if self._comparing:
            self._crops.want([*self.two.cuts(), *self.list.in_view()])
            return
        wanted: list[Cut] = []
        for query in (self._shown, self._ahead):
            if query is not None:
                wanted.append(self.query.picture.cut(query))
                wanted += self.results.cuts(query)
                wanted += self.query.true.cuts(query.matches)
        # The list is looked at last: what is judged comes first.
        end = len(self.results.cuts(self._shown)) + 4 if self._shown is not None else 0
        self._crops.want([*wanted[:end], *self.list.in_view(), *wanted[end:]])

    def _arrived(self) -> None:
        if not self._painting.isActive():
            self._painting.start()

    def _repaint(self) -> None:
        self.list.viewport().update()
        for part in (self.query.picture, self.query.true, self.results, self.two.picture, self.two.strips):
            part.update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._later.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._entitle()
        self._later.start()


def _edge() -> QWidget:
    line = vline()
    line.setMinimumHeight(0)
    line.setMaximumHeight(16777215)
    return line
