"""Thumbnails: decoded in threads, kept in the store's cache and, ready to paint, in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QRect, QSize, Qt, QThread, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPixmap

from store.records import Image, ImageState
from widgets.browser.courier import Courier, Failure
from widgets.jpeg import read_small, written
from widgets.reading import reader_of

#: Long sides of cached thumbnails; the larger one serves large tiles and fine screens.
SIZES = (256, 512)
#: Above this many device pixels a tile is cut from the larger thumbnail: the short side of a 3:4 picture.
SHARP = 200
QUALITY = 85
#: What the ready pixmaps may take.
MEMORY = 128 * 1024 * 1024
#: A picture file larger than this is not read as a whole.
MOST_BYTES = 256 * 1024 * 1024

Stamp = tuple[int, int]


class ThumbnailCache(Protocol):
    """Encoded thumbnails by image, size and ``stamp`` (the file's mtime in ns and its size in bytes)."""

    def get(self, image_id: int, size: int, stamp: Stamp) -> bytes | None: ...

    def put(self, image_id: int, size: int, stamp: Stamp, data: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class ThumbnailSource:
    """Where pictures lie and where their thumbnails are kept; both are called in threads."""

    path: Callable[[Image], Path]
    cache: ThumbnailCache | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """What a picture is wanted for: device pixels, and whether it fills them or fits into them."""

    width: int
    height: int
    fill: bool = True
    ratio: float = 1.0

    @property
    def source(self) -> int:
        """Which of :data:`SIZES` this is cut from."""
        return SIZES[0] if max(self.width, self.height) <= SHARP else SIZES[1]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture ready to paint, or why there is none; ``frame`` is what it was made for."""

    frame: Frame
    pixmap: QPixmap | None
    state: ImageState = ImageState.PRESENT
    message: str = ""


@dataclass(frozen=True, slots=True)
class _Decoded:
    image: QImage | None
    state: ImageState = ImageState.PRESENT
    message: str = ""


def shrunk(path: Path, size: int) -> tuple[QImage | None, str]:
    """The picture of a file with its long side at most ``size``, or None and the reason."""
    try:
        # What is larger is hardly a JPEG, and is not to be in memory as a whole, once for each thread.
        data = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b""
    except OSError as error:
        return None, error.strerror or str(error)
    if data and (image := read_small(data, size)) is not None:
        return image, ""
    reader = reader_of(path)
    full = reader.size()
    if full.isValid() and max(full.width(), full.height()) > size:
        reader.setScaledSize(full.scaled(size, size, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        return None, reader.errorString()
    if max(image.width(), image.height()) > size:
        image = image.scaled(
            size, size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    return _opaque(image), ""


def _opaque(image: QImage) -> QImage:
    if not image.hasAlphaChannel():
        return image.convertToFormat(QImage.Format.Format_RGB32)
    flat = QImage(image.size(), QImage.Format.Format_RGB32)
    flat.fill(Qt.GlobalColor.white)
    painter = QPainter(flat)
    painter.drawImage(0, 0, image)
    painter.end()
    return flat


def cut(image: QImage, frame: Frame) -> QImage:
    """The picture at exactly the size it is painted: filling the frame (cropped) or inside it.

    A figure's upper half says more than its feet: what is too high is cropped a third above and two
    thirds below. Small pictures are not enlarged when they are to fit.
    """
    width, height = max(1, frame.width), max(1, frame.height)
    smooth = Qt.TransformationMode.SmoothTransformation
    if not frame.fill:
        if image.width() <= width and image.height() <= height:
            return image
        return image.scaled(width, height, Qt.AspectRatioMode.KeepAspectRatio, smooth)
    scale = max(width / image.width(), height / image.height())
    crop = QSize(
        min(image.width(), max(1, round(width / scale))), min(image.height(), max(1, round(height / scale)))
    )
    left, top = (image.width() - crop.width()) // 2, (image.height() - crop.height()) // 3
    part = image.copy(QRect(left, top, crop.width(), crop.height()))
    return part.scaled(width, height, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)


def encode(image: QImage) -> bytes:
    """The picture as a JPEG."""
    return written(image.convertToFormat(QImage.Format.Format_RGB32), QUALITY)


def decode(source: ThumbnailSource, image: Image, frame: Frame) -> _Decoded:
    """The picture of an image for a frame, from the cache or else from its file. Runs in a thread."""
    path = source.path(image)
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return _Decoded(None, ImageState.MISSING, f"{path} is not there.")
    except OSError as error:
        return _Decoded(None, ImageState.UNREADABLE, f"{path} cannot be read: {error.strerror}.")
    stamp = (status.st_mtime_ns, status.st_size)
    cache, size = source.cache, frame.source
    if cache is not None and (data := cache.get(image.id, size, stamp)) is not None:
        kept = read_small(data, size)
        if kept is not None:
            return _Decoded(cut(kept, frame))
    small, reason = shrunk(path, size)
    if small is None:
        return _Decoded(None, ImageState.UNREADABLE, f"{path} cannot be read: {reason}.")
    if cache is not None:
        cache.put(image.id, size, stamp, encode(small))
    return _Decoded(cut(small, frame))


class Thumbnails(QObject):
    """Pictures of images, ready to paint; ``arrived(image id)`` when there is a new one.

    :meth:`want` names what is in view, the first first, and replaces what was wanted before: what was
    scrolled away is never begun.
    """

    arrived = Signal(int)

    def __init__(self, memory: int = MEMORY, threads: int = 0, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source: ThumbnailSource | None = None
        self._memory = memory
        self._used = 0
        self._generation = 0
        self._kept: OrderedDict[int, Picture] = OrderedDict()
        self._wanted: list[tuple[Image, Frame]] = []
        self._flying: set[tuple[int, Frame]] = set()
        self._again: set[int] = set()
        self._courier = Courier(threads or max(1, min(4, QThread.idealThreadCount() - 1)), self)
        self._courier.arrived.connect(self._take)

    def set_source(self, source: ThumbnailSource | None) -> None:
        """Read pictures from here from now on; waits for what the old source still does."""
        self._courier.settle()
        self._generation += 1
        self._source = source
        self._wanted.clear()
        self._flying.clear()
        self._again.clear()
        self._kept.clear()
        self._used = 0

    def get(self, image_id: int) -> Picture | None:
        """What there is of an image, for whatever frame it was made; it counts as used."""
        found = self._kept.get(image_id)
        if found is not None:
            self._kept.move_to_end(image_id)
        return found

    def want(self, wanted: Iterable[tuple[Image, Frame]]) -> None:
        """Fetch these, the first first, and nothing else any more."""
        self._wanted = [(image, frame) for image, frame in wanted if self._lacks(image.id, frame)]
        self._send()

    def retry(self) -> None:
        """Try all pictures anew that could not be had, when they are wanted: files may have turned up."""
        self._again = {image_id for image_id, kept in self._kept.items() if kept.pixmap is None}

    @property
    def idle(self) -> bool:
        """Whether nothing is wanted or on its way."""
        return not self._wanted and not self._flying

    def settle(self) -> None:
        """Want nothing more, and wait for what runs now."""
        self._wanted.clear()
        self._courier.settle()
        self._flying.clear()

    def _lacks(self, image_id: int, frame: Frame) -> bool:
        kept = self._kept.get(image_id)
        lacking = kept is None or kept.frame != frame or image_id in self._again
        return lacking and (image_id, frame) not in self._flying

    def _send(self) -> None:
        source = self._source
        while source is not None and self._wanted and self._courier.free:
            image, frame = self._wanted.pop(0)
            if not self._lacks(image.id, frame):
                continue
            self._flying.add((image.id, frame))
            self._again.discard(image.id)
            token = (self._generation, image.id, frame)
            self._courier.send(token, partial(decode, source, image, frame))

    @Slot(object, object)
    def _take(self, token: tuple[int, int, Frame], result: _Decoded | Failure) -> None:
        generation, image_id, frame = token
        if generation == self._generation:
            self._flying.discard((image_id, frame))
            if isinstance(result, Failure):
                what = result.error.what if result.error is not None else "This thumbnail could not be made."
                result = _Decoded(None, ImageState.UNREADABLE, what)
            self._keep(image_id, frame, result)
        self._send()

    def _keep(self, image_id: int, frame: Frame, found: _Decoded) -> None:
        pixmap = None
        if found.image is not None:
            pixmap = QPixmap.fromImage(found.image)
            pixmap.setDevicePixelRatio(frame.ratio)
        self._drop(image_id)
        self._kept[image_id] = Picture(frame, pixmap, found.state, found.message)
        self._used += _bytes(pixmap)
        while self._used > self._memory and len(self._kept) > 1:
            self._drop(next(iter(self._kept)))
        self.arrived.emit(image_id)

    def _drop(self, image_id: int) -> None:
        old = self._kept.pop(image_id, None)
        if old is not None:
            self._used -= _bytes(old.pixmap)


def _bytes(pixmap: QPixmap | None) -> int:
    return pixmap.width() * pixmap.height() * 4 if pixmap is not None else 0
