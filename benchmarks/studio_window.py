"""Runs the real window as a user's start would, steps through images, prints what it took as JSON.

Usage: python -m benchmarks.studio_window STORE STEPS [ahead|alone], with SPAWNED in the environment
(time.time() before the start). A step ends when the canvas has painted the next image, its garments
included. With "alone" nothing is decoded ahead, so that a step pays for its own decoding.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer

from app import start
from app.window import MainWindow

SPAWNED = float(os.environ["SPAWNED"])


def memory() -> float:
    """Resident memory of this process in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


class Stepper(QObject):
    """Notes the first paint, waits for the store, then steps and times each image until painted."""

    def __init__(self, window: MainWindow, steps: int, ahead: bool) -> None:
        super().__init__(window)
        self.window, self.steps, self.ahead = window, steps, ahead
        self.result: dict[str, object] = {}
        self.times: list[float] = []
        self.began = 0.0
        self.due = False
        window.painted.connect(self._painted)
        window.browse.counted.connect(self._listed)

    def _painted(self) -> None:
        self.result["start"] = time.time() - SPAWNED
        self.result["memory_start"] = memory()

    def _listed(self) -> None:
        if "listed" in self.result:
            return
        self.result["listed"] = time.time() - SPAWNED
        QTimer.singleShot(2500, self, self._open)

    def _open(self) -> None:
        self.result["memory_thumbnails"] = memory()
        self.window.open_row(0)
        annotate = self.window.annotate
        annotate.page.picture_shown.connect(self._shown)
        annotate.canvas.viewport().installEventFilter(self)
        if not self.ahead:
            pictures = annotate.page.pictures
            show = pictures.show
            pictures.show = lambda path, _ahead=(): show(path)
        QTimer.singleShot(1500, self, self._step)

    def _step(self) -> None:
        if len(self.times) >= self.steps:
            self.result["steps"] = self.times
            self.result["memory_end"] = memory()
            sys.stdout.write(json.dumps(self.result) + "\n")
            sys.stdout.flush()
            self.window.close()
            return
        if len(self.times) == min(30, self.steps // 2):
            self.result["memory_early"] = memory()
        self.due = False
        self.began = time.perf_counter()
        self.window.annotate.step(1)

    def _shown(self) -> None:
        self.due = self.began > 0
        self.window.annotate.canvas.viewport().update()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if self.due and event.type() == QEvent.Type.Paint:
            self.due = False
            # The timer fires when the paint that is about to happen has been flushed.
            QTimer.singleShot(0, self, self._end)
        return False

    def _end(self) -> None:
        self.times.append((time.perf_counter() - self.began) * 1000)
        QTimer.singleShot(60, self, self._step)


def main() -> None:
    """Start the program as ``deepfashion-studio open STORE`` does, with a stepper on its window."""
    store, steps, ahead = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "ahead"
    made: list[Stepper] = []
    start.trace.follow = lambda window: made.append(Stepper(window, steps, ahead))
    sys.argv = sys.argv[:1]
    start.run(store)


if __name__ == "__main__":
    main()
