"""The canvas: a picture with its garments under a person's hands, mouse and keys."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from store import geometry
from store.hits import NOTHING, HitKind
from store.proposals import Proposal
from store.records import Garment
from widgets.canvas.proposed import area
from widgets.canvas.state import NO_SELECTION, Selection
from widgets.canvas.tools import Pointer
from widgets.canvas.under import garments_menu
from widgets.canvas.view import CanvasView

#: A press of H this long (milliseconds) hides only while it is held.
HOLD = 300


class Canvas(CanvasView):
    """Shows one image with its garments and emits what the person does to them.

    Keys it handles itself: Esc gives up a drag or the selection, Space pans while held, H hides the
    overlays (a tap switches, holding hides while held). All else is bound by the program.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._held = QElapsedTimer()

    # --- the mouse -------------------------------------------------------------------------------

    def pointer(self, event: QMouseEvent) -> Pointer:
        """The event in image pixels."""
        at = self.map_to_image(event.position())
        keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        return Pointer((at.x(), at.y()), 1.0 / self.zoom, bool(event.modifiers() & keys))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.focus_shown = False
        if self.start_pan(event):
            return
        if event.button() == Qt.MouseButton.LeftButton and all(self.image_size):
            if event.modifiers() & Qt.KeyboardModifier.AltModifier:
                self._list_garments(event)
                return
            self.show_hover(NOTHING, (0, 0))
            pointer = self.pointer(event)
            proposal = None if pointer.adds else self._proposal_at(pointer)
            if proposal is not None:
                self.proposal_chosen.emit(proposal.number)
            else:
                self._tool.press(pointer)

    def _proposal_at(self, pointer: Pointer) -> Proposal | None:
        """The proposal that a click takes: one that is not selected, with no smaller garment there."""
        if self._hidden or self._tool.waits or self._tool.name == "box":
            return None
        found = self.proposed.at(pointer.at)
        if found is None or found.number == self.proposed.suggested.chosen:
            return None
        target = self._tool.hit(pointer)
        garment = self._shown.garment(target.garment_id)
        if target.kind is HitKind.NONE or garment is None:
            return found
        smaller = target.kind is HitKind.MASK and area(found) < _area(garment)
        return found if smaller else None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # To a tool two quick clicks are two clicks.
        self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.panning:
            super().mouseMoveEvent(event)
            return
        pointer = self.pointer(event)
        view = self._view()
        self._overlays.point_at(view, pointer.at)
        if self._tool.busy:
            self._tool.move(pointer)
        elif all(self.image_size) and not self._hidden:
            self.proposed.hover(view, pointer.at)
            self._tool.hover(pointer)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._overlays.point_at(self._view(), None)
        self.proposed.hover(self._view(), None)
        self.show_hover(NOTHING, (0, 0))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.panning:
            super().mouseReleaseEvent(event)
        elif event.button() == Qt.MouseButton.LeftButton and self._tool.busy:
            self._tool.move(self.pointer(event))
            self._tool.release(self.pointer(event))

    def wheelEvent(self, event: QWheelEvent) -> None:
        # A wheel turned by accident in the middle of a drag would tear the landmark from the pointer.
        if not self._tool.busy:
            super().wheelEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self._tool.busy:
            self._list_garments(event)

    def _list_garments(self, event: QMouseEvent | QContextMenuEvent) -> None:
        """Offer the garments under the pointer, which a click goes through one by one."""
        place = QPointF(event.pos()) if isinstance(event, QContextMenuEvent) else event.position()
        at = self.map_to_image(place)
        menu = garments_menu(self._shown, (at.x(), at.y()), self._selection.garment_id, self)
        menu.triggered.connect(lambda action: self.choose(Selection(action.data())))
        menu.popup(
            event.globalPos() if isinstance(event, QContextMenuEvent) else event.globalPosition().toPoint()
        )

    # --- the keyboard ----------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.escape()
        elif event.key() == Qt.Key.Key_H and not event.modifiers():
            if not event.isAutoRepeat():
                self._held.start()
                self.hide_overlays(not self._hidden)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_H and not event.isAutoRepeat():
            if self._hidden and self._held.isValid() and self._held.elapsed() >= HOLD:
                self.hide_overlays(False)
            self._held.invalidate()
        else:
            super().keyReleaseEvent(event)

    def escape(self) -> None:
        """Give up a drag; else unmark the landmark; else the garment."""
        if self._tool.cancel():
            return
        if self._selection.landmark >= 0:
            self.choose(Selection(self._selection.garment_id))
        else:
            self.choose(NO_SELECTION)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        keys = (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
            Qt.FocusReason.ShortcutFocusReason,
        )
        self.focus_shown = event.reason() in keys
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._space = False
        self._rest_cursor()
        self.viewport().update()


def _area(garment: Garment) -> float:
    box = geometry.extent(garment)
    return 0.0 if box is None else geometry.box_area(box)
