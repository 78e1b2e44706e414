"""The parts that pages are built from do what they say."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QLabel, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from widgets.common import (
    Banner,
    Button,
    ElidedLabel,
    EmptyState,
    FlowLayout,
    IconButton,
    ProgressBar,
    SearchField,
    Section,
    Segment,
    Segmented,
    SidePanel,
)


def shown(qtbot: QtBot, widget: QWidget) -> QWidget:
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_section_folds_on_its_header_and_by_keyboard(qtbot: QtBot) -> None:
    section = Section("Facts", "3")
    content = QLabel("content")
    section.add(content)
    shown(qtbot, section)
    assert content.isVisible()
    with qtbot.waitSignal(section.folded) as caught:
        qtbot.mouseClick(section.layout().itemAt(0).widget(), Qt.MouseButton.LeftButton)
    assert caught.args == [True]
    assert not content.isVisible()
    header = section.findChild(QToolButton)
    assert header is not None
    qtbot.keyClick(header, Qt.Key.Key_Space)
    assert content.isVisible()
    assert header.accessibleName() == "Facts"


def test_side_panel_stacks_sections_in_order(qtbot: QtBot) -> None:
    panel = SidePanel(324)
    first, second = Section("One"), Section("Two")
    panel.add(first)
    panel.add(second)
    panel.resize(324, 600)
    shown(qtbot, panel)
    assert panel.width() == 324
    assert first.y() < second.y()
    assert second.geometry().bottom() < 300


def test_segments_choose_one(qtbot: QtBot) -> None:
    segments = Segmented([("a", "A"), ("b", "B"), ("c", "C")], "a")
    shown(qtbot, segments)
    buttons = segments.findChildren(QToolButton)
    assert [button.property("seg") for button in buttons] == ["first", "mid", "last"]
    with qtbot.waitSignal(segments.chosen) as caught:
        qtbot.mouseClick(buttons[1], Qt.MouseButton.LeftButton)
    assert caught.args == ["b"]
    assert segments.value() == "b"
    with qtbot.assertNotEmitted(segments.chosen):
        segments.set_value("c")
    assert segments.value() == "c"


def test_the_keys_of_segments_go_to_the_chosen_one(qtbot: QtBot) -> None:
    segments = Segmented([("a", "A"), ("b", "B"), ("c", "C")], "b")
    shown(qtbot, segments)
    assert segments.focusProxy().accessibleName() == "B"
    qtbot.mouseClick(segments.findChildren(QToolButton)[2], Qt.MouseButton.LeftButton)
    assert segments.focusProxy().accessibleName() == "C"


def test_segments_give_their_keys_up_for_room(qtbot: QtBot) -> None:
    segments = Segmented([Segment("m", "Masks", shortcut="F6"), Segment("b", "Boxes", shortcut="F7")])
    shown(qtbot, segments)
    before = segments.sizeHint().width()
    segments.show_keys(False)
    assert segments.sizeHint().width() < before - 30
    segments.show_keys(True)
    assert segments.sizeHint().width() == before


def test_segments_switch_each_on_its_own(qtbot: QtBot) -> None:
    segments = Segmented([Segment("m", "Masks", shortcut="F6"), Segment("b", "Boxes")], exclusive=False)
    shown(qtbot, segments)
    segments.set_on("m", True)
    button = segments.findChildren(QToolButton)[1]
    with qtbot.waitSignal(segments.switched) as caught:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert caught.args == ["b", True]
    assert segments.is_on("m")
    assert "F6" in segments.findChildren(QToolButton)[0].toolTip()


def test_search_field_types_clears_and_gives_the_focus_back(qtbot: QtBot) -> None:
    field = SearchField("Filter images", "/")
    shown(qtbot, field)
    with qtbot.waitSignal(field.changed):
        qtbot.keyClicks(field.edit, "vest")
    with qtbot.waitSignal(field.entered) as entered:
        qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert entered.args == ["vest"]
    qtbot.keyClick(field.edit, Qt.Key.Key_Escape)
    assert field.text() == ""
    with qtbot.waitSignal(field.left):
        qtbot.keyClick(field.edit, Qt.Key.Key_Escape)


def test_banner_says_offers_and_closes(qtbot: QtBot) -> None:
    calls: list[str] = []
    banner = Banner(
        "bad", "It broke", "Nothing is lost", [("Retry", lambda: calls.append("retry"))], closable=True
    )
    shown(qtbot, banner)
    button = next(b for b in banner.findChildren(Button) if b.text() == "Retry")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert calls == ["retry"]
    assert banner.accessibleName() == "It broke. Nothing is lost"
    banner.show_message("ok", "All is well")
    assert banner.property("kind") == "ok"
    with qtbot.waitSignal(banner.closed):
        qtbot.mouseClick(banner.findChildren(IconButton)[-1], Qt.MouseButton.LeftButton)
    assert not banner.isVisible()


def test_empty_state_offers_one_action(qtbot: QtBot) -> None:
    empty = EmptyState("photo", "No images yet", "Import a dataset", "How to import")
    shown(qtbot, empty)
    buttons = [b for b in empty.findChildren(Button) if b.isVisible()]
    assert [b.text() for b in buttons] == ["Import a dataset", "How to import"]
    with qtbot.waitSignal(empty.action):
        qtbot.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    empty.say("Nothing matches")
    assert not any(b.isVisible() for b in empty.findChildren(Button))


def test_elided_label_keeps_all_of_its_text(qtbot: QtBot) -> None:
    text = "/a/very/long/path/to/a/store"
    made = ElidedLabel(text, mode=Qt.TextElideMode.ElideMiddle)
    made.resize(80, 20)
    shown(qtbot, made)
    made.resize(80, 20)
    assert "…" in made.text()
    assert made.full_text() == made.toolTip() == made.accessibleName() == text
    made.resize(800, 20)
    assert made.text() == text
    assert made.toolTip() == ""


@pytest.mark.parametrize(("given", "value"), [(-1.0, 0), (0.25, 250), (7.0, 1000)])
def test_progress_stays_between_its_ends(qtbot: QtBot, given: float, value: int) -> None:
    bar = ProgressBar()
    qtbot.addWidget(bar)
    bar.set_share(given)
    assert bar.value() == value


def test_flow_layout_wraps_and_grows(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    flow = FlowLayout(holder, spacing=4)
    for _ in range(4):
        cell = QWidget()
        cell.setFixedSize(40, 20)
        flow.addWidget(cell)
    assert flow.heightForWidth(200) == 20
    assert flow.heightForWidth(90) == 44
    flow.setGeometry(QRect(0, 0, 90, 100))
    assert [(flow.itemAt(i).geometry().x(), flow.itemAt(i).geometry().y()) for i in range(4)] == [
        (0, 0),
        (44, 0),
        (0, 24),
        (44, 24),
    ]


def test_a_button_with_a_key_shows_and_says_it(qtbot: QtBot) -> None:
    with_key, without = Button("Accept", key="Y"), Button("Accept")
    holder = QWidget()
    qtbot.addWidget(holder)
    column = QVBoxLayout(holder)
    column.addWidget(with_key)
    column.addWidget(without)
    assert with_key.sizeHint().width() > without.sizeHint().width()
    assert with_key.accessibleDescription() == "Y"
