"""Runs the real window on Browse, scrolls to places of the grid, prints what it took as JSON.

Usage: python -m benchmarks.studio_browse STORE ROWS, rows as a JSON list; the images round them have cached
thumbnails. A step begins with the call that a drag of the scroll bar makes. It ends, as "first", when a tile
with its picture has been painted, and, as "all", when all tiles in view have.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer

from app import start
from app.window import MainWindow

#: Between two steps, in milliseconds.
_LOOK = 250
#: Before the first: the window warms up other pages meanwhile.
_CALM = 6000


class Scroller(QObject):
    """Goes from place to place and times each until painted."""

    def __init__(self, window: MainWindow, rows: list[int]) -> None:
        super().__init__(window)
        self.window, self.rows = window, rows
        self.times: dict[str, list[float]] = {"first": [], "all": []}
        self.open: set[str] = set()
        self.began = 0.0
        window.browse.counted.connect(self._listed)

    def _listed(self) -> None:
        self.window.browse.counted.disconnect(self._listed)
        self.window.browse.page.grid.viewport().installEventFilter(self)
        QTimer.singleShot(_CALM, self, self._step)

    def _step(self) -> None:
        if not self.rows:
            sys.stdout.write(json.dumps(self.times) + "\n")
            sys.stdout.flush()
            self.window.close()
            return
        grid = self.window.browse.page.grid
        self.open = set(self.times)
        self.began = time.perf_counter()
        grid.verticalScrollBar().setValue(grid.places.rect(self.rows.pop()).top())

    def _there(self) -> set[str]:
        """What of the place is in hand: one picture, all of them."""
        page = self.window.browse.page
        tiles = [page.grid.tile(row) for row in page.grid.rows_in_view()]
        painted = [tile is not None and page.grid.has_picture(tile.image.id) for tile in tiles]
        return {name for name, there in (("first", any(painted)), ("all", all(painted))) if there}

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if self.open and event.type() == QEvent.Type.Paint and (now := self._there() & self.open):
            self.open -= now
            # The timer fires when the paint that is about to happen has been flushed.
            QTimer.singleShot(0, self, lambda: self._end(now))
        return False

    def _end(self, what: set[str]) -> None:
        took = (time.perf_counter() - self.began) * 1000
        for one in what:
            self.times[one].append(took)
        if not self.open:
            QTimer.singleShot(_LOOK, self, self._step)


def main() -> None:
    """Start the program as ``deepfashion-studio open STORE`` does, with a scroller on its window."""
    store, rows = Path(sys.argv[1]), json.loads(sys.argv[2])
    made: list[Scroller] = []
    start.trace.follow = lambda window: made.append(Scroller(window, rows))
    sys.argv = sys.argv[:1]
    start.run(store)


if __name__ == "__main__":
    main()
