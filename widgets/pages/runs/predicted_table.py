"""The images of a prediction run as a table; names and pictures are fetched as they come into view."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from store.records import Image
from store.runs.predicted import ImageSummary
from widgets import style
from widgets.browser.paging import Pages
from widgets.browser.thumbnails import Frame, Thumbnails, ThumbnailSource

Index = QModelIndex | QPersistentModelIndex
ImagesOf = Callable[[Sequence[int]], Sequence[Image]]

COLUMNS = ("", "File", "Garments", "Best score", "Lowest score", "Disagreement")
_PICTURE, _FILE, _GARMENTS, _BEST, _LOWEST, _DISAGREEMENT = range(len(COLUMNS))
_WIDTHS = (52, 320, 90, 100, 110, 120)
_ROW, _PICTURE_WIDTH, _PICTURE_HEIGHT = 48, 33, 44
#: So many images are remembered at most.
_MOST_SEEN = 2000


class PredictedModel(QAbstractTableModel):
    """A row an image. The figures are all here; names come page by page."""

    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[ImageSummary] = ()
        self._images: ImagesOf | None = None
        self._pages: Pages[Image] = Pages(page_size=64, parent=self)
        self._pages.arrived.connect(self._arrived)
        self._pages.failed.connect(self.failed)
        self.pictures = Thumbnails(memory=16 * 1024 * 1024, threads=1, parent=self)
        self.pictures.arrived.connect(self._picture_arrived)
        self._row_of: dict[int, int] = {}
        self._compared = ""
        #: What has been seen of images: rows of a run that goes on are told anew again and again.
        self._seen: dict[int, Image] = {}

    def show_compared(self, words: str) -> None:
        """Say in the tool tip of the disagreement what was compared."""
        if words != self._compared:
            self._compared = words
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, _DISAGREEMENT, _DISAGREEMENT)

    def set_source(self, images: ImagesOf | None, pictures: ThumbnailSource | None) -> None:
        """Read from here from now on; waits for what the old source still does, and empties."""
        self._pages.settle()
        self._seen.clear()
        self.pictures.set_source(pictures)
        self._images = images
        self.show_rows(())

    def show_rows(self, rows: Sequence[ImageSummary]) -> None:
        """Show these."""
        self.beginResetModel()
        self._rows = rows
        self._row_of.clear()
        images = self._images
        self._pages.reset(self._fetcher(images, rows) if images is not None else None, len(rows))
        self.endResetModel()

    @staticmethod
    def _fetcher(images: ImagesOf, rows: Sequence[ImageSummary]) -> Callable[[int, int], Sequence[Image]]:
        return lambda offset, limit: images([one.image_id for one in rows[offset : offset + limit]])

    def ask(self, first: int, last: int, ratio: float) -> None:
        """Fetch names and pictures of the rows ``first`` up to but not including ``last``."""
        self._pages.ask(first, last)
        look = style.tokens()
        width, height = round(look.px(_PICTURE_WIDTH) * ratio), round(look.px(_PICTURE_HEIGHT) * ratio)
        there = [(row, image) for row in range(first, last) if (image := self._image(row)) is not None]
        self._row_of = {image.id: row for row, image in there}
        self.pictures.want([(image, Frame(width, height, True, ratio)) for _row, image in there])

    def shows(self, rows: Sequence[ImageSummary]) -> bool:
        """Whether these are shown already."""
        return len(rows) == len(self._rows) and list(rows) == list(self._rows)

    def summary(self, row: int) -> ImageSummary | None:
        """The figures of a row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def ids(self) -> list[int]:
        """The images in the order shown."""
        return [one.image_id for one in self._rows]

    def settle(self) -> None:
        """Wait for what is being fetched now."""
        self._pages.settle()
        self.pictures.settle()

    # -- Qt -------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(section)
        if role == Qt.ItemDataRole.ToolTipRole and section == _DISAGREEMENT:
            return self._compared
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        one = self.summary(index.row())
        if one is None:
            return None
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(one, index.row(), column)
        if role == Qt.ItemDataRole.DecorationRole and column == _PICTURE:
            found = self.pictures.get(one.image_id)
            return found.pixmap if found is not None else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(column)
        if role == Qt.ItemDataRole.ToolTipRole and column == _FILE:
            return self._name(index.row())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(one, index.row(), column)
        return None

    def _image(self, row: int) -> Image | None:
        found = self._pages.get(row)
        return found if found is not None else self._seen.get(self._rows[row].image_id)

    def _name(self, row: int) -> str:
        image = self._image(row)
        return image.name if image is not None else ""

    def _text(self, one: ImageSummary, row: int, column: int) -> str:
        if column == _FILE:
            return self._name(row)
        if column == _GARMENTS:
            return f"{one.garments:,}"
        if column == _PICTURE:
            return ""
        values = {_BEST: one.best, _LOWEST: one.lowest, _DISAGREEMENT: one.disagreement}
        value = values[column]
        return "–" if value is None else f"{value:.2f}"

    def _spoken(self, one: ImageSummary, row: int, column: int) -> str:
        if column in (_PICTURE, _FILE):
            found = f"{one.garments} garment{'' if one.garments == 1 else 's'}"
            differs = "" if one.disagreement is None else f", disagreement {one.disagreement:.2f}"
            return f"{self._name(row) or f'image {one.image_id}'}, {found}{differs}"
        return f"{COLUMNS[column]} {self._text(one, row, column)}"

    def _arrived(self, first: int, last: int) -> None:
        if len(self._seen) > _MOST_SEEN:
            self._seen.clear()
        for row in range(first, last):
            if (image := self._pages.get(row)) is not None:
                self._seen[image.id] = image
        self.dataChanged.emit(self.index(first, 0), self.index(last - 1, len(COLUMNS) - 1))

    def _picture_arrived(self, image_id: int) -> None:
        row = self._row_of.get(image_id)
        if row is not None:
            self.dataChanged.emit(self.index(row, _PICTURE), self.index(row, _PICTURE))


