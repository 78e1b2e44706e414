"""What happens to errors that nobody expected while the window is open: the log, then a dialog."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from app import log
from app.cli.outcome import Exit

Hook = Callable[[type[BaseException], BaseException, TracebackType | None], object]


class CrashHook(QObject):
    """Takes ``sys.excepthook``: logs, and shows the crash dialog in the GUI thread.

    Errors from other threads come over a queued signal. A second error while the dialog is open is
    only logged: one dialog says enough.
    """

    _happened = Signal(object)
    restart_wanted = Signal()

    def __init__(self, window: QWidget, saved_at: Callable[[], datetime | None]) -> None:
        super().__init__(window)
        self._window = window
        self._saved_at = saved_at
        self._open = False
        self._before: Hook = sys.excepthook
        self._happened.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take the hook."""
        self._before = sys.excepthook
        sys.excepthook = self._take

    def remove(self) -> None:
        """Give the hook back."""
        sys.excepthook = self._before

    def _take(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.exit(int(Exit.CANCELLED))
            return
        log.crash(error)
        sys.__excepthook__(kind, error, trace)
        self._happened.emit(error)

    def _show(self, error: BaseException) -> None:
        if self._open:
            return
        from widgets.dialogs.crash import CrashDialog

        summary = "".join(traceback.format_exception_only(error)).strip()
        details = "".join(traceback.format_exception(error))
        dialog = CrashDialog(summary, f"{details}\nLog: {log.path()}", self._saved_at(), self._window)
        dialog.restart_wanted.connect(self.restart_wanted)
        self._open = True
        try:
            dialog.exec()
        finally:
            self._open = False
            dialog.deleteLater()
