"""Makes a hidden page ready to be shown, a little at a time.

What costs on the first show of a page is that every control takes on the style sheet and its size. Done in
one go that holds the event loop for a noticeable moment; done beforehand in slices nobody notices it.
"""

from __future__ import annotations

from collections import deque
from time import perf_counter

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

#: How long a slice may take, and how long others have between two, in milliseconds.
_SLICE, _PAUSE = 6, 12


class Warming(QObject):
    """Polishes the children of a page while nobody waits for it; stops by itself."""

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        # The innermost first: a widget that is polished polishes all that is in it, in one go.
        self._left: deque[QWidget] = deque(reversed([page, *page.findChildren(QWidget)]))
        self._timer = QTimer(self, interval=_PAUSE)
        self._timer.timeout.connect(self._slice)

    def begin(self, size_of: QWidget) -> None:
        """Start, with the page as large as ``size_of``: that is where it will be shown."""
        self._page.resize(size_of.size())
        self._timer.start()

    @property
    def running(self) -> bool:
        """Whether there is anything left to do."""
        return self._timer.isActive()

    def _slice(self) -> None:
        if self._page.isVisible():
            # It was shown meanwhile: Qt has done the rest.
            self._left.clear()
        until = perf_counter() + _SLICE / 1000
        while self._left and perf_counter() < until:
            widget = self._left.popleft()
            if not isValid(widget):  # a row that its panel has replaced meanwhile
                continue
            widget.ensurePolished()
            layout = widget.layout()
            if layout is not None:
                layout.sizeHint()
        if not self._left:
            self._timer.stop()
