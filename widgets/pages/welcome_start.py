"""The ways to start: cards to press, and a place to drop a folder or a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QVBoxLayout

from widgets import style
from widgets.common import IconLabel, label
from widgets.common.face import draw_key, key_width

_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)


class StartCard(QAbstractButton):
    """A card with an icon, a title, a description and its key. ``set_main`` draws it as selected."""

    def __init__(self, icon: str, title: str, text: str, key: str) -> None:
        super().__init__()
        self._icon, self._about, self._key = icon, text, key
        self._main = False
        self.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(f"{text} ({key})")
        self.setAttribute(Qt.WidgetAttribute.WA_Hover, True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        style.changed.connect(self.updateGeometry)

    def set_main(self, main: bool) -> None:
        """Draw the card as the page's main action."""
        self._main = main
        self.update()

    def sizeHint(self) -> QSize:
        look = style.tokens()
        return QSize(look.px(420), look.px(76))

    def hasHeightForWidth(self) -> bool:
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def _ground(self) -> str:
        if self.isDown():
            return "press"
        if self._main:
            return "sel"
        return "hover" if self.underMouse() and self.isEnabled() else "bg2"

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = style.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focus = self.hasFocus()
        edge = QPen(look.acc if focus or self._main else look.line, 2 if focus else 1)
        inset = 1.0 if focus else 0.5
        painter.setPen(edge)
        painter.setBrush(look.colour(self._ground()))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 6, 6)
        side, middle = look.px(24), self.height() / 2
        icon = QRect(look.px(20), round(middle - side / 2), side, side)
        style.draw(painter, icon, self._icon, "acc" if self._main else "t1")
        wide = key_width(self._key)
        cap = QRect(self.width() - look.px(18) - wide, 0, wide, 0)
        draw_key(painter, cap, middle, self._key, "t2", "bg2" if not self._main else "sel")
        self._words(painter, QRect(look.px(59), 0, cap.left() - look.px(59 + 12), self.height()))

    def _words(self, painter: QPainter, room: QRect) -> None:
        look = style.tokens()
        heading, small = style.font("heading"), style.font("table")
        title = QFontMetrics(heading).height()
        words = QRect(0, 0, room.width(), 1000)
        about = QFontMetrics(small).boundingRect(words, _LEFT, self._about).height()
        top = (self.height() - title - look.px(2) - about) // 2
        painter.setFont(heading)
        painter.setPen(look.t1)
        painter.drawText(QRect(room.left(), top, room.width(), title), _LEFT, self.text())
        painter.setFont(small)
        painter.setPen(look.t1 if self._main else look.t2)
        below = QRect(room.left(), top + title + look.px(2), room.width(), about + 2)
        painter.drawText(below, _LEFT, self._about)


class DropZone(QFrame):
    """Where a folder or a JSON file can be dropped. Emits ``dropped(Path)``."""

    dropped = Signal(Path)

    def __init__(self) -> None:
        super().__init__()
        self._over = False
        self.setAcceptDrops(True)
        self.setAccessibleName("Drop a folder or a COCO file here")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 16, 12, 14)
        column.setSpacing(8)
        column.addWidget(IconLabel("drag-drop", "t2", 20), 0, Qt.AlignmentFlag.AlignHCenter)
        words = label("Drop a folder or a COCO file here", "second")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(words)

    def set_over(self, over: bool) -> None:
        """Show that what is being dragged would be taken."""
        self._over = over
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        # Painted, because a dashed edge of the style sheet is dotted at one pixel.
        look = style.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(look.acc if self._over else look.line2, 2 if self._over else 1)
        pen.setDashPattern([4 / pen.widthF(), 3 / pen.widthF()])
        painter.setPen(pen)
        painter.setBrush(look.sel if self._over else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if droppable(event.mimeData()) is not None:
            self.set_over(True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self.set_over(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.set_over(False)
        path = droppable(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.dropped.emit(path)


def droppable(data: QMimeData) -> Path | None:
    """The one local folder or JSON file that is being dragged, or None."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if len(paths) != 1:
        return None
    path = paths[0]
    return path if path.is_dir() or (path.is_file() and path.suffix.lower() == ".json") else None
