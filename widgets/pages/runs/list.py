"""The list of runs at the left: one is current, others may lie over it in the charts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QStyleOptionViewItem

from widgets import style
from widgets.common.bars import draw_bar
from widgets.common.rows import paint_ground
from widgets.pages.runs.records import RESUMABLE, RunSummary
from widgets.pages.runs.words import MARKS, network, progress, when
from widgets.plots.look import paint_sample

_HEIGHT = 66
#: At most so many runs lie over each other: as many as can be told apart.
MOST = 6
Index = QModelIndex | QPersistentModelIndex
_RUN = Qt.ItemDataRole.UserRole
_LOOK = Qt.ItemDataRole.UserRole + 1


class RunsModel(QAbstractListModel):
    """Runs that fit a search text; also which of them are drawn in the charts, and how."""

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[RunSummary, ...] = ()
        self._shown: list[RunSummary] = []
        self._text = ""
        self._looks: dict[str, int] = {}
        self._pinned: frozenset[str] = frozenset()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        run = self._shown[index.row()]
        if role == _RUN:
            return run
        if role == _LOOK:
            return self._looks.get(run.id, -1)
        if role == Qt.ItemDataRole.DisplayRole:
            return run.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            drawn = ", stays in the charts" if run.id in self._pinned else ""
            return f"{run.name}, {run.standing}, {network(run.network)}, {_detail(run)[0]}{drawn}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(filter(None, (run.name, f"started {when(run.started)}", run.reason)))
        return None

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show these; the same runs in the same order are only told anew."""
        self._all = tuple(runs)
        self._filter()

    def search(self, text: str) -> None:
        """Only runs whose name, network or state has all the words of a text."""
        self._text = text
        self._filter()

    def _filter(self) -> None:
        words = self._text.casefold().split()

        def fits(run: RunSummary) -> bool:
            told = f"{run.name} {network(run.network)} {run.standing} {run.headline}".casefold()
            return all(word in told for word in words)

        found = [run for run in self._all if fits(run)]
        if [run.id for run in found] == [run.id for run in self._shown]:
            before, self._shown = self._shown, found
            for row, (old, new) in enumerate(zip(before, found, strict=True)):
                if old != new:
                    self.dataChanged.emit(self.index(row), self.index(row))
            return
        self.beginResetModel()
        self._shown = found
        self.endResetModel()

    def set_looks(self, looks: dict[str, int], pinned: Sequence[str]) -> None:
        """Which runs are in the charts, with the number of their look, and which stay there."""
        before = self._looks, self._pinned
        self._looks, self._pinned = dict(looks), frozenset(pinned)
        if self._shown and before != (self._looks, self._pinned):
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))

    def all(self) -> tuple[RunSummary, ...]:
        """All runs, also those that do not fit the search."""
        return self._all

    def row_of(self, run: str) -> int:
        """Where a run is shown; -1 for nowhere."""
        return next((row for row, one in enumerate(self._shown) if one.id == run), -1)


def _detail(run: RunSummary) -> tuple[str, str]:
    """What stands at the right of the second line, and its colour token."""
    if run.live:
        if run.standing == "waiting":
            return "waits for its turn", "t2"
        if run.standing in ("stopping", "pausing"):
            return run.standing, "warn"
        return (progress(run).partition(",")[0] or "starting", "t2")
    if run.standing == "failed":
        return run.reason or "failed", "bad"
    if run.standing == "killed":
        return "killed, can go on" if run.kind in RESUMABLE else "killed", "warn"
    return run.headline or ("stopped" if run.standing == "stopped" else "done"), "t2"


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        scale = 1.0 if style.tokens().density == "comfortable" else 0.85
        return QSize(0, style.tokens().px(_HEIGHT * scale))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, rect = style.tokens(), option.rect
        run: RunSummary = index.data(_RUN)
        painter.save()
        current, hovered = paint_ground(painter, option)
        left = rect.left() + look.px(14)
        icon, role = MARKS[run.standing]
        side = look.px(16)
        top_line = rect.top() + rect.height() * 0.33
        low_line = rect.top() + rect.height() * 0.71
        style.draw(painter, QRect(left, round(top_line - side / 2), side, side), icon, role)
        left += side + look.px(9)
        right = rect.right() - look.px(12)
        self._paint_name(
            painter, run, current, QRectF(left, top_line - look.px(11), right - left, look.px(22))
        )
        self._paint_sample(painter, sample_rect(rect), index.data(_LOOK), hovered)
        self._paint_detail(painter, run, QRectF(left, low_line - look.px(10), right - left, look.px(20)))
        painter.restore()

    def _paint_name(self, painter: QPainter, run: RunSummary, current: bool, room: QRectF) -> None:
        look = style.tokens()
        painter.setFont(style.font("strong" if current else "body"))
        painter.setPen(look.t1)
        room.adjust(0, 0, -look.px(32), 0)
        name = painter.fontMetrics().elidedText(run.name, Qt.TextElideMode.ElideMiddle, int(room.width()))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), name)

    def _paint_sample(self, painter: QPainter, place: QRect, number: int, hovered: bool) -> None:
        look = style.tokens()
        if number >= 0:
            paint_sample(painter, place.left(), place.center().y() + 0.5, place.width(), number)
        elif hovered:
            side = look.px(14)
            room = QRect(place.right() - side, place.center().y() - side // 2, side, side)
            style.draw(painter, room, "chart-line", "t3")

    def _paint_detail(self, painter: QPainter, run: RunSummary, room: QRectF) -> None:
        look = style.tokens()
        painter.setFont(style.font("table"))
        metrics = painter.fontMetrics()
        detail, role = _detail(run)
        middle = Qt.AlignmentFlag.AlignVCenter
        if run.live and run.standing not in ("waiting", "starting"):
            bar = QRectF(room.left(), room.center().y() - 2, min(look.px(84), room.width() * 0.4), 5)
            draw_bar(painter, bar, run.share, "warn" if run.standing == "paused" else "acc", track="press")
            left = bar.width()
        else:
            # What came of it matters more than what it is and when; of a long reason the beginning is enough.
            most = 0.6 if run.standing == "failed" else 1.0
            wanted = min(metrics.horizontalAdvance(detail), int(room.width() * most)) + look.px(10)
            space = int(room.width()) - wanted
            both = (f"{network(run.network)}, {when(run.started)}", when(run.started))
            words = next((one for one in both if metrics.horizontalAdvance(one) <= space), both[0])
            left = min(metrics.horizontalAdvance(words), space) if space > look.px(48) else 0
            painter.setPen(look.t2)
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(left) + 1) if left else ""
            painter.drawText(room, int(middle | Qt.AlignmentFlag.AlignLeft), shown)
        painter.setPen(look.colour(role))
        place = room.adjusted(left + look.px(10) if left else 0, 0, 0, 0)
        shown = metrics.elidedText(detail, Qt.TextElideMode.ElideRight, int(place.width()))
        painter.drawText(place, int(middle | Qt.AlignmentFlag.AlignRight), shown)


