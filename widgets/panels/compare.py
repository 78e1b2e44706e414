"""Two states of an image side by side: the part of the picture where they differ, with both drawn over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from resources.taxonomy import EXTRA_COLOURS, Category
from store.records import Floats, Garment, Visibility
from widgets import style
from widgets.canvas.items import shapes
from widgets.canvas.pictures import size_of
from widgets.common import ElidedLabel, label

#: Radius of a landmark and of the ring round one that differs, in logical pixels.
_RADIUS, _RING = 3.4, 7.0
#: How much of the picture is seen round what differs, as a share of it, and at least so many image pixels.
_MARGIN, _LEAST = 0.12, 24.0
#: More lines than this are cut in the narrow view.
_LINES = 6


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One of both states: what it is called, its garments, and by garment id which landmarks differ."""

    title: str
    garments: tuple[Garment, ...]
    marked: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two states; ``lines`` say what differs, ``box`` is what to see: ``x1 y1 x2 y2`` in image pixels."""

    before: Side
    after: Side
    lines: tuple[str, ...]
    box: tuple[float, float, float, float]


def box_around(garments: Sequence[Garment], size: tuple[int, int]) -> tuple[float, float, float, float]:
    """Where these garments lie, with some room, in an image of ``size``; all of it where that is nowhere."""
    places: list[Floats] = []
    for one in garments:
        if one.box is not None:
            places.append(one.box.reshape(2, 2))
        places += [*one.polygons, one.points[one.visibility != Visibility.UNLABELLED]]
    points = np.concatenate(places) if places else np.zeros((0, 2))
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return 0.0, 0.0, float(size[0]), float(size[1])
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.maximum((high - low) * _MARGIN, _LEAST)
    low, high = np.maximum(low - room, 0), np.minimum(high + room, size)
    if (high - low).min() <= 1:
        return 0.0, 0.0, float(size[0]), float(size[1])
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


class ComparePane(QWidget):
    """A part of a picture with garments over it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._picture = QImage()
        self._categories: Mapping[int, Category] = {}
        self._side: Side | None = None
        self._box = (0.0, 0.0, 1.0, 1.0)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(style.tokens().px(150), style.tokens().px(190))

    def minimumSizeHint(self) -> QSize:
        return QSize(style.tokens().px(80), style.tokens().px(150))

    def show_side(
        self,
        side: Side | None,
        picture: QImage,
        box: tuple[float, float, float, float],
        categories: Mapping[int, Category],
    ) -> None:
        """Show a state; ``picture`` may be null, then the garments stand on an empty ground."""
        self._side, self._picture, self._box, self._categories = side, picture, box, categories
        self.setAccessibleDescription(side.title if side is not None else "")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), style.tokens().colour("canvas"))
        x1, y1, x2, y2 = self._box
        if self._side is None or x2 <= x1 or y2 <= y1:
            return
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        scale = min(self.width() / (x2 - x1), self.height() / (y2 - y1))
        left = (self.width() - (x2 - x1) * scale) / 2
        top = (self.height() - (y2 - y1) * scale) / 2
        shown = QRectF(left, top, (x2 - x1) * scale, (y2 - y1) * scale)
        if not self._picture.isNull():
            share = self._picture.width() / size_of(self._picture)[0]
            part = QRectF(x1 * share, y1 * share, (x2 - x1) * share, (y2 - y1) * share)
            painter.drawImage(shown, self._picture, part)
        painter.setClipRect(shown)
        painter.translate(left - x1 * scale, top - y1 * scale)
        for garment in self._side.garments:
            self._paint(painter, garment, scale)

    def _paint(self, painter: QPainter, garment: Garment, scale: float) -> None:
        category = self._categories.get(garment.category_id)
        colour = category.colour if category is not None else EXTRA_COLOURS[0]
        drawn = np.array(garment.points)
        drawn[garment.visibility == Visibility.UNLABELLED] = np.nan
        schema = category.schema if category is not None and category.schema.size == len(drawn) else None
        paths = [shapes.mask_path(garment)]
        if garment.box is not None:
            paths.append(shapes.box_path(garment.box))
        if schema is not None:
            paths.append(shapes.link_path(drawn, schema.links))
        painter.save()
        painter.scale(scale, scale)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for path in paths:
            painter.setPen(shapes.casing(1.2))
            painter.drawPath(path)
            painter.setPen(shapes.pen(colour, 1.2))
            painter.drawPath(path)
        painter.restore()
        marked = self._side.marked.get(garment.id, ()) if self._side is not None else ()
        self._paint_marks(painter, garment, drawn * scale, QColor(colour), frozenset(marked))

    def _paint_marks(
        self, painter: QPainter, garment: Garment, places: Floats, colour: QColor, marked: frozenset[int]
    ) -> None:
        look = style.tokens()
        radius, ring = _RADIUS * look.scale, _RING * look.scale
        for index in np.flatnonzero(np.isfinite(places).all(axis=1)).tolist():
            at = QPointF(*places[index].tolist())
            visible = garment.visibility[index] == Visibility.VISIBLE
            painter.setPen(QPen(shapes.EDGE, 1))
            painter.setBrush(colour if visible else shapes.EDGE)
            painter.drawEllipse(at, radius, radius)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if not visible:
                painter.setPen(QPen(colour, 1.4))
                painter.drawEllipse(at, radius - 0.7, radius - 0.7)
            if index in marked:
                painter.setPen(QPen(shapes.EDGE, 3.4))
                painter.drawEllipse(at, ring, ring)
                painter.setPen(QPen(QColor("white"), 1.6))
                painter.drawEllipse(at, ring, ring)


class CompareView(QWidget):
    """Both panes with their titles, and below them what differs; ``wide`` shows all of it."""

    def __init__(self, *, wide: bool = False) -> None:
        super().__init__()
        self._wide = wide
        self.before, self.after = ComparePane("Before"), ComparePane("After")
        self._titles = ElidedLabel("", "hint"), ElidedLabel("", "hint")
        self.words = label("", "table", wrap=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        for column, (title, pane) in enumerate(zip(self._titles, (self.before, self.after), strict=True)):
            grid.addWidget(title, 0, column)
            grid.addWidget(pane, 1, column)
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(1, 1)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(0, 0, 0, 0)
        column_.setSpacing(8)
        column_.addLayout(grid, 1)
        column_.addWidget(self.words)

    def show_comparison(
        self, found: Comparison | None, picture: QImage, categories: Mapping[int, Category]
    ) -> None:
        """Show two states, or nothing."""
        for side, title, pane in (
            (found.before if found else None, self._titles[0], self.before),
            (found.after if found else None, self._titles[1], self.after),
        ):
            title.set_full_text(side.title if side is not None else "")
            pane.show_side(side, picture, found.box if found else (0.0, 0.0, 0.0, 0.0), categories)
        lines = list(found.lines) if found is not None else []
        if not self._wide and len(lines) > _LINES:
            lines = [*lines[: _LINES - 1], f"and {len(lines) - _LINES + 1} more"]
        self.words.setText("\n".join(lines) or "Both are the same")
