"""Where each tile of the grid lies: pure arithmetic, the same for ten rows and for a million."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect

#: The grid shows 4 to 10 columns, of tiles not narrower than this (logical pixels).
MIN_COLUMNS, MAX_COLUMNS = 4, 10
MIN_TILE = 72
#: The width that tiles have when nobody has chosen one: 4 columns at 1280, 6 at 1600.
DEFAULT_TILE = 180
#: A tile's focus ring reaches so far beyond it.
RING = 3


@dataclass(frozen=True, slots=True)
class GridLayout:
    """``columns`` tiles of ``tile_width`` x ``tile_height`` side by side, in content coordinates.

    Content coordinates are logical pixels from the top left of the whole grid, padding included;
    rows are indices into the list that is shown.
    """

    columns: int
    tile_width: int
    tile_height: int
    gap: int = 12
    padding: int = 12

    @classmethod
    def fitted(cls, width: int, wanted: int, caption: int, inset: int = 6) -> GridLayout:
        """The layout for a viewport ``width`` wide whose tiles come nearest to ``wanted`` and fill it."""
        gap = padding = 12
        space = max(width - padding - RING - 1, MIN_TILE)
        columns = int((space + gap) // (wanted + gap))
        columns = max(MIN_COLUMNS, min(MAX_COLUMNS, columns))
        columns = max(1, min(columns, (space + gap) // (MIN_TILE + gap)))
        tile = (space - (columns - 1) * gap) // columns
        return cls(columns, tile, tile - 2 * inset + inset + caption, gap, padding)

    @classmethod
    def lines(cls, width: int, height: int) -> GridLayout:
        """A list: one row below the other, each as wide as the viewport."""
        return cls(1, max(1, width), max(1, height), gap=0, padding=0)

    @property
    def pitch(self) -> int:
        """The distance from one line of tiles to the next."""
        return self.tile_height + self.gap

    def height(self, count: int) -> int:
        """The height of ``count`` tiles."""
        lines = -(-count // self.columns)
        return lines * self.pitch + self.padding - self.gap + self.padding if count else 0

    def rect(self, row: int) -> QRect:
        """Where the tile of a row lies."""
        line, column = divmod(row, self.columns)
        left = self.padding + column * (self.tile_width + self.gap)
        return QRect(left, self.top(line), self.tile_width, self.tile_height)

    def top(self, line: int) -> int:
        """The upper edge of a line of tiles."""
        return self.padding // 3 + line * self.pitch

    def row_at(self, point: QPoint, count: int) -> int:
        """The row whose tile is at a point, or -1 between tiles and beyond the last."""
        line = (point.y() - self.top(0)) // self.pitch
        column = (point.x() - self.padding) // (self.tile_width + self.gap)
        if line < 0 or not 0 <= column < self.columns:
            return -1
        row = line * self.columns + column
        return row if row < count and self.rect(row).contains(point) else -1

    def step(self, row: int, lines: int, count: int) -> int:
        """The row so many lines below (above, if negative) in the same column, as far as there is one."""
        last = count - 1
        if lines == 1 and row + self.columns > last:
            # From above a last line that is not full, down goes to its end.
            return last if row // self.columns < last // self.columns else row
        if lines == -1 and row < self.columns:
            return row
        return max(0, min(last, row + lines * self.columns))

    def rows(self, top: int, bottom: int, count: int) -> range:
        """The rows whose line touches the band from ``top`` up to but not including ``bottom``."""
        first = max(0, (top - self.top(0)) // self.pitch)
        last = max(first, -(-(bottom - self.top(0)) // self.pitch))
        return range(min(count, first * self.columns), min(count, last * self.columns))
