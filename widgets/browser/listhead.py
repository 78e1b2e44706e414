"""The head of the list: its columns, how wide they are, and by which the images are sorted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from widgets import style

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``width`` at a font scale of 1, 0 for what is left; ``orders`` of the store sort by it."""

    title: str
    width: int
    orders: tuple[str, ...] = ()
    right: bool = False


COLUMNS = (
    Column("Image", 0, ("name", "name desc")),
    Column("Dataset", 128),
    Column("Split", 80),
    Column("Domain", 104),
    Column("Garments", 152, ("garments",)),
    Column("Review", 122, ("review",)),
    Column("Problems", 98, ("problems",), right=True),
)
IMAGE, DATASET, SPLIT, DOMAIN, GARMENTS, REVIEW, PROBLEMS = range(len(COLUMNS))
#: Beside a title there is room for the mark of the order, at a font scale of 1.
MARK = 20
#: Orders in which the largest comes first.
_FALLING = frozenset({"name desc", "garments", "problems"})
#: The first column has at least so much room, at a font scale of 1; these are left out for it, in this order.
_ROOM, _DISPENSABLE = 180, (DOMAIN, SPLIT, DATASET, PROBLEMS, GARMENTS)


class _Titles(QAbstractTableModel):
    """A table without rows: a head needs one for its titles."""

    def rowCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"Sort by {column.title.lower()}" if column.orders else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None


class ListHead(QHeaderView):
    """``order_wanted(order)`` when a column is clicked that the store has an order for.

    ``widths_changed()`` when a column got wider or narrower, or was left out for want of room.
    """

    order_wanted = Signal(str)
    widths_changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._order = ""
        self._widths = [column.width for column in COLUMNS]
        self._placing = False
        #: What :meth:`places` says: every row that is painted asks for it, several times.
        self._kept = ((0, 0),) * len(COLUMNS)
        self.setModel(_Titles(self))
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSortIndicatorShown(True)
        self.setMinimumSectionSize(style.tokens().px(56))
        self.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setSectionResizeMode(IMAGE, QHeaderView.ResizeMode.Stretch)
        self.setAccessibleName("Columns")
        self.sectionClicked.connect(self._on_click)
        self.sectionResized.connect(self._on_resized)
        style.changed.connect(self._restyle)
        self.show_order("name")
        self._restyle()

    def show_order(self, order: str) -> None:
        """Mark the column that an order of the store sorts by; none where it sorts by something else."""
        self._order = order
        section = next((at for at, column in enumerate(COLUMNS) if order in column.orders), -1)
        falling = order in _FALLING
        way = Qt.SortOrder.DescendingOrder if falling else Qt.SortOrder.AscendingOrder
        self.setSortIndicator(section, way)

    def places(self) -> tuple[tuple[int, int], ...]:
        """Where each column begins, and how wide it is (logical pixels); 0 wide where it is left out."""
        return self._kept

    def widths(self) -> list[int]:
        """How wide the person wants the columns, at a font scale of 1."""
        return list(self._widths)

    def set_widths(self, widths: Sequence[int]) -> None:
        """Make the columns so wide; of another number of columns it means nothing."""
        if len(widths) == len(COLUMNS):
            pairs = zip(COLUMNS, widths, strict=True)
            self._widths = [max(1, int(wide)) if column.width else 0 for column, wide in pairs]
            self._place()

    def _on_click(self, section: int) -> None:
        orders = COLUMNS[section].orders
        # Qt has turned its mark already; what is in force decides.
        self.show_order(self._order)
        if orders:
            after = orders.index(self._order) + 1 if self._order in orders else 0
            wanted = orders[after % len(orders)]
            if wanted != self._order:
                self.order_wanted.emit(wanted)

    def _on_resized(self, section: int, _before: int, now: int) -> None:
        if not self._placing and section != IMAGE and now:
            self._widths[section] = max(1, round(now / style.tokens().scale))
        if not self._placing:
            self._tell()

    def _restyle(self) -> None:
        self.setStyleSheet(f"QHeaderView::section {{ padding-right: {style.tokens().px(MARK)}px; }}")
        self._place()

    def _place(self) -> None:
        """Give each column its width, and leave out what there is no room for."""
        look, self._placing = style.tokens(), True
        self.setMinimumSectionSize(look.px(56))
        wide = [look.px(width) for width in self._widths]
        shown = [True] * len(COLUMNS)
        for section in _DISPENSABLE:
            if self.width() - sum(w for w, on in zip(wide, shown, strict=True) if on) < look.px(_ROOM):
                shown[section] = False
        for section in range(len(COLUMNS)):
            self.setSectionHidden(section, not shown[section])
            if section != IMAGE and shown[section]:
                self.resizeSection(section, wide[section])
        self._placing = False
        self._tell()

    def _tell(self) -> None:
        here = range(len(COLUMNS))
        self._kept = tuple((self.sectionViewportPosition(at), self.sectionSize(at)) for at in here)
        self.widths_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()
        super().resizeEvent(event)
        # Only now the first column has what is left.
        self._tell()
