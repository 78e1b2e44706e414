"""Small parts of the main window: its first paint, where it stood, and the way round its regions."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QWidget


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


def step_region(regions: Sequence[QWidget], home: QWidget, by: int = 1) -> None:
    """Give the keys to the next of the regions that has a use for them, or to the one before with -1.

    What lies in none of them counts as part of ``home``, which is one of them.
    """
    focus = QApplication.focusWidget()
    shown = [region for region in regions if region.isVisible() and _first(region) is not None]
    if not shown:
        return
    inside = [region for region in shown if focus is region or (focus and region.isAncestorOf(focus))]
    now = inside[0] if inside else home
    place = shown.index(now) + by if now in shown else 0
    target = _first(shown[place % len(shown)])
    if target is not None:
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _first(region: QWidget) -> QWidget | None:
    """What of a region takes the keys: itself, what is chosen in it, its first list, its first control."""
    if region.focusPolicy() & Qt.FocusPolicy.TabFocus or region.focusProxy() is not None:
        return region
    able = [
        one
        for one in region.findChildren(QWidget)
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isEnabled() and one.isVisible()
    ]
    chosen = [one for one in able if isinstance(one, QAbstractButton) and one.isChecked()]
    lists = [one for one in able if isinstance(one, QAbstractItemView)]
    return next(iter([*chosen, *lists, *able]), None)
