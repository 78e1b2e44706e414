"""The canvas: a picture with its garments under a person's hands, mouse and keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QElapsedTimer, QEvent, QKeyCombination, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent, QWheelEvent
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
        self._hide_keys = frozenset({QKeyCombination(Qt.Key.Key_H).toCombined()})

    def set_own_keys(self, _action_id: str, keys: Sequence[str]) -> None:
        """Hide the overlays by other keys (Qt's portable texts); that is all it has keys of its own for."""
        sequences = (QKeySequence(key) for key in keys)
        self._hide_keys = frozenset(one[0].toCombined() for one in sequences if one.count() == 1)

    # --- the mouse -------------------------------------------------------------------------------

    def pointer(self, event: QMouseEvent) -> Pointer:
        """The event in image pixels."""
        at = self.map_to_image(event.position())
        keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        alone = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        held = bool(event.modifiers() & keys)
        return Pointer((at.x(), at.y()), 1.0 / self.zoom, held, alone, shift, ctrl)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.focus_shown = False
        left = event.button() == Qt.MouseButton.LeftButton
        if self._tool.busy and not left:
            # Something is in the hand, and is let go of by the button that took it.
            return
        if self._tool.busy:
            # Nobody has said that the button came up, as when a dialog came in between.
            self._tool.let_go()
        if self.start_pan(event):
            return
        if left and all(self.image_size):
            if event.modifiers() & Qt.KeyboardModifier.AltModifier and not self._tool.takes_alt:
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
        if self._hidden or self._tool.waits or self._tool.takes(pointer) or self._tool.name == "box":
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
        self._tool.leave()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.panning:
            super().mouseReleaseEvent(event)
        elif event.button() == Qt.MouseButton.LeftButton and self._tool.busy:
            self._tool.move(self.pointer(event))
            self._tool.release(self.pointer(event))

    def wheelEvent(self, event: QWheelEvent) -> None:
        # A wheel turned by accident in the middle of a drag would tear the landmark from the pointer.
        if self._tool.busy:
            return
        # With Alt held some systems turn the wheel's axes.
        turned = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and self._tool.turn_wheel(turned / 120):
            event.accept()
            return
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

    def event(self, event: QEvent) -> bool:
        # Asked before any shortcut: a key that the tool wants now is the tool's. Tab would lead out of the
        # canvas before it is seen as a key.
        kinds = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if event.type() in kinds and isinstance(event, QKeyEvent):
            override = event.type() == QEvent.Type.ShortcutOverride
            tab = event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
            if (override or tab) and self._tool.wants(event.key(), event.modifiers()):
                if not override:
                    self._tool.press_key(event.key(), event.modifiers())
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._tool.wants(event.key(), event.modifiers()):
            self._tool.press_key(event.key(), event.modifiers())
        elif event.key() == Qt.Key.Key_Escape:
            self.escape()
        elif event.keyCombination().toCombined() in self._hide_keys:
            if not event.isAutoRepeat():
                self._held.start()
                self.hide_overlays(not self._hidden)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        # Whatever was held with it may have been let go first.
        let_go = event.key() in {
            one & ~Qt.KeyboardModifier.KeyboardModifierMask.value for one in self._hide_keys
        }
        if let_go and not event.isAutoRepeat():
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
