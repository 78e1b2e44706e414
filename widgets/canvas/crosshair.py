"""Two thin lines through the pointer, to see what is in line with what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QGraphicsLineItem

from widgets import style

if TYPE_CHECKING:
    from widgets.canvas.viewer import Viewer

#: Above everything else on the canvas.
_TOP = 10_000.0


class Crosshair(QObject):
    """Lies over the picture and its overlays while it is on and the pointer is there."""

    def __init__(self, viewer: Viewer) -> None:
        super().__init__(viewer)
        self._viewer = viewer
        self._on = False
        self._lines: list[QGraphicsLineItem] = []

    @property
    def on(self) -> bool:
        """Whether it follows the pointer."""
        return self._on

    def set_on(self, on: bool) -> None:
        """Follow the pointer, or go."""
        if on == self._on:
            return
        self._on = on
        viewport = self._viewer.viewport()
        if on:
            self._make()
            viewport.installEventFilter(self)
            at = viewport.mapFromGlobal(viewport.cursor().pos())
            self._show(QPointF(at) if viewport.rect().contains(at) else None)
        else:
            viewport.removeEventFilter(self)
            self._show(None)

    def _make(self) -> None:
        if self._lines:
            return
        # A dark line with a light dashed one on it is seen on anything.
        for colour, dashed in ((QColor(0, 0, 0, 150), False), (QColor(255, 255, 255, 220), True)):
            pen = style.cosmetic_pen(colour, 1.0)
            if dashed:
                pen.setDashPattern([4, 4])
            for _way in ("across", "down"):
                line = QGraphicsLineItem()
                line.setPen(pen)
                line.setZValue(_TOP)
                line.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
                self._viewer.scene().addItem(line)
                self._lines.append(line)

    def _show(self, at: QPointF | None) -> None:
        width, height = self._viewer.image_size
        inside = at is not None and width > 0
        place = self._viewer.map_to_image(at) if at is not None else QPointF()
        for number, line in enumerate(self._lines):
            line.setVisible(inside)
            if inside and number % 2 == 0:
                line.setLine(0.0, place.y(), width, place.y())
            elif inside:
                line.setLine(place.x(), 0.0, place.x(), height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            self._show(event.position())
        elif event.type() == QEvent.Type.Leave:
            self._show(None)
        return super().eventFilter(watched, event)
