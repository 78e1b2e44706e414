"""The landmark schemas of the store: for each category its diagram, and its landmarks by number and name."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from resources.schemas import Schema
from resources.taxonomy import Category
from store.records import Floats
from widgets import style
from widgets.common import Button, label
from widgets.common.bars import swatch_icon
from widgets.dialogs.frame import Dialog

_ID = Qt.ItemDataRole.UserRole


class SchemaDiagram(QWidget):
    """Draws the mean shape of a schema with links and numbers; the chosen landmark with its name.

    A schema without a mean shape is drawn as a ring.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Diagram of the schema")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._schema: Schema | None = None
        self._colour = "#B9B9B9"
        self._current = -1

    def sizeHint(self) -> QSize:
        return QSize(style.tokens().px(380), style.tokens().px(440))

    def show_schema(self, schema: Schema | None, colour: str) -> None:
        """Show a schema in the colour of its category."""
        self._schema, self._colour, self._current = schema, colour, -1
        self.setAccessibleDescription("" if schema is None else f"{schema.size} landmarks")
        self.update()

    def mark(self, index: int) -> None:
        """Mark one landmark, by index; -1 for none."""
        self._current = index
        self.update()

    def places(self) -> Floats:
        """Where the landmarks are painted, ``(n, 2)`` in widget pixels."""
        schema = self._schema
        if schema is None or not schema.size:
            return np.empty((0, 2))
        room = QRectF(self.rect()).adjusted(40, 26, -40, -26)
        shape, aspect = np.array(schema.template), schema.template_aspect
        if not schema.template:
            turn = np.arange(schema.size) / schema.size * math.tau
            shape, aspect = 0.5 + 0.5 * np.stack([np.sin(turn), -np.cos(turn)], axis=1), 1.0
        height = min(room.height(), room.width() / aspect)
        size = np.array([height * aspect, height])
        corner = np.array([room.center().x(), room.center().y()]) - size / 2
        places: Floats = corner + shape * size
        return places

    def paintEvent(self, _event: QPaintEvent) -> None:
        schema, look = self._schema, style.tokens()
        points = [QPointF(x, y) for x, y in self.places().tolist()]
        if schema is None or not points:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.t3, 1.4))
        for a, b in schema.links:
            painter.drawLine(points[a], points[b])
        middle = self.places().mean(axis=0)
        painter.setFont(style.font("small"))
        for index, point in enumerate(points):
            painter.setPen(QPen(look.t1 if index == self._current else QColor("#111111"), 1.2))
            painter.setBrush(QColor(self._colour))
            radius = 6.5 if index == self._current else 4.0
            painter.drawEllipse(point, radius, radius)
            if index != self._current:
                self._write(painter, point, middle, str(index + 1), look.t2)
        if 0 <= self._current < len(points):
            painter.setFont(style.font("strong"))
            text = f"{self._current + 1}  {schema.names[self._current]}"
            self._write(painter, points[self._current], middle, text, look.t1)
        painter.end()

    def _write(self, painter: QPainter, at: QPointF, middle: Floats, text: str, colour: QColor) -> None:
        """A few words beside a landmark, on the side that faces outwards, inside of the widget."""
        metrics = painter.fontMetrics()
        width, height = metrics.horizontalAdvance(text), metrics.height()
        x = at.x() + 8 if at.x() >= middle[0] else at.x() - 8 - width
        x = min(max(x, 2.0), self.width() - width - 2.0)
        frame = QRectF(x, at.y() - height / 2, width + 1, height)
        painter.fillRect(frame, style.tokens().bg1)
        painter.setPen(colour)
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, text)


class SchemasDialog(Dialog):
    """Shows the schemas of categories; ``file`` is where a person's own are written, ``faults`` what is wrong
    there."""

    def __init__(
        self,
        categories: Sequence[Category],
        file: str,
        faults: Sequence[str] = (),
        current: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Landmark schemas", 960, parent)
        self._categories = {one.id: one for one in categories}
        self.list = QListWidget()
        self.list.setAccessibleName("Categories")
        self.list.setFixedWidth(style.tokens().px(190))
        self.diagram = SchemaDiagram()
        self.table = QTableWidget(0, 3)
        self._make_table()
        self.note = label("", "note")
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.list)
        middle = QVBoxLayout()
        middle.addWidget(self.diagram, 1)
        middle.addWidget(self.note, 0, Qt.AlignmentFlag.AlignHCenter)
        row.addLayout(middle, 1)
        row.addWidget(self.table)
        self.body.addLayout(row, 1)
        self.words = label(
            "\n".join([*faults, f"Schemas of your own are read from {file}"]), "note", wrap=True
        )
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.body.addWidget(self.words)
        close = Button("Close", key="Esc")
        close.clicked.connect(self.reject)
        self.add_button(close)
        self._fill(current)

    def _make_table(self) -> None:
        table = self.table
        table.setAccessibleName("Landmarks")
        table.setFixedWidth(style.tokens().px(300))
        table.setHorizontalHeaderLabels(["#", "name", "mirrors"])
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.setColumnWidth(0, style.tokens().px(36))
        table.setColumnWidth(1, style.tokens().px(170))
        table.horizontalHeader().setStretchLastSection(True)
        table.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.itemSelectionChanged.connect(self._marked)

    def _fill(self, current: int) -> None:
        self.list.currentItemChanged.connect(lambda item, _before: self._show(item))
        for one in self._categories.values():
            item = QListWidgetItem(swatch_icon(one.colour, self.devicePixelRatioF()), one.name)
            item.setData(_ID, one.id)
            self.list.addItem(item)
            if one.id == current:
                self.list.setCurrentItem(item)
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        self.list.setFocus()

    def _show(self, item: QListWidgetItem | None) -> None:
        category = self._categories.get(item.data(_ID)) if item is not None else None
        if category is None:
            return
        schema = category.schema
        self.diagram.show_schema(schema, category.colour)
        counts = f"{schema.size} landmarks, {len(schema.links)} links, {len(schema.swaps)} pairs"
        self.note.setText(counts if schema.size else "This category has no landmarks")
        order = schema.mirrored()
        self.table.clearSelection()
        self.table.setRowCount(schema.size)
        for index, name in enumerate(schema.names):
            other = str(order[index] + 1) if order[index] != index else ""
            for column, text in enumerate((str(index + 1), name, other)):
                self.table.setItem(index, column, QTableWidgetItem(text))

    def _marked(self) -> None:
        rows = {index.row() for index in self.table.selectedIndexes()}
        self.diagram.mark(min(rows, default=-1))
