"""A list view whose rows lie where arithmetic says: Qt's own lays out every row that it has."""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelection,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QRegion, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from widgets.browser.groups import HEAD, GroupedLayout, Groups
from widgets.browser.layout import DEFAULT_TILE, MAX_COLUMNS, MIN_COLUMNS, RING, GridLayout
from widgets.browser.listhead import ListHead
from widgets.style import tokens

Index = QModelIndex | QPersistentModelIndex
Action = QAbstractItemView.CursorAction
Hint = QAbstractItemView.ScrollHint


class PlacedView(QListView):
    """Tiles in lines of 4 to 10, or rows of a list below a ``head``, placed by :class:`GridLayout`; selection
    and painting are others' work.

    It is a QListView for what goes with one (selection model, accessibility), of which everything that
    asks for a row's place is replaced. :meth:`caption` is the height below the picture of a tile.
    """

    columns_changed = Signal(int)
    #: Places or the part in view have changed.
    placed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted_width = DEFAULT_TILE
        #: The height of a row where the images are listed; 0 for tiles.
        self._row_height = 0
        self._groups: Groups | None = None
        self.head = ListHead(self)
        self.head.hide()
        self.head.widths_changed.connect(self.viewport().update)
        self._places: GridLayout | GroupedLayout = GridLayout.fitted(640, DEFAULT_TILE, self.caption())
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAutoScroll(False)
        self.setFrameShape(QListView.Shape.NoFrame)
        # The current tile shows the focus; an edge around the whole page would shout.
        self.setStyleSheet(
            "QListView, QListView:focus { border: none; }"
            "QScrollBar::handle:disabled { background: transparent; }"
        )

    def caption(self) -> int:
        """The height of what stands below the picture of a tile."""
        return 0

    @property
    def count(self) -> int:
        """How many rows there are."""
        model = self.model()
        return model.rowCount() if model is not None else 0

    @property
    def places(self) -> GridLayout | GroupedLayout:
        """Where the tiles lie now."""
        return self._places

    @property
    def tile_width(self) -> int:
        """The width that tiles should have at a font scale of 1; they widen a little to fill the line."""
        return self._wanted_width

    @property
    def groups(self) -> Groups | None:
        """What the rows are grouped by, or None."""
        return self._groups

    def set_groups(self, groups: Groups | None) -> None:
        """Break the lines where groups begin; takes effect with the rows that the model has then."""
        self._groups = groups

    def set_tile_width(self, width: int) -> None:
        """Show tiles about so wide (logical pixels at a font scale of 1)."""
        self._wanted_width = max(1, width)
        self.updateGeometries()

    def set_lines(self, height: int) -> None:
        """Show one row below the other, so high (logical pixels); tiles again with 0."""
        self._row_height = height
        self.head.setVisible(height > 0)
        self.setViewportMargins(0, self.head.sizeHint().height() if height else 0, 0, 0)
        self.updateGeometries()

    def set_columns(self, columns: int) -> None:
        """Show so many columns, 4 to 10; the tiles keep about this size when the window changes.

        Of a list this means nothing.
        """
        if self._row_height:
            return
        columns = max(MIN_COLUMNS, min(MAX_COLUMNS, columns))
        gap = self._places.gap
        space = self.viewport().width() - self._places.padding - RING - 1
        self.set_tile_width(int(((space + gap) // columns - gap) / tokens().scale))

    def rows_in_view(self) -> range:
        """The rows of which something can be seen."""
        top = self.verticalOffset()
        return self._places.rows(top, top + self.viewport().height(), self.count)

    def row_at(self, point: QPoint) -> int:
        """The row whose tile is at a point of the viewport, or -1."""
        return self._places.row_at(point + QPoint(0, self.verticalOffset()), self.count)

    def row_rect(self, row: int) -> QRect:
        """Where a row's tile is in the viewport."""
        return self._places.rect(row).translated(0, -self.verticalOffset())

    def update_row(self, row: int) -> None:
        """Paint a row's tile again; nothing for -1."""
        if row >= 0:
            self.viewport().update(self.row_rect(row).adjusted(-RING, -RING, RING, RING))

    def doItemsLayout(self) -> None:  # noqa: N802
        self.updateGeometries()

    def updateGeometries(self) -> None:
        seen, current, columns = self.rows_in_view(), self.currentIndex(), self._places.columns
        self.head.setGeometry(0, 0, self.viewport().width(), self.head.sizeHint().height())
        plain = self._plain_places()
        self._places = plain
        if self._groups is not None and len(self._groups.starts):
            self._places = GroupedLayout(plain, self._groups.starts, self.count, tokens().px(HEAD))
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, self._places.height(self.count) - height))
        # Always there, so that its coming and going does not move the tiles; empty where nothing scrolls.
        bar.setEnabled(bar.maximum() > 0)
        bar.setPageStep(max(1, height - self._places.pitch // 2))
        bar.setSingleStep(max(1, self._places.pitch // (1 if self._row_height else 3)))
        if self._places.columns != columns:
            # What was seen first stays so, as far as the current one, if it was seen, can be seen with it.
            if seen:
                bar.setValue(self._places.rect(seen.start).top() - self._places.top(0))
            if current.row() in seen:
                self.scrollTo(current)
            if not self._row_height:
                self.columns_changed.emit(self._places.columns)
        self.placed.emit()
        self.viewport().update()

    def _plain_places(self) -> GridLayout:
        wide = self.viewport().width()
        if self._row_height:
            return GridLayout.lines(wide, self._row_height)
        return GridLayout.fitted(wide, tokens().px(self._wanted_width), self.caption())

    def visualRect(self, index: Index) -> QRect:
        return self.row_rect(index.row()) if index.isValid() else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        row = self.row_at(point)
        return self.model().index(row, 0) if row >= 0 else QModelIndex()

    def scrollTo(self, index: Index, hint: Hint = Hint.EnsureVisible) -> None:
        if not index.isValid():
            return
        bar, rect = self.verticalScrollBar(), self._places.rect(index.row())
        lead = self._places.head if isinstance(self._places, GroupedLayout) else 0
        top, bottom = rect.top() - self._places.gap // 2 - lead, rect.bottom() + self._places.gap // 2
        height = self.viewport().height()
        if hint == Hint.PositionAtCenter:
            bar.setValue((top + bottom - height) // 2)
        elif hint == Hint.PositionAtTop or top < bar.value():
            bar.setValue(top)
        elif hint == Hint.PositionAtBottom or bottom > bar.value() + height:
            bar.setValue(bottom - height)

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        return 0

    def isIndexHidden(self, index: Index) -> bool:
        return not index.isValid()

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        region, seen = QRegion(), self.rows_in_view()
        for part in selection.toList():
            for row in range(max(part.top(), seen.start), min(part.bottom() + 1, seen.stop)):
                region += self.row_rect(row).adjusted(-RING, -RING, RING, RING)
        return region

    def moveCursor(self, action: Action, _modifiers: Qt.KeyboardModifier) -> QModelIndex:
        if not self.count:
            return QModelIndex()
        row = self.currentIndex().row()
        if row < 0:
            # Nobody has been anywhere yet: the first key goes to what is seen.
            rows = self.rows_in_view()
            return self.model().index(rows.start if rows else 0, 0)
        return self.model().index(self._moved(row, action), 0)

    def _moved(self, row: int, action: Action) -> int:
        last, page = self.count - 1, max(1, self.viewport().height() // self._places.pitch)
        lines = {
            Action.MoveUp: -1,
            Action.MoveDown: 1,
            Action.MovePageUp: -page,
            Action.MovePageDown: page,
        }
        if action in lines:
            return self._places.step(row, lines[action], self.count)
        step = {
            Action.MoveLeft: -1,
            Action.MovePrevious: -1,
            Action.MoveRight: 1,
            Action.MoveNext: 1,
            Action.MoveHome: -row,
            Action.MoveEnd: last - row,
        }[action]
        return max(0, min(last, row + step))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometries()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if turned:
                self.set_columns(self._places.columns - (1 if turned > 0 else -1))
            event.accept()
        else:
            super().wheelEvent(event)
