"""Work that is done one piece an event-loop turn: keys, pointer and painting come in between."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from shiboken6 import isValid

#: Between two pieces, in milliseconds: without any the second would come before the first was painted.
_PAUSE = 8


class Turns(QObject):
    """Does what it is asked, in order, each in a turn of its own."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[tuple[QObject, Callable[[], object]]] = deque()
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE)
        self._timer.timeout.connect(self._turn)
        # The pause begins when the turn has ended in which it was asked for, however long that took.
        self._ended = QTimer(self, singleShot=True, interval=0)
        self._ended.timeout.connect(self._timer.start)

    def ask(self, owner: QObject, call: Callable[[], object]) -> None:
        """Call soon; not at all once ``owner`` is gone."""
        self._waiting.append((owner, call))
        if not self._timer.isActive():
            self._ended.start()

    def _turn(self) -> None:
        while self._waiting:
            owner, call = self._waiting.popleft()
            if isValid(owner):
                # What comes next is on its way even where this goes wrong.
                self._ended.start()
                call()
                return


_turns: list[Turns] = []


def soon(owner: QObject, call: Callable[[], object]) -> None:
    """Call in a turn of its own, after all that was asked for before; not at all once ``owner`` is gone."""
    if not _turns or not isValid(_turns[0]):
        _turns[:] = [Turns()]
    _turns[0].ask(owner, call)
