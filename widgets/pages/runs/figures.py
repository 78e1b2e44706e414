"""A card with the tables of an evaluation by slice, one at a time, and what is compared with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from store.runs.results import Evaluation, Table
from widgets.common import Card, ElidedLabel, Segmented, label
from widgets.pages.runs.records import Difference
from widgets.pages.runs.table import SliceTable
from widgets.pages.runs.table_model import Line, metric_name, rival_lines

#: Short names of the tables in the row of buttons.
_SHORT = {
    "landmarks": "Landmarks",
    "boxes": "Boxes",
    "masks": "Masks",
    "retrieval": "Retrieval",
    "category": "Category",
    "attributes": "Attributes",
    "landmark_error": "Errors",
    "landmark_detection": "Detected",
}


class FiguresCard(Card):
    """``cell_opened(where)``: the images behind a cell. ``cell_chosen(row, column)``: it became current.

    With ``rivals`` the published figures and baselines stand below ours.
    """

    cell_opened = Signal(str)
    cell_chosen = Signal(str, object)

    def __init__(self, *, rivals: bool = False) -> None:
        super().__init__(padding=0)
        self._rivals = rivals
        self._tables: dict[str, Table] = {}
        self._differences: dict[str, Difference] = {}
        self._lines: dict[str, list[Line]] = {}
        self._note, self._chosen = "", ""
        self._choice: Segmented | None = None
        self._head = QHBoxLayout()
        self._head.setContentsMargins(14, 8, 10, 8)
        self._head.setSpacing(8)
        self.title = label("", "heading")
        self.about = ElidedLabel("", "note")
        self._head.addWidget(self.title)
        self._head.addWidget(self.about, 1)
        self.table = SliceTable()
        self.table.cell_opened.connect(self.cell_opened)
        self.table.cell_chosen.connect(self.cell_chosen)
        self.foot = ElidedLabel("", "hint")
        foot = QVBoxLayout()
        foot.setContentsMargins(14, 6, 14, 8)
        foot.addWidget(self.foot)
        self.body.setSpacing(0)
        self.body.addLayout(self._head)
        self.body.addWidget(self.table)
        self.body.addLayout(foot)

    def show_evaluation(
        self,
        evaluation: Evaluation,
        differences: Sequence[Difference] = (),
        other: str = "",
        headline: str = "",
    ) -> None:
        """Show the tables of an evaluation; ``differences`` are of it less the run named ``other``.

        The table that has the metric ``headline`` is shown until another is chosen.
        """
        if self._chosen not in {table.key for table in evaluation.tables}:
            rows = {(t.key, metric_name(t.key, row)) for t in evaluation.tables for row in t.rows}
            self._chosen = next((key for key, metric in rows if metric == headline), "")
        self._differences = {one.table.key: one for one in differences}
        note = f"{evaluation.garments:,} garments of {evaluation.data}"
        self._show(
            {table.key: table for table in evaluation.tables},
            f"{note}, below each: change from {other}" if self._differences else note,
            {
                table.key: rival_lines(table, evaluation.published, evaluation.baselines)
                for table in evaluation.tables
            }
            if self._rivals
            else {},
        )

    def show_differences(self, differences: Sequence[Difference], note: str) -> None:
        """Show the tables of two runs' differences."""
        self._differences = {one.table.key: one for one in differences}
        self._show({one.table.key: one.table for one in differences}, note, {})

    def choose(self, key: str) -> None:
        """Show another table. Nothing where it is not there."""
        if key in self._tables:
            self._chosen = key
            if self._choice is not None:
                self._choice.set_value(key)
            self._draw()

    def chosen(self) -> str:
        """The key of the table that is shown."""
        return self._chosen

    def _show(self, tables: dict[str, Table], note: str, lines: Mapping[str, list[Line]]) -> None:
        same = list(tables) == list(self._tables)
        self._tables, self._note, self._lines = tables, note, dict(lines)
        if self._chosen not in tables:
            self._chosen = next(iter(tables), "")
        if not same:
            self._offer()
        self._draw()

    def _offer(self) -> None:
        if self._choice is not None:
            self._head.removeWidget(self._choice)
            self._choice.hide()
            self._choice.deleteLater()
            self._choice = None
        if len(self._tables) > 1:
            names = [(key, _SHORT.get(key, table.title)) for key, table in self._tables.items()]
            self._choice = Segmented(names, self._chosen, name="Table")
            self._choice.chosen.connect(self.choose)
            self._head.addWidget(self._choice)

    def segments(self) -> Segmented | None:
        """The buttons of the tables; None where there is one table or none."""
        return self._choice

    def _draw(self) -> None:
        table = self._tables.get(self._chosen)
        if table is None:
            return
        self.title.setText(f"{table.title} by slice" if len(table.columns) > 1 else table.title)
        self.about.set_full_text(self._note)
        self.table.setAccessibleName(f"{table.title} by slice")
        self.table.show_table(table, self._differences.get(table.key), self._lines.get(table.key, []))
        self.foot.set_full_text(table.note)
        self.foot.setVisible(bool(table.note))
