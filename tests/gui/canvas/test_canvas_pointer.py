"""What follows the pointer: vertices, the list of garments, the loupe; and what the canvas says."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from store.geometry import extent
from tests.gui.canvas.canvas_hand import SKIRT, TROUSERS, Hand
from widgets.canvas import Canvas


def vertices(canvas: Canvas) -> list[tuple[float, float]]:
    """Where vertices are drawn."""
    squares = canvas._overlays.selected._vertices
    return sorted(one.pos().toTuple() for one in squares._squares if one.isVisible())


def test_vertices_are_drawn_where_the_pointer_is(canvas: Canvas, hand: Hand) -> None:
    canvas.select(SKIRT)
    assert vertices(canvas) == []
    hand.move(330 - 20 / canvas.zoom, 410)
    assert vertices(canvas) == [(330, 410)]
    hand.move(250, 350)
    assert vertices(canvas) == []
    canvas.set_zoom(canvas.minimum_zoom())
    hand.move(250, 350)
    assert len(vertices(canvas)) == 4
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    assert vertices(canvas) == []


def test_a_vertex_stays_drawn_while_it_is_dragged(canvas: Canvas, hand: Hand) -> None:
    canvas.select(SKIRT)
    hand.press(330, 410)
    hand.move(450, 500)
    [(x, y)] = vertices(canvas)
    assert (x, y) == pytest.approx(hand.exact(450, 500), abs=3)
    hand.release(450, 500)


def test_no_vertices_where_they_cannot_be_dragged(canvas: Canvas, hand: Hand) -> None:
    canvas.select(SKIRT)
    canvas.set_tool("landmarks")
    hand.move(330, 410)
    assert vertices(canvas) == []
    canvas.set_tool("select")
    canvas.set_layers(True, False, True)
    hand.move(331, 411)
    assert vertices(canvas) == []


def menu_of(canvas: Canvas) -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_alt_click_lists_the_garments_there(canvas: Canvas, hand: Hand, qtbot: QtBot) -> None:
    canvas.select(TROUSERS)
    hand.click(250, 370, Qt.KeyboardModifier.AltModifier)
    menu = menu_of(canvas)
    assert [action.text() for action in menu.actions()] == ["2  skirt", "1  trousers"]
    qtbot.keyClick(menu, Qt.Key.Key_Up)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert hand.selections == [(SKIRT, -1)]
    assert canvas.selection.garment_id == SKIRT


def test_so_does_the_right_button(canvas: Canvas, hand: Hand) -> None:
    place = hand.at(100, 700)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, canvas.viewport().mapToGlobal(place))
    QApplication.sendEvent(canvas.viewport(), event)
    menu = menu_of(canvas)
    assert [action.text() for action in menu.actions()] == ["1  trousers"]
    menu.close()
    hand.press(20, 780, Qt.KeyboardModifier.AltModifier)
    [nothing] = menu_of(canvas).actions()
    assert not nothing.isEnabled()
    menu_of(canvas).close()
    assert not canvas.busy


def mark_sizes(canvas: Canvas) -> tuple[float, float]:
    """Widths of a selected and of an unselected landmark, in screen pixels."""
    overlays = canvas._overlays
    selected = overlays.selected._marks._marks[0].item
    unselected = overlays.unselected.marks[0]._marks[0].item
    return selected.boundingRect().width(), unselected.boundingRect().width()


def test_shapes_can_be_large(canvas: Canvas) -> None:
    canvas.select(TROUSERS)
    usual = mark_sizes(canvas)
    canvas.set_large_shapes(True)
    large = mark_sizes(canvas)
    assert min(np.divide(large, usual)) > 1.15
    canvas.set_large_shapes(False)
    assert mark_sizes(canvas) == usual


def test_the_hint_says_what_a_click_does_now(canvas: Canvas) -> None:
    usual = canvas.hint
    canvas.hide_overlays(True)
    assert "H shows them" in canvas.hint
    canvas.hide_overlays(False)
    assert canvas.hint == usual
    canvas.set_tool("landmarks")
    canvas.select(TROUSERS, 2)
    assert "3 right waist" in canvas.hint
    canvas.select(TROUSERS, 3)
    assert "right waist" not in canvas.hint


@pytest.mark.parametrize(("landmark", "side"), [(0, "left"), (5, "below"), (13, "right")])
def test_the_loupe_lies_beside_the_garment(canvas: Canvas, landmark: int, side: str) -> None:
    canvas.select(SKIRT if side == "below" else TROUSERS, landmark)
    canvas.set_zoom(2.0 if side == "below" else 0.4)
    canvas.look_at_landmark()
    garment = canvas.shown.garment(canvas.selection.garment_id)
    assert garment is not None
    at = canvas.map_from_image(QPointF(*canvas.shown.drawn(garment)[landmark].tolist())).toPoint()
    frame = canvas._glass.loupe.geometry()
    assert not frame.contains(at)
    assert canvas.viewport().rect().contains(frame)
    found = {
        "left": frame.right() < at.x(),
        "right": frame.left() > at.x(),
        "below": frame.top() > at.y(),
    }
    assert found[side]
    box = extent(garment)
    assert box is not None
    x1, y1, x2, y2 = box.tolist()
    low, high = canvas.map_from_image(QPointF(x1, y1)), canvas.map_from_image(QPointF(x2, y2))
    assert frame.right() <= low.x() or frame.left() >= high.x() or frame.top() >= high.y()


def test_the_loupe_does_not_jump_during_a_drag(canvas: Canvas, hand: Hand) -> None:
    canvas.set_zoom(1.0)
    canvas.select(TROUSERS, 7)
    x, y = canvas.shown.garments[0].points[7].tolist()
    hand.press(x, y)
    hand.move(x - 4, y)
    sides = {canvas._glass._side}
    for step in range(-3, 4):
        hand.move(x + step, y + step)
        sides.add(canvas._glass._side)
    hand.release(x, y)
    assert len(sides) == 1
