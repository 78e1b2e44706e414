"""Runs the real window on an image of very many garments, works on it, prints what each step took as JSON.

Usage: python -m benchmarks.studio_crowd STORE. Steps are mouse and wheel events as a hand makes them, given
to the canvas; each ends when what it leads to has been painted. ``held`` is how late a timer of 2 ms came
meanwhile: an upper bound for how long the event loop was held at a time.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from app import start
from app.window import MainWindow
from store.records import Garment
from widgets.canvas.tone import Tone

STEPS = 120
_TICK = 2
#: Between two steps and after a selection, in milliseconds.
_PAUSE, _LOOK = 25, 120

#: Such a step may change nothing that is seen: it ends with its turn of the event loop.
_UNPAINTED = ("hover",)
#: A step that is not painted in so many milliseconds is waited for no more.
_LONGEST = 5000

#: What kind of step it is, what begins it, and how long a person looks afterwards.
Step = tuple[str, Callable[[], object], int]


class Hand:
    """Mouse and wheel over a widget."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._at = QPointF()
        self._held = Qt.MouseButton.NoButton

    def press(self, at: QPointF, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        self._at, self._held = at, button
        self._send(QEvent.Type.MouseButtonPress, button)

    def move(self, at: QPointF) -> None:
        self._at = at
        self._send(QEvent.Type.MouseMove, Qt.MouseButton.NoButton)

    def release(self) -> None:
        button, self._held = self._held, Qt.MouseButton.NoButton
        self._send(QEvent.Type.MouseButtonRelease, button)

    def click(self, at: QPointF) -> None:
        self.press(at)
        self.release()

    def turn(self, at: QPointF, notches: int) -> None:
        """The wheel with Ctrl held."""
        event = QWheelEvent(
            at,
            self._widget.mapToGlobal(at),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.ControlModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self._widget, event)

    def _send(self, kind: QEvent.Type, button: Qt.MouseButton) -> None:
        place, keys = self._widget.mapToGlobal(self._at), Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(self._widget, QMouseEvent(kind, self._at, place, button, self._held, keys))


class Worker(QObject):
    """Opens the first image, then takes step after step."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.canvas = window.annotate.canvas
        self.hand = Hand(self.canvas.viewport())
        self.times: dict[str, list[float]] = {}
        self.held: dict[str, float] = {}
        self.kind = "open"
        self.due = False
        self.began = self.ticked = 0.0
        self.steps: Iterator[Step] = iter(())
        self.tick = QTimer(self, interval=_TICK, timerType=Qt.TimerType.PreciseTimer)
        self.tick.timeout.connect(self._ticked)
        self.watch = QTimer(self, interval=_LONGEST, singleShot=True)
        self.watch.timeout.connect(self._missed)
        window.browse.counted.connect(self._listed)

    def _listed(self) -> None:
        self.window.browse.counted.disconnect(self._listed)
        QTimer.singleShot(2500, self, self._open)

    def _open(self) -> None:
        self.window.annotate.page.set_layer("predictions", False)
        self.ticked = time.perf_counter()
        self.tick.start()
        self.window.open_row(0)
        self.canvas.viewport().installEventFilter(self)
        QTimer.singleShot(4000, self, self._begin)

    def _begin(self) -> None:
        self.steps = self._script()
        self._next()

    # --- what is done ----------------------------------------------------------------------------

    @property
    def garments(self) -> list[Garment]:
        """The garments of the image as they are now."""
        return self.canvas.shown.garments

    def _place(self, x: float, y: float) -> QPointF:
        return self.canvas.map_from_image(QPointF(x, y))

    def _middle(self, number: int) -> QPointF:
        x1, y1, x2, y2 = self.garments[number % len(self.garments)].box.tolist()
        return self._place((x1 + x2) / 2, (y1 + y2) / 2)

    def _script(self) -> Iterator[Step]:
        view = QPointF(self.canvas.viewport().rect().center())
        yield from self._selecting()
        for number in range(STEPS):
            at = view + QPointF(number % 40 - 20, number % 30 - 15)
            yield "hover", lambda at=at: self.hand.move(at), _PAUSE
        yield from self._zooming(view)
        self.canvas.fit()
        yield from self._panning(view, "pan, whole image")
        self.canvas.set_zoom(1.0)
        yield from self._panning(view, "pan at 100 %")
        self.canvas.fit()
        yield from self._dragging("landmark")
        yield from self._dragging("corner")
        yield from self._toning()

    def _selecting(self) -> Iterator[Step]:
        for number in range(STEPS // 2):
            at = self._middle(7 * number + 3)
            yield "select", lambda at=at: self.hand.click(at), _LOOK

    def _zooming(self, view: QPointF) -> Iterator[Step]:
        """In by six notches, out by six, as quickly as a wheel turns; then with time to look."""
        for number in range(STEPS):
            notches = 1 if number % 12 < 6 else -1
            yield "zoom", lambda n=notches: self.hand.turn(view, n), _PAUSE
        for number in range(STEPS // 4):
            notches = 1 if number % 12 < 6 else -1
            yield "zoom, then look", lambda n=notches: self.hand.turn(view, n), 4 * _LOOK

    def _panning(self, view: QPointF, kind: str) -> Iterator[Step]:
        self.hand.press(view, Qt.MouseButton.MiddleButton)
        for number in range(STEPS):
            # There and back again.
            way = 20 - abs(number % 40 - 20)
            at = view + QPointF(14, 9) * way + QPointF(1, 1)
            yield kind, lambda at=at: self.hand.move(at), _PAUSE
        self.hand.release()

    def _dragging(self, kind: str) -> Iterator[Step]:
        number = len(self.garments) // 2
        one = self.garments[number]
        self.canvas.set_zoom(1.0)
        self.window.annotate.page.go_to_landmark(one.id, 20)
        self.canvas.centre_on(*one.points[20].tolist())
        self.window.annotate.page.set_tool("polygon" if kind == "corner" else "select")
        yield f"before {kind}", self.canvas.viewport().update, 10 * _LOOK
        start = self._place(*(one.polygons[0][20] if kind == "corner" else one.points[20]).tolist())
        self.hand.move(start)
        self.hand.press(start)
        for step in range(STEPS):
            at = start + QPointF(5 + 60 * (step % 30) / 30, 3 + 40 * (step % 20) / 20)
            yield f"drag a {kind}", lambda at=at: self.hand.move(at), _PAUSE
        yield f"let go of a {kind}", self.hand.release, _LOOK

    def _toning(self) -> Iterator[Step]:
        comfort = self.window.annotate.comforting.parts
        self.canvas.fit()
        for name, values in (("brightness", (-40, 40)), ("contrast", (-30, 60)), ("gamma", (40, 200))):
            slider = comfort.popover.sliders[name]
            for step in range(STEPS // 3):
                value = values[0] + (values[1] - values[0]) * step // (STEPS // 3)
                yield "tone", lambda v=value, s=slider: s.setValue(v), _PAUSE
        yield "tone, neutral", lambda: comfort.set_tone(Tone()), _LOOK

    # --- how it is timed -------------------------------------------------------------------------

    def _next(self) -> None:
        found = next(self.steps, None)
        if found is None:
            sys.stdout.write(json.dumps({"steps": self.times, "held": self.held}) + "\n")
            sys.stdout.flush()
            self.window.close()
            return
        self.kind, begin, self._pause = found
        self.due = self.kind not in _UNPAINTED
        self.watch.start()
        self.began = time.perf_counter()
        begin()
        if not self.due and self.kind in _UNPAINTED:
            QTimer.singleShot(0, self, self._end)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if self.due and event.type() == QEvent.Type.Paint:
            self.due = False
            # The timer fires when the paint that is about to happen has been flushed.
            QTimer.singleShot(0, self, self._end)
        return False

    def _missed(self) -> None:
        sys.stderr.write(f"A step of {self.kind!r} was never painted\n")
        QApplication.exit(1)

    def _end(self) -> None:
        self.watch.stop()
        self.times.setdefault(self.kind, []).append((time.perf_counter() - self.began) * 1000)
        QTimer.singleShot(self._pause, self, self._next)

    def _ticked(self) -> None:
        now = time.perf_counter()
        late = (now - self.ticked) * 1000 - _TICK
        self.held[self.kind] = max(self.held.get(self.kind, 0.0), late)
        self.ticked = now


def main() -> None:
    """Work on the first image of the store that is named."""
    store = Path(sys.argv[1])
    made: list[Worker] = []
    start.trace.follow = lambda window: made.append(Worker(window))
    sys.argv = sys.argv[:1]
    start.run(store)


if __name__ == "__main__":
    main()
