"""Short work in a few threads, its results handed back in the thread of the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal, Slot

from store.errors import StudioError


@dataclass(frozen=True, slots=True)
class Failure:
    """Stands where a result should be: ``error`` is None when the fault was our own (and was reported)."""

    error: StudioError | None = None


class _Bridge(QObject):
    """What a task speaks through. It has no parent, so a task may outlive everything else."""

    arrived = Signal(object, object)


class _Task:
    """A call with its token. No QRunnable: one that Qt does not delete stays, and what it holds."""

    def __init__(self, token: Any, call: Callable[[], Any], bridge: _Bridge) -> None:
        self.token = token
        self._call = call
        self._bridge = bridge

    def run(self) -> None:
        result: Any = Failure()
        try:
            result = self._call()
        except StudioError as error:
            result = Failure(error)
        finally:
            # Also after a fault of ours, which travels on to the crash dialog: its place must come free.
            self._bridge.arrived.emit(self, result)


class Courier(QObject):
    """Runs calls in at most ``threads`` threads and gives each result back with its token.

    There is no queue in here: who sends keeps its own list of what it still wants and looks at ``free``,
    so work that nobody wants any more is never begun. ``arrived(token, result)`` comes in the thread
    that made the courier; ``result`` is a :class:`Failure` when the call raised.
    """

    arrived = Signal(object, object)

    def __init__(self, threads: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(threads)
        self._bridge = _Bridge()
        self._bridge.arrived.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)
        self._running: set[_Task] = set()

    @property
    def free(self) -> int:
        """How many calls could begin at once."""
        return self._pool.maxThreadCount() - len(self._running)

    def send(self, token: Any, call: Callable[[], Any]) -> None:
        """Run ``call`` in a thread; ``token`` comes back with its result."""
        task = _Task(token, call, self._bridge)
        self._running.add(task)
        self._pool.start(task.run)

    def settle(self) -> None:
        """Wait for the calls that run now and drop their results (before a store is closed)."""
        self._pool.clear()
        self._pool.waitForDone()
        self._running.clear()

    @Slot(object, object)
    def _hand_over(self, task: _Task, result: Any) -> None:
        if task in self._running:
            self._running.discard(task)
            self.arrived.emit(task.token, result)
