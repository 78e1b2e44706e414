"""Runs the real window on the audit board, goes from failure to failure, prints what it took as JSON.

Usage: python -m benchmarks.studio_board STORE STEPS. STORE has a retrieval run. A step begins with the call
that the key for the next failure makes. It ends, as "words", when query and results have been painted, and,
as "pictures", when all crops of them are among what was painted.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QTimer

from app.window import MainWindow
from benchmarks.studio_steps import Stepper, run
from widgets.pages.retrieval.page import RetrievalPage

#: Between two steps, in milliseconds: as long as a hurried person looks.
_LOOK = 400
_WAIT = 50
#: Before the first, when its pictures are there.
_CALM = 2000


class Auditing:
    """Opens the board, then goes from failure to failure."""

    ends = ("words", "pictures")
    look = _LOOK

    def __init__(self, window: MainWindow, steps: int) -> None:
        self.window, self.left = window, steps

    @property
    def page(self) -> RetrievalPage:
        """The page that is measured."""
        return self.window.retrieval.page

    def prepare(self, stepper: Stepper) -> None:
        self.window.go_to("retrieval")
        stepper.watch(self.page.board.results, self.page.board.query.picture)
        self._settle(stepper)

    def _settle(self, stepper: Stepper) -> None:
        """Until the first failure is there with its pictures."""
        if self.page.query() is not None and self.page.crops.idle:
            QTimer.singleShot(_CALM, stepper, stepper.go_on)
        else:
            QTimer.singleShot(_WAIT, stepper, lambda: self._settle(stepper))

    def step(self) -> bool:
        if not self.left:
            return False
        self.left -= 1
        self.page.step(1)
        return True

    def there(self) -> set[str]:
        query, current = self.page.query(), self.page.current()
        if query is None or current is None or query.row.query != current.query:
            return set()
        board = self.page.board
        cuts = [*board.results.cuts(), board.query.picture.cut(query)]
        whole = all(self.page.crops.get(one) is not None for one in cuts)
        return {"words", "pictures"} if whole else {"words"}


def main() -> None:
    """Audit the store that is named."""
    store, steps = Path(sys.argv[1]), int(sys.argv[2])
    run(store, lambda window: Auditing(window, steps))


if __name__ == "__main__":
    main()
