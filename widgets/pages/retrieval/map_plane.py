"""What of a plane is seen: from its coordinates to pixels and back, moved and zoomed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: A point may be so many times nearer than when all are seen.
_NEAREST = 400.0


@dataclass(slots=True)
class Plane:
    """``middle`` is what of the plane lies in the middle of ``width x height`` pixels, ``scale`` the pixels
    of one of its units. y goes upwards in the plane and downwards in pixels."""

    width: int = 1
    height: int = 1
    middle: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0
    whole: float = 1.0

    def fit(self, places: NDArray[np.float32], padding: int) -> None:
        """Show all places ``(n, 2)``, and ``padding`` pixels around them."""
        if not len(places):
            return
        low, high = places.min(axis=0).astype(float), places.max(axis=0).astype(float)
        self.middle = (float((low[0] + high[0]) / 2), float((low[1] + high[1]) / 2))
        room = max(self.width - 2 * padding, 20), max(self.height - 2 * padding, 20)
        spans = [float(span) for span in high - low]
        scales = [pixels / span for pixels, span in zip(room, spans, strict=True) if span > 0]
        self.scale = self.whole = min(scales, default=1.0)

    def pixels(self, places: NDArray[np.float32]) -> Floats:
        """Where places ``(n, 2)`` are seen."""
        found = (places.astype(np.float64) - self.middle) * (self.scale, -self.scale)
        return np.asarray(found + np.array([self.width / 2, self.height / 2]))

    def move(self, x: float, y: float) -> None:
        """Move what is seen by so many pixels."""
        self.middle = self.middle[0] - x / self.scale, self.middle[1] + y / self.scale

    def zoom(self, factor: float, x: float, y: float) -> None:
        """Nearer by a factor; what is seen at a pixel stays there."""
        before = self.scale
        self.scale = min(max(self.scale * factor, self.whole / 2), self.whole * _NEAREST)
        from_middle = x - self.width / 2, y - self.height / 2
        share = 1 / before - 1 / self.scale
        self.middle = self.middle[0] + from_middle[0] * share, self.middle[1] - from_middle[1] * share
