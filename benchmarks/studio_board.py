"""Runs the real window on the audit board, goes from failure to failure, prints what it took as JSON.

Usage: python -m benchmarks.studio_board STORE STEPS. STORE has a retrieval run. A step begins with the call
that the key for the next failure makes. It ends, as "words", when query and results have been painted, and,
as "pictures", when all crops of them are among what was painted.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer

from app import start
from app.window import MainWindow
from widgets.pages.retrieval.page import RetrievalPage

#: Between two steps, in milliseconds: as long as a hurried person looks.
_LOOK = 400
_WAIT = 50


class Auditor(QObject):
    """Opens the board, then steps and times each failure until painted."""

    def __init__(self, window: MainWindow, steps: int) -> None:
        super().__init__(window)
        self.window, self.steps = window, steps
        self.times: dict[str, list[float]] = {"words": [], "pictures": []}
        self.open: set[str] = set()
        self.began = 0.0
        window.browse.counted.connect(self._listed)

    @property
    def page(self) -> RetrievalPage:
        """The page that is measured."""
        return self.window.retrieval.page

    def _listed(self) -> None:
        self.window.browse.counted.disconnect(self._listed)
        self.window.go_to("retrieval")
        for widget in (self.page.board.results, self.page.board.query.picture):
            widget.installEventFilter(self)
        self._settle()

    def _settle(self) -> None:
        """Until the first failure is there with its pictures."""
        ready = self.page.query() is not None and self.page.crops.idle
        QTimer.singleShot(2000 if ready else _WAIT, self, self._step if ready else self._settle)

    def _step(self) -> None:
        if len(self.times["pictures"]) >= self.steps:
            sys.stdout.write(json.dumps(self.times) + "\n")
            sys.stdout.flush()
            self.window.close()
            return
        self.open = set(self.times)
        self.began = time.perf_counter()
        self.page.step(1)

    def _there(self) -> set[str]:
        """What of the current failure is on the page."""
        query, current = self.page.query(), self.page.current()
        if query is None or current is None or query.row.query != current.query:
            return set()
        board = self.page.board
        cuts = [*board.results.cuts(), board.query.picture.cut(query)]
        whole = all(self.page.crops.get(one) is not None for one in cuts)
        return {"words", "pictures"} if whole else {"words"}

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
    """Start the program as ``deepfashion-studio open STORE`` does, with an auditor on its window."""
    store, steps = Path(sys.argv[1]), int(sys.argv[2])
    made: list[Auditor] = []
    start.trace.follow = lambda window: made.append(Auditor(window, steps))
    sys.argv = sys.argv[:1]
    start.run(store)


if __name__ == "__main__":
    main()
