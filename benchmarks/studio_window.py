"""Runs the real window as a user's start would, steps through images, prints what it took as JSON.

Usage: python -m benchmarks.studio_window STORE STEPS [ahead|alone|proposals|panels|history], with SPAWNED in
the environment (time.time() before the start). A step ends when the canvas has painted the next image, its
garments included; "panels" in the result is when the side panel has painted too. With "alone" nothing is
decoded ahead, so that a step pays for its own decoding. With "proposals" a model looks at the same images in
its own process meanwhile, as in the program at first; else their layer is off, as the peer has none. With
"panels" every section of the side panel is open, and nothing is decoded ahead; with "history" the history
lies over them.
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
from widgets.common import Section
from widgets.pages.annotate import AnnotatePage

SPAWNED = float(os.environ.get("SPAWNED", "0"))
#: After so many steps the memory is noted for the first time.
EARLY = 50


def memory() -> float:
    """Resident memory of this process in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


class Stepper(QObject):
    """Notes the first paint, waits for the store, then steps and times each image until painted."""

    def __init__(self, window: MainWindow, steps: int, mode: str) -> None:
        super().__init__(window)
        self.window, self.steps, self.mode = window, steps, mode
        self.result: dict[str, object] = {}
        self.times: list[float] = []
        self.panels: list[float] = []
        self.began = 0.0
        self.due = self.panels_due = False
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
        annotate = self.window.annotate
        annotate.page.set_layer("predictions", self.mode == "proposals")
        self.window.open_row(0)
        annotate.page.picture_shown.connect(self._shown)
        annotate.canvas.viewport().installEventFilter(self)
        annotate.page.right.installEventFilter(self)
        if self.mode in ("panels", "history"):
            unfold(annotate.page, history=self.mode == "history")
        if self.mode in ("alone", "panels", "history"):
            pictures = annotate.page.pictures
            show = pictures.show
            pictures.show = lambda path, _ahead=(): show(path)
        if self.mode == "proposals":
            annotate.proposals.shown.connect(self._first_proposals)
        else:
            QTimer.singleShot(1500, self, self._step)

    def _first_proposals(self) -> None:
        """The process is warm: before that it reads in its libraries, once a session."""
        self.window.annotate.proposals.shown.disconnect(self._first_proposals)
        QTimer.singleShot(500, self, self._step)

    def _step(self) -> None:
        if len(self.times) >= self.steps:
            self.result |= {"steps": self.times, "panels": self.panels}
            self.result["memory_end"] = memory()
            sys.stdout.write(json.dumps(self.result) + "\n")
            sys.stdout.flush()
            self.window.close()
            return
        if len(self.times) == min(EARLY, self.steps // 2):
            self.result["memory_early"] = memory()
        self.due, self.panels_due = False, True
        self.began = time.perf_counter()
        self.window.annotate.step(1)

    def _shown(self) -> None:
        self.due = self.began > 0
        self.window.annotate.canvas.viewport().update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Paint:
            return False
        # The timers fire when the paint that is about to happen has been flushed.
        if watched is self.window.annotate.page.right:
            if self.panels_due:
                self.panels_due = False
                QTimer.singleShot(0, self, self._end_panels)
        elif self.due:
            self.due = False
            QTimer.singleShot(0, self, self._end)
        return False

    def _end_panels(self) -> None:
        self.panels.append((time.perf_counter() - self.began) * 1000)

    def _end(self) -> None:
        self.times.append((time.perf_counter() - self.began) * 1000)
        QTimer.singleShot(60, self, self._step)


def unfold(page: AnnotatePage, *, history: bool = False) -> None:
    """Open every section of the side panel, and the history over them."""
    for section in page.right.findChildren(Section):
        section.set_folded(False)
    page.set_history_shown(history)


def main() -> None:
    """Start the program as ``deepfashion-studio open STORE`` does, with a stepper on its window."""
    store, steps, mode = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    made: list[Stepper] = []
    start.trace.follow = lambda window: made.append(Stepper(window, steps, mode))
    sys.argv = sys.argv[:1]
    start.run(store)


if __name__ == "__main__":
    main()
