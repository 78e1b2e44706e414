"""The first page: it says what a person wants, by mouse, by keyboard and by dropping."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from store.settings import RecentStore
from widgets import style
from widgets.pages.welcome import WelcomePage
from widgets.pages.welcome_recent import RecentList, locate_rect, when
from widgets.pages.welcome_start import droppable

NOW = datetime(2026, 5, 20, 12, 0).astimezone()


@pytest.fixture(autouse=True)
def dark(qapp: QApplication) -> Iterator[None]:
    style.apply(qapp, "dark")
    yield
    style.apply(qapp, "dark")


@pytest.fixture
def page(qtbot: QtBot) -> WelcomePage:
    made = WelcomePage("1.2.3")
    qtbot.addWidget(made)
    made.resize(1500, 940)
    made.show()
    return made


def stores(tmp_path: Path) -> list[RecentStore]:
    return [
        RecentStore(tmp_path / "one", "one", 240, 431, 0.05, NOW),
        RecentStore(tmp_path / "gone", "gone", 10, 20, 0.0, NOW, found=False),
        RecentStore(tmp_path / "two", "two", 1, 1, 1.0, None),
    ]


def recent(page: WelcomePage) -> RecentList:
    found = page.findChild(RecentList)
    assert found is not None
    return found


def test_first_start_offers_the_demo(page: WelcomePage, qtbot: QtBot) -> None:
    page.activateWindow()
    qtbot.waitUntil(page.demo.hasFocus)
    with qtbot.waitSignal(page.demo_wanted):
        qtbot.keyClick(page.demo, Qt.Key.Key_Return)
    assert not recent(page).isVisible()


def test_cards_and_links_say_what_is_wanted(page: WelcomePage, qtbot: QtBot) -> None:
    named = {b.accessibleName(): b for b in page.findChildren(QAbstractButton)}
    for name, signal in (
        ("Try the demo dataset", page.demo_wanted),
        ("Import a dataset", page.import_wanted),
        ("Open a store", page.open_wanted),
        ("Shortcuts", page.shortcuts_wanted),
        ("User guide", page.guide_wanted),
    ):
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(named[name], Qt.MouseButton.LeftButton)


def test_last_store_is_chosen_with_enter(page: WelcomePage, qtbot: QtBot, tmp_path: Path) -> None:
    page.show_recent(stores(tmp_path))
    listed = recent(page)
    page.activateWindow()
    qtbot.waitUntil(listed.hasFocus)
    with qtbot.waitSignal(page.store_chosen) as caught:
        qtbot.keyClick(listed, Qt.Key.Key_Return)
    assert caught.args == [tmp_path / "one"]
    qtbot.keyClick(listed, Qt.Key.Key_Down)
    qtbot.keyClick(listed, Qt.Key.Key_Down)
    with qtbot.waitSignal(page.store_chosen) as caught:
        qtbot.keyClick(listed, Qt.Key.Key_Return)
    assert caught.args == [tmp_path / "two"]


def test_missing_store_is_located_not_opened(page: WelcomePage, qtbot: QtBot, tmp_path: Path) -> None:
    page.show_recent(stores(tmp_path))
    listed = recent(page)
    row = listed.model().index(1, 0)
    spot = locate_rect(listed.visualRect(row)).center()
    with qtbot.assertNotEmitted(page.store_chosen), qtbot.waitSignal(page.locate_wanted) as caught:
        qtbot.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert caught.args == [tmp_path / "gone"]
    listed.setCurrentIndex(row)
    with qtbot.waitSignal(page.locate_wanted):
        qtbot.keyClick(listed, Qt.Key.Key_Return)
    with qtbot.waitSignal(page.forget_wanted) as forgotten:
        qtbot.keyClick(listed, Qt.Key.Key_Delete)
    assert forgotten.args == [tmp_path / "gone"]
    assert "not found" in listed.model().data(row, Qt.ItemDataRole.AccessibleTextRole)


def test_double_click_opens(page: WelcomePage, qtbot: QtBot, tmp_path: Path) -> None:
    page.show_recent(stores(tmp_path))
    listed = recent(page)
    spot = listed.visualRect(listed.model().index(2, 0)).center()
    with qtbot.waitSignal(page.store_chosen) as caught:
        qtbot.mouseDClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert caught.args == [tmp_path / "two"]


def drop(page: QWidget, paths: list[Path]) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    page.dropEvent(event)


def test_folders_and_json_files_can_be_dropped(page: WelcomePage, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "instances.JSON"
    file.write_text("{}", encoding="utf-8")
    for path in (tmp_path, file):
        with qtbot.waitSignal(page.dropped) as caught:
            drop(page, [path])
        assert caught.args == [path]
    picture = tmp_path / "a.jpg"
    picture.write_bytes(b"")
    with qtbot.assertNotEmitted(page.dropped):
        drop(page, [picture])
        drop(page, [tmp_path, file])
        drop(page, [tmp_path / "not there"])


def test_text_is_not_droppable() -> None:
    data = QMimeData()
    data.setText("/tmp")
    assert droppable(data) is None


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-1, "today 12:00"),
        (0, "today 12:00"),
        (1, "yesterday"),
        (2, "Monday"),
        (6, "Thursday"),
        (7, "a week ago"),
        (22, "3 weeks ago"),
        (31, "a month ago"),
        (61, "2 months ago"),
        (400, "a year ago"),
    ],
)
def test_when_is_said_in_few_words(days: int, words: str) -> None:
    assert when(NOW - timedelta(days=days), NOW) == words


def test_when_of_never_is_nothing() -> None:
    assert when(None, NOW) == ""


@pytest.mark.parametrize("size", [(1204, 740), (1524, 940)])
@pytest.mark.parametrize("scale", [1.0, 1.25])
def test_nothing_is_cut_off(
    qapp: QApplication, page: WelcomePage, tmp_path: Path, size: tuple[int, int], scale: float
) -> None:
    style.apply(qapp, "light", scale)
    page.show_recent(stores(tmp_path))
    page.resize(*size)
    page.ensurePolished()
    for button in page.findChildren(QAbstractButton):
        if button.isVisible():
            assert button.height() >= button.sizeHint().height() - 1, button.accessibleName()
            corner = button.mapTo(page, button.rect().bottomRight())
            assert page.rect().contains(corner), button.accessibleName()


def test_every_control_has_a_name(page: WelcomePage, tmp_path: Path) -> None:
    page.show_recent(stores(tmp_path))
    for child in page.findChildren(QWidget):
        if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isVisible():
            assert child.accessibleName(), child
