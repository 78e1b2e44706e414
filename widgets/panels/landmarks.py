"""The landmarks of the selected garment: diagram, legend and table."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from store.proposals import Difference
from widgets.canvas.state import Modes, Selection, Shown
from widgets.common import IconButton, Section, label
from widgets.panels.diagram import Diagram, Legend
from widgets.panels.landmark_table import DIFFERENCE, NAME, LandmarkModel, LandmarkTable


class LandmarksPanel(Section):
    """Signals: ``chosen(landmark, marked)`` with all marked indices, ``moved(landmark, x, y)``,
    ``state_wanted(Visibility)``. What code selects emits nothing."""

    chosen = Signal(int, object)
    moved = Signal(int, float, float)
    state_wanted = Signal(object)
    symmetric_toggled = Signal()
    names_toggled = Signal()

    def __init__(self) -> None:
        super().__init__("Landmarks", chevron=False, padding=0)
        self._quiet = self._low = False
        self.symmetric = IconButton(
            "arrows-split-2", "Symmetric: the other side goes along", "S", checkable=True
        )
        self.symmetric.clicked.connect(self.symmetric_toggled)
        self.names = IconButton("tag", "Label landmarks by name", "Shift+L", checkable=True)
        self.names.clicked.connect(self.names_toggled)
        for button in (self.symmetric, self.names):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.add_action(button)
        self.diagram = Diagram()
        self.diagram.chosen.connect(lambda index: self.chosen.emit(index, frozenset()))
        self.legend = Legend()
        self.legend.chosen.connect(self.state_wanted)
        self._head = QWidget()
        row = QHBoxLayout(self._head)
        row.setContentsMargins(6, 4, 8, 4)
        row.setSpacing(4)
        row.addWidget(self.diagram, 1)
        row.addWidget(self.legend, 0, Qt.AlignmentFlag.AlignVCenter)
        self.add(self._head)
        self._none = label("", "note", wrap=True)
        self._none.setContentsMargins(12, 10, 12, 10)
        self._none.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.add(self._none)
        self._model = LandmarkModel(self)
        self._model.moved.connect(self.moved)
        self.table = LandmarkTable(self._model)
        self.table.selectionModel().selectionChanged.connect(self._selection_changed)
        self.add(self.table, 1)

    def show_modes(self, modes: Modes) -> None:
        """Say how landmarks are worked with."""
        self.symmetric.setChecked(modes.symmetric)
        self.names.setChecked(modes.names)

    def set_compares(self, compares: bool) -> None:
        """Whether there may be something to compare with; where not, the names have the room."""
        self.table.setColumnHidden(DIFFERENCE, not compares)

    def set_low(self, low: bool) -> None:
        """Leave diagram and legend away: there is little height."""
        self._low = low
        self._head.setVisible(not low and self.table.isVisibleTo(self))

    def show_garment(
        self,
        shown: Shown,
        selection: Selection,
        differences: Sequence[Difference] = (),
        *,
        proposed: bool = False,
    ) -> None:
        """Show the landmarks of the selected garment, which are marked, and how a model sees them.

        ``proposed``: what is selected is a proposal, which has none to edit yet.
        """
        garment = shown.garment(selection.garment_id)
        count = len(garment.points) if garment is not None else 0
        self._head.setVisible(count > 0 and not self._low)
        self.table.setVisible(count > 0)
        self._none.setVisible(count == 0)
        if garment is None or not count:
            self.set_note("")
            self._none.setText(_why_none(garment is None, proposed))
            self._model.show_garment(None, (), "", {})
            return
        name, colour = shown.category_name(garment), shown.colour(garment)
        self.set_note(f"{name}, {count}")
        names = tuple(shown.landmark_name(garment, index) for index in range(count))
        schema = shown.schema(garment)
        self.diagram.setVisible(schema is not None and bool(schema.template))
        self.diagram.show_landmarks(schema, garment.visibility, colour, selection.landmark)
        self.legend.show_counts(garment.visibility, colour)
        self._quiet = True
        self._model.show_garment(garment, names, colour, {one.index: one for one in differences})
        self._quiet = False
        self._select(selection)

    def _select(self, selection: Selection) -> None:
        model = self.table.selectionModel()
        marked = {index.row() for index in model.selectedRows()}
        self._quiet = True
        flag = QItemSelectionModel.SelectionFlag
        if marked != set(selection.landmarks):
            model.clearSelection()
            for row in selection.landmarks:
                model.select(self._model.index(row, 0), flag.Select | flag.Rows)
        if selection.landmark >= 0:
            index = self._model.index(selection.landmark, NAME)
            if self.table.currentIndex().row() != selection.landmark:
                model.setCurrentIndex(index, flag.NoUpdate)
            self.table.scrollTo(index)
        self._quiet = False

    def _selection_changed(self) -> None:
        if self._quiet:
            return
        marked = frozenset(index.row() for index in self.table.selectionModel().selectedRows())
        current = self.table.currentIndex().row()
        if marked and current not in marked:
            current = min(marked)
        self.chosen.emit(current if marked else -1, marked if len(marked) > 1 else frozenset())


def _why_none(nothing: bool, proposed: bool) -> str:
    if proposed:
        return "This garment is proposed. Y adds it, and its landmarks can be corrected; X rejects it."
    return "Select a garment to see its landmarks" if nothing else "This garment has no landmarks"
