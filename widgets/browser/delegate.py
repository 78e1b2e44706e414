"""Paints one tile of the grid: picture, marks, name, categories."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from resources.taxonomy import EXTRA_COLOURS, Category
from store.records import Domain, Image, ImageState, Review
from widgets import style
from widgets.browser.layout import RING
from widgets.browser.model import TILE_ROLE, TileModel, garment_words
from widgets.browser.overlays import Overlays, paint_overlays
from widgets.browser.thumbnails import Frame, Picture, Thumbnails
from widgets.common.bars import draw_swatch
from widgets.style import tokens

if TYPE_CHECKING:
    from store.db import Tile

#: Icon and colour token of each review state.
REVIEW_MARKS: Mapping[Review, tuple[str, str]] = {
    Review.TO_DO: ("circle-dashed", "t3"),
    Review.IN_PROGRESS: ("circle-half", "acc"),
    Review.SECOND_LOOK: ("flag", "warn"),
    Review.ACCEPTED: ("circle-check", "ok"),
    Review.REJECTED: ("circle-x", "bad"),
}

DOMAIN_ICONS: Mapping[Domain, str] = {Domain.SHOP: "building-store", Domain.CONSUMER: "user"}

#: Space around the picture inside its tile, and the height of name and categories below it.
INSET, CAPTION = 6, 44
#: The badge on a picture is dark in both themes, so that it can be read on any picture.
BADGE, ON_BADGE = QColor(17, 17, 17, 230), "#F2B84B"
#: What painted tiles may take, in bytes.
MEMORY = 32 * 1024 * 1024
#: More categories than these are only counted.
SWATCHES = 4


class TileState:
    """What the grid says of a tile beyond what the model does; added up. Plain ints: this is a hot path."""

    NONE = 0
    SELECTED = 1
    CURRENT = 2
    HOVER = 4
    FOCUS = 8


class TileDelegate(QStyledItemDelegate):
    """One for the whole grid. ``fill`` crops pictures to the tile; otherwise they are shown whole."""

    #: The focus ring reaches so far beyond the tile.
    ring = RING

    def __init__(
        self, model: TileModel, thumbnails: Thumbnails, overlays: Overlays, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._thumbnails = thumbnails
        self._overlays = overlays
        self.fill = True
        #: What of :data:`widgets.browser.overlays.LAYERS` is painted over the pictures.
        self.layers: frozenset[str] = frozenset()
        #: Set by the grid before each paint: late tiles show their place.
        self.late = False
        self.restyle()

    def restyle(self) -> None:
        """Take fonts from the look in force."""
        self._name_font = style.font("body")
        self._words_font = style.font("small")
        self._badge_font = style.font("small_strong")
        self._elided: dict[tuple[str, str, int], str] = {}
        self._painted: OrderedDict[tuple[int, int], tuple[Any, QPixmap]] = OrderedDict()

    def caption(self) -> int:
        """The height of what stands below the picture."""
        return tokens().px(CAPTION)

    def picture_rect(self, tile: QRect) -> QRect:
        """Where the picture is in a tile."""
        return tile.adjusted(INSET, INSET, -INSET, -self.caption())

    def check_rect(self, tile: QRect) -> QRect:
        """Where the check box is, with the zone around it that a click may miss it by."""
        side = tokens().px(28)
        return QRect(tile.left() + INSET, tile.top() + INSET, side, side)

    def frame(self, tile: QRect, ratio: float) -> Frame:
        """What the picture of a tile is wanted for."""
        rect = self.picture_rect(tile)
        return Frame(round(rect.width() * ratio), round(rect.height() * ratio), self.fill, ratio)

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return option.rect.size()

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        state = TileState.NONE
        for flag, mine in (
            (QStyle.StateFlag.State_Selected, TileState.SELECTED),
            (QStyle.StateFlag.State_MouseOver, TileState.HOVER),
            (QStyle.StateFlag.State_HasFocus, TileState.CURRENT | TileState.FOCUS),
        ):
            if option.state & flag:
                state |= mine
        self.paint_tile(painter, option.rect, index.data(TILE_ROLE), state)

    def paint_tile(
        self, painter: QPainter, rect: QRect, tile: Tile | None, state: int, hurried: bool = False
    ) -> bool:
        """Paint a tile into ``rect``; None paints the place of one that is on its way.

        Painted tiles are kept, so that scrolling and moving the current tile only copy pixels. A tile that
        is not kept takes about half a millisecond: who is ``hurried`` gets its old look or an empty one, and
        False as the answer.
        """
        if tile is None and not self.late and not state:
            return True
        picture = self._thumbnails.get(tile.image.id) if tile is not None else None
        ratio = painter.device().devicePixelRatioF()
        garments = self._overlays.get(tile.image.id) if tile is not None and self.layers else ()
        over = (self.layers, garments, *self.beside(tile))
        made_of = (tile, picture, rect.size(), ratio, self.late and picture is None, self.fill, over)
        key = (tile.image.id if tile is not None else 0, state)
        kept = self._painted.get(key)
        fresh = kept is not None and kept[0] == made_of
        if not fresh and hurried:
            if kept is not None and kept[0][2] == rect.size():
                painter.drawPixmap(rect.x() - self.ring, rect.y() - self.ring, kept[1])
            else:
                painter.fillRect(rect, tokens().bg2)
            return False
        if kept is None or not fresh:
            kept = (made_of, self._render(rect.size(), ratio, tile, picture, state))
            self._painted[key] = kept
            self._trim(kept[1])
        self._painted.move_to_end(key)
        painter.drawPixmap(rect.x() - self.ring, rect.y() - self.ring, kept[1])
        return True

    def beside(self, _tile: Tile | None) -> tuple[object, ...]:
        """What else the look of a tile is made of."""
        return ()

    def _trim(self, newest: QPixmap) -> None:
        most = max(1, MEMORY // (newest.width() * newest.height() * 4))
        while len(self._painted) > most:
            self._painted.popitem(last=False)

    def _render(
        self, size: QSize, ratio: float, tile: Tile | None, picture: Picture | None, state: int
    ) -> QPixmap:
        whole = QSize(round((size.width() + 2 * RING) * ratio), round((size.height() + 2 * RING) * ratio))
        made = QPixmap(whole)
        made.setDevicePixelRatio(ratio)
        look, rect = tokens(), QRect(QPoint(RING, RING), size)
        made.fill(look.bg1)
        painter = QPainter(made)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        selected = state & TileState.SELECTED
        painter.setBrush(look.sel if selected else look.hover if state & TileState.HOVER else look.bg2)
        painter.drawRoundedRect(rect, 6, 6)
        if state:
            self._paint_edge(painter, rect, state)
        if tile is not None:
            self._paint_picture(painter, rect, tile.image, picture)
            if self.layers and picture is not None and picture.pixmap is not None:
                self._paint_overlays(painter, rect, tile.image)
            self._paint_caption(painter, rect, tile)
            self._paint_marks(painter, rect, tile, state)
        elif self.late:
            self._paint_place(painter, rect)
        painter.end()
        return made

    def _paint_edge(self, painter: QPainter, rect: QRect, state: int) -> None:
        look = tokens()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if state & TileState.SELECTED:
            painter.setPen(QPen(look.acc, 2))
            painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), 5, 5)
        if state & TileState.FOCUS:
            painter.setPen(QPen(look.acc, 2))
            painter.drawRoundedRect(QRectF(rect).adjusted(-2, -2, 2, 2), 8, 8)
        elif state & TileState.CURRENT and not state & TileState.SELECTED:
            painter.setPen(QPen(look.line2, 1))
            painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _paint_place(self, painter: QPainter, rect: QRect) -> None:
        look = tokens()
        painter.fillRect(self.picture_rect(rect), look.bg3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.bg3)
        left, top = rect.left() + INSET, rect.bottom() - self.caption()
        for line, share in ((8, 0.55), (26, 0.35)):
            width = int((rect.width() - 2 * INSET) * share)
            painter.drawRoundedRect(QRect(left, top + look.px(line), width, look.px(10)), 2, 2)

    def _paint_picture(self, painter: QPainter, tile: QRect, image: Image, found: Picture | None) -> None:
        rect = self.picture_rect(tile)
        if found is None:
            if image.state is ImageState.MISSING:
                self._paint_nothing(painter, rect, Picture(self.frame(tile, 1.0), None, ImageState.MISSING))
            elif self.late:
                painter.fillRect(rect, tokens().bg3)
            return
        if found.pixmap is None:
            self._paint_nothing(painter, rect, found)
            return
        size = found.pixmap.deviceIndependentSize()
        if not self.fill:
            painter.fillRect(rect, tokens().bg1)
            size = size.scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
        elif found.frame.fill:
            size = rect.size().toSizeF()
        if found.frame == self.frame(tile, found.frame.ratio) and found.frame.fill:
            painter.drawPixmap(rect.topLeft(), found.pixmap)
            return
        # Made for another size: shown at once, and replaced as soon as the right one is there.
        place = QRectF(QPointF(0, 0), size.boundedTo(rect.size().toSizeF()))
        place.moveCenter(QRectF(rect).center())
        painter.drawPixmap(place, found.pixmap, QRectF(found.pixmap.rect()))

    def _paint_overlays(self, painter: QPainter, tile: QRect, image: Image) -> None:
        garments, known = self._overlays.get(image.id), self._model.categories
        rect = self.picture_rect(tile)
        paint_overlays(painter, rect, image, garments, known, self.layers, self.fill)

    def _paint_nothing(self, painter: QPainter, rect: QRect, found: Picture) -> None:
        look = tokens()
        missing = found.state is ImageState.MISSING
        painter.fillRect(rect, look.line if missing else look.badbg)
        side = look.px(24)
        icon = QRect(0, 0, side, side)
        icon.moveCenter(rect.center())
        icon.translate(0, -look.px(10))
        style.draw(painter, icon, "photo-off" if missing else "alert-circle", "t2" if missing else "bad")
        painter.setFont(self._words_font)
        painter.setPen(look.t2)
        below = QRect(rect.left() + 4, icon.bottom() + look.px(6), rect.width() - 8, look.px(16))
        painter.drawText(
            below, Qt.AlignmentFlag.AlignCenter, "file is missing" if missing else "cannot be read"
        )

    def _paint_caption(self, painter: QPainter, rect: QRect, tile: Tile) -> None:
        look = tokens()
        left, right = rect.left() + INSET + 2, rect.right() - INSET - 1
        top = rect.bottom() + 1 - self.caption()
        side = look.px(16)
        line = QRect(left, top + look.px(4), right - left - side - 4, look.px(18))
        painter.setFont(self._name_font)
        painter.setPen(look.t1)
        name = tile.image.name.rpartition("/")[2]
        self._text(painter, line, name, name.rpartition(".")[0] or name)
        icon, role = REVIEW_MARKS[tile.image.review]
        style.draw(painter, QRect(right - side + 1, line.top() + look.px(1), side, side), icon, role)
        line.moveTop(top + look.px(23))
        line.setHeight(look.px(16))
        domain = DOMAIN_ICONS.get(tile.image.domain)
        if domain is not None:
            style.draw(painter, QRect(right - side + 1, line.top(), side, side), domain, "t3")
        line.setLeft(self._paint_swatches(painter, line, tile))
        painter.setFont(self._words_font)
        painter.setPen(look.t2)
        words = garment_words(tile, self._model.categories)
        self._text(painter, line, words, f"{tile.garments:,}" if tile.garments > 1 else words)

    def _paint_swatches(self, painter: QPainter, line: QRect, tile: Tile) -> int:
        """Paint the colours of the categories; where the words after them begin."""
        left, side = line.left(), tokens().px(10)
        for category_id in tile.categories[:SWATCHES]:
            box = QRectF(left, line.center().y() + 0.5 - side / 2, side, side)
            draw_swatch(painter, box, colour_of(category_id, self._model.categories))
            left += side + 4
        return left + 2 if tile.categories else left

    def _paint_marks(self, painter: QPainter, rect: QRect, tile: Tile, state: int) -> None:
        picture = self.picture_rect(rect)
        if tile.problems:
            self._paint_badge(painter, picture, tile.problems)
        if state & (TileState.SELECTED | TileState.HOVER):
            side = tokens().px(18)
            box = QRect(picture.left() + 5, picture.top() + 5, side, side)
            check_box(painter, box, bool(state & TileState.SELECTED))

    def _paint_badge(self, painter: QPainter, picture: QRect, count: int) -> None:
        look = tokens()
        words = f"{count:,}"
        painter.setFont(self._badge_font)
        text = painter.fontMetrics().horizontalAdvance(words)
        height, icon = look.px(22), look.px(14)
        badge = QRect(0, 0, icon + text + look.px(14), height)
        badge.moveTopRight(picture.topRight() + QPointF(-4, 5).toPoint())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(BADGE)
        painter.drawRoundedRect(badge, 4, 4)
        place = QRect(badge.left() + look.px(5), badge.top() + (height - icon) // 2, icon, icon)
        style.draw(painter, place, "alert-triangle", ON_BADGE)
        painter.setPen(QColor(ON_BADGE))
        painter.drawText(
            badge.adjusted(0, 0, -look.px(5), 0),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
            words,
        )

    def _text(self, painter: QPainter, rect: QRect, text: str, short: str) -> None:
        """Write a text; where there is no room for it the short one, and as much of that as fits."""
        key = (text, short, rect.width())
        shown = self._elided.get(key)
        if shown is None:
            if len(self._elided) > 4096:
                self._elided.clear()
            metrics, room = painter.fontMetrics(), rect.width()
            fits = metrics.horizontalAdvance(text) <= room
            shown = text if fits else metrics.elidedText(short, Qt.TextElideMode.ElideMiddle, room)
            self._elided[key] = shown
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


def check_box(painter: QPainter, rect: QRect, checked: bool) -> None:
    """A check box as it stands on a picture."""
    look = tokens()
    painter.setPen(QPen(look.acc if checked else look.t2, 1))
    painter.setBrush(look.acc if checked else look.input)
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    if checked:
        style.draw(painter, rect.adjusted(2, 2, -2, -2), "check", "onacc")


def colour_of(category_id: int, categories: Mapping[int, Category]) -> QColor:
    """The colour of a category; the unknown take the first of those for user-made ones."""
    known = categories.get(category_id)
    return QColor(known.colour if known is not None else EXTRA_COLOURS[0])
