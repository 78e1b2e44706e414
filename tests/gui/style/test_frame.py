"""The rail, the status bar and the dialogs."""

from __future__ import annotations

from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMainWindow,
    QWidget,
)
from pytestqt.qtbot import QtBot

from store.settings import Settings
from widgets import style
from widgets.common import Button, Segmented, SpinBox
from widgets.dialogs.crash import CrashDialog
from widgets.dialogs.settings import SettingsDialog
from widgets.dialogs.shortcuts import ShortcutsDialog
from widgets.frame import MenuBar, PageRail, RailEntry, SavedState, Shell, StatusBar

ENTRIES = (
    RailEntry("browse", "Browse", "layout-grid", shortcut="Ctrl+1"),
    RailEntry("annotate", "Annotate", "vector-triangle", enabled=False),
    RailEntry("settings", "Settings", "settings", foot=True),
)


def rail_button(rail: QWidget, title: str) -> QAbstractButton:
    return next(b for b in rail.findChildren(QAbstractButton) if b.accessibleName() == title)


def press(qtbot: QtBot, where: QWidget, text: str) -> None:
    button = next(b for b in where.findChildren(QAbstractButton) if b.text() == text)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_rail_chooses_pages_that_work(qtbot: QtBot) -> None:
    rail = PageRail(ENTRIES)
    qtbot.addWidget(rail)
    rail.show()
    chosen: list[str] = []
    rail.chosen.connect(chosen.append)
    for title in ("Browse", "Annotate", "Settings"):
        qtbot.mouseClick(rail_button(rail, title), Qt.MouseButton.LeftButton)
    assert chosen == ["browse", "settings"]
    assert rail.current() == "browse"
    rail.set_enabled("annotate", False, "open a store first")
    assert "open a store first" in rail_button(rail, "Annotate").toolTip()
    rail.set_enabled("annotate", True)
    rail.set_current("annotate")
    assert rail.current() == "annotate"
    assert chosen == ["browse", "settings"]
    rail.set_current("")
    assert rail.current() == ""


def test_rail_can_be_icons_only(qtbot: QtBot) -> None:
    rail = PageRail(ENTRIES)
    qtbot.addWidget(rail)
    assert rail.width() == 76
    rail.set_icons_only(True)
    assert rail.maximumWidth() == 48


def test_shell_shows_a_page_and_marks_it(qtbot: QtBot) -> None:
    shell = Shell(ENTRIES)
    qtbot.addWidget(shell)
    welcome = shell.add_page("welcome", QWidget())
    browse = shell.add_page("browse", QWidget())
    shell.show_page("browse")
    assert shell.pages.currentWidget() is browse
    assert shell.rail.current() == "browse"
    shell.show_page("welcome")
    assert shell.pages.currentWidget() is welcome
    assert (shell.page(), shell.rail.current()) == ("welcome", "")


def test_saved_state_says_it_in_words_and_waits_before_it_says_saving(qtbot: QtBot) -> None:
    state = SavedState()
    qtbot.addWidget(state)
    state.saved(datetime(2026, 1, 2, 14, 32, 7))
    assert state.text() == "Saved 14:32:07"
    state.saving()
    assert state.text() == "Saved 14:32:07"
    qtbot.waitUntil(lambda: state.text() == "Saving")
    state.saving()
    state.saved(datetime(2026, 1, 2, 14, 32, 8))
    assert state.text() == "Saved 14:32:08"
    state.not_saved("read-only store")
    assert state.text() == "Not saved: read-only store"
    state.hide()


def test_status_bar_shows_jobs_only_while_they_run(qtbot: QtBot) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.resize(1200, 28)
    bar.show()
    bar.set_store("demo")
    bar.set_facts(["240 images", "431 garments"])
    bar.set_hint("Landmark tool")
    texts = {label.text() for label in bar.findChildren(QLabel)}
    assert {"240 images", "431 garments", "Landmark tool"} <= texts
    bar.set_jobs("1 job: importing 64 %", 0.64)
    job = rail_button(bar, "1 job: importing 64 %")
    assert job.isVisible()
    with qtbot.waitSignal(bar.jobs_pressed):
        qtbot.mouseClick(job, Qt.MouseButton.LeftButton)
    bar.set_jobs("", 0)
    assert not job.isVisible()
    assert bar.height() == 28


