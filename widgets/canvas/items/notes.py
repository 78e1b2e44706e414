"""Marks of notes on the canvas: at a landmark, at the corner of a garment's box, at that of the image."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPixmapItem, QGraphicsScene

from store.geometry import Point
from store.notes import Note
from widgets import style

#: Above what is drawn over the picture, below the loupe.
_Z = 70.0
_SIDE = 22


@dataclass(frozen=True, slots=True)
class NoteMark:
    """A note with its place in image pixels, and whether it is beside that place and not on it."""

    note: Note
    place: Point
    beside: bool = False


@lru_cache(maxsize=16)
def _pixmap(settled: bool, side: int, ratio: float) -> QPixmap:
    made = QPixmap(round(side * ratio), round(side * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    # On any picture and in both themes: a dark disc with a light edge.
    painter.setPen(QPen(QColor("white"), 1))
    painter.setBrush(QColor("#111111"))
    painter.drawEllipse(1, 1, side - 2, side - 2)
    inset = side // 5
    inner = QRect(inset, inset, side - 2 * inset, side - 2 * inset)
    icon, colour = ("check", "#C6C6C6") if settled else ("message-circle", "#F2B84B")
    style.draw(painter, inner, icon, colour)
    painter.end()
    return made


class NoteMarks:
    """The marks of one scene, of one size at any zoom. They take no clicks; their tool tip is the note."""

    def __init__(self, scene: QGraphicsScene) -> None:
        self._scene = scene
        self._items: list[QGraphicsPixmapItem] = []

    @property
    def count(self) -> int:
        """How many marks there are."""
        return len(self._items)

    def show(self, marks: Iterable[NoteMark], ratio: float) -> None:
        """Show these and no others."""
        wanted = list(marks)
        while len(self._items) > len(wanted):
            self._scene.removeItem(self._items.pop())
        while len(self._items) < len(wanted):
            self._items.append(self._item())
        side = style.tokens().px(_SIDE)
        for item, mark in zip(self._items, wanted, strict=True):
            item.setPixmap(_pixmap(mark.note.settled, side, ratio))
            # Up and to the right of a landmark, which must be seen itself; inside of a box or image.
            item.setOffset(*((side * 0.3, -side * 1.3) if mark.beside else (2, 2)))
            item.setPos(*mark.place)
            item.setToolTip(f"{mark.note.author}: {mark.note.text}" if mark.note.author else mark.note.text)

    def set_visible(self, visible: bool) -> None:
        """Hide all marks with the other overlays, or show them."""
        for item in self._items:
            item.setVisible(visible)

    def _item(self) -> QGraphicsPixmapItem:
        item = QGraphicsPixmapItem()
        item.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        item.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        item.setZValue(_Z)
        self._scene.addItem(item)
        return item
