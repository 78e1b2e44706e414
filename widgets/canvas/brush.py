"""The brush in a person's hand: how large it is, for brush and eraser alike."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

#: Diameters in image pixels, and by how much a step changes one.
SMALLEST, LARGEST, STEP = 1, 2000, 1.2


class Brush(QObject):
    """``size`` is the diameter in image pixels; ``changed(size)``."""

    changed = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._size = 24

    @property
    def size(self) -> int:
        return self._size

    @property
    def radius(self) -> float:
        return self._size / 2

    def set_size(self, size: float) -> None:
        """Take another size; it stays within bounds."""
        wanted = round(min(max(size, SMALLEST), LARGEST))
        if wanted != self._size:
            self._size = wanted
            self.changed.emit(wanted)

    def step(self, steps: float) -> None:
        """Larger by a few steps, or smaller; always by at least a pixel."""
        goal = self._size * STEP**steps
        least = 1 if steps > 0 else -1
        self.set_size(goal if abs(goal - self._size) >= 1 else self._size + least)
