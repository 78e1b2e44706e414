"""One crop in a frame of its own."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import style
from widgets.pages.retrieval.crops import Crops, Cut
from widgets.pages.retrieval.painting import paint_crop
from widgets.pages.retrieval.records import Shot


class CropView(QWidget):
    """Shows a crop, of a height of its own or as high as there is room. ``wanted()``: the picture
    that it shows is another one, :meth:`cut`."""

    wanted = Signal()

    def __init__(self, crops: Crops, name: str, height: int = 0) -> None:
        """``height`` in pixels of the smallest text size; 0 fills what there is."""
        super().__init__()
        self._crops, self._name, self._height = crops, name, height
        self._shot: Shot | None = None
        self.whole = False
        vertical = QSizePolicy.Policy.Fixed if height else QSizePolicy.Policy.Expanding
        self.setSizePolicy(QSizePolicy.Policy.Expanding, vertical)
        self.setAccessibleName(name)
        crops.arrived.connect(self.update)
        style.changed.connect(self.updateGeometry)

    def show_shot(self, shot: Shot | None, words: str = "") -> None:
        """Show this, None for nothing; ``words`` are said aloud."""
        self._shot = shot
        self.setAccessibleDescription(words)
        self.setToolTip("")
        self.update()
        self.wanted.emit()

    def cut(self) -> Cut | None:
        """The picture at the size it is painted."""
        if self._shot is None or not self._shot.image_id:
            return None
        ratio = self.devicePixelRatioF()
        size = max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))
        return Cut(self._shot, *size, whole=self.whole)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, cut = QPainter(self), self.cut()
        made = self._crops.get(cut) if cut is not None else None
        paint_crop(painter, self.rect(), made)
        if made is not None and made.message:
            self.setToolTip(made.message)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.wanted.emit()

    def sizeHint(self) -> QSize:
        look = style.tokens()
        return QSize(look.px(220), look.px(self._height or 300))

    def minimumSizeHint(self) -> QSize:
        look = style.tokens()
        return QSize(look.px(80), look.px(self._height or 120))
