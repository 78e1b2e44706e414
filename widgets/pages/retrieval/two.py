"""Two models on one query: how each ranks it, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from widgets import style
from widgets.common import ElidedLabel, EmptyState, FieldButton, hline, label, surface, vline
from widgets.pages.retrieval.crops import Crops, Cut
from widgets.pages.retrieval.query import QueryPicture
from widgets.pages.retrieval.records import Query, RunChoice
from widgets.pages.retrieval.strips import Strips

_PICTURE = 262
_ONE = (
    "Only one ranking: index with another model (deepfashion-studio index --model M), "
    "then rank with its index (deepfashion-studio retrieve --index NAME)"
)


class TwoModels(QWidget):
    """``other_wanted(run_id)``: compare with this ranking; ``second_wanted()``: make a second one."""

    other_wanted = Signal(str)
    second_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        surface(self, "page")
        self.picture, self.strips = QueryPicture(), Strips()
        self.picture.heat.hide()
        self._query: Query | None = None
        self.empty = EmptyState("git-compare", _ONE)
        self.empty.action.connect(self._make_second)
        self._places = QStackedWidget()
        self._places.addWidget(self.empty)
        self._places.addWidget(self._build())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._places)
        self.setFocusProxy(self.strips)

    def _build(self) -> QWidget:
        held = QWidget()
        row = QHBoxLayout(held)
        row.setContentsMargins(12, 12, 12, 10)
        row.setSpacing(12)
        row.addWidget(self._build_query())
        line = vline()
        line.setMinimumHeight(0)
        line.setMaximumHeight(16777215)
        row.addWidget(line)
        row.addWidget(self._build_results(), 1)
        return held

    def _build_query(self) -> QWidget:
        held = QWidget()
        column = QVBoxLayout(held)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._name = ElidedLabel("", "hint", Qt.TextElideMode.ElideLeft)
        self._category, self._product = ElidedLabel("", "strong"), label("", "table", wrap=True)
        self._shared = label("", "table", wrap=True)
        column.addWidget(label("Query", "heading"))
        column.addWidget(self.picture, 3)
        for part in (self._name, self._category, self._product, hline(), self._shared):
            column.addWidget(part)
        column.addStretch(1)
        self._side = held
        self._fix()
        style.changed.connect(self._fix)
        return held

    def _fix(self) -> None:
        self._side.setFixedWidth(style.tokens().px(_PICTURE))

    def _build_results(self) -> QWidget:
        held = QWidget()
        column = QVBoxLayout(held)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(2, 1)
        self.first = ElidedLabel("", "strong")
        self.second, self.run_menu = FieldButton("", "git-compare", end_icon="chevron-down"), QMenu(self)
        self.second.setAccessibleDescription("The ranking below")
        self.second.clicked.connect(
            lambda: self.run_menu.popup(self.second.mapToGlobal(self.second.rect().bottomLeft()))
        )
        self.stands = (label("", "table"), label("", "table"))
        for row, (word, run) in enumerate((("Above", self.first), ("Below", self.second))):
            run.setMinimumWidth(style.tokens().px(300))
            grid.addWidget(label(word, "hint"), row, 0)
            grid.addWidget(run, row, 1)
            grid.addWidget(self.stands[row], row, 2)
        column.addLayout(grid)
        column.addWidget(self.strips, 1)
        return held

    # -- what is shown --------------------------------------------------------------------------

    def set_crops(self, crops: Crops) -> None:
        """Where pictures come from."""
        self.picture.crops = self.strips.crops = crops

    def show_runs(self, runs: Sequence[RunChoice], first: str, second: str) -> None:
        """Which rankings there are, and the two that are compared; ``second`` is "" where there is one
        only."""
        self._places.setCurrentIndex(1 if second else 0)
        self.run_menu.clear()
        group = QActionGroup(self.run_menu)
        for run in runs:
            if run.id == first:
                self.first.set_full_text(run.title)
                continue
            action = self.run_menu.addAction(run.title)
            action.setCheckable(True)
            action.setChecked(run.id == second)
            group.addAction(action)
            action.triggered.connect(lambda _on=False, run=run: self.other_wanted.emit(run.id))
            if run.id == second:
                self.second.set_face(run.title, "git-compare")
                self.second.setToolTip(run.title)

    def show_pair(self, above: Query, below: Query | None, tops: tuple[float, float]) -> None:
        """Show a query as both rankings have it; ``tops`` are their shares at 1."""
        self._query = above
        self._places.setCurrentIndex(1)
        self.picture.show_query(above)
        self._name.set_full_text(above.name)
        self._category.set_full_text(above.row.category)
        self._product.setText(above.row.product)
        self.strips.show_queries(above, below)
        for words, query, top in zip(self.stands, (above, below), tops, strict=True):
            words.setText(f"{stands(query)}; top-1 {top:.3f} of all")
        self._tell_shared(below)

    def offer(self, button: str) -> None:
        """How a second ranking can be made from here; "" for not at all."""
        self.empty.say(_ONE, button)

    def _make_second(self) -> None:
        self.empty.say("The second ranking is being made; the list of jobs says how far it is")
        self.second_wanted.emit()

    def say(self, sentence: str) -> None:
        """Why there is nothing to compare with."""
        self.empty.say(sentence)
        self._places.setCurrentIndex(0)

    def cuts(self) -> list[Cut]:
        """The pictures of what is shown."""
        if self._query is None:
            return []
        return [self.picture.cut(self._query), *self.strips.cuts()]

    def _tell_shared(self, below: Query | None) -> None:
        if below is None:
            self._shared.setText("The ranking below does not have this query.")
            return
        joined, count = len(self.strips.joined()), len(self.strips.strip(0))
        self._shared.setText(f"{joined} of the {count} results above are below too.")


def stands(query: Query | None) -> str:
    """Where the first true match of a query stands, in words."""
    if query is None:
        return "not a query here"
    if query.row.missed:
        return "detector missed it"
    if not query.matches:
        return "no true match in the gallery"
    nearest = query.matches[0]
    return f"first true match at {nearest.place:,}, distance {nearest.distance:.3f}"
