"""Tiles in groups: each begins on a line of its own, below a head that says what its images share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter

from widgets import style
from widgets.browser.layout import GridLayout

Ids = NDArray[np.int64]

#: The height of a group's head at a font scale of 1.
HEAD = 30


@dataclass(frozen=True, eq=False)
class Groups:
    """Rows that belong together: ``starts (g,)`` int64 ascending are the first rows of groups, from 0 on.

    ``title`` and ``note`` say of the number of a group what its images share, and how many they are.
    """

    starts: Ids
    title: Callable[[int], str]
    note: Callable[[int], str]


@dataclass(frozen=True, eq=False)
class GroupedLayout:
    """Lines of tiles as :class:`GridLayout` has them, broken where a group of ``starts`` begins.

    ``count`` is the number of all rows, ``head`` the height of a group's head. Coordinates as there.
    """

    plain: GridLayout
    starts: Ids
    count: int
    head: int

    @property
    def columns(self) -> int:
        """Tiles side by side."""
        return self.plain.columns

    @property
    def gap(self) -> int:
        """The space between two tiles."""
        return self.plain.gap

    @property
    def padding(self) -> int:
        """The space at the left."""
        return self.plain.padding

    @property
    def pitch(self) -> int:
        """The distance from one line of tiles to the next."""
        return self.plain.pitch

    @cached_property
    def _sizes(self) -> Ids:
        return np.diff(self.starts, append=self.count)

    @cached_property
    def _tops(self) -> Ids:
        """Where the head of each group begins, and where the last one ends."""
        lines = -(-self._sizes // self.columns)
        return np.concatenate([[0], np.cumsum(lines * self.pitch + self.head)]) + self.padding // 3

    def group_of(self, row: int) -> int:
        """The number of the group of a row."""
        return int(np.searchsorted(self.starts, row, "right")) - 1

    def height(self, count: int) -> int:
        """The height of all tiles; ``count`` is how many there are."""
        return int(self._tops[-1]) + self.padding if count else 0

    def top(self, line: int) -> int:
        """The upper edge of a line of tiles of the first group."""
        return self.padding // 3 + self.head + line * self.pitch

    def rect(self, row: int) -> QRect:
        """Where the tile of a row lies."""
        group = max(0, self.group_of(row))
        line, column = divmod(row - int(self.starts[group]) if len(self.starts) else row, self.columns)
        left = self.padding + column * (self.plain.tile_width + self.gap)
        top = int(self._tops[group]) + self.head + line * self.pitch
        return QRect(left, top, self.plain.tile_width, self.plain.tile_height)

    def row_at(self, point: QPoint, count: int) -> int:
        """The row whose tile is at a point, or -1 between tiles, on heads and beyond the last."""
        for row in self.rows(point.y(), point.y() + 1, count):
            if self.rect(row).contains(point):
                return row
        return -1

    def rows(self, top: int, bottom: int, count: int) -> range:
        """The rows whose line touches the band from ``top`` up to but not including ``bottom``."""
        if not count or bottom <= top:
            return range(0)
        first, last = self._line_at(top), self._line_at(bottom - 1)
        return range(first[0], max(first[0], min(count, last[1])))

    def _line_at(self, y: int) -> tuple[int, int]:
        """The rows of the line at a height, half open; of a head's the line below it."""
        group = int(np.clip(np.searchsorted(self._tops, y, "right") - 1, 0, len(self.starts) - 1))
        size = int(self._sizes[group])
        line = max(0, (y - int(self._tops[group]) - self.head) // self.pitch)
        line = min(line, (size - 1) // self.columns)
        first = int(self.starts[group]) + line * self.columns
        return first, int(self.starts[group]) + min(size, (line + 1) * self.columns)

    def step(self, row: int, lines: int, count: int) -> int:
        """The row so many lines below (above, if negative) in the same column, as far as there is one."""
        for _ in range(abs(lines)):
            row = self._below(row) if lines > 0 else self._above(row)
        return max(0, min(count - 1, row))

    def _below(self, row: int) -> int:
        group = self.group_of(row)
        start, size = int(self.starts[group]), int(self._sizes[group])
        at = row - start
        if at // self.columns < (size - 1) // self.columns:
            return start + min(size - 1, at + self.columns)
        if group + 1 == len(self.starts):
            return row
        return int(self.starts[group + 1]) + min(int(self._sizes[group + 1]) - 1, at % self.columns)

    def _above(self, row: int) -> int:
        group = self.group_of(row)
        at = row - int(self.starts[group])
        if at >= self.columns:
            return row - self.columns
        if group == 0:
            return row
        size, before = int(self._sizes[group - 1]), int(self.starts[group - 1])
        last_line = (size - 1) // self.columns * self.columns
        return before + min(size - 1, last_line + at)

    def heads(self, top: int, bottom: int) -> range:
        """The numbers of groups whose head touches a band."""
        first = int(np.searchsorted(self._tops[:-1], top - self.head, "left"))
        return range(first, int(np.searchsorted(self._tops[:-1], bottom, "left")))

    def head_rect(self, group: int) -> QRect:
        """Where the head of a group lies."""
        wide = self.columns * (self.plain.tile_width + self.gap) - self.gap
        return QRect(self.padding, int(self._tops[group]), wide, self.head)


def paint_head(painter: QPainter, rect: QRect, title: str, note: str) -> None:
    """Paint the head of a group: what its images share, and how many they are."""
    look = style.tokens()
    middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.setFont(style.font("section"))
    painter.setPen(look.t1)
    painter.drawText(rect, middle, title)
    used = painter.fontMetrics().horizontalAdvance(title) + look.px(10)
    painter.setFont(style.font("small"))
    painter.setPen(look.t2)
    painter.drawText(rect.adjusted(used, 0, 0, 0), middle, note)
    used += painter.fontMetrics().horizontalAdvance(note) + look.px(12)
    painter.fillRect(QRect(rect.left() + used, rect.center().y(), rect.width() - used, 1), look.line)
