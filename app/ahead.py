"""Reads in what the other pages are made of while nothing else is to do: the first of them opens at once.

Modules with Qt classes are read in the GUI thread, a few milliseconds a turn of the event loop: PySide
crashes now and then where a thread makes a Qt class while the GUI thread handles events. All else is read in
a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext, suppress
from importlib import import_module
from pathlib import Path
from sys import modules
from time import perf_counter

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtGui import QCursor, QGuiApplication

from app.work import Desk
from store.errors import StudioError

#: What editing, exporting and importing need, and has no Qt classes.
_EDITING_PLAIN = (
    "sqlalchemy",
    "store.db",
    "store.document",
    "store.proposals",
    "store.segmenting",
    "store.notes",
    "store.reviewing",
    "store.exporting",
    "inference.serving",
    "tomli_w",
)
#: The same with Qt classes: modules, and folders of them. What others need comes first: many small turns.
_EDITING = (
    "widgets.canvas",
    "widgets.panels",
    "widgets.pages.annotate",
    "app.controllers.annotate",
    "app.controllers.export",
    "app.controllers.importing",
)
#: What the remaining pages and the dialogs need.
_REST_PLAIN = (
    "html",
    "pydantic",
    "store.runs.configuring",
    "store.runs.predicted_rows",
    "store.runs.compare",
    "store.runs.removing",
    "store.runs.series",
    "store.sweeping",
    "store.auditing",
)
_REST = (
    "widgets.dialogs",
    "widgets.pages.models",
    "widgets.pages.retrieval",
    "widgets.pages.sweep",
    "app.controllers.models",
    "app.controllers.retrieval",
    "app.controllers.sweep",
)
#: What the charts are made with is one module that cannot be read by parts: see :meth:`Ahead._when_still`.
#: What it needs itself is read before.
_CHARTS_PLAIN = (
    "cProfile",
    "colorama",
    "importlib.resources",
    "multiprocessing",
    "pydoc",
    "subprocess",
    "xml.etree.ElementTree",
)
#: pyqtgraph takes it where it is installed.
_CHARTS_CUDA = "cuda.bindings.runtime"
#: pyqtgraph asks these for all their names, which PySide makes at that moment only: that is half of its time.
_CHARTS_QT = ("PySide6.QtCore", "PySide6.QtGui", "PySide6.QtWidgets")
_CHARTS_MORE_QT = ("PySide6.QtSvg", "PySide6.QtTest", "PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets")
_CHARTS = ("pyqtgraph", "widgets.plots", "widgets.pages.runs", "app.controllers.runs")

#: So many seconds a turn, and so many milliseconds between turns for what a person does.
_TURN, _PAUSE = 0.004, 6
#: Hands that have not moved for so many milliseconds rest.
_REST_OF_HANDS = 1500


def files_below(name: str) -> Iterator[str]:
    """The modules of a folder by name, the folder's own last; of a module, itself."""
    folder = Path(__file__).resolve().parents[1].joinpath(*name.split("."))
    for file in sorted(folder.rglob("*.py")):
        inner = file.relative_to(folder).with_suffix("").parts
        if inner[-1] != "__init__":
            yield ".".join((name, *inner))
    yield name


def _reading(parts: Sequence[str]) -> Iterator[None]:
    """Reads in modules, and folders of them, one after the other."""
    for part in parts:
        for name in files_below(part):
            if name not in modules:
                import_module(name)
            yield


def _reading_charts() -> Iterator[None]:
    """Reads in the charts, after all of what they need that can be had in small turns."""
    for part in _CHARTS_QT:
        module = import_module(part)
        for name in dir(module):
            getattr(module, name)
            yield
    for part in _CHARTS_MORE_QT:
        import_module(part)
        yield
    yield from _reading(_CHARTS)


class Ahead(QObject):
    """Reads ahead once; ``ready`` is called when editing has all that it needs."""

    def __init__(
        self, desk: Desk, ready: Callable[[], None], failed: Callable[[StudioError], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk, self._ready, self._failed = desk, ready, failed
        self._work: Iterator[None] = iter(())
        self._then: Callable[[], None] = _nothing
        self._timer = QTimer(self, interval=_PAUSE)
        self._timer.timeout.connect(self._turn)
        self._stillness = QTimer(self, interval=_REST_OF_HANDS)
        self._stillness.timeout.connect(self._when_still)
        self._pointer = QPoint()

    def start(self) -> None:
        """Begin; what has been read before costs nothing."""
        self._read(_EDITING_PLAIN, _EDITING, self._editing_read)

    def stop(self) -> None:
        """Read no more."""
        self._timer.stop()
        self._stillness.stop()
        self._then = _nothing

    def wait(self) -> None:
        """Something has changed in the window: somebody is at work, be it by keys alone."""
        if self._stillness.isActive():
            self._stillness.start()

    def _editing_read(self) -> None:
        self._ready()
        self._read((*_REST_PLAIN, *_CHARTS_PLAIN, _CHARTS_CUDA), _REST, self._wait_for_hands)

    def _read(self, plain: Sequence[str], parts: Sequence[str], then: Callable[[], None]) -> None:
        self._work = _reading(parts)
        self._then = then
        self._desk.ask("ahead", lambda: _import(plain), lambda _none: self._timer.start(), self._failed)

    def _turn(self) -> None:
        ends = perf_counter() + _TURN
        for _one in self._work:
            if perf_counter() >= ends:
                return
        self._timer.stop()
        self._then()

    def _wait_for_hands(self) -> None:
        if "pyqtgraph" not in modules:
            self._pointer = QCursor.pos()
            self._stillness.start()

    def _when_still(self) -> None:
        """Reads the charts when the hands rest, as that takes longer than anybody at work should wait."""
        before, self._pointer = self._pointer, QCursor.pos()
        pressed = QGuiApplication.mouseButtons().value or QGuiApplication.keyboardModifiers().value
        if before == self._pointer and not pressed:
            self._stillness.stop()
            self._work = _reading_charts()
            self._then = _nothing
            self._timer.start()


def _import(names: Sequence[str]) -> None:
    for name in names:
        with suppress(ImportError) if name == _CHARTS_CUDA else nullcontext():
            import_module(name)


def _nothing() -> None:
    pass
