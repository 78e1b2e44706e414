"""Crops of images at the size they are painted: cut in threads, kept ready in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from widgets.browser.courier import Courier, Failure
from widgets.pages.retrieval.records import Shot
from widgets.reading import reader_of

#: What the ready pixmaps may take.
MEMORY = 96 * 1024 * 1024
#: So much of the box's size is shown around it, at zoom 1.
_MARGIN = 0.12
_THREADS = 2

#: Where the picture file of an image id is; called in threads, may raise a StudioError.
Source = Callable[[int], Path]


@dataclass(frozen=True, slots=True)
class Cut:
    """A picture that is wanted: of what, ``width x height`` device pixels, and how near.

    ``zoom`` 1 shows the box with a margin, 2 half of that around its middle. ``whole``: the whole image.
    """

    shot: Shot
    width: int
    height: int
    whole: bool = False
    zoom: float = 1.0


@dataclass(frozen=True, slots=True)
class Made:
    """A picture that is ready, or why there is none. ``part`` is what of the image it shows, in its
    pixels."""

    pixmap: QPixmap | None
    part: QRectF
    message: str = ""


@dataclass(frozen=True, slots=True)
class _Read:
    image: QImage | None
    part: QRectF
    message: str = ""


def part_of(cut: Cut, size: QSize) -> QRect:
    """What of an image of this size is shown: the box with its margin, widened to the frame's shape.

    Where the image ends the part ends too, so it may have another shape than the frame.
    """
    whole = QRect(0, 0, size.width(), size.height())
    box = cut.shot.box
    if cut.whole or box is None:
        middle = QRectF(whole).center()
        wide, high = size.width() / cut.zoom, size.height() / cut.zoom
    else:
        middle = QRectF(box[0], box[1], box[2] - box[0], box[3] - box[1]).center()
        around = (1 + 2 * _MARGIN) / cut.zoom
        wide, high = max(2.0, (box[2] - box[0]) * around), max(2.0, (box[3] - box[1]) * around)
        shape = cut.width / max(1, cut.height)
        wide, high = max(wide, high * shape), max(high, wide / shape)
    part = QRectF(middle.x() - wide / 2, middle.y() - high / 2, wide, high).toAlignedRect()
    inside = part.intersected(whole)
    return inside if not inside.isEmpty() else whole


def read(source: Source, cut: Cut) -> _Read:
    """Cut a picture out of its file. Runs in a thread."""
    path = source(cut.shot.image_id)
    reader = reader_of(path)
    size = reader.size()
    if not size.isValid():
        reason = reader.errorString() if path.is_file() else "is not there"
        return _Read(None, QRectF(), f"{path}: {reason}")
    part = part_of(cut, size)
    # The decoder cuts and shrinks by itself, which JPEG does far cheaper than all of the picture.
    reader.setClipRect(part)
    reader.setScaledSize(part.size().scaled(cut.width, cut.height, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        return _Read(None, QRectF(), f"{path}: {reader.errorString()}")
    return _Read(image.convertToFormat(QImage.Format.Format_RGB32), QRectF(part))


class Crops(QObject):
    """Crops ready to paint; ``arrived()`` when there are new ones.

    :meth:`want` names what is in view, the first first, and replaces what was wanted before.
    """

    arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source: Source | None = None
        self._kept: OrderedDict[Cut, Made] = OrderedDict()
        self._used = 0
        self._wanted: list[Cut] = []
        self._flying: set[Cut] = set()
        self._courier = Courier(_THREADS, self)
        self._courier.arrived.connect(self._take)

    def set_source(self, source: Source | None) -> None:
        """Read pictures from here from now on; waits for what the old source still does."""
        self._courier.settle()
        self._source = source
        self._wanted.clear()
        self._flying.clear()
        self._kept.clear()
        self._used = 0

    def get(self, cut: Cut) -> Made | None:
        """A picture if it is ready; it counts as used."""
        found = self._kept.get(cut)
        if found is not None:
            self._kept.move_to_end(cut)
        return found

    def want(self, cuts: Iterable[Cut]) -> None:
        """Fetch these, the first first, and nothing else any more."""
        self._wanted = [one for one in dict.fromkeys(cuts) if self._lacks(one)]
        self._send()

    @property
    def idle(self) -> bool:
        """Whether nothing is wanted or on its way."""
        return not self._wanted and not self._flying

    def _lacks(self, cut: Cut) -> bool:
        return cut not in self._kept and cut not in self._flying

    def _send(self) -> None:
        while self._source is not None and self._wanted and self._courier.free:
            cut = self._wanted.pop(0)
            if self._lacks(cut):
                self._flying.add(cut)
                self._courier.send(cut, partial(read, self._source, cut))

    @Slot(object, object)
    def _take(self, cut: Cut, result: _Read | Failure) -> None:
        self._flying.discard(cut)
        if isinstance(result, Failure):
            what = result.error.what if result.error is not None else "This picture could not be made."
            result = _Read(None, QRectF(), what)
        pixmap = QPixmap.fromImage(result.image) if result.image is not None else None
        self._kept[cut] = Made(pixmap, result.part, result.message)
        self._used += _bytes(pixmap)
        while self._used > MEMORY and len(self._kept) > 1:
            _old, made = self._kept.popitem(last=False)
            self._used -= _bytes(made.pixmap)
        self._send()
        self.arrived.emit()


def _bytes(pixmap: QPixmap | None) -> int:
    return pixmap.width() * pixmap.height() * 4 if pixmap is not None else 0
