"""How long the window's event loop is busy at a time while thumbnails, an import and an export run.

Usage: python -m benchmarks.studio_stalls STORE DATASET OUT. STORE should have no thumbnails yet; DATASET
is a COCO file beside its pictures, imported into the store by a job while the window is used; OUT is a
folder for the export. Prints JSON: by phase, how late each tick of a 2 ms timer came, in ms.

A tick is late because something else held the event loop: one handler or several in a row, so the
lateness is an upper bound for how long a handler took.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

from app import start
from app.window import MainWindow
from store.records import Visibility

_TICK_MS = 2


class Watch(QObject):
    """Uses the window for a while and notes every turn."""

    def __init__(self, window: MainWindow, dataset: Path, out: Path) -> None:
        super().__init__(window)
        self.window, self.dataset, self.out = window, dataset, out
        self.phase = "start"
        self.turns: dict[str, list[float]] = {}
        self.row = 0
        self.last = time.perf_counter()
        self.ticks = QTimer(self, interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self.ticks.timeout.connect(self._tick)
        self.ticks.start()
        window.browse.counted.connect(self._listed)

    def _tick(self) -> None:
        now = time.perf_counter()
        late = (now - self.last) * 1000 - _TICK_MS
        self.turns.setdefault(self.phase, []).append(max(late, 0.0))
        self.last = now

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
        self.window.annotate.page.set_layer("predictions", False)
        self.window.open_row(0)
        QTimer.singleShot(800, self, self._edit)

    def _edit(self) -> None:
        self.phase = "editing while import and export run"
        self._repeat(60, 150, self._one_edit, self._warm)

    def _one_edit(self) -> None:
        annotate, page = self.window.annotate, self.window.annotate.page
        self.row += 1
        if self.row % 5 == 0:
            annotate.step(1)
        elif self.row % 5 == 1:
            page.next_garment()
            page.next_landmark(1)
        elif self.row % 5 == 2:
            page.set_visibility(Visibility.OCCLUDED)
        else:
            page.nudge(1, 0)

    def _warm(self) -> None:
        """Proposals on: the model's process reads in its libraries, which takes seconds."""
        proposals = self.window.annotate.proposals
        self.phase = "editing while a model is loaded"
        proposals.shown.connect(self._correct)
        self.window.annotate.page.set_layer("predictions", True)
        self.edits = QTimer(self, interval=60)
        self.edits.timeout.connect(self._one_edit)
        self.edits.start()

    def _correct(self) -> None:
        self.window.annotate.proposals.shown.disconnect(self._correct)
        self.edits.stop()
        self.phase = "correcting from proposals"
        self._repeat(150, 160, self._one_correction, self._end)

    def _one_correction(self) -> None:
        """Next image, compare with the proposal, accept a landmark or all of it, take it back."""
        annotate, page = self.window.annotate, self.window.annotate.page
        predictions = page.predictions
        self.row += 1
        steps: tuple[Callable[[], object], ...] = (
            lambda: annotate.step(1),
            page.next_garment,
            predictions.next_difference,
            predictions.accept,
            predictions.accept_whole,
            annotate.undo,
            predictions.accept_all,
            lambda: page.nudge(1, 0),
        )
        steps[self.row % len(steps)]()

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
