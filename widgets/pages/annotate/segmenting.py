"""Asks a segmenter in a thread what the person means, and shows what it has found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QRect, QRunnable, QThreadPool, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from store.errors import StudioError
from store.outlines import drawing
from store.outlines.drawing import Window
from store.outlines.rings import Outline
from store.segmenting import GRABCUT, Pixels, Prompt, Segmenter, segmenter
from widgets.canvas.pictures import part_of, size_of

if TYPE_CHECKING:
    from widgets.pages.annotate.view import AnnotateView

#: What takes longer than this, in milliseconds, is said.
_SOON = 100
#: Pieces and holes of fewer pixels that are found are chance.
_SPECK = 12.0


class _Seen:
    """The picture as it was decoded for the canvas; see :class:`store.segmenting.Picture`."""

    def __init__(self, image: QImage, key: str) -> None:
        self._image, self.key = image, key

    @property
    def size(self) -> tuple[int, int]:
        return size_of(self._image)

    def pixels(self, window: Window) -> Pixels:
        x1, y1, x2, y2 = window
        piece = part_of(self._image, QRect(x1, y1, x2 - x1, y2 - y1))
        piece = piece.convertToFormat(QImage.Format.Format_RGB888)
        lines = np.frombuffer(piece.constBits(), np.uint8).reshape(piece.height(), piece.bytesPerLine())
        return lines[:, : 3 * piece.width()].reshape(piece.height(), piece.width(), 3).copy()


class _Answers(QObject):
    """Carries answers from the thread: number, outline, how near it is to the pixels, what is wrong."""

    came = Signal(int, object, float, str)


class _Question(QRunnable):
    def __init__(self, number: int, name: str, seen: _Seen, prompt: Prompt, asker: Segmenting) -> None:
        super().__init__()
        self._number, self._name, self._seen, self._prompt = number, name, seen, prompt
        self._asker, self._answers = asker, asker.answers

    def run(self) -> None:
        if self._asker.number != self._number:
            return
        try:
            outline, off = _found(self._asker.segmenter(self._name), self._seen, self._prompt)
        except StudioError as error:
            self._answers.came.emit(self._number, (), 0.0, str(error))
        else:
            self._answers.came.emit(self._number, outline, off, "")


def _found(asked: Segmenter, seen: _Seen, prompt: Prompt) -> tuple[Outline, float]:
    """The outline of what a segmenter finds, and how far it is from the pixels' edges at most."""
    from store.outlines import areas

    piece = asked.segment(seen, prompt)
    exact = areas.without_specks(drawing.traced(piece.mask, piece.corner), _SPECK)
    smooth = areas.smoothed(exact)
    return smooth, areas.departure(exact, smooth) if smooth else 0.0


class Segmenting(QObject):
    """Answers what the canvas asks; of several questions only the newest counts. ``said``: words for the
    status bar. ``name`` is the segmenter that is asked."""

    said = Signal(str)

    def __init__(self, view: AnnotateView, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self.name = GRABCUT
        #: The number of the question that counts.
        self.number = 0
        self.answers = _Answers(self)
        self.answers.came.connect(self._answer)
        #: Those that were asked; one may keep its weights, and what it has computed of a picture.
        self._made: dict[str, Segmenter] = {}
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._soon = QTimer(self, interval=_SOON, singleShot=True)
        self._soon.timeout.connect(lambda: self.said.emit("Looking for the garment…"))
        view.canvas.segment_wanted.connect(self.ask)

    def use(self, name: str) -> None:
        """Ask this segmenter from now on."""
        self.name = name

    def segmenter(self, name: str) -> Segmenter:
        """The segmenter of a name, made once; for the thread. StudioError as in :mod:`store.segmenting`."""
        if name not in self._made:
            self._made[name] = segmenter(name)
        return self._made[name]

    def ask(self, prompt: Prompt | None) -> None:
        """Look for what is meant; None: nothing is wanted any more."""
        self.number += 1
        self._soon.stop()
        self._pool.clear()
        image = self._view.canvas.image
        if prompt is None or prompt.empty:
            return
        if image.isNull():
            self.said.emit("There is no picture to look at")
            return
        self._soon.start()
        # Images of different stores have the same ids; a picture that was decoded has a key of its own.
        seen = _Seen(image, str(image.cacheKey()))
        self._pool.start(_Question(self.number, self.name, seen, prompt, self))

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._soon.isActive() or self._pool.activeThreadCount() > 0

    def close(self) -> None:
        """Wait for the thread; no answer comes after this."""
        self.number += 1
        self._soon.stop()
        self._pool.clear()
        self._pool.waitForDone()

    @Slot(int, object, float, str)
    def _answer(self, number: int, outline: Outline, off: float, wrong: str) -> None:
        if number != self.number:
            return
        self._soon.stop()
        self._view.canvas.show_segmented(outline)
        if wrong:
            self.said.emit(wrong)
        elif not outline:
            self.said.emit("Nothing was found: draw over what belongs to the garment")
        else:
            self.said.emit(f"Enter accepts; the outline is within {off:.2f} px of what was found")
