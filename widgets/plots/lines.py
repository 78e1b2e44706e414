"""What a chart shows, as records; no Qt here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line: ``x`` and ``y`` are ``(n,)``, x in ascending order, not finite y are gaps.

    ``look`` numbers its colour and dash. ``raw`` is what ``y`` was smoothed from, drawn faintly behind.
    ``marks`` are (x, whether it is the best): saved states.
    """

    label: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    look: int = 0
    raw: NDArray[np.float64] | None = None
    marks: tuple[tuple[float, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """A level line: a figure that stays as it is."""

    label: str
    value: float


def alike(line: Line, other: Line) -> bool:
    """Whether two lines are drawn and read the same."""
    if (line.label, line.look, line.marks) != (other.label, other.look, other.marks):
        return False
    pairs = ((line.x, other.x), (line.y, other.y), (line.raw, other.raw))
    return all(
        a is b or (a is not None and b is not None and np.array_equal(a, b, equal_nan=True)) for a, b in pairs
    )
