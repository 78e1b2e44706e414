"""Small parts of the main window: its first paint, and where it stood."""

from __future__ import annotations

import base64
import binascii

from PySide6.QtCore import QByteArray, QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget


class FirstPaint(QObject):
    """Tells once when a window has been painted, and then listens no more."""

    happened = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.UpdateRequest:
            watched.removeEventFilter(self)
            # The request is what paints; the turn after it the picture is on the screen.
            QTimer.singleShot(0, self.happened.emit)
        return False


def geometry_of(window: QWidget) -> str:
    """Where a window stands and how large it is, as a text for the settings."""
    return base64.b64encode(window.saveGeometry().data()).decode("ascii")


def restore_geometry(window: QWidget, text: object) -> None:
    """Put a window where it stood; what is no such text changes nothing."""
    if not isinstance(text, str):
        return
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return
    window.restoreGeometry(QByteArray(data))
