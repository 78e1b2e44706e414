"""How long the window's event loop is busy at a time while thumbnails, an import and an export run.

Usage: python -m benchmarks.studio_stalls STORE DATASET OUT. STORE should have no thumbnails yet; DATASET
is a COCO file beside its pictures, imported into the store by a job while the window is used; OUT is a
folder for the export. Prints JSON: turns of the event loop in ms, by phase.

A turn is the time from the dispatcher waking to its going to sleep again. It holds one handler or
several, so its length is an upper bound for that of a handler.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QAbstractEventDispatcher, QObject, QTimer

from app import start
from app.window import MainWindow
from store.records import Visibility


class Watch(QObject):
    """Uses the window for a while and notes every turn."""

    def __init__(self, window: MainWindow, dataset: Path, out: Path) -> None:
        super().__init__(window)
        self.window, self.dataset, self.out = window, dataset, out
        self.phase = "start"
        self.turns: dict[str, list[float]] = {}
        self.woke = 0.0
        self.row = 0
        dispatcher = QAbstractEventDispatcher.instance()
        dispatcher.awake.connect(self._awake)
        dispatcher.aboutToBlock.connect(self._asleep)
        window.browse.counted.connect(self._listed)

    def _awake(self) -> None:
        self.woke = time.perf_counter()

    def _asleep(self) -> None:
        if self.woke:
            self.turns.setdefault(self.phase, []).append((time.perf_counter() - self.woke) * 1000)
            self.woke = 0.0

    def _listed(self) -> None:
        if self.phase == "start":
            self.phase = "settling"
            QTimer.singleShot(1500, self, self._jobs)

    def _jobs(self) -> None:
        store = self.window.session.needed().folder
        for arguments in (
            [
                "import",
                "coco",
                str(self.dataset),
                "--images",
                str(self.dataset.parent),
                "--store",
                str(store),
            ],
            ["export", "coco", str(self.out / "bench.json"), "--store", str(store)],
        ):
            assert self.window.jobs.start(store, arguments) is not None
        self.phase = "scrolling while import and export run"
        self._repeat(80, 60, self._scroll, self._annotate)

    def _repeat(self, every: int, times: int, work: Callable[[], None], after: Callable[[], None]) -> None:
        timer = QTimer(self, interval=every)
        left = times

        def turn() -> None:
            nonlocal left
            left -= 1
            if left < 0:
                timer.stop()
                after()
            else:
                work()

        timer.timeout.connect(turn)
        timer.start()

    def _scroll(self) -> None:
        bar = self.window.browse.page.grid.verticalScrollBar()
        value = bar.value() + bar.pageStep()
        bar.setValue(0 if value > bar.maximum() else value)

    def _annotate(self) -> None:
        self.phase = "opening the first image"
        self.window.open_row(0)
        QTimer.singleShot(800, self, self._edit)

    def _edit(self) -> None:
        self.phase = "editing while import and export run"
        self._repeat(60, 150, self._one_edit, self._end)

    def _one_edit(self) -> None:
        annotate = self.window.annotate
        self.row += 1
        if self.row % 5 == 0:
            annotate.step(1)
        elif self.row % 5 == 1:
            annotate.next_garment()
            annotate.next_landmark(1)
        elif self.row % 5 == 2:
            annotate.set_visibility(Visibility.OCCLUDED)
        else:
            annotate.nudge(1, 0)

    def _end(self) -> None:
        sys.stdout.write(json.dumps(self.turns) + "\n")
        sys.stdout.flush()
        self.window.close()


def main() -> None:
    """Start the program on the store, with a watch on its window."""
    store, dataset, out = map(Path, sys.argv[1:4])
    made: list[Watch] = []
    start.trace.follow = lambda window: made.append(Watch(window, dataset, out))
    sys.argv = sys.argv[:1]
    start.run(store)


if __name__ == "__main__":
    main()
