"""The picture that similar garments are looked for, with its parts to choose from."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import style
from widgets.pages.retrieval.crops import Crops, Cut, Made
from widgets.pages.retrieval.painting import paint_crop, shown_in
from widgets.pages.retrieval.records import Shot, Subject

_CASING = QColor(0, 0, 0, 153)


class SubjectPicture(QWidget):
    """The whole image with the boxes of its parts. ``picked(number)``: a box was clicked; ``wanted()``: the
    picture that it shows is another one."""

    picked = Signal(int)
    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Looked for")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.crops: Crops | None = None
        self._subject: Subject | None = None

    def show_subject(self, subject: Subject | None) -> None:
        """Show this image."""
        self._subject = subject
        words = subject.parts[subject.current].words if subject is not None else ""
        self.setAccessibleDescription(words)
        self.update()
        self.wanted.emit()

    def cut(self) -> Cut | None:
        """The picture at the size it is painted."""
        if self._subject is None:
            return None
        ratio = self.devicePixelRatioF()
        size = max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))
        return Cut(Shot(self._subject.image_id), *size, whole=True)

    def _made(self) -> Made | None:
        cut = self.cut()
        return self.crops.get(cut) if cut is not None and self.crops is not None else None

    def _boxes(self) -> list[tuple[int, QRectF]]:
        """The parts that have a box, by number, where they are painted."""
        made, subject = self._made(), self._subject
        if made is None or made.pixmap is None or subject is None or made.part.isEmpty():
            return []
        place, part = shown_in(self.rect(), made), made.part
        across, down = place.width() / part.width(), place.height() / part.height()
        found = []
        for number, one in enumerate(subject.parts):
            if one.box is not None:
                x1, y1, x2, y2 = one.box
                first = QPointF(place.left() + x1 * across, place.top() + y1 * down)
                last = QPointF(place.left() + x2 * across, place.top() + y2 * down)
                found.append((number, QRectF(first, last)))
        return found

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, subject = QPainter(self), self._subject
        paint_crop(painter, self.rect(), self._made())
        if subject is None:
            return
        for number, box in self._boxes():
            chosen = number == subject.current
            for pen in (QPen(_CASING, 4 if chosen else 3), QPen(QColor(subject.parts[number].colour), 2)):
                if not chosen:
                    pen.setDashPattern([4, 3])
                painter.setPen(pen)
                painter.drawRect(box)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        inside = [
            (box.width() * box.height(), number) for number, box in self._boxes() if box.contains(place)
        ]
        if inside and event.button() == Qt.MouseButton.LeftButton:
            # The smallest, as on the canvas.
            self.picked.emit(min(inside)[1])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.wanted.emit()

    def sizeHint(self) -> QSize:
        return QSize(style.tokens().px(277), style.tokens().px(360))

    def minimumSizeHint(self) -> QSize:
        return QSize(style.tokens().px(200), style.tokens().px(200))
