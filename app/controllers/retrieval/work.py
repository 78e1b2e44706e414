"""Long work in a thread of its own, told of and stopped: what is no job, because nothing of it is kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from app.session import Session
from app.work import Desk
from store.errors import Cancelled, StudioError
from store.progress import Progress

T = TypeVar("T")
_EVERY_SECONDS = 0.08


class LongWork(QObject):
    """One piece of work at a time. ``told(done, total, message)`` in the window's thread.

    It ends before the store that it reads is closed.
    """

    told = Signal(int, int, str)
    _said = Signal(int, int, str)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = Desk(self, threads=1)
        self._stop = threading.Event()
        self._said.connect(self.told, Qt.ConnectionType.QueuedConnection)
        session.closing.connect(self.end)

    def run(
        self,
        work: Callable[[Progress], T],
        then: Callable[[T], object],
        failed: Callable[[StudioError], object],
        stopped: Callable[[], object],
    ) -> None:
        """Do ``work`` with a progress to call, then one of the others here; what ran before is stopped, and
        none of its calls comes."""
        self._stop.set()
        stop = self._stop = threading.Event()

        def guarded() -> tuple[T] | None:
            try:
                return (work(self._progress(stop)),)
            except Cancelled:
                return None

        def take(answer: tuple[T] | None) -> None:
            if answer is None:
                stopped()
            else:
                then(answer[0])

        def refused(error: StudioError) -> None:
            failed(error)

        self._desk.ask("work", guarded, take, refused)

    def stop(self) -> None:
        """Have the work stop at its next step; ``stopped`` is called then."""
        self._stop.set()

    def busy(self) -> bool:
        """Whether something is being done."""
        return self._desk.busy()

    def end(self) -> None:
        """Stop, and wait for it; nothing is called."""
        self._stop.set()
        self._desk.drop()

    def _progress(self, stop: threading.Event) -> Progress:
        last = 0.0

        def progress(done: int, total: int, message: str = "") -> None:
            nonlocal last
            if stop.is_set():
                raise Cancelled
            now = time.monotonic()
            if now - last >= _EVERY_SECONDS:
                last = now
                self._said.emit(done, total, message)

        return progress
