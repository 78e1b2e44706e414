"""What happens to an error that nobody expected: logged, shown once, and the window goes on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app import log
from app.crash import CrashHook
from widgets.dialogs.crash import CrashDialog


@pytest.fixture
def hook(qtbot: QtBot) -> Iterator[CrashHook]:
    window = QWidget()
    qtbot.addWidget(window)
    before = sys.excepthook
    made = CrashHook(window, lambda: datetime(2026, 1, 2, 14, 32, 7))
    made.install()
    yield made
    made.remove()
    assert sys.excepthook is before


def raised(text: str) -> ZeroDivisionError:
    """An error with a traceback."""
    try:
        raise ZeroDivisionError(text)
    except ZeroDivisionError as error:
        return error


def test_a_fault_is_logged_and_shown_once(
    hook: CrashHook, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    shown: list[CrashDialog] = []

    def look(dialog: CrashDialog) -> None:
        shown.append(dialog)
        second = raised("while the dialog is open")
        sys.excepthook(type(second), second, second.__traceback__)
        qtbot.wait(20)  # the loop of the dialog that is open

    monkeypatch.setattr(CrashDialog, "exec", look)
    error = raised("by us")
    sys.excepthook(type(error), error, error.__traceback__)
    qtbot.waitUntil(lambda: len(shown) == 1)
    text = log.path().read_text(encoding="utf-8")
    assert "by us" in text
    assert "while the dialog is open" in text
    assert "ZeroDivisionError: by us" in capfd.readouterr().err


def test_the_dialog_asks_for_a_restart(
    hook: CrashHook, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(CrashDialog, "exec", lambda dialog: dialog.restart_wanted.emit())
    error = raised("by us")
    with qtbot.waitSignal(hook.restart_wanted):
        sys.excepthook(type(error), error, error.__traceback__)
