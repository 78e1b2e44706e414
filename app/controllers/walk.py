"""The images that one goes through in Annotate, and which of them is in front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray


def _none() -> NDArray[np.int64]:
    return np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """Images by their ids, in order, and the row of the one in front; -1 for none."""

    ids: NDArray[np.int64] = field(default_factory=_none)
    row: int = -1

    def __len__(self) -> int:
        return len(self.ids)

    def has(self, row: int) -> bool:
        """Whether there is such a row."""
        return 0 <= row < len(self.ids)

    def at(self, row: int) -> Walk:
        """The same images with another one in front."""
        return replace(self, row=row)

    def among(self, chosen: Sequence[int]) -> Walk:
        """Only those that are chosen, where several are and the one in front is among them."""
        if len(chosen) < 2 or not self.has(self.row) or self.image_id not in chosen:
            return self
        return Walk(np.array(chosen, np.int64), chosen.index(self.image_id))

    @property
    def image_id(self) -> int:
        """The image in front. IndexError where there is none."""
        if not self.has(self.row):
            raise IndexError(self.row)
        return int(self.ids[self.row])

    @property
    def previous_id(self) -> int:
        """The image before the one in front, or 0."""
        return int(self.ids[self.row - 1]) if self.row > 0 else 0

    @property
    def ahead(self) -> list[int]:
        """The images that are likely to be wanted next, the likeliest first."""
        return [int(self.ids[row]) for row in (self.row + 1, self.row - 1, self.row + 2) if self.has(row)]

    @property
    def words(self) -> str:
        """Which one of how many is in front."""
        return f"{self.row + 1:,} of {len(self):,}"
