"""Over the canvas while a landmark waits for its place: which it is, where on the garment, and how many."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from store.records import Visibility
from widgets import style
from widgets.canvas import Canvas
from widgets.common import ElidedLabel, IconButton, label
from widgets.panels.diagram import Diagram


class _SmallDiagram(Diagram):
    """The diagram of the side panel, smaller."""

    def sizeHint(self) -> QSize:
        return QSize(style.tokens().px(150), style.tokens().px(118))


class PlacingGuide(QFrame):
    """A card at the lower left of the canvas; ``stepped(±1)`` skips a landmark or goes back to one,
    ``chosen(index)`` is a landmark of the diagram that was clicked."""

    stepped = Signal(int)
    chosen = Signal(int)

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.setProperty("look", "card")
        self.setAccessibleName("Next landmark to place")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(2)
        self.diagram = _SmallDiagram()
        self.diagram.chosen.connect(self.chosen)
        column.addWidget(self.diagram, 0, Qt.AlignmentFlag.AlignHCenter)
        self._name = ElidedLabel("", "strong")
        column.addWidget(self._name)
        row = QHBoxLayout()
        row.setSpacing(2)
        self._count = label("", "note")
        row.addWidget(self._count, 1)
        self.back = IconButton("chevron-left", "Previous landmark", "Shift+Tab")
        self.skip = IconButton("chevron-right", "Skip this landmark", "Tab")
        for button, step in ((self.back, -1), (self.skip, 1)):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _on=False, step=step: self.stepped.emit(step))
            row.addWidget(button)
        column.addLayout(row)
        self.hide()

    def follow(self) -> None:
        """Say which landmark waits for its place; go where none does."""
        shown, selection = self._canvas.shown, self._canvas.selection
        garment = shown.garment(selection.garment_id)
        if garment is None or not self._canvas.places:
            self.hide()
            return
        schema, index = shown.schema(garment), selection.landmark
        has_shape = schema is not None and len(schema.template) == len(garment.points)
        self.diagram.setVisible(has_shape)
        self.diagram.show_landmarks(schema, garment.visibility, shown.colour(garment), index)
        name = f"{index + 1}  {shown.landmark_name(garment, index)}"
        self._name.set_full_text(name)
        placed = int(np.count_nonzero(garment.visibility != Visibility.UNLABELLED))
        self._count.setText(f"{placed} of {len(garment.points)} labelled")
        self.setAccessibleDescription(name)
        self.show()
        self.place()
        self.raise_()

    def place(self) -> None:
        """Where it belongs on the canvas; called again when the canvas has another size."""
        self.setFixedWidth(style.tokens().px(176))
        self.adjustSize()
        self.move(10, max(10, self._canvas.height() - self.height() - 10))
