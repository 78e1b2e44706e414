"""How well each landmark is found, drawn on the mean shape of its category."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from resources.schemas import Schema
from resources.taxonomy import categories, clothes_types
from store.records import Floats
from store.runs.results import LandmarkError
from widgets import style
from widgets.common import Card, ElidedLabel, label
from widgets.plots.chooser import Chooser

#: Upper bounds of normalised errors of the classes of the legend; the last has none.
BOUNDS = (0.02, 0.05, 0.10)
#: Radius and colour token of each class, best first; a hollow ring: nothing was measured.
_MARKS = ((3.5, "hit"), (5.0, "t2"), (7.0, "warn"), (9.0, "bad"))
_WORDS = ("up to 0.02", "up to 0.05", "up to 0.10", "more")


def schemas() -> dict[str, Schema]:
    """The schemas that have a mean shape, by their key."""
    found = [*(one.schema for one in categories()), *(one.schema for one in clothes_types())]
    return {schema.key: schema for schema in found if schema.template}


def error_class(error: float) -> int:
    """Which class of the legend a normalised error is in."""
    return int(np.searchsorted(BOUNDS, error, side="left"))


def paint_mark(painter: QPainter, at: QPointF, error: float | None) -> None:
    """Paint a landmark by its error: larger and redder is worse, a ring was not measured."""
    look = style.tokens()
    if error is None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(look.t3, 1.4))
        painter.drawEllipse(at, 3.5, 3.5)
        return
    radius, role = _MARKS[error_class(error)]
    painter.setBrush(look.colour(role))
    painter.setPen(QPen(look.outline if look.outline is not None else QColor("#111111"), 1))
    painter.drawEllipse(at, radius, radius)


class ErrorDiagram(QWidget):
    """The mean shape of a schema with one mark a landmark; hovering says number, name and figures."""

    def __init__(self) -> None:
        super().__init__()
        self._schema: Schema | None = None
        self._errors: dict[int, LandmarkError] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        style.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(style.tokens().px(260), style.tokens().px(250))

    def minimumSizeHint(self) -> QSize:
        return QSize(style.tokens().px(160), style.tokens().px(180))

    def show_errors(self, schema: Schema | None, errors: Sequence[LandmarkError]) -> None:
        """Show the errors of one schema; landmarks without one are drawn as not measured."""
        self._schema = schema
        self._errors = {one.index: one for one in errors}
        name = schema.key if schema is not None else "nothing"
        self.setAccessibleName(f"Landmark errors of {name}")
        if schema is not None:
            self.setAccessibleDescription(", ".join(self.words(index) for index in range(schema.size)))
        self.update()

    def places(self) -> Floats:
        """Where the landmarks are painted, ``(n, 2)`` in widget pixels."""
        if self._schema is None:
            return np.empty((0, 2))
        room = QRectF(self.rect()).adjusted(22, 14, -22, -14)
        height = min(room.height(), room.width() / self._schema.template_aspect)
        width = height * self._schema.template_aspect
        corner = np.array([room.center().x() - width / 2, room.center().y() - height / 2])
        places: Floats = corner + np.array(self._schema.template) * [width, height]
        return places

    def words(self, index: int) -> str:
        """A landmark with its figures, as a line."""
        assert self._schema is not None
        head = f"{index + 1} {self._schema.names[index]}"
        one = self._errors.get(index)
        if one is None or one.error is None:
            return f"{head}: not measured"
        found = "" if one.detected is None else f", found {one.detected:.0%}"
        return f"{head}: error {one.error:.3f}{found} of {one.count:,}"

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._schema is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        points = [QPointF(x, y) for x, y in self.places().tolist()]
        painter.setPen(QPen(style.tokens().line2, 1.2))
        for a, b in self._schema.links or _outline(self._schema):
            painter.drawLine(points[a], points[b])
        worst = self._worst()
        for index, point in enumerate(points):
            one = self._errors.get(index)
            paint_mark(painter, point, one.error if one is not None else None)
        font = QFont(style.font("small_strong"))
        painter.setFont(font)
        painter.setPen(style.tokens().t1)
        for index in worst:
            painter.drawText(points[index] + QPointF(11, 4), str(index + 1))
        painter.end()

    def _worst(self) -> list[int]:
        """The three that are worst: they get their numbers."""
        known = [(one.error, index) for index, one in self._errors.items() if one.error is not None]
        return [index for _, index in sorted(known, reverse=True)[:3]]

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._schema:
            places = self.places()
            distances = np.linalg.norm(places - [event.pos().x(), event.pos().y()], axis=1)
            nearest = int(distances.argmin())
            QToolTip.showText(
                event.globalPos(), self.words(nearest) if distances[nearest] <= 12 else "", self
            )
            return True
        return super().event(event)


def _outline(schema: Schema) -> list[tuple[int, int]]:
    """For schemas without links: down the left, down the right, across at the top and at the foot."""
    pairs = schema.swaps
    if not pairs:
        return []
    sides = [(a[side], b[side]) for side in (0, 1) for a, b in pairwise(pairs)]
    return [*sides, pairs[0], pairs[-1]]


class _ErrorLegend(QWidget):
    """What the marks mean."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Larger marks: larger errors; a ring: not measured")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(style.tokens().px(116), style.tokens().px(24) * (len(_WORDS) + 1))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = style.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(style.font("small"))
        high = look.px(24)
        samples: list[float | None] = [*BOUNDS, 1.0, None]
        for number, (word, error) in enumerate(zip((*_WORDS, "not measured"), samples, strict=True)):
            middle = number * high + high / 2
            paint_mark(painter, QPointF(look.px(12), middle), error)
            painter.setPen(look.t2)
            room = QRectF(look.px(28), number * high, self.width() - look.px(28), high)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), word)
        painter.end()


