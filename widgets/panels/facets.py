"""The facets of the filter: check boxes with counts and bars, in sections that fold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from resources import taxonomy
from resources.taxonomy import Category
from store.filters import FIELDS, UNKNOWN, plain
from widgets import style
from widgets.browser.ticks import PROBLEM_WORDS
from widgets.common import SearchField
from widgets.common.bars import draw_bar, draw_swatch
from widgets.style import tokens

#: Facets in the order shown, with their titles.
TITLES: Mapping[str, str] = {
    "split": "Split",
    "category": "Category",
    "domain": "Domain",
    "review": "Review",
    "problems": "Problems",
    "dataset": "Dataset",
    "occlusion": "Occlusion",
    "scale": "Scale",
    "zoom_in": "Zoom-in",
    "viewpoint": "Viewpoint",
    "state": "Picture file",
}
#: Sections that are open at first.
OPEN = ("split", "category", "domain", "review", "problems")
#: Of more words than this only the commonest are shown at first.
FEW = 8

Index = QModelIndex | QPersistentModelIndex

_COUNT_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_SHARE_ROLE = _COUNT_ROLE + 1
_COLOUR_ROLE = _COUNT_ROLE + 2
_NAME_ROLE = _COUNT_ROLE + 3
_MORE_ROLE = _COUNT_ROLE + 4

_VCENTER = Qt.AlignmentFlag.AlignVCenter


def known_words(facet: str) -> tuple[str, ...]:
    """The words that a facet always shows, also when nothing has them."""
    if facet == "category":
        return tuple(category.name for category in taxonomy.categories())
    if facet == "problems":
        return PROBLEM_WORDS
    # "unknown" is shown only where something is.
    return tuple(word for word in FIELDS[facet].words if word != UNKNOWN)


class _FacetDelegate(QStyledItemDelegate):
    """Paints section heads and rows."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._restyle()
        style.changed.connect(self._restyle)

    def _restyle(self) -> None:
        # Making a font costs more than writing a row with it.
        self._fonts = {use: style.font(use) for use in ("section", "table", "small", "body")}

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        look = tokens()
        return QSize(100, look.facet_row if index.parent().isValid() else look.size("section_header"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.parent().isValid():
            self._paint_row(painter, option, index)
        else:
            self._paint_head(painter, option, index)
        if option.state & QStyle.StateFlag.State_HasFocus and option.widget.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tokens().acc, 2))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(1, 1, -1, -1), 4, 4)
        painter.restore()

    def _paint_head(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, rect = tokens(), option.rect
        hover = option.state & QStyle.StateFlag.State_MouseOver
        painter.fillRect(rect, look.hover if hover else look.bg3)
        painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), 1), look.line)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), look.line)
        side = look.px(16)
        chevron = QRect(rect.left() + 12, rect.center().y() - side // 2 + 1, side, side)
        open_ = option.widget.isExpanded(index)  # type: ignore[attr-defined]
        style.draw(painter, chevron, "chevron-down" if open_ else "chevron-right", "t2")
        painter.setFont(self._fonts["section"])
        painter.setPen(look.t1)
        painter.drawText(rect.adjusted(12 + side + 8, 0, -12, 0), _VCENTER, index.data())
        painter.setFont(self._fonts["table"])
        right = rect.right() - 12
        for text, colour in (
            (index.data(_MORE_ROLE) or "" if open_ else "", look.t2),
            (index.data(_COUNT_ROLE) or "", look.acc),
        ):
            painter.setPen(colour)
            area = QRect(rect.left(), rect.top(), right - rect.left(), rect.height())
            painter.drawText(area, _VCENTER | Qt.AlignmentFlag.AlignRight, text)
            right -= painter.fontMetrics().horizontalAdvance(text) + (8 if text else 0)

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, rect = tokens(), option.rect
        if option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, look.hover)
        count, checked = index.data(_COUNT_ROLE), index.data(Qt.ItemDataRole.CheckStateRole)
        on = Qt.CheckState(checked) == Qt.CheckState.Checked
        side = look.px(15)
        box = QRectF(rect.left() + 12.5, rect.center().y() - side // 2 + 0.5, side - 1, side - 1)
        painter.setPen(QPen(look.acc if on else look.line2, 1))
        painter.setBrush(look.acc if on else look.input)
        painter.drawRoundedRect(box, 3, 3)
        if on:
            style.draw(painter, box.adjusted(1, 1, -1, -1), "check", "onacc")
        left = rect.left() + 12 + side + look.px(8)
        colour = index.data(_COLOUR_ROLE)
        if colour:
            swatch = look.px(12)
            draw_swatch(painter, QRectF(left, rect.center().y() - swatch // 2 + 1, swatch, swatch), colour)
            left += swatch + look.px(8)
        bar = QRect(rect.right() - 12 - look.px(52), rect.center().y() - 1, look.px(52), 4)
        draw_bar(painter, QRectF(bar), index.data(_SHARE_ROLE), "acc" if on else "line2")
        numbers = QRect(bar.left() - look.px(68), rect.top(), look.px(60), rect.height())
        painter.setFont(self._fonts["small"])
        painter.setPen(look.t2 if count else look.t3)
        painter.drawText(numbers, _VCENTER | Qt.AlignmentFlag.AlignRight, f"{count:,}")
        painter.setFont(self._fonts["body"])
        painter.setPen(look.t1 if count or on else look.t3)
        used = painter.fontMetrics().horizontalAdvance(f"{count:,}")
        room = QRect(left, rect.top(), max(0, numbers.right() - used - look.px(6) - left), rect.height())
        shown = painter.fontMetrics().elidedText(
            index.data(_NAME_ROLE), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, _VCENTER, shown)


class _FacetTree(QTreeView):
    """A tree whose heads fold and whose rows tick at a click or the space bar."""

    pressed_row = Signal(QModelIndex)
    more_wanted = Signal(QModelIndex)

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setExpandsOnDoubleClick(False)
        self.setAccessibleName("Facets")
        self.setItemDelegate(_FacetDelegate(self))
        style.changed.connect(self.scheduleDelayedItemsLayout)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            return
        self.setCurrentIndex(index)
        if index.parent().isValid():
            self.pressed_row.emit(index)
        elif self._on_more(index, event.position().toPoint()):
            self.more_wanted.emit(index)
        else:
            self.setExpanded(index, not self.isExpanded(index))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def _on_more(self, index: QModelIndex, point: QPoint) -> bool:
        text = index.data(_MORE_ROLE)
        if not text or not self.isExpanded(index):
            return False
        width = QFontMetrics(style.font("table")).horizontalAdvance(text)
        return point.x() > self.visualRect(index).right() - width - 16

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            if index.parent().isValid():
                self.pressed_row.emit(index)
            else:
                self.setExpanded(index, not self.isExpanded(index))
        elif event.key() == Qt.Key.Key_Right and index.data(_MORE_ROLE) and self.isExpanded(index):
            self.more_wanted.emit(index)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QEvent) -> None:
        super().focusInEvent(event)  # type: ignore[arg-type]
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self.model().index(0, 0))


class FacetPanel(QWidget):
    """All facets below a search line. ``toggled(facet, word, on)`` when a person ticks a box.

    Boxes follow only :meth:`show_ticks`: what a person ticks goes into the filter text and comes back.
    """

    toggled = Signal(str, str, bool)

    def __init__(self) -> None:
        super().__init__()
        self._colours = {c.name: c.colour for c in taxonomy.categories()}
        self._heads: dict[str, QStandardItem] = {}
        self._rows: dict[tuple[str, str], QStandardItem] = {}
        self._sorted = False
        self._all_shown: set[str] = set()
        self._model = QStandardItemModel(self)
        self.search = SearchField("Find a facet", name="Find a facet")
        self.search.changed.connect(lambda _text: self._show_fitting())
        self.tree = _FacetTree()
        self.tree.setModel(self._model)
        self.tree.pressed_row.connect(self._on_pressed)
        self.tree.more_wanted.connect(self._on_more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        above = QVBoxLayout()
        above.setContentsMargins(12, 12, 12, 12)
        above.addWidget(self.search)
        column.addLayout(above)
        column.addWidget(self.tree, 1)
        self.reset()

    def reset(self) -> None:
        """Forget all counts: another store."""
        self._model.clear()
        self._heads.clear()
        self._rows.clear()
        self._all_shown.clear()
        self._sorted = False
        for facet in TITLES:
            head = QStandardItem(TITLES[facet])
            head.setEditable(False)
            self._heads[facet] = head
            self._model.appendRow(head)
            for word in known_words(facet):
                self._row(facet, word)
            self.tree.setExpanded(head.index(), facet in OPEN)
        self._show_fitting()

    def set_categories(self, categories: Iterable[Category]) -> None:
        """Know the colours of these, beside the 13 that are always known."""
        self._colours.update((c.name, c.colour) for c in categories)

    def words(self) -> dict[str, Sequence[str]]:
        """All words of each facet, in the order shown."""
        found: dict[str, list[str]] = {facet: [] for facet in self._heads}
        for facet, head in self._heads.items():
            found[facet] = [head.child(i).data(_NAME_ROLE) for i in range(head.rowCount())]
        return dict(found)

    def show_counts(self, facets: Mapping[str, Mapping[str, int]]) -> None:
        """Show how many images have each word; words that are not named have none."""
        if not self._sorted and any(facets.get("category", {}).values()):
            self._sort("category", facets["category"])
        for facet, head in self._heads.items():
            counts = facets.get(facet, {})
            for word in counts:
                self._row(facet, word)
            top = max(counts.values(), default=0)
            for i in range(head.rowCount()):
                row = head.child(i)
                count = counts.get(row.data(_NAME_ROLE), 0)
                row.setData(count, _COUNT_ROLE)
                row.setData(count / top if top else 0.0, _SHARE_ROLE)
                self._say(row)
        self._show_fitting()

    def show_ticks(self, ticks: Mapping[str, frozenset[str]]) -> None:
        """Tick exactly these words."""
        for facet, head in self._heads.items():
            chosen = ticks.get(facet, frozenset())
            for i in range(head.rowCount()):
                row = head.child(i)
                on = row.data(_NAME_ROLE) in chosen
                row.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
                self._say(row)
            head.setData(f"{len(chosen)} on" if chosen else "", _COUNT_ROLE)
        self._show_fitting()

    def save_state(self) -> list[str]:
        """The names of the facets that are open."""
        return [facet for facet, head in self._heads.items() if self.tree.isExpanded(head.index())]

    def restore_state(self, opened: Sequence[str]) -> None:
        """Open these facets and fold the others."""
        for facet, head in self._heads.items():
            self.tree.setExpanded(head.index(), facet in opened)

    def _row(self, facet: str, word: str) -> QStandardItem:
        row = self._rows.get((facet, word))
        if row is None:
            row = QStandardItem(word)
            row.setEditable(False)
            row.setData(word, _NAME_ROLE)
            row.setData(0, _COUNT_ROLE)
            row.setData(0.0, _SHARE_ROLE)
            row.setData(self._colours.get(word, "") if facet == "category" else "", _COLOUR_ROLE)
            row.setCheckState(Qt.CheckState.Unchecked)
            self._rows[facet, word] = row
            self._heads[facet].appendRow(row)
        return row

    @staticmethod
    def _say(row: QStandardItem) -> None:
        on = "ticked" if row.checkState() == Qt.CheckState.Checked else "not ticked"
        row.setAccessibleText(f"{row.data(_NAME_ROLE)}, {row.data(_COUNT_ROLE):,} images, {on}")

    def _sort(self, facet: str, counts: Mapping[str, int]) -> None:
        """Commonest first, once: rows that move under the hand while it ticks would be a nuisance."""
        self._sorted = True
        head = self._heads[facet]
        rows = [head.takeRow(0)[0] for _ in range(head.rowCount())]
        for row in sorted(rows, key=lambda r: -counts.get(r.data(_NAME_ROLE), 0)):
            head.appendRow(row)

    def _show_fitting(self) -> None:
        """Hide what the search does not find, and of long facets all but the first and the ticked."""
        wanted = plain(self.search.text())
        for facet, head in self._heads.items():
            whole = bool(wanted) and wanted in plain(head.text())
            long = head.rowCount() > FEW and facet not in self._all_shown
            hidden = shown = 0
            for i in range(head.rowCount()):
                row = head.child(i)
                fits = not wanted or whole or wanted in plain(row.data(_NAME_ROLE))
                rare = long and not wanted and i >= FEW - 1 and row.checkState() != Qt.CheckState.Checked
                hidden += rare
                shown += fits and not rare
                self.tree.setRowHidden(i, head.index(), rare or not fits)
            folds = head.rowCount() > FEW and not wanted
            more = f"{hidden} more" if hidden else "fewer" if folds and not long else ""
            head.setData(more, _MORE_ROLE)
            self.tree.setRowHidden(head.row(), QModelIndex(), not shown)
            if wanted and shown:
                self.tree.setExpanded(head.index(), True)

    def _on_pressed(self, index: QModelIndex) -> None:
        row = self._model.itemFromIndex(index)
        facet = next(name for name, head in self._heads.items() if head is row.parent())
        self.toggled.emit(facet, row.data(_NAME_ROLE), row.checkState() != Qt.CheckState.Checked)

    def _on_more(self, index: QModelIndex) -> None:
        head = self._model.itemFromIndex(index)
        facet = next(name for name, known in self._heads.items() if known is head)
        self._all_shown ^= {facet}
        self._show_fitting()
