"""The loupe: the raw image around a landmark, enlarged, with a crosshair and what it is."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from store.geometry import Point
from widgets import style

#: Side of the picture in it, the frame around that, and the height of the two lines of text.
SIDE, FRAME, TEXT = 152, 5, 40
#: How much larger than the view it shows the image, and what it shows at least.
TIMES, AT_LEAST = 3.0, 2.0
#: Free space around the middle of the crosshair.
GAP = 24


@dataclass(frozen=True, slots=True, eq=False)
class LoupeSubject:
    """What to show: the landmark's place and words, and the lines from it to its neighbours."""

    at: Point
    title: str
    detail: str
    colour: str
    neighbours: tuple[Point, ...]


class Loupe(QWidget):
    """Lies over the canvas and takes no mouse events."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Loupe")
        self._image = QImage()
        self._fewer = 1.0
        self._scale = AT_LEAST
        self._subject: LoupeSubject | None = None
        self.resize(self.sizeHint())
        self.hide()

    def sizeHint(self) -> QSize:
        return QSize(SIDE + 2 * FRAME, SIDE + 2 * FRAME + style.tokens().px(TEXT))

    @property
    def subject(self) -> LoupeSubject | None:
        return self._subject if self.isVisible() else None

    def look_at(
        self, image: QImage, subject: LoupeSubject, zoom: float, size: tuple[int, int] | None = None
    ) -> None:
        """Show a place of an image (null: a blank sheet) while the view has this zoom.

        ``size`` is how large the image is in its file, where it has fewer pixels than that.
        """
        self._image = image
        self._fewer = image.width() / size[0] if size and size[0] and not image.isNull() else 1.0
        self._subject = subject
        self._scale = max(TIMES * zoom, AT_LEAST)
        self.resize(self.sizeHint())
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._subject is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor("white"))
        painter.fillRect(self.rect().adjusted(2, 2, -2, -2), QColor("#111111"))
        glass = QRectF(FRAME, FRAME, SIDE, SIDE)
        painter.save()
        painter.setClipRect(glass)
        look = style.tokens()
        painter.fillRect(glass, look.bg3 if self._image.isNull() else look.canvas)
        self._paint_image(painter, glass, self._subject)
        self._paint_marks(painter, glass, self._subject)
        painter.restore()
        self._paint_text(painter, self._subject)
        painter.end()

    def _paint_image(self, painter: QPainter, glass: QRectF, subject: LoupeSubject) -> None:
        if self._image.isNull():
            return
        side = SIDE / self._scale
        source = QRectF(subject.at[0] - side / 2, subject.at[1] - side / 2, side, side)
        fewer = self._fewer
        whole = QRectF(0, 0, self._image.width() / fewer, self._image.height() / fewer)
        seen = source.intersected(whole)
        if seen.isEmpty():
            return
        target = QRectF(
            glass.x() + (seen.x() - source.x()) * self._scale,
            glass.y() + (seen.y() - source.y()) * self._scale,
            seen.width() * self._scale,
            seen.height() * self._scale,
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._scale < 6)
        pixels = QRectF(seen.x() * fewer, seen.y() * fewer, seen.width() * fewer, seen.height() * fewer)
        painter.drawImage(target, self._image, pixels)

    def _paint_marks(self, painter: QPainter, glass: QRectF, subject: LoupeSubject) -> None:
        middle = glass.center()
        lines = [
            (middle, middle + QPointF(x - subject.at[0], y - subject.at[1]) * self._scale)
            for x, y in subject.neighbours
        ]
        for colour, width in ((QColor(0, 0, 0, 153), 3.2), (QColor(subject.colour), 1.4)):
            painter.setPen(QPen(colour, width))
            for start, end in lines:
                painter.drawLine(start, end)
        half, gap = SIDE / 2, GAP / 2
        for colour, width in ((QColor(0, 0, 0, 153), 2.8), (QColor("white"), 1.0)):
            painter.setPen(QPen(colour, width))
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                way = QPointF(dx, dy)
                painter.drawLine(middle + way * gap, middle + way * half)
        painter.setPen(QPen(QColor("#111111"), 1.0))
        painter.setBrush(QColor(subject.colour))
        painter.drawEllipse(middle, 3.0, 3.0)

    def _paint_text(self, painter: QPainter, subject: LoupeSubject) -> None:
        line = style.tokens().px(TEXT) / 2
        top = FRAME + SIDE + 1.0
        width = SIDE - 4.0
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for text, use, colour, y in (
            (subject.title, "small_strong", "#FFFFFF", top + 2),
            (subject.detail, "small", "#C6C6C6", top + line),
        ):
            painter.setFont(style.font(use))
            painter.setPen(QColor(colour))
            text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(width))
            painter.drawText(QRectF(FRAME + 3, y, width, line), left, text)
