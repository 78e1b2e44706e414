"""Reads in what the other pages are made of while nothing else is to do: the first of them opens at once.

Modules with Qt classes are read in the GUI thread, a few milliseconds a turn of the event loop: PySide
crashes now and then where a thread makes a Qt class while the GUI thread handles events. All else is read in
a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
    "store.cv",
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
_CHARTS_PLAIN = ("cProfile", "multiprocessing", "pydoc", "xml.etree.ElementTree")
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


class Ahead(QObject):
    """Reads ahead once; ``ready`` is called when editing has all that it needs."""

    def __init__(
        self, desk: Desk, ready: Callable[[], None], failed: Callable[[StudioError], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk, self._ready, self._failed = desk, ready, failed
        self._names: Iterator[str] = iter(())
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

    def _editing_read(self) -> None:
        self._ready()
        self._read((*_REST_PLAIN, *_CHARTS_PLAIN), _REST, self._wait_for_hands)

    def _read(self, plain: Sequence[str], parts: Sequence[str], then: Callable[[], None]) -> None:
        self._names = (name for part in parts for name in files_below(part))
        self._then = then
        self._desk.ask("ahead", lambda: _import(plain), lambda _none: self._timer.start(), self._failed)

    def _turn(self) -> None:
        ends = perf_counter() + _TURN
        for name in self._names:
            if name not in modules:
                import_module(name)
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
            self._names = (name for part in _CHARTS for name in files_below(part))
            self._then = _nothing
            self._timer.start()


def _import(names: Sequence[str]) -> None:
    for name in names:
        import_module(name)


def _nothing() -> None:
    pass