def sample_rect(rect: QRect) -> QRect:
    """Where the line sample of a row is: a click there draws the run, or takes it out of the charts."""
    look = style.tokens()
    wide, high = look.px(20), look.px(22)
    middle = rect.top() + round(rect.height() * 0.33)
    return QRect(rect.right() - look.px(12) - wide, middle - high // 2, wide, high)


class RunList(QListView):
    """``chosen(ids)``: the current run first, then those that are pinned and so drawn with it.

    A click makes a run current; Ctrl+click, a click on the place of its line, or Space on the current
    one pins it in the charts, or takes it away again.
    """

    chosen = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Runs")
        self.runs = RunsModel()
        self.setModel(self.runs)
        self.setItemDelegate(_Delegate(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QListView.Shape.NoFrame)
        # Without the stock focus frame: the delegate paints the ring round the current row.
        self.setProperty("look", "recent")
        self._current = ""
        self._pinned: list[str] = []
        self.selectionModel().currentChanged.connect(self._current_changed)
        style.changed.connect(self.doItemsLayout)

    def ids(self) -> list[str]:
        """What is shown: the current run first; empty where there is none."""
        others = [run for run in self._pinned if run != self._current]
        return [self._current, *others][:MOST] if self._current else []

    def pinned(self) -> list[str]:
        """What stays in the charts whichever run is current."""
        return list(self._pinned)

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show these; keeps what was chosen, else takes the first."""
        self.runs.show_runs(runs)
        there = {run.id for run in runs}
        before = self.ids()
        self._pinned = [run for run in self._pinned if run in there]
        if self._current not in there:
            self._current = runs[0].id if runs else ""
        self._restore()
        if self.ids() != before:
            self.chosen.emit(self.ids())

    def choose(self, run: str, pinned: Sequence[str] | None = None) -> None:
        """Make a run current; ``pinned`` are drawn with it (None: as before)."""
        before = self.ids()
        self._current = run
        if pinned is not None:
            self._pinned = list(pinned)
        self._restore()
        if self.ids() != before:
            self.chosen.emit(self.ids())

    def toggle(self, run: str) -> None:
        """Pin a run in the charts, or take it away again; the current one is drawn in any case."""
        before = self.ids()
        if run in self._pinned:
            self._pinned.remove(run)
        else:
            self._pinned = [*self._pinned, run][-MOST:]
        self._restore()
        if self.ids() != before:
            self.chosen.emit(self.ids())

    def search(self, text: str) -> None:
        """Only runs that fit a text; what is current stays so."""
        self.runs.search(text)
        self._restore()

    def _restore(self) -> None:
        """Mark what is chosen after rows have come and gone."""
        looks = {run: number for number, run in enumerate(self.ids())}
        self.runs.set_looks(looks, self._pinned)
        row = self.runs.row_of(self._current)
        if row >= 0 and row == self.currentIndex().row():
            return
        chooser = self.selectionModel()
        blocked = chooser.blockSignals(True)
        if row < 0:
            chooser.clear()
        else:
            chooser.setCurrentIndex(self.runs.index(row), QItemSelectionModel.SelectionFlag.ClearAndSelect)
        chooser.blockSignals(blocked)
        self.viewport().update()

    def _current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        run = current.data(_RUN)
        if run is not None and run.id != self._current:
            self.choose(run.id)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        run = index.data(_RUN)
        if run is not None and event.button() == Qt.MouseButton.LeftButton:
            control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            on_line = sample_rect(self.visualRect(index)).contains(event.position().toPoint())
            if control or on_line:
                self.toggle(run.id)
                return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        run = index.data(_RUN)
        place = sample_rect(self.visualRect(index)) if run is not None else QRect()
        over = place.contains(event.position().toPoint())
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        run = self.currentIndex().data(_RUN)
        if event.key() == Qt.Key.Key_Space and run is not None:
            self.toggle(run.id)
            return
        super().keyPressEvent(event)
