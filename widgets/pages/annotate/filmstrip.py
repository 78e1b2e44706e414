"""The filmstrip: the images around the current one, and the review buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QMouseEvent, QPainter, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from store.records import REVIEW_WORDS, Image, ImageState, Review
from widgets import style
from widgets.browser.thumbnails import Frame, Thumbnails
from widgets.common import Button, PrimaryButton, surface, vline
from widgets.common.list_model import ListModel

#: Size of a thumbnail, and of the cell around it.
THUMB = QSize(56, 74)
CELL = QSize(94, 90)

#: Icon and colour token of each review state.
REVIEW_MARKS = {
    Review.TO_DO: ("circle-dashed", "t3"),
    Review.IN_PROGRESS: ("circle-half-2", "acc"),
    Review.SECOND_LOOK: ("flag", "warn"),
    Review.ACCEPTED: ("circle-check", "ok"),
    Review.REJECTED: ("circle-x", "bad"),
}


@dataclass(frozen=True, slots=True, eq=False)
class FilmRow:
    """One image of the strip; ``row`` is its 0-based place in the whole list."""

    row: int
    image: Image


def _said(row: FilmRow, role: int) -> str | None:
    if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
        return f"{row.image.name}, {REVIEW_WORDS[row.image.review]}"
    return None


class _Model(ListModel[FilmRow]):
    def set_rows(self, rows: Sequence[FilmRow]) -> None:
        same = [(one.row, one.image.id) for one in rows] == [(one.row, one.image.id) for one in self.rows]
        if not same:
            super().set_rows(rows)
            return
        self.rows = list(rows)
        if rows:
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))


class _Delegate(QStyledItemDelegate):
    def __init__(self, strip: Filmstrip) -> None:
        super().__init__(strip)
        self._strip = strip

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:  # type: ignore[override]
        return CELL

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]
        film: FilmRow = index.data(ListModel.ROW)
        look = style.tokens()
        cell = option.rect.adjusted(2, 2, -2, -2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if film.row == self._strip.current:
            painter.setPen(QPen(look.acc, 2))
            painter.setBrush(look.sel)
            painter.drawRoundedRect(cell.adjusted(1, 1, -1, -1), 4, 4)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(look.hover)
            painter.drawRoundedRect(cell, 4, 4)
        top = cell.top() + (cell.height() - THUMB.height()) // 2
        thumb = QRect(cell.left() + 6, top, THUMB.width(), THUMB.height())
        picture = self._strip.picture(film.image.id)
        if picture is not None and not picture.isNull():
            painter.drawPixmap(thumb, picture)
        else:
            painter.fillRect(thumb, look.bg3)
            if film.image.state is not ImageState.PRESENT:
                middle = QRect(thumb.center().x() - 10, thumb.center().y() - 10, 20, 20)
                style.draw(painter, middle, "photo-off", "t3")
        icon, role = REVIEW_MARKS[film.image.review]
        style.draw(painter, QRect(cell.right() - 21, thumb.bottom() - 16, 16, 16), icon, role)
        painter.restore()


class _View(QListView):
    """One row of thumbnails; the wheel goes along it, a click is a wish and no selection."""

    pressed_row = Signal(int)
    scrolled = Signal()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - (turn.y() or turn.x()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            self.pressed_row.emit(index.row())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scrolled.emit()


class Filmstrip(QWidget):
    """104 px at the foot: thumbnails and, at their right, the review buttons."""

    go_wanted = Signal(int)
    accept_wanted = Signal()
    second_look_wanted = Signal()
    reject_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        surface(self, "footbar")
        self.current = -1
        self._thumbnails: Thumbnails | None = None
        self._model = _Model(_said, self)
        self.view = _View()
        self.view.setModel(self._model)
        self.view.setItemDelegate(_Delegate(self))
        self.view.setAccessibleName("Filmstrip")
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setFlow(QListView.Flow.LeftToRight)
        self.view.setWrapping(False)
        self.view.setUniformItemSizes(True)
        self.view.setMouseTracking(True)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.view.setFixedHeight(CELL.height() + 4)
        self.view.pressed_row.connect(lambda row: self.go_wanted.emit(self._model.rows[row].row))
        self._fetch = QTimer(self, singleShot=True, interval=0)
        self._fetch.timeout.connect(self._want)
        self.view.horizontalScrollBar().valueChanged.connect(lambda _value: self._fetch.start())
        self.view.scrolled.connect(self._fetch.start)
        self.accept_button = PrimaryButton("Accept and next", "check", "Enter")
        self.second_look_button = Button("Second look", "flag")
        self.reject_button = Button("Reject", "x")
        self.second_look_button.setToolTip("Set the image aside for another look (Ctrl+L)")
        self.reject_button.setToolTip("Reject the image: an export warns of it (Ctrl+R)")
        self.accept_button.setToolTip("Accept and go to the next image (Enter); with Ctrl, stay here")
        self._lay_out()
        self.accept_button.clicked.connect(self.accept_wanted)
        self.second_look_button.clicked.connect(self.second_look_wanted)
        self.reject_button.clicked.connect(self.reject_wanted)
        style.changed.connect(self._fix)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(12)
        row.addWidget(self.view, 1)
        row.addWidget(vline(64))
        buttons = QVBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.accept_button)
        second = QHBoxLayout()
        second.setSpacing(8)
        second.addWidget(self.second_look_button, 1)
        second.addWidget(self.reject_button, 1)
        buttons.addLayout(second)
        buttons.addStretch(1)
        row.addLayout(buttons)
        self._fix()

    def _fix(self) -> None:
        self.setFixedHeight(max(style.tokens().size("filmstrip"), CELL.height() + 12))

    def set_thumbnails(self, thumbnails: Thumbnails | None) -> None:
        """Where the pictures come from. The page should have one of its own: it decides what is fetched."""
        if self._thumbnails is not None:
            self._thumbnails.arrived.disconnect(self._arrived)
        self._thumbnails = thumbnails
        if thumbnails is not None:
            thumbnails.arrived.connect(self._arrived)
        self._fetch.start()

    def show_rows(self, rows: Sequence[FilmRow], current: int) -> None:
        """Show images; ``current`` is the row of the one that is open, -1 for none."""
        self.current = current
        self._model.set_rows(rows)
        place = next((n for n, one in enumerate(rows) if one.row == current), -1)
        if place >= 0:
            self.view.scrollTo(self._model.index(place), QAbstractItemView.ScrollHint.PositionAtCenter)
        self.view.viewport().update()
        self._fetch.start()

    def show_review(self, review: Review | None) -> None:
        """Mark which of the buttons says what the image already is; None disables them."""
        for button, state in (
            (self.second_look_button, Review.SECOND_LOOK),
            (self.reject_button, Review.REJECTED),
        ):
            button.setCheckable(review is state)
            button.setChecked(review is state)
            button.setEnabled(review is not None)
        self.accept_button.setEnabled(review is not None)

    def picture(self, image_id: int) -> Any:
        """The thumbnail of an image as a pixmap, or None."""
        found = self._thumbnails.get(image_id) if self._thumbnails is not None else None
        return found.pixmap if found is not None else None

    def _want(self) -> None:
        if self._thumbnails is None or not self._model.rows:
            return
        seen = self.view.viewport().rect()
        ratio = self.devicePixelRatioF()
        frame = Frame(round(THUMB.width() * ratio), round(THUMB.height() * ratio), fill=True, ratio=ratio)
        wanted = [
            film
            for number, film in enumerate(self._model.rows)
            if self.view.visualRect(self._model.index(number)).intersects(seen)
        ]
        wanted.sort(key=lambda film: abs(film.row - self.current))
        self._thumbnails.want((film.image, frame) for film in wanted)

    def _arrived(self, _image_id: int) -> None:
        self.view.viewport().update()
