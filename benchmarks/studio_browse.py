"""Runs the real window on Browse, scrolls to places of the grid, prints what it took as JSON.

Usage: python -m benchmarks.studio_browse STORE ROWS [list], rows as a JSON list; the images round them have
cached thumbnails. A step begins with the call that a drag of the scroll bar makes. It ends, as "first", when
a tile with its picture has been painted, and, as "all", when all tiles in view have. With "list" the images
are shown as a list.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import QTimer

from app.window import MainWindow
from benchmarks.studio_steps import Stepper, run

#: Between two steps, in milliseconds.
_LOOK = 250
#: Before the first: the window warms up other pages meanwhile.
_CALM = 6000


class Scrolling:
    """Goes from place to place."""

    ends = ("first", "all")
    look = _LOOK

    def __init__(self, window: MainWindow, rows: list[int], listed: bool) -> None:
        self.window, self.rows, self.listed = window, rows, listed

    def prepare(self, stepper: Stepper) -> None:
        page = self.window.browse.page
        page.set_listed(self.listed)
        stepper.watch(page.grid.viewport())
        QTimer.singleShot(_CALM, stepper, stepper.go_on)

    def step(self) -> bool:
        if not self.rows:
            return False
        grid = self.window.browse.page.grid
        grid.verticalScrollBar().setValue(grid.places.rect(self.rows.pop()).top())
        return True

    def there(self) -> set[str]:
        page = self.window.browse.page
        tiles = [page.grid.tile(row) for row in page.grid.rows_in_view()]
        painted = [tile is not None and page.grid.has_picture(tile.image.id) for tile in tiles]
        return {name for name, there in (("first", any(painted)), ("all", all(painted))) if there}


def main() -> None:
    """Scroll the images of the store that is named."""
    store, rows, listed = Path(sys.argv[1]), json.loads(sys.argv[2]), "list" in sys.argv[3:]
    run(store, lambda window: Scrolling(window, rows, listed))


if __name__ == "__main__":
    main()
