"""Sample predictions of a run: pictures that the run has drawn, decoded off the window's thread."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QRectF, QRunnable, QSize, Qt, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from store.runs.watched import Sample, SampleSet
from widgets import style
from widgets.common import EmptyState, FlowLayout, IconButton, label
from widgets.reading import reader_of

#: Decoded pictures kept, and the longest side they are decoded to.
_KEEP, _LONGEST = 96, 640
_TILE_WIDTH, _TILE_HEIGHT = 168, 224


class _Answers(QObject):
    """Carries pictures from the pool to the window's thread. Work holds it, so it outlives the page."""

    decoded = Signal(object, QImage, str)


class _Work(QRunnable):
    def __init__(self, owner: SamplePictures, answers: _Answers, path: Path) -> None:
        super().__init__()
        self._owner, self._answers, self._path = owner, answers, path

    def run(self) -> None:
        if not self._owner.wanted(self._path):
            self._answers.decoded.emit(self._path, QImage(), "dropped")
            return
        reader = reader_of(self._path)
        size = reader.size()
        if size.isValid() and max(size.width(), size.height()) > _LONGEST:
            reader.setScaledSize(size.scaled(_LONGEST, _LONGEST, Qt.AspectRatioMode.KeepAspectRatio))
        image = reader.read()
        error = "" if not image.isNull() else reader.errorString() or "not a picture"
        self._answers.decoded.emit(self._path, image, error)


class SamplePictures(QObject):
    """Decodes pictures in one thread and keeps the last ones. ``ready(path)``: it can be had, or cannot."""

    ready = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._kept: OrderedDict[Path, tuple[QImage, str]] = OrderedDict()
        self._asked: set[Path] = set()
        self._lock = threading.Lock()
        self._wanted: frozenset[Path] = frozenset()
        self._answers = _Answers()
        self._answers.decoded.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def want(self, paths: Sequence[Path]) -> None:
        """Decode these; others that wait are given up."""
        with self._lock:
            self._wanted = frozenset(paths)
        for path in paths:
            if path not in self._kept and path not in self._asked:
                self._start(path)

    def _start(self, path: Path) -> None:
        self._asked.add(path)
        self._pool.start(_Work(self, self._answers, path))

    def wanted(self, path: Path) -> bool:
        """Whether a picture is still needed; called from the pool."""
        with self._lock:
            return path in self._wanted

    def get(self, path: Path) -> tuple[QImage, str] | None:
        """The picture and what is wrong with it; None while it is being decoded."""
        return self._kept.get(path)

    def close(self) -> None:
        """Let running work end; nothing is delivered afterwards."""
        with self._lock:
            self._wanted = frozenset()
        self._pool.clear()
        self._pool.waitForDone()
        self._asked.clear()

    @Slot(object, QImage, str)
    def _take(self, path: Path, image: QImage, error: str) -> None:
        self._asked.discard(path)
        if error == "dropped":
            if self.wanted(path):
                self._start(path)
            return
        self._kept[path] = (image, error)
        while len(self._kept) > _KEEP:
            self._kept.popitem(last=False)
        self.ready.emit(path)


