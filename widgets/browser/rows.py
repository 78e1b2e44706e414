"""Paints one image as a row of the list: a small picture, and beside it what is known, column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap

from store.records import REVIEW_WORDS, ImageState
from widgets import style
from widgets.browser.delegate import DOMAIN_ICONS, REVIEW_MARKS, TileDelegate, TileState, check_box
from widgets.browser.listhead import (
    DATASET,
    DOMAIN,
    GARMENTS,
    IMAGE,
    MARK,
    PROBLEMS,
    REVIEW,
    SPLIT,
    ListHead,
)
from widgets.browser.model import TileModel, garment_words
from widgets.browser.overlays import Overlays
from widgets.browser.thumbnails import Picture, Thumbnails
from widgets.style import tokens

if TYPE_CHECKING:
    from store.db import Tile

#: Before the picture stands the check box; sizes at a font scale of 1.
_MARGIN, _CHECK, _GAP = 12, 18, 10
#: A row is higher than that of other lists by so much: a picture must be known again in it.
_HIGHER = 14
#: Above and below the picture, and beside a text.
_PAD, _BESIDE = 4, 8
_WARNED = "warn"
#: So many texts are kept as they fit into their column.
_MOST_ELIDED = 4096


class RowDelegate(TileDelegate):
    """Rows as wide as the view; ``head`` says where the columns are."""

    ring = 0

    def __init__(
        self,
        model: TileModel,
        thumbnails: Thumbnails,
        overlays: Overlays,
        head: ListHead,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(model, thumbnails, overlays, parent)
        self._head = head

    def row_height(self) -> int:
        """How high a row is."""
        look = tokens()
        return look.list_row + look.px(_HIGHER)

    def picture_rect(self, tile: QRect) -> QRect:
        side = tile.height() - 2 * _PAD - 1
        left = tile.left() + tokens().px(_MARGIN + _CHECK + _GAP)
        return QRect(left, tile.top() + _PAD, side, side)

    def check_rect(self, tile: QRect) -> QRect:
        return QRect(tile.left(), tile.top(), tokens().px(_MARGIN + _CHECK + _GAP), tile.height())

    def beside(self, tile: Tile | None) -> tuple[object, ...]:
        dataset = self._model.datasets.get(tile.image.dataset_id, "") if tile is not None else ""
        return (self._head.places(), dataset)

    def _render(
        self, size: QSize, ratio: float, tile: Tile | None, picture: Picture | None, state: int
    ) -> QPixmap:
        made = QPixmap(QSize(round(size.width() * ratio), round(size.height() * ratio)))
        made.setDevicePixelRatio(ratio)
        look, rect = tokens(), QRect(QPoint(0, 0), size)
        selected = bool(state & TileState.SELECTED)
        made.fill(look.sel if selected else look.hover if state & TileState.HOVER else look.bg1)
        painter = QPainter(made)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(QRect(0, rect.bottom(), rect.width(), 1), look.line)
        if tile is not None:
            side = look.px(_CHECK)
            check_box(painter, QRect(look.px(_MARGIN), (rect.height() - side) // 2, side, side), selected)
            self._paint_picture(painter, rect, tile.image, picture)
            self._paint_name(painter, rect, tile, picture)
            self._paint_columns(painter, rect, tile)
        elif self.late:
            self._paint_place(painter, rect)
        self._paint_current(painter, rect, state)
        painter.end()
        return made

    def _paint_current(self, painter: QPainter, rect: QRect, state: int) -> None:
        look = tokens()
        if state & TileState.CURRENT:
            painter.fillRect(QRect(0, 0, 3, rect.height()), look.acc)
        if state & TileState.FOCUS:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look.acc, 2))
            painter.drawRect(QRectF(rect).adjusted(1, 1, -1, -1))

    def _paint_place(self, painter: QPainter, rect: QRect) -> None:
        look = tokens()
        picture = self.picture_rect(rect)
        painter.fillRect(picture, look.bg3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.bg3)
        left, high = picture.right() + look.px(_GAP), look.px(10)
        painter.drawRoundedRect(QRect(left, rect.center().y() - high // 2, look.px(120), high), 2, 2)

    def _paint_nothing(self, painter: QPainter, rect: QRect, found: Picture) -> None:
        look, side = tokens(), tokens().px(18)
        missing = found.state is ImageState.MISSING
        painter.fillRect(rect, look.line if missing else look.badbg)
        icon = QRect(0, 0, side, side)
        icon.moveCenter(rect.center())
        style.draw(painter, icon, "photo-off" if missing else "alert-circle", "t2" if missing else "bad")

    def _paint_name(self, painter: QPainter, rect: QRect, tile: Tile, picture: Picture | None) -> None:
        """The name, and below it the folder, or what is wrong with the file."""
        look, (start, wide) = tokens(), self._head.places()[IMAGE]
        left = self.picture_rect(rect).right() + look.px(_GAP)
        room = QRect(left, 0, start + wide - left - _BESIDE, rect.height())
        folder, _, name = tile.image.name.rpartition("/")
        state = picture.state if picture is not None else tile.image.state
        if state is ImageState.MISSING:
            below, colour = "file is missing", look.warn
        elif state is ImageState.PRESENT:
            below, colour = folder, look.t3
        else:
            below, colour = "cannot be read", look.bad
        if below:
            middle, rim = rect.height() // 2, look.px(5)
            upper, lower = room.adjusted(0, rim, 0, middle - room.height()), room.adjusted(0, middle, 0, -rim)
            self._write(painter, upper, name, look.t1, named=True)
            self._write(painter, lower, below, colour, self._words_font, named=True)
        else:
            self._write(painter, room, name, look.t1, named=True)

    def _paint_columns(self, painter: QPainter, rect: QRect, tile: Tile) -> None:
        look, image = tokens(), tile.image
        self._write(
            painter, self._cell(rect, DATASET), self._model.datasets.get(image.dataset_id, ""), look.t2
        )
        self._write(painter, self._cell(rect, SPLIT), image.split, look.t2)
        self._marked(
            painter, self._cell(rect, DOMAIN), DOMAIN_ICONS.get(image.domain), "t3", str(image.domain)
        )
        cell = self._cell(rect, GARMENTS)
        if cell.width() > 0:
            cell.setLeft(self._paint_swatches(painter, cell, tile))
            self._write(painter, cell, garment_words(tile, self._model.categories), look.t2)
        self._marked(
            painter, self._cell(rect, REVIEW), *REVIEW_MARKS[image.review], REVIEW_WORDS[image.review]
        )
        cell = self._cell(rect, PROBLEMS).adjusted(0, 0, _BESIDE - look.px(MARK), 0)
        if tile.problems and cell.width() > 0:
            words, side = f"{tile.problems:,}", look.px(16)
            self._write(painter, cell, words, look.t1, side=Qt.AlignmentFlag.AlignRight)
            used = painter.fontMetrics().horizontalAdvance(words) + look.px(6) + side
            icon = QRect(cell.right() + 1 - used, rect.center().y() - side // 2, side, side)
            style.draw(painter, icon, "alert-triangle", _WARNED)

    def _cell(self, rect: QRect, column: int) -> QRect:
        """Where the text of a column is; without width where the column is left out."""
        start, wide = self._head.places()[column]
        return QRect(start + _BESIDE, rect.top(), max(0, wide - 2 * _BESIDE), rect.height() - 1)

    def _marked(self, painter: QPainter, cell: QRect, icon: str | None, role: str, words: str) -> None:
        """A word behind its icon."""
        if icon is None or cell.width() <= 0:
            return
        side = tokens().px(16)
        style.draw(painter, QRect(cell.left(), cell.center().y() - side // 2, side, side), icon, role)
        self._write(painter, cell.adjusted(side + tokens().px(6), 0, 0, 0), words, tokens().t2)

    def _write(
        self,
        painter: QPainter,
        room: QRect,
        words: str,
        colour: QColor,
        font: QFont | None = None,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        named: bool = False,
    ) -> None:
        if room.width() <= 0 or not words:
            return
        painter.setFont(font or self._name_font)
        painter.setPen(colour)
        key = (words, "small" if font else "named" if named else "", room.width())
        shown = self._elided.get(key)
        if shown is None:
            if len(self._elided) > _MOST_ELIDED:
                self._elided.clear()
            # Of a name the end tells most, of a word the beginning.
            how = Qt.TextElideMode.ElideMiddle if named else Qt.TextElideMode.ElideRight
            shown = self._elided[key] = painter.fontMetrics().elidedText(words, how, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | side, shown)
