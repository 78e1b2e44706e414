"""The grid of thumbnails: what it fetches, how it is painted, what mouse and keys do."""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from widgets import style
from widgets.browser.delegate import TileDelegate, TileState
from widgets.browser.groups import GroupedLayout, paint_head
from widgets.browser.jump import Jump
from widgets.browser.layout import RING
from widgets.browser.model import TileModel
from widgets.browser.overlays import Overlays
from widgets.browser.placed import Action
from widgets.browser.rows import RowDelegate
from widgets.browser.selecting import SelectedView
from widgets.browser.thumbnails import Thumbnails

if TYPE_CHECKING:
    from store.db import Tile

Flag = QItemSelectionModel.SelectionFlag

#: After so long the places of what is still on its way are shown.
LATE_MS = 150
#: Scrolls that follow each other faster than this ask only once.
SETTLE_MS = 12
#: One paint renders new tiles for so long, in seconds.
PAINT_S = 0.008

_MOVES = {
    Qt.Key.Key_Left: Action.MoveLeft,
    Qt.Key.Key_Right: Action.MoveRight,
    Qt.Key.Key_Up: Action.MoveUp,
    Qt.Key.Key_Down: Action.MoveDown,
    Qt.Key.Key_Home: Action.MoveHome,
    Qt.Key.Key_End: Action.MoveEnd,
    Qt.Key.Key_PageUp: Action.MovePageUp,
    Qt.Key.Key_PageDown: Action.MovePageDown,
}


