"""Steps of a person in the real window, each timed until what it leads to has been painted."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer

from app import start
from app.window import MainWindow


class Stepper(QObject):
    """Takes step after step and notes how long each took, in milliseconds, by what ``ends`` it.

    What makes it is for others: :meth:`step` begins one, or returns False after the last; :meth:`there` says
    which of the ends can be seen at the next paint of a watched widget. ``look``: so long a person looks, in
    milliseconds.
    """

    def __init__(self, window: MainWindow, ends: tuple[str, ...], look: int) -> None:
        super().__init__(window)
        self.window, self.look = window, look
        self.times: dict[str, list[float]] = {end: [] for end in ends}
        self.open: set[str] = set()
        self.began = 0.0
        window.browse.counted.connect(self._listed)

    def _listed(self) -> None:
        self.window.browse.counted.disconnect(self._listed)
        self.prepare()

    def prepare(self) -> None:
        """Called once when the images are listed: watches what is painted, and goes on when all is calm."""
        raise NotImplementedError

    def step(self) -> bool:
        """Begin a step, or say that there is none left."""
        raise NotImplementedError

    def there(self) -> set[str]:
        """Which ends of the step are on the page."""
        raise NotImplementedError

    def go_on(self) -> None:
        """The next step; after the last all times go to the standard output, and the window is closed."""
        self.open = set(self.times)
        self.began = time.perf_counter()
        if not self.step():
            self.open = set()
            sys.stdout.write(json.dumps(self.times) + "\n")
            sys.stdout.flush()
            self.window.close()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if self.open and event.type() == QEvent.Type.Paint and (now := self.there() & self.open):
            self.open -= now
            # The timer fires when the paint that is about to happen has been flushed.
            QTimer.singleShot(0, self, lambda: self._end(now))
        return False

    def _end(self, what: set[str]) -> None:
        took = (time.perf_counter() - self.began) * 1000
        for one in what:
            self.times[one].append(took)
        if not self.open:
            QTimer.singleShot(self.look, self, self.go_on)


def run(store: Path, make: Callable[[MainWindow], Stepper]) -> None:
    """Start the program as ``deepfashion-studio open STORE`` does, with a stepper on its window."""
    made: list[Stepper] = []
    start.trace.follow = lambda window: made.append(make(window))
    sys.argv = sys.argv[:1]
    start.run(store)
