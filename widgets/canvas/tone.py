"""Brightness, contrast and gamma of the picture on the screen. Nothing of it is ever saved into a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage

Table = NDArray[np.uint8]
#: Pairs of values that are looked up at once.
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Tone:
    """``brightness`` and ``contrast`` are -100 to 100, ``gamma`` 10 to 500 hundredths; 0, 0, 100 is neutral.

    Gamma over 100 lifts the shadows.
    """

    brightness: int = 0
    contrast: int = 0
    gamma: int = 100

    def table(self) -> Table:
        """What each of the 256 values becomes, ``(256,)`` uint8."""
        values = np.linspace(0.0, 1.0, 256) ** (100.0 / self.gamma)
        # 100 leaves two values, -100 leaves one.
        slope = np.tan((self.contrast + 100) / 400 * np.pi) if self.contrast < 100 else 1e6
        values = (values - 0.5) * slope + 0.5 + self.brightness / 100
        return np.asarray(np.clip(np.rint(values * 255), 0, 255), dtype=np.uint8)


NEUTRAL = Tone()


def toned(image: QImage, tone: Tone, wanted: Callable[[], bool] = lambda: True) -> QImage:
    """A picture as it looks in a tone; its own pixels where that is neutral. Any thread may call.

    It is left unfinished once it is not ``wanted`` any more.
    """
    if tone == NEUTRAL or image.isNull():
        return image
    table = tone.table()
    made = image.copy()
    values = np.frombuffer(made.bits(), dtype=np.uint8)
    if image.hasAlphaChannel():
        # What is clear stays clear: colours are multiplied by their alpha here.
        made = made.convertToFormat(QImage.Format.Format_ARGB32)
        values = np.frombuffer(made.bits(), dtype=np.uint8)
        colours = values.reshape(-1, 4)[:, :3]
        colours[...] = table[colours]
        return made.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    # Two values at a time; the fourth of a pixel without alpha means nothing.
    pairs = (table[:, None].astype(np.uint16) << 8 | table[None, :]).reshape(-1)
    doubled = values.view(np.uint16)
    for start in range(0, len(doubled), _PIECE):
        if not wanted():
            break
        # NumPy turns the places it looks up into 64 bits each: of a whole picture that were gigabytes.
        piece = doubled[start : start + _PIECE]
        np.take(pairs, piece, out=piece, mode="clip")
    return made


class _Work(QRunnable):
    def __init__(self, owner: Toner, number: int, image: QImage, tone: Tone) -> None:
        super().__init__()
        self._owner, self._number, self._image, self._tone = owner, number, image, tone

    def run(self) -> None:
        if self._wanted():
            self._owner.made.emit(self._number, toned(self._image, self._tone, self._wanted))

    def _wanted(self) -> bool:
        return self._number == self._owner.number


class Toner(QObject):
    """Tones pictures in a thread; of several wishes only the last one is answered: ``ready(QImage)``."""

    ready = Signal(object)
    #: From the thread to the GUI thread; not for others.
    made = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self.number = 0
        self.made.connect(self._take)

    def want(self, image: QImage, tone: Tone) -> None:
        """Ask for a picture in a tone."""
        self.number += 1
        self._pool.start(_Work(self, self.number, image, tone))

    def drop(self) -> None:
        """Nothing is wanted any more."""
        self.number += 1

    def settle(self) -> None:
        """Wait for what runs; nothing is delivered afterwards."""
        self.drop()
        self._pool.waitForDone()

    @Slot(int, object)
    def _take(self, number: int, image: QImage) -> None:
        if number == self.number:
            self.ready.emit(image)
