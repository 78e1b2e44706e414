"""What stands in a table of an evaluation: our figures, their changes, and the rivals below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from store.runs.results import Cell, Column, Published, Table
from widgets.pages.runs.records import Difference

T = TypeVar("T")
Index = QModelIndex | QPersistentModelIndex
#: The :class:`Line` of an index.
LINE = Qt.ItemDataRole.UserRole


class Kind(Enum):
    """What a row is."""

    OURS = "ours"
    COUNT = "garments"
    PUBLISHED = "published"
    BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class Line:
    """A row: ``row`` is the index of our figure. A rival has its own (name, value) ``figures`` over all of
    its data, and says what that was."""

    kind: Kind
    name: str
    row: int = -1
    figures: tuple[tuple[str, float], ...] = ()
    says: str = ""

    @property
    def rival(self) -> bool:
        """Whether it stands beside ours instead of being ours."""
        return self.kind in (Kind.PUBLISHED, Kind.BASELINE)

    @property
    def words(self) -> str:
        """A rival's figures: "AP 0.638, AP50 0.789"."""
        return ",  ".join(f"{name} {number(value)}" for name, value in self.figures)


def rival_lines(
    table: Table, published: Sequence[Published], baselines: Mapping[str, Mapping[str, float]]
) -> list[Line]:
    """The rows of simple rivals, then of papers, that stand beside the figures of a table."""
    made = []
    for rival, metrics in baselines.items():
        names = [(row, metric_name(table.key, row)) for row in table.rows]
        figures = tuple((row, metrics[name]) for row, name in names if name in metrics)
        if figures:
            made.append(Line(Kind.BASELINE, rival, figures=figures, says="baseline on the same data"))
    papers: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for one in published:
        if one.table == table.key:
            says = f"published: {one.data} ({one.source})"
            papers.setdefault((one.method, says), []).append((one.row, one.value))
    made += [
        Line(Kind.PUBLISHED, method, figures=tuple(figures), says=says)
        for (method, says), figures in papers.items()
    ]
    return made


#: Tables of one task beside its own: their figures are metrics of that task.
_TASKS = {"landmark_error": "landmarks", "landmark_detection": "landmarks"}


def metric_name(table: str, row: str) -> str:
    """The metric that a row of a table says over everything: "category", "top-3" is "category/top3"."""
    return f"{_TASKS.get(table, table)}/{row.replace('top-', 'top')}"


class TableModel(QAbstractTableModel):
    """Column 0 names the rows; the others are the table's own."""

    def __init__(self) -> None:
        super().__init__()
        self.table = Table("", "", (), (), ())
        self.lines: list[Line] = []
        self._difference: Difference | None = None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or not self.lines else len(self.table.columns) + 1

    def show_table(
        self, table: Table, difference: Difference | None = None, rivals: Sequence[Line] = ()
    ) -> None:
        """Show a table, with what changed in it, and the rivals' figures below."""
        self.beginResetModel()
        self.table, self._difference = table, difference
        self.lines = [Line(Kind.OURS, name, row) for row, name in enumerate(table.rows)]
        if table.rows and any(cell.count for cell in table.cells[0]):
            self.lines.append(Line(Kind.COUNT, "garments"))
        self.lines += rivals
        self.endResetModel()

    def overall(self) -> int:
        """The model's column of the figure over everything: the last where none is named so."""
        for number, column in enumerate(self.table.columns, start=1):
            if "overall" in (column.name, column.group):
                return number
        return len(self.table.columns)

    def has_changes(self) -> bool:
        """Whether rows have a second line with the change."""
        return self._difference is not None

    def column(self, index: Index) -> Column | None:
        """The slice of a cell; None for names and rivals."""
        if not index.isValid() or index.column() == 0:
            return None
        if self.lines[index.row()].kind not in (Kind.OURS, Kind.COUNT):
            return None
        return self.table.columns[index.column() - 1]

    def cell(self, index: Index) -> Cell | None:
        """The figure of a cell of ours."""
        line = self.lines[index.row()]
        if index.column() == 0 or line.kind is not Kind.OURS:
            return None
        return self.table.cells[line.row][index.column() - 1]

    def change(self, index: Index) -> float | None:
        """By how much a figure differs from the one before; None where one of them is missing."""
        cell = self.cell(index)
        if cell is None or cell.value is None or self._difference is None:
            return None
        was = _at(self._difference.before, self.lines[index.row()].row, index.column() - 1)
        return None if was is None else cell.value - was

    def interval(self, index: Index) -> tuple[float, float] | None:
        """Between what the change lies; None where that is not known."""
        if self.cell(index) is None or self._difference is None:
            return None
        return _at(self._difference.intervals, self.lines[index.row()].row, index.column() - 1)

    def verdict(self, index: Index) -> int:
        """1 for a change to the better, -1 to the worse, 0 where there is none or it may be chance."""
        change, interval = self.change(index), self.interval(index)
        if change is None or signed(change).startswith("±"):
            return 0
        if interval is not None and interval[0] <= 0 <= interval[1]:
            return 0
        return 1 if (change > 0) == self.table.higher_is_better else -1

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.column(index) is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == LINE:
            return line
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index, line)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._words(index, line)
        return None

    def _text(self, index: Index, line: Line) -> str:
        if index.column() == 0:
            return line.name
        if line.kind is Kind.OURS:
            cell = self.cell(index)
            return number(cell.value) if cell is not None else ""
        if line.kind is Kind.COUNT:
            return f"{self.table.cells[0][index.column() - 1].count:,}"
        return f"{line.words}  {line.says}" if index.column() == 1 else ""

    def _surety(self, index: Index) -> str:
        interval = self.interval(index)
        if interval is None:
            return ""
        chance = ", may be chance" if not self.verdict(index) else ""
        return f", 95\u2009% interval {signed(interval[0])} to {signed(interval[1])}{chance}"

    def _words(self, index: Index, line: Line) -> str:
        if line.rival:
            return f"{line.name}: {line.words}\n{line.says}"
        if index.column() == 0:
            return line.name
        column = self.table.columns[index.column() - 1]
        of = " ".join(dict.fromkeys(filter(None, (column.group, column.name))))
        cell = self.cell(index)
        if cell is None:
            return f"{of}: {self._text(index, line)} garments"
        if cell.value is None:
            return f"{line.name}, {of}: nothing was measured"
        said = [f"{line.name}, {of}: {cell.value:.4f}"]
        if cell.low is not None and cell.high is not None:
            said.append(f"95\u2009% interval {cell.low:.3f} to {cell.high:.3f}")
        if cell.count:
            said.append(f"{cell.count:,} garments")
        change = self.change(index)
        if change is not None:
            said.append(f"{signed(change)} against the other run{self._surety(index)}")
        return "\n".join(said)


def _at(rows: Sequence[Sequence[T]], row: int, column: int) -> T | None:
    return rows[row][column] if row < len(rows) and column < len(rows[row]) else None


def number(value: float | None) -> str:
    """A figure, or a dash for nothing measured."""
    if value is None:
        return "–"
    return f"{value:.3f}" if abs(value) < 1000 else f"{value:,.0f}"


def signed(change: float) -> str:
    """A difference with its sign; a true minus, as wide as the plus."""
    text = f"{abs(change):.3f}"
    return f"±{text}" if text == "0.000" else f"+{text}" if change > 0 else f"−{text}"
