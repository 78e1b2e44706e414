"""What two people do who change one garment at the same time, for the tests of whole windows."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.document import Document, Edit, edits
from tests.gui.app.window_hand import Key
from widgets.dialogs.conflict import ConflictDialog

Doing = Callable[[ConflictDialog], None]


def move(document: Document, index: int, x: float) -> Edit:
    return edits.move_landmarks(document.garments[0], {index: (x, 12.0)})


def asked(qtbot: QtBot, window: MainWindow, doing: Doing, cause: Callable[[], None]) -> list[ConflictDialog]:
    """What happens in the dialog that ``cause`` brings up; the dialogs that came."""
    came: list[ConflictDialog] = []

    def answer(dialog: object) -> None:
        assert isinstance(dialog, ConflictDialog)
        came.append(dialog)
        # One turn more: the dialog has been painted by then.
        QTimer.singleShot(0, dialog, lambda: doing(dialog))

    window.dialog_opened.connect(answer)
    cause()
    qtbot.waitUntil(lambda: bool(came) and QApplication.activeModalWidget() is None)
    window.dialog_opened.disconnect(answer)
    qtbot.waitUntil(window.isActiveWindow)
    return came


def key(qtbot: QtBot, *keys: Key) -> Doing:
    """Press keys in the dialog, where the focus is."""

    def doing(dialog: ConflictDialog) -> None:
        for one in keys:
            qtbot.keyClick(dialog.focusWidget() or dialog, one)

    return doing


def first_moved(window: MainWindow, others: Document, index: int = 0) -> Callable[[], None]:
    """They move landmark ``index``; I move landmark 1 before I have seen that."""

    def cause() -> None:
        window.annotate.page.select(window.annotate.document.garments[0].id, 0)
        edit = move(window.annotate.document, 0, 50.0)
        others.apply(move(others, index, 99.0))
        window.annotate.page.edit_wanted.emit(edit)

    return cause
