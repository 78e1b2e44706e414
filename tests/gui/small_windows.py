"""What tests of whole windows on small stores have in common."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.jobs import process
from app.window import MainWindow
from store.runs import library
from store.settings import SettingsFile

#: What a window is waited for, in milliseconds.
PATIENCE = 30_000
#: The size of a drawn picture.
WIDTH, HEIGHT = 60, 80


def private_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person's models and settings are those of the test, none ship, and Annotate proposes nothing."""
    monkeypatch.setenv("DEEPFASHION_STUDIO_HOME", str(tmp_path / "home"))
    SettingsFile().set_layout(annotate={"predictions": False})
    monkeypatch.setattr(library, "shipped_models", lambda: tmp_path / "shipped")


def draw(folder: Path, number: int, hue: int, saturation: int = 160) -> str:
    """Write a picture of one colour; its name in the folder."""
    picture = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    picture.fill(QColor.fromHsv(hue, saturation, 200))
    name = f"{number:03}.png"
    assert picture.save(str(folder / name))
    return name


def window_on(qtbot: QtBot, folder: Path) -> MainWindow:
    """A window on a store whose images are listed. Who asks for it closes it with :func:`done_with`."""
    made = MainWindow(SettingsFile())
    made.start(folder)
    made.show()
    # The machine may be busy.
    qtbot.waitUntil(lambda: len(made.browse.slice.ids) > 0 and not made.session.desk.busy(), timeout=PATIENCE)
    return made


def done_with(window: MainWindow) -> None:
    """Close a window for good."""
    window.close()
    window.deleteLater()
    # At once: the next test's look would be put on all of its parts.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def end_jobs() -> None:
    """Wait for the jobs that windows have started: they outlive a window; in a test they end with it."""
    for child in process._children.values():
        child.wait(120)
    process._children.clear()
