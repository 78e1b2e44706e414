"""Short work off the GUI thread: queries and counts. Long work is a job (``app/jobs``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QThreadPool, Signal, Slot

from store.errors import StudioError

T = TypeVar("T")


class _Answers(QObject):
    """Carries answers from a pool thread to the GUI thread (a queued signal)."""

    came = Signal(str, int, object, object)


class _Task:
    """One question. Not a QRunnable: of those many stay when Qt has deleted them, with all they hold."""

    def __init__(self, key: str, number: int, work: Callable[[], Any], answers: _Answers) -> None:
        self._key, self._number, self._work, self._answers = key, number, work, answers

    def run(self) -> None:
        try:
            answer = self._work()
        except StudioError as error:
            self._answers.came.emit(self._key, self._number, None, error)
        else:
            self._answers.came.emit(self._key, self._number, answer, None)


class Desk(QObject):
    """Hands work to a few threads and brings the answers back; of one key only the newest counts.

    What is not a ``StudioError`` is not caught: it reaches ``sys.excepthook``, as it should.
    """

    def __init__(self, parent: QObject | None = None, threads: int = 2) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        # A thread keeps its connection to the store; threads that come and go would leave them behind.
        self._pool.setExpiryTimeout(-1)
        self._answers = _Answers(self)
        self._answers.came.connect(self._deliver)
        self._number = 0
        self._wanted: dict[str, tuple[int, Callable[[Any], None], Callable[[StudioError], None]]] = {}

    def ask(
        self,
        key: str,
        work: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[StudioError], None],
    ) -> None:
        """Do ``work`` in a thread, then call ``then`` with the answer in the GUI thread.

        An older question under the same key loses its answer, and never starts if it has not yet.
        """
        self._number += 1
        self._wanted[key] = (self._number, then, failed)
        number = self._number

        def unless_stale() -> T | None:
            wanted = self._wanted.get(key)
            return work() if wanted is not None and wanted[0] == number else None

        self._pool.start(_Task(key, number, unless_stale, self._answers).run)

    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._wanted)

    def drop(self) -> None:
        """Forget every question and wait for the work that runs; no answer comes after this."""
        self._wanted.clear()
        self._pool.clear()
        self._pool.waitForDone()

    @Slot(str, int, object, object)
    def _deliver(self, key: str, number: int, answer: object, error: StudioError | None) -> None:
        wanted = self._wanted.get(key)
        if wanted is None or wanted[0] != number:
            return
        del self._wanted[key]
        _number, then, failed = wanted
        if error is not None:
            failed(error)
        else:
            then(answer)
