"""The command palette in the window: by key and by its field, what it lists, what it runs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from tests.gui.app.window_hand import press
from widgets.dialogs.palette import CommandPalette, Entry, found
from widgets.frame.menubar import CommandField

Key = Qt.Key


def with_palette(
    qtbot: QtBot, open_it: Callable[[], object], act: Callable[[CommandPalette], object]
) -> None:
    """Do something in the palette that is opened; it must be closed by that."""

    def work() -> None:
        palette = QApplication.activeModalWidget()
        assert isinstance(palette, CommandPalette)
        qtbot.waitUntil(palette.isActiveWindow)
        try:
            act(palette)
        finally:
            palette.reject()

    QTimer.singleShot(0, work)
    open_it()


def test_what_is_typed_is_found_and_run(annotating: MainWindow, qtbot: QtBot) -> None:
    def act(palette: CommandPalette) -> None:
        qtbot.keyClicks(palette.field.edit, "box too")
        assert palette.entries()[0] == Entry("tool.box", "Box tool", "Annotate", "square", "R", "")
        qtbot.keyClick(palette.field.edit, Key.Key_Return)
        assert not palette.isVisible()

    with_palette(qtbot, lambda: press(qtbot, annotating, Key.Key_K, Qt.KeyboardModifier.ControlModifier), act)
    qtbot.waitUntil(lambda: annotating.annotate.canvas.tool == "box")
    assert annotating.palette_.recent == ["tool.box"]


def test_what_is_impossible_says_why_and_does_not_run(annotating: MainWindow, qtbot: QtBot) -> None:
    def act(palette: CommandPalette) -> None:
        qtbot.keyClicks(palette.field.edit, "redo browse")
        entry = palette.entries()[0]
        assert (entry.id, entry.reason) == ("browse.redo", "No change of images was undone in Browse")
        qtbot.keyClick(palette.field.edit, Key.Key_Return)
        assert palette.isVisible()
        qtbot.keyClick(palette.field.edit, Key.Key_Escape)
        assert not palette.isVisible()

    with_palette(qtbot, annotating.palette_.show, act)
    assert annotating.palette_.recent == []


def test_the_field_in_the_menu_bar_opens_it(window: MainWindow, qtbot: QtBot) -> None:
    field = window.menuBar().findChild(CommandField)
    assert field is not None

    def act(palette: CommandPalette) -> None:
        assert len(palette.entries()) == len(window.actions_.table) - 1
        qtbot.keyClicks(palette.field.edit, "qqqq")
        assert palette.entries() == []

    with_palette(qtbot, lambda: qtbot.mouseClick(field, Qt.MouseButton.LeftButton), act)


def test_the_arrows_go_round(window: MainWindow, qtbot: QtBot) -> None:
    def act(palette: CommandPalette) -> None:
        qtbot.keyClick(palette.field.edit, Key.Key_Up)
        assert palette.list.currentIndex().row() == len(palette.entries()) - 1
        qtbot.keyClick(palette.field.edit, Key.Key_Down)
        assert palette.list.currentIndex().row() == 0

    with_palette(qtbot, window.palette_.show, act)


def test_those_used_lately_come_first() -> None:
    entries = [
        Entry("a", "Next image"),
        Entry("b", "Next garment"),
        Entry("c", "Quit"),
        Entry("d", "Save", reason="no"),
    ]
    assert [one.id for one in found(entries, "", ["c", "b"])] == ["c", "b", "a", "d"]
    assert [one.id for one in found(entries, "next", ["b"])] == ["b", "a"]
    assert [one.id for one in found(entries, "quit", ["b"])] == ["c"]
