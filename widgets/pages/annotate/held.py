"""Panels that stay as they were until the picture is there: what is awaited most comes first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

#: How long the panels stay as they were while a picture is decoded, in milliseconds.
_LONGEST = 150


class HeldPanels(QObject):
    """Leaves panels unpainted from :meth:`hold` to :meth:`release`, but not for long."""

    def __init__(self, panels: Sequence[QWidget], parent: QObject) -> None:
        super().__init__(parent)
        self._panels = tuple(panels)
        self._longest = QTimer(self, interval=_LONGEST, singleShot=True)
        self._longest.timeout.connect(self._show)

    def hold(self) -> None:
        """Leave the panels as they are on the screen."""
        for panel in self._panels:
            panel.setUpdatesEnabled(False)
        self._longest.start()

    def release(self) -> None:
        """The picture has been painted: now the rest."""
        if self._longest.isActive():
            self._longest.stop()
            self._show()

    def _show(self) -> None:
        for panel in self._panels:
            panel.setUpdatesEnabled(True)