def test_menu_bar_has_the_mark_and_a_corner(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    bar = MenuBar()
    window.setMenuBar(bar)
    bar.addMenu("File")
    field = Button("Search actions")
    bar.set_right(field)
    window.resize(900, 300)
    window.show()
    assert bar.height() == 32
    assert field.isVisible()


def test_settings_are_in_force_at_once_and_defaults_keep_the_name(qtbot: QtBot) -> None:
    dialog = SettingsDialog(Settings(author="Anna"), "login")
    qtbot.addWidget(dialog)
    dialog.show()
    seen: list[Settings] = []
    dialog.changed.connect(seen.append)
    theme, scale = dialog.editor("theme"), dialog.editor("font_scale")
    assert isinstance(theme, Segmented)
    assert isinstance(scale, SpinBox)
    qtbot.mouseClick(rail_button(theme, "Light"), Qt.MouseButton.LeftButton)
    scale.setValue(150)
    surround, large = dialog.editor("canvas_surround"), dialog.editor("large_shapes")
    assert isinstance(surround, QComboBox)
    assert isinstance(large, QCheckBox)
    surround.setCurrentIndex(1)
    large.click()
    assert seen[-1] == Settings(
        theme="light", font_scale=150, author="Anna", canvas_surround="#777777", large_shapes=True
    )
    assert dialog.settings() == seen[-1]
    press(qtbot, dialog, "Use defaults")
    assert seen[-1] == Settings(author="Anna")
    assert theme.value() == "dark"
    assert len(seen) == 5
    dialog.reject()


def test_settings_begin_at_the_first_and_grow_with_the_text(qtbot: QtBot, qapp: QApplication) -> None:
    style.apply(qapp, "dark")
    dialog = SettingsDialog(Settings(), "login")
    qtbot.addWidget(dialog)
    dialog.show()
    theme = dialog.editor("theme")
    assert theme.isAncestorOf(dialog.focusWidget())
    before = dialog.size()
    try:
        style.apply(qapp, "dark", 1.5)
        qtbot.waitUntil(lambda: dialog.height() > before.height())
        for text in dialog.findChildren(QLabel):
            assert text.height() >= text.heightForWidth(text.width()), text.text()
        assert dialog.width() >= 1.5 * 640
    finally:
        style.apply(qapp, "dark")
    qtbot.waitUntil(lambda: dialog.size() == before)


def test_shortcuts_are_found_by_key_and_by_word(qtbot: QtBot) -> None:
    dialog = ShortcutsDialog(
        [
            ("Everywhere", [("Ctrl+Z", "Undo")]),
            ("Annotate", [("PgDn / PgUp", "Next, previous image")]),
            ("None", []),
        ]
    )
    qtbot.addWidget(dialog)
    dialog.show()

    def texts() -> set[str]:
        return {label.text() for label in dialog.findChildren(QLabel) if label.isVisible()}

    assert {"Everywhere", "Annotate", "Undo", "PgDn", "PgUp"} <= texts()
    assert "None" not in texts()
    edit = dialog.findChild(QLineEdit)
    assert edit is not None
    edit.setText("pgdn")
    qtbot.waitUntil(lambda: "Undo" not in texts())
    assert "PgUp" in texts()
    edit.setText("nothing like it")
    qtbot.waitUntil(lambda: "No shortcut matches nothing like it" in texts())
    dialog.reject()


@pytest.mark.parametrize("saved", [None, datetime(2026, 1, 2, 14, 32, 7)])
def test_crash_dialog_says_what_is_safe_and_copies(qtbot: QtBot, saved: datetime | None) -> None:
    dialog = CrashDialog("KeyError: 17", "Traceback: here", saved)
    qtbot.addWidget(dialog)
    dialog.show()
    texts = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert ("All edits up to 14:32:07 are saved" in texts) == (saved is not None)
    press(qtbot, dialog, "Copy details")
    assert QGuiApplication.clipboard().text() == "Traceback: here"
    with qtbot.waitSignal(dialog.restart_wanted):
        press(qtbot, dialog, "Restart")
    assert not dialog.isVisible()


def test_every_control_of_the_dialogs_has_a_name(qtbot: QtBot) -> None:
    for dialog in (SettingsDialog(Settings()), ShortcutsDialog([("A", [("B", "C")])]), CrashDialog("a", "b")):
        qtbot.addWidget(dialog)
        for child in dialog.findChildren(QWidget):
            takes_focus = child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.focusProxy() is None
            if takes_focus and child.isVisibleTo(dialog) and not child.objectName().startswith("qt_"):
                assert child.accessibleName() or child.property("text"), child
