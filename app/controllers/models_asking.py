"""Asks the command line something in a process of its own, for answers that need torch. No torch here."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

from app.jobs.naming import told_last
from app.jobs.process import environment
from store.errors import StudioError


class Asking(QObject):
    """One question at a time to ``deepfashion-studio ... --json``; a new one takes the place of the old.

    ``answered(dict)`` with what it printed, ``failed(StudioError)``; nothing after :meth:`stop`.
    """

    answered = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None

    @property
    def running(self) -> bool:
        """Whether an answer is still to come."""
        return self._process is not None

    def ask(self, arguments: Sequence[str]) -> None:
        """Ask; ``arguments`` are the command and its options, without ``--json``."""
        self.stop()
        process = QProcess(self)
        self._process = process
        surroundings = QProcessEnvironment()
        for name, value in environment().items():
            surroundings.insert(name, value)
        process.setProcessEnvironment(surroundings)
        process.finished.connect(lambda code, status: self._ended(process, code, status))
        process.errorOccurred.connect(lambda error: self._not_started(process, error))
        process.start(sys.executable, ["-P", "-m", "app", *arguments, "--json"])

    def stop(self) -> None:
        """Ask no more; a process that works on it is ended."""
        process, self._process = self._process, None
        if process is None:
            return
        process.blockSignals(True)
        if process.state() != QProcess.ProcessState.NotRunning:
            process.kill()
            process.waitForFinished(2000)
        process.deleteLater()

    def _ended(self, process: QProcess, code: int, status: QProcess.ExitStatus) -> None:
        if process is not self._process:
            return
        self._process = None
        process.deleteLater()
        out = bytes(process.readAllStandardOutput().data()).decode("utf-8", errors="replace")
        said = bytes(process.readAllStandardError().data()).decode("utf-8", errors="replace")
        if status != QProcess.ExitStatus.NormalExit:
            self.failed.emit(
                StudioError("The process was ended from outside.", "There may be too little memory.")
            )
        elif code:
            self.failed.emit(StudioError(told_last(said)))
        else:
            self._answer(out)

    def _answer(self, out: str) -> None:
        try:
            found: Any = json.loads(out.strip().rpartition("\n")[2])
        except ValueError:
            self.failed.emit(StudioError("The answer cannot be understood.", "The log may say more."))
            return
        self.answered.emit(found)

    def _not_started(self, process: QProcess, error: QProcess.ProcessError) -> None:
        if process is self._process and error == QProcess.ProcessError.FailedToStart:
            self._process = None
            process.deleteLater()
            self.failed.emit(
                StudioError(
                    f"No process can be started: {process.errorString()}.", "Check the machine's memory."
                )
            )
