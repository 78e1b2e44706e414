"""The 13 garments with their landmarks and links, drawn from the schemas."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from resources.schemas import Schema
from resources.taxonomy import Category, categories
from widgets import style

#: Width and height of each drawing by category id, so that the garments stand in proportion to each
#: other: the extent of a mean shape says little of it, because outstretched arms widen a short top.
_SIZES = {
    1: (84, 80),
    2: (80, 80),
    3: (88, 84),
    4: (86, 102),
    5: (48, 76),
    6: (46, 78),
    7: (64, 56),
    8: (52, 106),
    9: (70, 66),
    10: (76, 108),
    11: (78, 110),
    12: (66, 106),
    13: (68, 112),
}
_DRAWING, _GAP = 116, 12


class GarmentStrip(QWidget):
    """A row with every category: its drawing, its name and how many landmarks it has."""

    def __init__(self) -> None:
        super().__init__()
        names = ", ".join(f"{each.name}: {each.schema.size} landmarks" for each in categories())
        self.setAccessibleName("The 13 categories")
        self.setAccessibleDescription(names)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        style.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        look = style.tokens()
        return QSize(look.px(13 * 84), _DRAWING + _GAP + 3 * look.px(15))

    def minimumSizeHint(self) -> QSize:
        return QSize(13 * 60, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        column = self.width() / len(categories())
        for number, each in enumerate(categories()):
            left = number * column
            _draw_garment(painter, each, left + column / 2, column - 4)
            self._caption(painter, each, QRectF(left, _DRAWING + _GAP, column, self.height()))

    def _caption(self, painter: QPainter, each: Category, room: QRectF) -> None:
        look = style.tokens()
        painter.setFont(style.font("small"))
        metrics = painter.fontMetrics()
        lines = [each.name]
        if metrics.horizontalAdvance(each.name) > room.width() - 12:
            head, _, tail = each.name.rpartition(" ")
            lines = [head, tail]
        line = look.px(15)
        for number, text in enumerate((*lines, f"{each.schema.size} landmarks")):
            painter.setPen(look.t3 if number == len(lines) else look.t2)
            where = QRectF(room.left(), room.top() + number * line, room.width(), line)
            painter.drawText(where, int(Qt.AlignmentFlag.AlignCenter), text)


def _balanced(schema: Schema) -> list[tuple[float, float]]:
    """The mean shape, made the same on both sides: people stand a little askew even on average."""
    shape = schema.template
    return [
        ((x + 1 - shape[other][0]) / 2, (y + shape[other][1]) / 2)
        for (x, y), other in zip(shape, schema.mirrored(), strict=True)
    ]


def _draw_garment(painter: QPainter, each: Category, middle: float, most: float) -> None:
    look = style.tokens()
    schema = each.schema
    wide, high = map(float, _SIZES[each.id])
    if wide > most:
        wide, high = most, high * most / wide
    points = [QPointF(middle + (x - 0.5) * wide, 3 + y * high) for x, y in _balanced(schema)]
    painter.setPen(QPen(look.t3, 1))
    painter.drawLines([QLineF(points[a], points[b]) for a, b in schema.links])
    painter.setPen(QPen(look.outline, 0.8) if look.outline is not None else Qt.PenStyle.NoPen)
    painter.setBrush(look.colour(each.colour))
    for point in points:
        painter.drawEllipse(point, 2.3, 2.3)
