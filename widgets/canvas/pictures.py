"""Pictures for the canvas, decoded off the GUI thread and ahead of time.

The page asks for the current image first and names those that may come next; each is decoded once
and kept while there is room. An answer that nobody waits for any more is not delivered.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QRect, QRunnable, QSize, Qt, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage, QImageReader

from widgets.jpeg import read_whole
from widgets.reading import reader_of

#: Decoded pictures kept: this many at most, and no more bytes than this (the current one always).
KEEP = 5
KEEP_BYTES = 400 * 1024 * 1024
#: Megabytes that decoding a picture may take, and one that is shown smaller, of which there is one at a time
#: (400 megapixels); what needs more is "unreadable".
LIMIT_MB, LARGE_LIMIT_MB = 768, 1_600
#: Pixels of a picture that are kept; one that has more is decoded smaller (:func:`size_of`).
MOST_PIXELS = 64_000_000
#: Where a picture that was decoded smaller says how large it is.
_FULL_SIZE = "full size"


_one_large = threading.Lock()


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture file, or why there is none: ``image`` is null exactly when ``error`` is set.

    ``size`` is the file's, also where it was decoded smaller.
    """

    path: Path
    image: QImage
    error: str = ""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture in its file."""
        return size_of(self.image)


def decode(path: Path) -> Picture:
    """Read a picture in its own pixel grid: EXIF orientation is not applied."""
    if not path.is_file():
        return Picture(path, QImage(), "the file is not there")
    plain = read_whole(path, MOST_PIXELS)
    if plain is not None:
        return Picture(path, plain)
    reader = reader_of(path)
    reader.setAutoTransform(False)
    full = reader.size()
    if full.isValid() and full.width() * full.height() > MOST_PIXELS:
        # A JPEG is made smaller row by row; other formats are whole in memory for a moment, one at a time.
        share = (MOST_PIXELS / (full.width() * full.height())) ** 0.5
        reader.setScaledSize((full * share).expandedTo(QSize(1, 1)))
        with _one_large:
            QImageReader.setAllocationLimit(LARGE_LIMIT_MB)
            image = reader.read()
            QImageReader.setAllocationLimit(LIMIT_MB)
    else:
        image = reader.read()
    if image.isNull():
        return Picture(path, image, reader.errorString() or "the file is not a picture")
    # The raster painter draws these two without converting at every paint.
    wanted = (
        QImage.Format.Format_ARGB32_Premultiplied if image.hasAlphaChannel() else QImage.Format.Format_RGB32
    )
    image = image.convertToFormat(wanted)
    if full.isValid() and image.size() != full:
        image.setText(_FULL_SIZE, f"{full.width()} {full.height()}")
    return Picture(path, image)


def size_of(image: QImage) -> tuple[int, int]:
    """Width and height of the picture file, whose pixels these are; the decoded ones may be fewer."""
    said = image.text(_FULL_SIZE)
    if not said:
        return image.width(), image.height()
    width, height = said.split()
    return int(width), int(height)


def part_of(image: QImage, part: QRect) -> QImage:
    """A part of a picture, given and returned in pixels of its file, also where fewer were decoded."""
    width, _height = size_of(image)
    if width == image.width():
        return image.copy(part)
    share = image.width() / width
    left, top = int(part.left() * share), int(part.top() * share)
    few = QSize(max(1, round(part.width() * share)), max(1, round(part.height() * share)))
    return image.copy(QRect(QPoint(left, top), few)).scaled(
        part.size(), Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


class _Work(QRunnable):
    """Decodes one path, unless nobody wants it any more when its turn comes."""

    def __init__(self, owner: Pictures, path: Path) -> None:
        super().__init__()
        self._owner = owner
        self._path = path

    def run(self) -> None:
        if self._owner.is_wanted(self._path):
            self._owner.decoded.emit(decode(self._path))
        else:
            self._owner.decoded.emit(Picture(self._path, QImage(), "dropped"))


class Pictures(QObject):
    """Decodes pictures in a small pool of its own and keeps the last few.

    ``ready`` carries the :class:`Picture` that :meth:`show` asked for last, once.
    """

    ready = Signal(object)
    #: From the pool to the GUI thread; not for others.
    decoded = Signal(object)

    def __init__(self, parent: QObject | None = None, threads: int = 2) -> None:
        super().__init__(parent)
        QImageReader.setAllocationLimit(LIMIT_MB)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._kept: OrderedDict[Path, Picture] = OrderedDict()
        self._running: set[Path] = set()
        self._current: Path | None = None
        self._lock = threading.Lock()
        self._wanted: frozenset[Path] = frozenset()
        self.decoded.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def cached(self, path: Path) -> Picture | None:
        """The picture if it is already decoded."""
        return self._kept.get(path)

    def show(self, path: Path | None, ahead: Sequence[Path] = ()) -> Picture | None:
        """Ask for a picture, then for those that may be wanted next.

        Returns it at once if it is there; otherwise ``ready`` brings it. None shows nothing.
        """
        self._current = path
        with self._lock:
            self._wanted = frozenset(([path] if path else []) + list(ahead))
        found = None
        if path is not None:
            found = self._kept.get(path)
            if found is not None:
                self._kept.move_to_end(path)
                self._current = None
            else:
                self._start(path, priority=1)
        for one in ahead:
            self._start(one, priority=0)
        return found

    def prepare(self, path: Path) -> None:
        """Begin to decode what :meth:`show` is about to ask for, while the caller reads its garments."""
        with self._lock:
            self._wanted |= {path}
        self._start(path, priority=2)

    def is_wanted(self, path: Path) -> bool:
        """Whether the answer would still be used; called from the pool."""
        with self._lock:
            return path in self._wanted

    def forget(self, path: Path) -> None:
        """Decode this file again the next time, as after it was replaced or found."""
        self._kept.pop(path, None)

    def close(self) -> None:
        """Let running work end and keep nothing; nothing is delivered afterwards."""
        self._current = None
        with self._lock:
            self._wanted = frozenset()
        self._pool.clear()
        self._pool.waitForDone()
        self._kept.clear()
        self._running.clear()

    def _start(self, path: Path, priority: int) -> None:
        if path in self._running or path in self._kept:
            return
        self._running.add(path)
        self._pool.start(_Work(self, path), priority)

    @Slot(object)
    def _take(self, picture: Picture) -> None:
        path = picture.path
        self._running.discard(path)
        if picture.error == "dropped":
            # It was given up and then asked for again before its turn came.
            if self.is_wanted(path):
                self._start(path, priority=int(path == self._current))
            return
        if not self.is_wanted(path):
            return
        if not picture.error:
            self._keep(picture)
        if path == self._current:
            self._current = None
            self.ready.emit(picture)

    def _keep(self, picture: Picture) -> None:
        self._kept[picture.path] = picture
        self._kept.move_to_end(picture.path)
        size = sum(one.image.sizeInBytes() for one in self._kept.values())
        while len(self._kept) > 1 and (len(self._kept) > KEEP or size > KEEP_BYTES):
            oldest = next(
                (one for one in self._kept if one not in self._wanted and one != picture.path),
                next(one for one in self._kept if one != picture.path),
            )
            size -= self._kept.pop(oldest).image.sizeInBytes()
