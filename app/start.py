"""From nothing to a window, as fast as it goes: the program's start and end."""

from __future__ import annotations

import logging
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QProcess, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

import app
from app import log, trace
from app.controllers.settings import apply_look
from app.crash import CrashHook
from app.window import MainWindow
from store.settings import SettingsFile

_log = logging.getLogger(__name__)


def run(store: Path | None) -> int:
    """Open the window on a store, the last one for None; gives back the exit code when it is closed."""
    log.set_up()
    # In a terminal Ctrl+C ends the window at once: there is nothing unsaved to ask about.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    QCoreApplication.setApplicationName("DeepFashion Studio")
    QCoreApplication.setApplicationVersion(app.__version__)
    QGuiApplication.setDesktopFileName("deepfashion-studio")
    application = QApplication(sys.argv[:1])
    settings = SettingsFile()
    apply_look(application, settings.settings)
    window = MainWindow(settings)
    hook = CrashHook(window, window.saved_at)
    hook.restart_wanted.connect(lambda: _restart(window))
    hook.install()
    trace.follow(window)
    window.start(store)
    window.show()
    _log.info("started %s", app.__version__)
    code = application.exec()
    hook.remove()
    return code


def _restart(window: MainWindow) -> None:
    folder = window.session.store.folder if window.session.store is not None else None
    arguments = ["-P", "-m", "app", *(["open", str(folder)] if folder else [])]
    QProcess.startDetached(sys.executable, arguments, str(Path.cwd()))
    window.close()
