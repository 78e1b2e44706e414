"""A hand that works the real window without a screen: for the guide's pictures and ``make demo``.

The window is the program's own, its settings and its demo lie in a folder that is given. What is waited
for is always something that the window says or shows, never a time that should be enough.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import (
    QEventLoop,
    QMessageLogContext,
    QPoint,
    QPointF,
    QRect,
    Qt,
    QThreadPool,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app.window import MainWindow
from store.records import ImageState
from store.settings import SettingsFile
from widgets import style
from widgets.browser.model import TileModel
from widgets.browser.thumbnails import Thumbnails

#: A single shot of the window's own that is due within so many milliseconds is waited for.
_SOON = 600
_LOOK_EVERY = 15
_LOSSLESS_SMALLEST = 0
Faults = list[BaseException]


#: How the offscreen platform begins what it says of every window; nobody can do anything about it.
_REMARK = "This plugin does not support"


class Stuck(Exception):
    """Something that was waited for did not come."""


def isolate(folder: Path, *, screen: tuple[int, int] = (1920, 1200)) -> None:
    """Keep settings, log and demo in ``folder``, and draw on no screen; before the application is made."""
    folder.mkdir(parents=True, exist_ok=True)
    width, height = screen
    about = {"name": "guide", "x": 0, "y": 0, "width": width, "height": height, "logicalDpi": 96, "dpr": 1}
    file = folder / "screen.json"
    file.write_text(json.dumps({"screens": [about]}), encoding="utf-8")
    os.environ["DEEPFASHION_STUDIO_HOME"] = str(folder)
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={file}"


def _pass_on(_kind: QtMsgType, _where: QMessageLogContext, text: str) -> None:
    """What Qt says, but for remarks on the platform."""
    if not text.startswith(_REMARK):
        sys.stderr.write(f"{text}\n")


def wait(check: Callable[[], object], what: str, seconds: float = 60.0) -> None:
    """Run the event loop till ``check`` is true twice in a row. Stuck naming ``what`` if it never is."""
    loop = QEventLoop()
    held = 0

    def look() -> None:
        nonlocal held
        held = held + 1 if check() else 0
        if held == 2:
            loop.quit()

    every = QTimer(interval=_LOOK_EVERY)
    every.timeout.connect(look)
    every.start()
    late = QTimer(singleShot=True, interval=round(seconds * 1000))
    late.timeout.connect(lambda: loop.exit(1))
    late.start()
    code = loop.exec()
    every.stop()
    late.stop()
    if code:
        raise Stuck(f"Waited {seconds:.0f} s for {what}.")


class Hand:
    """Works one window. Coordinates are image pixels where not said otherwise."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window

    # -- waiting --------------------------------------------------------------------------------

    def settle(self, seconds: float = 60.0) -> None:
        """Wait till everything that the window wants to show is there."""
        wait(self._calm, "the window to come to rest", seconds)

    def _calm(self) -> bool:
        window = self.window
        if window.session.opening is not None or window.session.desk.busy():
            return False
        if not all(one.idle for one in window.findChildren(Thumbnails)):
            return False
        soon = [t for t in window.findChildren(QTimer) if t.isActive() and t.isSingleShot()]
        return all(t.interval() > _SOON for t in soon) and self._listed() and self._painted()

    def _listed(self) -> bool:
        """Whether the rows of Browse that are in view are there."""
        page = self.window.browse.page
        if self.window.shell.page() != "browse" or page.grid.isHidden():
            return True
        rows, tiles = page.grid.rows_in_view(), page.grid.model()
        return isinstance(tiles, TileModel) and tiles.complete(rows.start, rows.stop)

    def _painted(self) -> bool:
        """Whether the picture of Annotate is there."""
        if self.window.shell.page() != "annotate":
            return True
        document, canvas = self.window.annotate.document, self.window.annotate.canvas
        missing = document is not None and document.image.state is not ImageState.PRESENT
        return missing or (not canvas.image.isNull() and canvas.viewport().updatesEnabled())

    def activate(self) -> None:
        """Have the keys, as a window manager gives them back when a dialog is closed."""
        if not self.window.isActiveWindow():
            self.window.activateWindow()
            wait(self.window.isActiveWindow, "the window to have the keys")

    # -- keys and mouse -------------------------------------------------------------------------

    def press(
        self, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, times: int = 1
    ) -> None:
        """Press a key where the focus is."""
        self.activate()
        for _ in range(times):
            QTest.keyClick(self.window.focusWidget() or self.window, key, keys)

    def type(self, text: str) -> None:
        """Type a text into whatever has the focus."""
        self.activate()
        QTest.keyClicks(self.window.focusWidget() or self.window, text)

    def undo(self) -> None:
        """Ctrl+Z."""
        self.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

    def redo(self) -> None:
        """Ctrl+Shift+Z."""
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        self.press(Qt.Key.Key_Z, both)

    def place(self, x: float, y: float) -> QPoint:
        """The pixel of the canvas on which a point of the image lies."""
        return self.window.annotate.canvas.map_from_image(QPointF(x, y)).toPoint()

    def take(self, x: float, y: float) -> None:
        """Press the left button on a point of the image."""
        view = self.window.annotate.canvas.viewport()
        QTest.mousePress(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, self.place(x, y))

    def move(self, x: float, y: float) -> None:
        """Move the pointer to a point of the image."""
        QTest.mouseMove(self.window.annotate.canvas.viewport(), self.place(x, y))

    def let_go(self, x: float, y: float) -> None:
        """Let the left button go over a point of the image."""
        view = self.window.annotate.canvas.viewport()
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, self.place(x, y))

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Drag from one point of the image to another."""
        self.take(*start)
        self.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        self.move(*end)
        self.let_go(*end)

    # -- going somewhere ------------------------------------------------------------------------

    def open_store(self, folder: Path) -> None:
        """Open a store and wait till its images are listed."""
        self.window.session.open(folder)
        wait(lambda: self.window.session.store is not None, f"the store {folder} to open")
        self.window.go_to("browse")
        self.settle()

    def filter(self, text: str) -> None:
        """Go to Browse and put a filter in force."""
        self.window.show_filter(text)
        self.settle()

    def annotate(self, image_id: int) -> None:
        """Open an image of the filter in Annotate. Stuck if the filter does not select it."""
        ids = self.window.browse.slice.ids.tolist()
        if image_id not in ids:
            raise Stuck(f"Image {image_id} is not among the {len(ids)} images of the filter.")
        self.window.open_row(ids.index(image_id))
        self.settle()

    def in_dialog(self, open_it: Callable[[], object], work: Callable[[QDialog], None]) -> None:
        """Open a modal dialog, work in it, and close it if it is still open."""
        raised: list[BaseException] = []
        waiting = QTimer(interval=_LOOK_EVERY)

        def look() -> None:
            dialog = QApplication.activeModalWidget()
            if not isinstance(dialog, QDialog) or not dialog.isVisible():
                return
            waiting.stop()
            try:
                work(dialog)
            except (Stuck, AssertionError, OSError) as error:
                raised.append(error)
            finally:
                if dialog.isVisible():
                    dialog.reject()

        waiting.timeout.connect(look)
        waiting.start()
        open_it()
        waiting.stop()
        if raised:
            raise raised[0]

    # -- pictures -------------------------------------------------------------------------------

    def resize(self, width: int, height: int) -> None:
        """Give the window a size."""
        self.window.resize(width, height)
        self.settle()

    def shot(self, path: Path, over: Sequence[QWidget] = ()) -> Path:
        """Save a picture of the window, with dialogs and menus over it where they are on a screen."""
        image = _opaque(self.window)
        painter = QPainter(image)
        for widget in over:
            self._paint_over(painter, widget)
        painter.end()
        path.parent.mkdir(parents=True, exist_ok=True)
        if not image.save(str(path), "PNG", _LOSSLESS_SMALLEST):  # type: ignore[call-overload]
            raise OSError(f"{path} cannot be written.")
        return path

    def _paint_over(self, painter: QPainter, widget: QWidget) -> None:
        whole = self.window.rect()
        at = widget.mapToGlobal(QPoint(0, 0)) - self.window.mapToGlobal(QPoint(0, 0))
        if isinstance(widget, QDialog):
            at = whole.center() - widget.rect().center()
            painter.fillRect(whole, QColor(0, 0, 0, 90))
        painter.drawImage(at, _opaque(widget))
        painter.setPen(QPen(style.tokens().line2))
        painter.drawRect(QRect(at, widget.size()).adjusted(-1, -1, 0, 0))


def _opaque(widget: QWidget) -> QImage:
    return widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)


@contextmanager
def working(settings: SettingsFile, size: tuple[int, int] = (1600, 1000)) -> Iterator[Hand]:
    """The window, shown and closed again, with a hand to work it.

    An error inside the window, which a person would be told of by the crash dialog, is raised at the end.
    """
    faults: Faults = []
    before, said = sys.excepthook, qInstallMessageHandler(_pass_on)

    def keep(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        faults.append(error)

    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    sys.excepthook = keep
    # As the program does: what is made before the look is there keeps the platform's fonts.
    look = settings.settings
    style.apply(application, look.theme, look.font_scale / 100, look.density)
    window = MainWindow(settings)
    try:
        window.resize(*size)
        window.start(None)
        window.show()
        wait(window.isVisible, "the window")
        window.activateWindow()
        yield Hand(window)
    finally:
        window.close()
        window.deleteLater()
        QThreadPool.globalInstance().waitForDone()
        sys.excepthook = before
        qInstallMessageHandler(said)
    if faults:
        raise faults[0]
