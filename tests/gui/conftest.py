"""GUI tests: real windows offscreen; a test that leaves a window, a timer or busy pool behind fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThreadPool, QTimer
from PySide6.QtWidgets import QApplication


@pytest.fixture(autouse=True)
def no_predictions(predictions_as_asked: None) -> None:
    """No window of a test starts a process that predicts, but where the test asks for it."""


@pytest.fixture(autouse=True)
def nothing_left_behind(qapp: QApplication) -> Iterator[None]:
    """Fails a test that leaves visible windows, running timers of the application or work in the pool."""
    before = set(map(id, qapp.findChildren(QTimer)))
    yield
    assert QThreadPool.globalInstance().waitForDone(3000), "work left in the global thread pool"
    shown = [w for w in qapp.topLevelWidgets() if w.isVisible()]
    for widget in shown:
        widget.close()
    assert not shown, f"windows left open: {shown}"
    timers = [t for t in qapp.findChildren(QTimer) if t.isActive() and id(t) not in before]
    assert not timers, f"timers left running: {timers}"
