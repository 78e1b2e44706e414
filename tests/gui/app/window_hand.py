"""What a person does in the whole window, for its tests."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.document import Document

Key = Qt.Key


def press(qtbot: QtBot, window: MainWindow, key: Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    """A key pressed where the focus is."""
    target = window.focusWidget() or window
    qtbot.keyClick(target, key, modifier or Qt.KeyboardModifier.NoModifier)


def stored(window: MainWindow) -> Document:
    """The image in Annotate as the store has it now."""
    return Document(window.session.needed(), window.annotate.image_id)
