"""White lines that are seen on any picture: each lies on a wider dark one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsScene

from widgets.canvas.items import shapes


class CasedPath:
    """A white path with its casing, dashed or whole; ``width`` in pixels of the screen."""

    def __init__(self, scene: QGraphicsScene, z: float, width: float, *, dashed: bool = True) -> None:
        self._lines: list[QGraphicsPathItem] = []
        for height, pen in ((z, shapes.casing(width)), (z + 1, shapes.pen("#FFFFFF", width, dashed))):
            line = QGraphicsPathItem()
            line.setPen(pen)
            line.setZValue(height)
            line.hide()
            scene.addItem(line)
            self._lines.append(line)

    def show(self, path: QPainterPath | None, filled: QColor | None = None) -> None:
        """Draw another path, None for none, and fill it."""
        for line in self._lines:
            line.setVisible(path is not None)
            if path is not None:
                line.setPath(path)
        self._lines[1].setBrush(QBrush(Qt.BrushStyle.NoBrush) if filled is None else QBrush(filled))
