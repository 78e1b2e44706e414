"""What lies under everything on the canvas: the picture in its tone, or a blank sheet."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QImage, QPixmap, QTransform
from PySide6.QtWidgets import QGraphicsPixmapItem, QGraphicsRectItem, QGraphicsScene

from widgets import style
from widgets.canvas.pictures import size_of
from widgets.canvas.tone import NEUTRAL, Tone, Toner, toned

#: The long side of what is toned at once; as far as that shows all there is to see, it stays.
PREVIEW = 1000
#: Milliseconds without another change till the whole picture is toned.
_REST = 150


class Backdrop(QObject):
    """Shows a picture at the size of its file, however many pixels were decoded.

    A tone changes what is shown only: at once in a small picture, a moment later in the whole one where the
    zoom asks for it.
    """

    def __init__(self, scene: QGraphicsScene, parent: QObject) -> None:
        super().__init__(parent)
        self._sheet = QGraphicsRectItem()
        self._item = QGraphicsPixmapItem()
        self._item.setShapeMode(QGraphicsPixmapItem.ShapeMode.BoundingRectShape)
        scene.addItem(self._sheet)
        scene.addItem(self._item)
        self.image = QImage()
        #: The picture as it looks: ``image`` in its tone, as soon as that is there.
        self.seen = QImage()
        self._small = QImage()
        self.tone = NEUTRAL
        self._toner = Toner(self)
        self._toner.ready.connect(self._take_toned)
        self._resting = QTimer(self, singleShot=True, interval=_REST)
        self._resting.timeout.connect(lambda: self._toner.want(self.image, self.tone))
        self._size = (0, 0)
        self._shown = 0
        self._zoom = 1.0

    def show(self, image: QImage | None, size: tuple[int, int]) -> tuple[int, int]:
        """Show a picture, or a blank sheet of ``size`` for none; how large it is in image pixels."""
        self.image = self.seen = image if image is not None else QImage()
        self._small = QImage()
        self._drop()
        there = not self.image.isNull()
        if there:
            size = size_of(self.image)
        self._item.setVisible(there)
        self._sheet.setVisible(not there and size[0] > 0)
        self._sheet.setRect(0, 0, *size)
        self._size = size
        if there and self.tone != NEUTRAL:
            self._show_tone()
        else:
            self._put(self.image)
        return size

    def set_tone(self, tone: Tone) -> None:
        """Look otherwise; the picture itself stays as it is."""
        if tone == self.tone:
            return
        self.tone = tone
        if self.image.isNull():
            return
        self._drop()
        if tone == NEUTRAL:
            self.seen = self.image
            self._put(self.image)
        else:
            self._show_tone()

    def _show_tone(self) -> None:
        if max(self.image.width(), self.image.height()) <= PREVIEW:
            self.seen = toned(self.image, self.tone)
            self._put(self.seen)
            return
        if self._small.isNull():
            ratio, quick = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.FastTransformation
            self._small = self.image.scaled(PREVIEW, PREVIEW, ratio, quick)
        self.seen = toned(self._small, self.tone)
        self._put(self.seen)
        self._resting.start()

    def _drop(self) -> None:
        self._resting.stop()
        self._toner.drop()

    def _take_toned(self, image: QImage) -> None:
        self.seen = image
        self._put_detail()

    def _put_detail(self) -> None:
        """Show the whole toned picture where less of it is shown than there is to see."""
        seen = self.seen.width()
        if seen > self._shown and self._zoom * self._size[0] > self._shown:
            self._put(self.seen)

    def zoomed(self, zoom: float, smooth: bool) -> None:
        """The picture has another zoom, in screen pixels for one of its file; smooth, or as pixels."""
        self._zoom = zoom
        quick = Qt.TransformationMode.FastTransformation
        self._item.setTransformationMode(Qt.TransformationMode.SmoothTransformation if smooth else quick)
        self._put_detail()

    def _put(self, image: QImage) -> None:
        self._shown = image.width()
        self._item.setPixmap(QPixmap.fromImage(image) if not image.isNull() else QPixmap())
        if not image.isNull():
            width, height = self._size
            self._item.setTransform(QTransform.fromScale(width / image.width(), height / image.height()))

    def dress(self) -> None:
        """Take the colours of the look in force."""
        look = style.tokens()
        self._sheet.setBrush(look.bg3)
        self._sheet.setPen(look.line)

    def settle(self) -> None:
        """Wait for the thread; nothing comes afterwards."""
        self._resting.stop()
        self._toner.settle()
