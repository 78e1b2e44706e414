"""What the tests of the Runs page do beside it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer

from app.window import MainWindow
from store.runs import RunFolder
from widgets.dialogs.confirm import ConfirmDialog


def dead_run(folder: Path, steps: int = 3) -> RunFolder:
    """A run whose process was killed."""
    run = RunFolder.create(folder, "train", ["train", "--store", str(folder)])
    run.event("started", config={"name": "old"}, garments=9, images=8, steps_per_epoch=10, epochs=2, step=0)
    for step in range(1, steps + 1):
        run.event("step", step=step, epoch=step / 10, loss=1 / step, losses={})
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    (run.path / "pid").write_text(f"{child.pid} 1")
    return run


def answer(window: MainWindow, act: Callable[[], object], choose: Callable[[Any], None]) -> None:
    """Does something that opens a question, and answers it."""

    def reply() -> None:
        dialog = next(d for d in window.findChildren(ConfirmDialog) if d.isVisible())
        choose(dialog)

    QTimer.singleShot(50, reply)
    act()
