"""A list of images in Browse: only these are shown, filtered and walked, till its chip is closed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.window import MainWindow

IMAGES = 6


def listed(window: MainWindow) -> list[int]:
    return sorted(window.browse.slice.ids.tolist())


def test_only_the_listed_images_are_shown_till_the_chip_is_closed(window: MainWindow, qtbot: QtBot) -> None:
    everything = listed(window)
    some = everything[1:4]
    window.browse.page.set_filter("split = train", apply=True)
    window.show_images([*some, 10**9], "broken by b against a")
    qtbot.waitUntil(lambda: listed(window) == some)
    chip = window.browse.page.counts.chip
    assert chip.isVisible()
    assert chip.title == "broken by b against a"
    assert window.browse.page.filter_text == ""
    assert window.browse.page.counts._images.text() == "3 images"
    assert window.browse.page.counts._garments.text() == "3 garments"

    # A filter goes on within the list.
    window.browse.page.set_filter("split = train", apply=True)
    qtbot.waitUntil(lambda: 0 < len(listed(window)) < 3)
    assert set(listed(window)) < set(some)

    qtbot.mouseClick(chip.close_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(listed(window)) == IMAGES // 2)
    assert not chip.isVisible()
    assert window.browse.page.filter_text == "split = train"


def test_the_list_is_walked_in_annotate(window: MainWindow, qtbot: QtBot) -> None:
    some = listed(window)[1:3]
    window.show_images(some, "fixed")
    qtbot.waitUntil(lambda: listed(window) == some)
    window.open_row(0)
    assert window.annotate.facts()[0] == "1 of 2"


def test_a_filter_from_elsewhere_is_of_all_images(window: MainWindow, qtbot: QtBot) -> None:
    window.show_images(listed(window)[:1], "fixed")
    qtbot.waitUntil(lambda: len(listed(window)) == 1)
    window.show_filter("split = train")
    qtbot.waitUntil(lambda: len(listed(window)) == IMAGES // 2)
    assert not window.browse.page.counts.chip.isVisible()


def test_an_empty_list_offers_all_images(window: MainWindow, qtbot: QtBot) -> None:
    window.show_images([], "fixed")
    qtbot.waitUntil(lambda: listed(window) == [])
    window.browse.page._empty.link.emit()
    qtbot.waitUntil(lambda: len(listed(window)) == IMAGES)
    assert window.browse.listed is None


def test_a_list_can_be_exported(window: MainWindow, qtbot: QtBot) -> None:
    some = listed(window)[1:4]
    window.show_images(some, "fixed")
    window.browse.page.set_filter("split = train", apply=True)
    qtbot.waitUntil(lambda: 0 < len(listed(window)) < 3)
    window.go_to("export")
    offered = {one.key: one for one in window.export.page.form._slices}
    assert offered["list"].where == f"id in ({some[0]}, {some[1]}, {some[2]}) and (split = train)"
    assert "filter" not in offered


def test_the_list_goes_with_its_store(window: MainWindow, qtbot: QtBot) -> None:
    window.show_images(listed(window)[:1], "fixed")
    qtbot.waitUntil(lambda: len(listed(window)) == 1)
    window.close_store()
    assert window.browse.listed is None
    assert window.browse.page.counts.chip.title == ""
