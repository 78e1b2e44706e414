"""Lines of a run's charts: values over steps that grow, are cut back and are smoothed. NumPy alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """One line: ``steps``, ``epochs`` (with fractions) and ``values``, each ``(n,)`` float64, by step."""

    steps: NDArray[np.float64]
    epochs: NDArray[np.float64]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.values)

    @property
    def last(self) -> float | None:
        """The newest value."""
        return float(self.values[-1]) if len(self.values) else None


class Growing:
    """Rows of (step, epoch, value) with room to grow; a row of an old step cuts off what follows it."""

    def __init__(self) -> None:
        self._rows = np.empty((64, 3))
        self._count = 0

    def add(self, step: float, epoch: float, value: float) -> None:
        """Put a row at the end; rows from its step on are forgotten."""
        self.cut(step)
        if self._count == len(self._rows):
            self._rows = np.concatenate([self._rows, np.empty_like(self._rows)])
        self._rows[self._count] = step, epoch, value
        self._count += 1

    def cut(self, step: float) -> None:
        """Forget the rows from ``step`` on."""
        if self._count and self._rows[self._count - 1, 0] >= step:
            self._count = int(np.searchsorted(self._rows[: self._count, 0], step))

    def points(self) -> Points:
        """All rows as they are now."""
        # Copies: what is handed out does not change under the reader.
        rows = self._rows[: self._count].T.copy()
        rows.flags.writeable = False
        return Points(rows[0], rows[1], rows[2])


def smoothed(values: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """Exponential moving average of ``(n,)`` values with its start corrected, ``(n,)``.

    ``weight`` 0..1 is how much the past counts; 0 changes nothing. The running mean starts at 0, so
    each value is divided by the weight that it has seen (Kingma and Ba 2015, section 3). Values that are
    not finite are left as they are and do not count.
    """
    if not 0 < weight < 1:
        return values.copy()
    out = values.copy()
    mean, seen = 0.0, 0.0
    for index, value in enumerate(values.tolist()):
        if math.isfinite(value):
            mean = weight * mean + (1 - weight) * value
            seen = weight * seen + (1 - weight)
            out[index] = mean / seen
    return out