class LandmarkErrorsCard(Card):
    """The diagram with a choice of schema, its legend and the worst landmarks in words."""

    def __init__(self) -> None:
        super().__init__(padding=0)
        self._errors: tuple[LandmarkError, ...] = ()
        self.chooser = Chooser("Garment")
        self.chooser.chosen.connect(self._draw)
        head = QHBoxLayout()
        head.setContentsMargins(14, 8, 10, 0)
        head.setSpacing(8)
        head.addWidget(label("Landmark errors", "heading"))
        head.addWidget(ElidedLabel("normalised by the box", "note"), 1)
        head.addWidget(self.chooser)
        self.diagram = ErrorDiagram()
        side = QVBoxLayout()
        side.addWidget(_ErrorLegend())
        side.addSpacing(8)
        self._worst = label("", "small", wrap=True)
        side.addWidget(self._worst)
        side.addStretch(1)
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 14, 10)
        row.addWidget(self.diagram, 3)
        row.addLayout(side, 2)
        self.body.addLayout(head)
        self.body.addLayout(row, 1)

    def show_errors(self, errors: Sequence[LandmarkError]) -> None:
        """Show the errors; those of schemas without a mean shape are left out."""
        known = schemas()
        self._errors = tuple(one for one in errors if one.schema in known)
        counts: dict[str, int] = {}
        for one in self._errors:
            counts[one.schema] = max(counts.get(one.schema, 0), one.count)
        self.chooser.show_choices(sorted(counts, key=lambda key: -counts[key]))
        self._draw(self.chooser.value())

    def _draw(self, key: str) -> None:
        schema = schemas().get(key)
        shown = [one for one in self._errors if one.schema == key]
        self.diagram.show_errors(schema, shown)
        known = sorted((one for one in shown if one.error is not None), key=lambda one: -(one.error or 0))
        lines = []
        if schema is not None:
            lines = [f"{one.index + 1} {schema.names[one.index]} {one.error:.3f}" for one in known[:3]]
        self._worst.setText("Worst\n" + "\n".join(lines) if lines else "")
