"""The keys of the window: the editor changes them, and everything that shows them follows at once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.settings import SettingsFile
from tests.gui.app.window_hand import press
from widgets.common import Button, IconButton
from widgets.dialogs.keys import KeysDialog

Key = Qt.Key
Ctrl = Qt.KeyboardModifier.ControlModifier


def in_dialog(open_it: Callable[[], object], act: Callable[[QDialog], object]) -> None:
    """Do something in the dialog that is opened, then close it."""

    def work() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        try:
            act(dialog)
        finally:
            dialog.reject()

    QTimer.singleShot(0, work)
    open_it()


def edit(qtbot: QtBot, window: MainWindow, act: Callable[[KeysDialog], object]) -> None:
    in_dialog(window.keys.edit, lambda dialog: act(dialog) if isinstance(dialog, KeysDialog) else None)
    qtbot.waitUntil(window.isActiveWindow)


def test_a_pressed_key_is_in_force_at_once_and_after_a_restart(annotating: MainWindow, qtbot: QtBot) -> None:
    def act(dialog: KeysDialog) -> None:
        dialog.choose("tool.box")
        dialog.field.setFocus()
        qtbot.keyClick(dialog.field, Key.Key_B, Ctrl | Qt.KeyboardModifier.AltModifier)

    edit(qtbot, annotating, act)
    assert annotating.keys.map.action("tool.box").keys == ("R", "Ctrl+Alt+B")
    annotating.annotate.canvas.setFocus()
    press(qtbot, annotating, Key.Key_B, Ctrl | Qt.KeyboardModifier.AltModifier)
    assert annotating.annotate.canvas.tool == "box"
    assert dict(SettingsFile().keys) == {"tool.box": ("R", "Ctrl+Alt+B")}


def test_a_clash_is_said_before_the_key_is_taken(annotating: MainWindow, qtbot: QtBot) -> None:
    said: list[str] = []

    def act(dialog: KeysDialog) -> None:
        dialog.choose("tool.box")
        dialog.field.setFocus()
        qtbot.keyClick(dialog.field, Key.Key_L, Ctrl)
        said.append(dialog.message.accessibleName())
        assert annotating.keys.map.own == {}
        button = dialog.message.findChild(Button)
        assert button is not None
        qtbot.keyClick(button, Key.Key_Space)

    edit(qtbot, annotating, act)
    assert said == ["Ctrl+L is “Second look” on the Annotate page"]
    assert annotating.keys.map.action("tool.box").keys == ("R", "Ctrl+L")
    assert annotating.keys.map.action("image.second_look").keys == ()
    assert annotating.actions_["image.second_look"].shortcuts() == []


def test_what_lists_need_is_refused(annotating: MainWindow, qtbot: QtBot) -> None:
    said: list[str] = []

    def act(dialog: KeysDialog) -> None:
        dialog.choose("tool.box")
        dialog.field.setFocus()
        qtbot.keyClick(dialog.field, Key.Key_Tab)
        said.append(dialog.message.accessibleName())

    edit(qtbot, annotating, act)
    assert "lists and fields" in said[0]
    assert annotating.keys.map.own == {}


def test_a_key_is_taken_away_and_reset(annotating: MainWindow, qtbot: QtBot) -> None:
    def act(dialog: KeysDialog) -> None:
        dialog.choose("tool.box")
        cross = next(one for one in dialog.findChildren(IconButton) if one.accessibleName() == "Take R away")
        qtbot.mouseClick(cross, Qt.MouseButton.LeftButton)
        assert annotating.keys.map.action("tool.box").keys == ()
        dialog.reset.click()

    edit(qtbot, annotating, act)
    assert annotating.keys.map.own == {}
    assert annotating.actions_["tool.box"].shortcut().toString() == "R"


def test_the_list_is_searched_by_action_and_key(annotating: MainWindow, qtbot: QtBot) -> None:
    shown: list[list[str]] = []

    def act(dialog: KeysDialog) -> None:
        for text in ("second look", "ctrl+l", "qqq"):
            dialog._find.set_text(text)
            items = (dialog.list.topLevelItem(row) for row in range(dialog.list.topLevelItemCount()))
            shown.append([item.text(0) for item in items if item is not None and not item.isHidden()])

    edit(qtbot, annotating, act)
    assert shown[2] == []
    assert shown[0] == ["Second look at the selected images", "Second look"]
    assert "Second look" in shown[1]


def test_a_preset_changes_menus_tool_tips_and_caps(annotating: MainWindow, qtbot: QtBot) -> None:
    page = annotating.annotate.page
    assert page.toolbar.next.toolTip() == "Next image (PgDn)"
    edit(qtbot, annotating, lambda dialog: dialog.preset.setCurrentIndex(dialog.preset.findData("labelme")))
    assert annotating.actions_["image.next"].shortcut().toString() == "D"
    assert page.toolbar.next.toolTip() == "Next image (D)"
    assert page.strip.buttons["box"].toolTip() == "Box (Ctrl+R)"
    canvas = annotating.annotate.canvas
    canvas.setFocus()
    press(qtbot, annotating, Key.Key_T)
    assert canvas.overlays_are_hidden
    assert SettingsFile().settings.key_preset == "labelme"
    edit(qtbot, annotating, lambda dialog: dialog.preset.setCurrentIndex(0))
    assert page.toolbar.next.toolTip() == "Next image (PgDn)"


def test_a_key_that_nobody_can_have_twice_in_a_settings_file_starts_the_window(
    open_window: Callable[[object], MainWindow],
) -> None:
    file = SettingsFile()
    file.set_keys({"tool.box": ["Q"], "tool.select": ["Q"], "nobody": ["W"]})
    window = open_window(None)
    assert window.actions_["tool.select"].shortcut().toString() == "Q"
    assert window.actions_["tool.box"].shortcuts() == []