def _aligned(column: int) -> int:
    side = Qt.AlignmentFlag.AlignLeft if column <= _FILE else Qt.AlignmentFlag.AlignRight
    return int(side | Qt.AlignmentFlag.AlignVCenter)


class PredictedTable(QTableView):
    """``opened(ids)`` on Enter and on a double click: the chosen images."""

    opened = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self.images = PredictedModel(self)
        self.setModel(self.images)
        self.setAccessibleName("Predicted images")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setVisible(False)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setSectionResizeMode(_FILE, QHeaderView.ResizeMode.Stretch)
        for column, width in enumerate(_WIDTHS):
            head.resizeSection(column, style.tokens().px(width))
        self._ask = QTimer(self, singleShot=True, interval=0)
        self._ask.timeout.connect(self._want_visible)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._ask.start())
        self.images.modelReset.connect(self._ask.start)
        # Pictures can be asked for as soon as it is known which.
        self.images.dataChanged.connect(self._data_changed)
        self.doubleClicked.connect(lambda _index: self.opened.emit(self.chosen()))
        self._fix()
        style.changed.connect(self._fix)

    def _fix(self) -> None:
        look = style.tokens()
        self.verticalHeader().setDefaultSectionSize(look.px(_ROW))
        self.setIconSize(QSize(look.px(_PICTURE_WIDTH), look.px(_PICTURE_HEIGHT)))

    def set_source(self, images: ImagesOf | None, pictures: ThumbnailSource | None) -> None:
        """Read from here from now on."""
        self.images.set_source(images, pictures)

    def show_rows(self, rows: Sequence[ImageSummary]) -> None:
        """Show these; the current image stays current where it is still there."""
        if self.images.shows(rows):
            return
        before = self.images.summary(self.currentIndex().row())
        scrolled = self.verticalScrollBar().value()
        self.images.show_rows(rows)
        if before is None:
            return
        row = next((n for n, one in enumerate(rows) if one.image_id == before.image_id), -1)
        if row >= 0:
            flags = QItemSelectionModel.SelectionFlag
            index = self.images.index(row, _FILE)
            self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            self.verticalScrollBar().setValue(scrolled)

    def chosen(self) -> list[int]:
        """The images that are selected, in the order shown."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [one.image_id for row in rows if (one := self.images.summary(row)) is not None]

    def ids(self) -> list[int]:
        """All images, in the order shown."""
        return self.images.ids()

    def settle(self) -> None:
        """Wait for what is being fetched now."""
        self._ask.stop()
        self.images.settle()

    def _data_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        if first.column() != last.column():
            self._ask.start()

    def _want_visible(self) -> None:
        if not self.isVisible():
            return
        first = max(0, self.rowAt(0))
        last = self.rowAt(self.viewport().height() - 1)
        count = self.images.rowCount()
        self.images.ask(first, min(count, (last if last >= 0 else count - 1) + 1), self.devicePixelRatioF())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._ask.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen():
            self.opened.emit(self.chosen())
        else:
            super().keyPressEvent(event)