class SampleTile(QWidget):
    """One sample, cut to the tile's shape; a click or Enter opens its image (``opened(image id)``)."""

    opened = Signal(int)

    def __init__(self, pictures: SamplePictures, *, whole: bool = True) -> None:
        super().__init__()
        self._pictures, self._whole = pictures, whole
        self._path: Path | None = None
        self._sample = Sample("", 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        pictures.ready.connect(self._came)

    def show_sample(self, folder: Path, sample: Sample) -> None:
        """Show a sample of a run's folder."""
        self._path, self._sample = folder / sample.file, sample
        words = f"Image {sample.image_id:,}"
        self.setAccessibleName(words)
        self.setToolTip(f"{words}\nClick: open in Annotate")
        self.update()

    def path(self) -> Path | None:
        """The file that is shown."""
        return self._path

    def sizeHint(self) -> QSize:
        look = style.tokens()
        return QSize(look.px(_TILE_WIDTH), look.px(_TILE_HEIGHT))

    def _came(self, path: object) -> None:
        if path == self._path:
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = style.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room = QRectF(self.rect())
        painter.fillRect(room, look.bg3)
        found = self._pictures.get(self._path) if self._path is not None else None
        if found is not None and not found[1]:
            self._paint_picture(painter, room, found[0])
        elif found is not None:
            self._paint_error(painter, room)
        if self.hasFocus() or self.underMouse():
            painter.setPen(QPen(look.acc if self.hasFocus() else look.t3, 2))
            painter.drawRect(room.adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_picture(self, painter: QPainter, room: QRectF, image: QImage) -> None:
        wide, high = image.width(), image.height()
        scale = (min if self._whole else max)(room.width() / wide, room.height() / high)
        target = QRectF(0, 0, wide * scale, high * scale)
        target.moveCenter(room.center())
        painter.setClipRect(room)
        painter.drawImage(target, image)
        painter.setClipping(False)

    def _paint_error(self, painter: QPainter, room: QRectF) -> None:
        look = style.tokens()
        side = look.px(20)
        middle = room.center()
        style.draw(painter, QRectF(middle.x() - side / 2, middle.y() - side, side, side), "photo-off", "t3")
        painter.setFont(style.font("small"))
        painter.setPen(look.t2)
        below = QRectF(room.left(), middle.y() + 4, room.width(), look.px(18))
        painter.drawText(below, int(Qt.AlignmentFlag.AlignCenter), "no picture")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        inside = self.rect().contains(QPoint(round(event.position().x()), round(event.position().y())))
        if event.button() == Qt.MouseButton.LeftButton and inside:
            self.opened.emit(self._sample.image_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit(self._sample.image_id)
        else:
            super().keyPressEvent(event)


class SampleStrip(QWidget):
    """The newest samples in one row, as many as there is room for."""

    opened = Signal(int)

    def __init__(self, pictures: SamplePictures) -> None:
        super().__init__()
        self._pictures = pictures
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(10)
        # Takes what is left where there are few.
        self._row.addStretch(1)
        self._tiles: list[SampleTile] = []
        self.setMinimumHeight(style.tokens().px(96))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)

    def show_samples(self, folder: Path, samples: Sequence[Sample], most: int = 6) -> None:
        """Show the first of these samples."""
        shown = samples[:most]
        while len(self._tiles) < len(shown):
            tile = SampleTile(self._pictures, whole=False)
            tile.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
            tile.setMaximumWidth(style.tokens().px(_TILE_WIDTH))
            tile.opened.connect(self.opened)
            self._tiles.append(tile)
            self._row.insertWidget(len(self._tiles) - 1, tile, 100)
        for number, tile in enumerate(self._tiles):
            tile.setVisible(number < len(shown))
            if number < len(shown):
                tile.show_sample(folder, shown[number])

    def tiles(self) -> list[SampleTile]:
        """The tiles that are shown."""
        return [tile for tile in self._tiles if tile.isVisibleTo(self)]


class SamplesPane(QWidget):
    """All samples of one epoch, with a slider over the epochs. ``opened(image id)``."""

    opened = Signal(int)

    def __init__(self, pictures: SamplePictures) -> None:
        super().__init__()
        self._pictures = pictures
        self._folder = Path()
        self._sets: tuple[SampleSet, ...] = ()
        self._newest = True
        self._tiles: list[SampleTile] = []
        self.empty = EmptyState("photo", "After each epoch, pictures with predictions show here")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._build())

    def _build(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        self.words = label("", "heading")
        self.before = IconButton("chevron-left", "Epoch before", look="square")
        self.after = IconButton("chevron-right", "Epoch after", look="square")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Epoch")
        self.slider.setFixedWidth(style.tokens().px(220))
        self.slider.setPageStep(1)
        self.slider.valueChanged.connect(self._draw)
        self.before.clicked.connect(lambda: self.slider.setValue(self.slider.value() - 1))
        self.after.clicked.connect(lambda: self.slider.setValue(self.slider.value() + 1))
        bar.addWidget(self.words)
        bar.addStretch(1)
        for widget in (self.before, self.slider, self.after):
            bar.addWidget(widget)
        column.addLayout(bar)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        inside.setProperty("look", "scrolled")
        self._flow = FlowLayout(inside)
        scroll.setWidget(inside)
        scroll.viewport().setAutoFillBackground(False)
        column.addWidget(scroll, 1)
        return made

    def show_samples(self, folder: Path, sets: Sequence[SampleSet]) -> None:
        """Show the samples of a run; the newest epoch, unless an older one was chosen."""
        other = folder != self._folder
        self._newest = other or self.slider.value() >= self.slider.maximum()
        self._folder, self._sets = folder, tuple(one for one in sets if one.images)
        self._stack.setCurrentIndex(1 if self._sets else 0)
        if not self._sets:
            return
        self.slider.blockSignals(True)
        self.slider.setRange(0, len(self._sets) - 1)
        if self._newest:
            self.slider.setValue(len(self._sets) - 1)
        self.slider.blockSignals(False)
        self._draw()

    def tiles(self) -> list[SampleTile]:
        """The tiles that are shown."""
        return [tile for tile in self._tiles if tile.isVisibleTo(self)]

    def current(self) -> SampleSet | None:
        """The samples that are shown."""
        return self._sets[self.slider.value()] if self._sets else None

    def _draw(self) -> None:
        shown = self.current()
        if shown is None:
            return
        self.words.setText(f"After epoch {shown.epoch}" if shown.epoch else "Before training")
        self.before.setEnabled(self.slider.value() > 0)
        self.after.setEnabled(self.slider.value() < self.slider.maximum())
        self._pictures.want([self._folder / one.file for one in shown.images])
        while len(self._tiles) < len(shown.images):
            tile = SampleTile(self._pictures)
            tile.setFixedSize(tile.sizeHint())
            tile.opened.connect(self.opened)
            self._tiles.append(tile)
            self._flow.addWidget(tile)
        for number, tile in enumerate(self._tiles):
            tile.setVisible(number < len(shown.images))
            if number < len(shown.images):
                tile.show_sample(self._folder, shown.images[number])