class ThumbnailGrid(SelectedView):
    """Thumbnails of any number of images, or a list of them with a small one each below a ``head``.

    Arrows move the current tile, Space and the check boxes select, Shift extends, a click selects one,
    Enter and a double click open, F fits or fills, a number and G goes there.
    """

    open_wanted = Signal(int)
    fill_changed = Signal(bool)
    #: Digits typed so far on the way to a row ("G" goes there).
    typed = Signal(str)
    #: What can be done with the selected images should be offered at a point of the screen.
    menu_wanted = Signal(QPoint)

    def __init__(
        self,
        model: TileModel,
        thumbnails: Thumbnails,
        overlays: Overlays | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self._overlays = overlays if overlays is not None else Overlays()
        self._delegate = self._tile_face = TileDelegate(model, thumbnails, self._overlays)
        super().__init__(model, parent)
        self._row_face = RowDelegate(model, thumbnails, self._overlays, self.head, self)
        self._thumbnails = thumbnails
        self._hover = -1
        self._jump = Jump(self)
        self._jump.typed.connect(self.typed)
        self._jump.wanted.connect(lambda number: self.go(max(0, min(number, self.count) - 1), extend=False))
        self._rows_wanted: dict[int, int] = {}
        #: The last paint had no time for all tiles.
        self._unpainted = False
        self._late = QTimer(self, singleShot=True, interval=LATE_MS)
        self._late.timeout.connect(self._show_places)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._ask)
        self.setItemDelegate(self._delegate)
        self.setMouseTracking(True)
        self.setAccessibleName("Images")
        self.placed.connect(self._schedule)
        model.tiles_arrived.connect(self._on_tiles)
        model.modelReset.connect(self._on_reset)
        thumbnails.arrived.connect(self._on_picture)
        self._overlays.arrived.connect(self._on_overlays)
        style.changed.connect(self._restyle)

    def caption(self) -> int:
        return self._delegate.caption()

    @property
    def listed(self) -> bool:
        """Whether the images are shown as a list."""
        return self._delegate is self._row_face

    def set_listed(self, listed: bool) -> None:
        """Show the images as a list, or as tiles; what is selected and what is current stay so."""
        if listed == self.listed:
            return
        self._calm()
        self._delegate = self._row_face if listed else self._tile_face
        self.setItemDelegate(self._delegate)
        self.set_lines(self._row_face.row_height() if listed else 0)

    def held(self) -> tuple[int, int] | None:
        """The image at the top of the view and where it is there (pixels), to be held in place."""
        rows = self.rows_in_view()
        return (int(self._tiles.ids[rows.start]), self.row_rect(rows.start).top()) if rows else None

    def hold(self, held: tuple[int, int]) -> None:
        """Scroll so that an image is where :meth:`held` found it; nothing if it is gone."""
        row = self._tiles.row_of(held[0])
        if row >= 0:
            self.verticalScrollBar().setValue(self.places.rect(row).top() - held[1])

    # -- what is in view ------------------------------------------------------------------------

    @property
    def fill(self) -> bool:
        """Whether pictures fill their tiles (cropped) or are shown whole."""
        return self._delegate.fill

    def set_fill(self, fill: bool) -> None:
        """Crop pictures to the tile, or show them whole."""
        if fill != self._delegate.fill:
            self._tile_face.fill = self._row_face.fill = fill
            self._schedule()
            self.viewport().update()
            self.fill_changed.emit(fill)

    @property
    def layers(self) -> frozenset[str]:
        """Which of :data:`widgets.browser.overlays.LAYERS` are shown over the pictures."""
        return self._tile_face.layers

    def set_layers(self, layers: Iterable[str]) -> None:
        """Show these over the pictures of tiles; those of a list are too small."""
        self._tile_face.layers = frozenset(layers)
        self._schedule()
        self.viewport().update()

    def refresh(self, ids: Iterable[int]) -> None:
        """Fetch these images again: they were changed. Without ids any may have been."""
        changed = list(ids)
        self._tiles.refresh(changed)
        self._thumbnails.retry()
        if changed:
            self._overlays.forget(changed)
        else:
            self._overlays.forget_all()
        self._schedule()

    def tile(self, row: int) -> Tile | None:
        """What is known of a row's image, or None while that is on its way."""
        return self._tiles.tile(row)

    def has_picture(self, image_id: int) -> bool:
        """Whether there is a picture of an image to paint."""
        found = self._thumbnails.get(image_id)
        return found is not None and found.pixmap is not None

    def is_whole(self) -> bool:
        """Whether everything in view is painted as it should be, with what lies over it."""
        tiles = [self._tiles.tile(row) for row in self.rows_in_view()]
        known = all(tile is not None and self._overlays.known(tile.image.id) for tile in tiles)
        return not self._unpainted and (known or not self._delegate.layers)

    def _schedule(self) -> None:
        if not self._settle.isActive():
            self._settle.start()

    def _ask(self) -> None:
        """Want the tiles in view and their pictures, and after them a screen of pictures ahead.

        Nothing while the grid is hidden: it follows the image in Annotate, and would decode for nobody.
        """
        if not self.isVisible():
            return
        rows = self.rows_in_view()
        self._tiles.ask(rows.start, rows.stop)
        ahead = range(rows.stop, min(rows.stop + len(rows), self.count))
        frame = self._delegate.frame(self.places.rect(0), self.devicePixelRatioF())
        tiles = {row: tile for row in (*rows, *ahead) if (tile := self._tiles.tile(row)) is not None}
        self._rows_wanted = {tile.image.id: row for row, tile in tiles.items()}
        self._thumbnails.want((tile.image, frame) for tile in tiles.values())
        if self._delegate.layers:
            self._overlays.want(self._rows_wanted)
        if self._is_complete():
            self._calm()
        elif not self._delegate.late and not self._late.isActive():
            self._late.start()

    def _is_complete(self) -> bool:
        rows = self.rows_in_view()
        return self._tiles.complete(rows.start, rows.stop) and self._thumbnails.idle

    def _calm(self) -> None:
        self._late.stop()
        self._delegate.late = False

    def _show_places(self) -> None:
        if not self._is_complete():
            self._delegate.late = True
            self.viewport().update()

    def _on_tiles(self, first: int, last: int) -> None:
        rows = self.rows_in_view()
        for row in range(max(first, rows.start), min(last, rows.stop)):
            self.update_row(row)
        # At once: what is in view has been waited for already, and its pictures are still to come.
        self._ask()

    def _on_picture(self, image_id: int) -> None:
        self.update_row(self._rows_wanted.get(image_id, -1))
        if self._is_complete():
            self._calm()

    def _on_overlays(self, ids: Iterable[int]) -> None:
        self._update_rows(self._rows_wanted.get(image_id, -1) for image_id in ids)

    def _on_reset(self) -> None:
        self._hover = -1
        self.forget_anchor()
        self._calm()
        self.updateGeometries()

    def _restyle(self) -> None:
        self._tile_face.restyle()
        self._row_face.restyle()
        self.set_lines(self._row_face.row_height() if self.listed else 0)

    # -- events ---------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._schedule()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().scroll(dx, dy)
        self._set_hover(-1)
        self._schedule()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), style.tokens().bg1)
        offset, selection = self.verticalOffset(), self.selectionModel()
        area = event.rect().adjusted(-RING, -RING, RING, RING).translated(0, offset)
        current, left, deadline = self.current_row, [], perf_counter() + PAINT_S
        focus = TileState.CURRENT | (TileState.FOCUS if self.hasFocus() else TileState.NONE)
        for row in self.places.rows(area.top(), area.bottom() + 1, self.count):
            rect = self.places.rect(row)
            if not rect.intersects(area):
                continue
            state = focus if row == current else TileState.NONE
            if row == self._hover:
                state |= TileState.HOVER
            if selection.isSelected(self._tiles.index(row)):
                state |= TileState.SELECTED
            place, hurried = rect.translated(0, -offset), perf_counter() > deadline
            if not self._delegate.paint_tile(painter, place, self._tiles.tile(row), state, hurried):
                left.append(row)
        if isinstance(self.places, GroupedLayout) and self.groups is not None:
            for group in self.places.heads(area.top(), area.bottom() + 1):
                rect = self.places.head_rect(group).translated(0, -offset)
                paint_head(painter, rect, self.groups.title(group), self.groups.note(group))
        painter.end()
        self._unpainted = bool(left)
        if left:
            # The rest of a screen of new tiles comes with the next turn of the event loop.
            QTimer.singleShot(0, self, lambda: self._update_rows(left))

    def _update_rows(self, rows: Iterable[int]) -> None:
        for row in rows:
            self.update_row(row)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update_row(self.current_row)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update_row(self.current_row)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton:
            self._press(row, event)
        elif event.button() == Qt.MouseButton.RightButton and row >= 0:
            self.set_current_row(row, scroll=False)
            if not self.selectionModel().isSelected(self._tiles.index(row)):
                self._anchor = row
                self.select_rows(np.array([row], np.int64))

    def _press(self, row: int, event: QMouseEvent) -> None:
        modifiers = event.modifiers()
        if row < 0:
            if not modifiers:
                self.clear_selection()
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.extend_to(row)
        elif modifiers & Qt.KeyboardModifier.ControlModifier or self._on_check(row, event):
            self.set_current_row(row, scroll=False)
            self.toggle(row)
        else:
            self._anchor = row
            self.set_current_row(row, scroll=False)
            self.select_rows(np.array([row], np.int64))

    def _on_check(self, row: int, event: QMouseEvent) -> bool:
        return self._delegate.check_rect(self.row_rect(row)).contains(event.position().toPoint())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position().toPoint())
        if row < 0 or event.button() != Qt.MouseButton.LeftButton or self._on_check(row, event):
            self.mousePressEvent(event)
        else:
            self.open_wanted.emit(row)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        row = self.current_row
        if event.reason() != QContextMenuEvent.Reason.Mouse and row >= 0:
            self.scrollTo(self._tiles.index(row))
            self.menu_wanted.emit(self.viewport().mapToGlobal(self.row_rect(row).center()))
        elif self.row_at(event.pos()) >= 0:
            self.menu_wanted.emit(event.globalPos())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_hover(self.row_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        self._set_hover(-1)
        super().leaveEvent(event)

    def _set_hover(self, row: int) -> None:
        if row != self._hover:
            self.update_row(self._hover)
            self._hover = row
            self.update_row(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in _MOVES and not modifiers & Qt.KeyboardModifier.AltModifier:
            index = self.moveCursor(_MOVES[key], modifiers)
            if index.isValid():
                self.go(index.row(), bool(modifiers & Qt.KeyboardModifier.ShiftModifier))
        elif key == Qt.Key.Key_A and modifiers == Qt.KeyboardModifier.ControlModifier:
            self.selectAll()
        elif modifiers or not (self._act(key) or self._jump.take(key, event.text())):
            # Whatever has no meaning here belongs to the page or the window.
            event.ignore()

    def _act(self, key: Qt.Key) -> bool:
        """What a key without modifiers does to tiles; whether it did something."""
        row = self.current_row
        if key == Qt.Key.Key_Space and row >= 0:
            self.toggle(row)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self.open_wanted.emit(row)
        elif key == Qt.Key.Key_F:
            self.set_fill(not self.fill)
        elif key == Qt.Key.Key_Escape and not self._jump.typing and self.selected_count():
            self.clear_selection()
        else:
            return False
        return True
