"""Small pictures of records that are not in a store yet, with what their annotations say drawn over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from resources.taxonomy import Category
from store.records import Garment, ImageRecord, Visibility
from widgets import style

#: The longer side of a preview, in pixels.
SIDE = 256
_CASING = QColor(0, 0, 0, 150)


@dataclass(frozen=True, slots=True)
class Preview:
    """One record of a dataset as shown before it is imported."""

    picture: QImage
    name: str
    detail: str
    problems: int = 0


def draw(record: ImageRecord, root: Path, categories: Mapping[int, Category]) -> Preview:
    """A preview of one record; may be called from any thread.

    A picture that cannot be read is a plain sheet of the size that is known.
    """
    image = record.image
    reader = QImageReader(str(root / image.name))
    size = reader.size()
    if not size.isValid():
        size = QSize(max(1, image.width or SIDE), max(1, image.height or SIDE))
    small = size.scaled(SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
    reader.setScaledSize(small)
    read = reader.read()
    if read.isNull():
        picture = QImage(small, QImage.Format.Format_RGB32)
        picture.fill(QColor("#777777"))
    else:
        picture = read.convertToFormat(QImage.Format.Format_RGB32)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    scale = small.width() / max(1, size.width())
    for garment in record.garments:
        category = categories.get(garment.category_id)
        _draw_garment(painter, garment, QColor(category.colour if category else "#B9B9B9"), scale)
    painter.end()
    names = [categories[g.category_id].name for g in record.garments if g.category_id in categories]
    detail = ", ".join(dict.fromkeys(names)) or "no garments"
    return Preview(picture, image.name.rsplit("/", 1)[-1], detail, len(record.problems))


def _draw_garment(painter: QPainter, garment: Garment, colour: QColor, scale: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(_CASING, 3.0), QPen(colour, 1.4)):
        painter.setPen(pen)
        for polygon in garment.polygons:
            painter.drawPolygon(QPolygonF([QPointF(x * scale, y * scale) for x, y in polygon]))
        if garment.box is not None and not garment.polygons:
            left, top, right, bottom = (float(v) * scale for v in garment.box)
            painter.drawRect(QRectF(left, top, right - left, bottom - top))
    painter.setPen(QPen(QColor("#111111"), 0.8))
    for (x, y), visibility in zip(garment.points, garment.visibility, strict=True):
        if visibility in (Visibility.VISIBLE, Visibility.OCCLUDED):
            painter.setBrush(colour if visibility == Visibility.VISIBLE else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(x * scale, y * scale), 2.4, 2.4)


class PreviewTile(QWidget):
    """A preview with its name and what it holds."""

    def __init__(self, preview: Preview) -> None:
        super().__init__()
        self._preview = preview
        words = f"{preview.name}: {preview.detail}"
        if preview.problems:
            words += f", {preview.problems} problems"
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        look = style.tokens()
        return QSize(look.px(130), look.px(176))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = style.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(look.line)
        painter.setBrush(look.bg3)
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        place = self.rect().adjusted(6, 6, -6, -look.px(40))
        picture = self._preview.picture
        size = picture.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRectF(0, 0, size.width(), size.height())
        target.moveCenter(place.toRectF().center())
        painter.drawImage(target, picture)
        words = self.rect().adjusted(8, 0, -8, -6)
        line = look.px(15)
        words.setTop(words.bottom() - 2 * line)
        painter.setFont(style.font("small"))
        metrics = painter.fontMetrics()
        for text, role in ((self._preview.name, look.t1), (self._preview.detail, look.t3)):
            painter.setPen(role)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, words.width())
            painter.drawText(words, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), shown)
            words.setTop(words.top() + line)
        if self._preview.problems:
            badge = place.adjusted(place.width() - 20, 2, -2, 0).toRectF()
            badge.setHeight(18)
            style.draw(painter, badge, "alert-triangle", "warn")
        painter.end()
