"""Steps of a person in the real window, each timed until what it leads to has been painted."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from app import start
from app.window import MainWindow


class Steps(Protocol):
    """What a person does, step after step, and when each can be seen."""

    @property
    def ends(self) -> tuple[str, ...]:
        """What a step is timed to."""
        ...

    @property
    def look(self) -> int:
        """So long a person looks between two steps, in milliseconds."""
        ...

    def prepare(self, stepper: Stepper) -> None:
        """Called once when the images are listed: says what is watched, and goes on when all is calm."""
        ...

    def step(self) -> bool:
        """Begin a step, or say that there is none left."""
        ...

    def there(self) -> set[str]:
        """Which ends of the step are on the page."""
        ...


class Stepper(QObject):
    """Takes step after step and notes how long each took, in milliseconds, by what ends it: by the next paint
    of a watched widget."""

    def __init__(self, window: MainWindow, steps: Steps) -> None:
        super().__init__(window)
        self.window, self.steps = window, steps
        self.times: dict[str, list[float]] = {end: [] for end in steps.ends}
        self.open: set[str] = set()
        self.began = 0.0
        window.browse.counted.connect(self._listed)

    def _listed(self) -> None:
        self.window.browse.counted.disconnect(self._listed)
        self.steps.prepare(self)

    def watch(self, *widgets: QWidget) -> None:
        """Look whenever these are painted."""
        for widget in widgets:
            widget.installEventFilter(self)

    def go_on(self) -> None:
        """The next step; after the last all times go to the standard output, and the window is closed."""
        self.open = set(self.times)
        self.began = time.perf_counter()
        if not self.steps.step():
            self.open = set()
            sys.stdout.write(json.dumps(self.times) + "\n")
            sys.stdout.flush()
            self.window.close()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if self.open and event.type() == QEvent.Type.Paint and (now := self.steps.there() & self.open):
            self.open -= now
            # The timer fires when the paint that is about to happen has been flushed.
            QTimer.singleShot(0, self, lambda: self._end(now))
        return False

    def _end(self, what: set[str]) -> None:
        took = (time.perf_counter() - self.began) * 1000
        for one in what:
            self.times[one].append(took)
        if not self.open:
            QTimer.singleShot(self.steps.look, self, self.go_on)


def run(store: Path, make: Callable[[MainWindow], Steps]) -> None:
    """Start the program as ``deepfashion-studio open STORE`` does, and take these steps in its window."""
    made: list[Stepper] = []
    start.trace.follow = lambda window: made.append(Stepper(window, make(window)))
    sys.argv = sys.argv[:1]
    start.run(store)
