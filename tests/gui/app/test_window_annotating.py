"""The window with an image in Annotate: keys, saving, undo, the way through the images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.db import Store
from store.document import Document
from store.document.edits import move_landmarks
from store.records import Review, Visibility
from tests.gui.app.window_hand import Key, press, stored

IMAGES = 6


def test_a_nudge_is_saved_when_the_key_is_handled(annotating: MainWindow, qtbot: QtBot) -> None:
    before = annotating.annotate.document.garments[0].points[0].copy()
    press(qtbot, annotating, Key.Key_Tab)
    assert annotating.annotate.canvas.selection.landmark == 0
    press(qtbot, annotating, Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    press(qtbot, annotating, Key.Key_Up)
    assert stored(annotating).garments[0].points[0] == pytest.approx(before + np.array([10, -1]), abs=0.01)
    assert stored(annotating).image.review is Review.IN_PROGRESS
    assert annotating.shell.status.saved.text().startswith("Saved ")


def test_undo_and_redo_by_key(annotating: MainWindow, qtbot: QtBot) -> None:
    before = annotating.annotate.document.garments[0].points.copy()
    press(qtbot, annotating, Key.Key_Tab)
    press(qtbot, annotating, Key.Key_Left)
    press(qtbot, annotating, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert np.array_equal(stored(annotating).garments[0].points, before)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    press(qtbot, annotating, Key.Key_Z, both)
    assert stored(annotating).garments[0].points[0, 0] == pytest.approx(before[0, 0] - 1, abs=0.01)


def test_what_is_taken_back_is_selected(annotating: MainWindow, qtbot: QtBot) -> None:
    page = annotating.annotate.page
    [garment] = annotating.annotate.document.garments
    page.select(garment.id, 4)
    press(qtbot, annotating, Key.Key_Left)
    page.select(0)
    press(qtbot, annotating, Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert page.garment is None, "there is nothing to redo"
    press(qtbot, annotating, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (page.canvas.selection.garment_id, page.canvas.selection.landmark) == (garment.id, 4)
    page.select(0)
    press(qtbot, annotating, Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert page.canvas.selection.landmark == 4
    assert not np.array_equal(stored(annotating).garments[0].points, garment.points)


def test_what_is_being_typed_is_saved_before_the_next_image(annotating: MainWindow, qtbot: QtBot) -> None:
    first = annotating.annotate.image_id
    annotating.annotate.page.facts_panel.pair.setFocus()
    for key in (Key.Key_4, Key.Key_2):
        press(qtbot, annotating, key)
    press(qtbot, annotating, Key.Key_PageDown)
    assert annotating.annotate.image_id != first
    assert Document(annotating.session.needed(), first).garments[0].pair_id == 42
    assert annotating.annotate.canvas.hasFocus()
    press(qtbot, annotating, Key.Key_Tab)
    assert annotating.annotate.canvas.selection.landmark == 0


def test_a_key_goes_round_the_regions(annotating: MainWindow, qtbot: QtBot) -> None:
    shell, page = annotating.shell, annotating.annotate.page
    regions = [page.right, shell.status, shell.rail, annotating.annotate.canvas]
    control = Qt.KeyboardModifier.ControlModifier
    for region in regions:
        press(qtbot, annotating, Key.Key_F6, control)
        focus = annotating.focusWidget()
        assert region is focus or region.isAncestorOf(focus)
    press(qtbot, annotating, Key.Key_F6, control | Qt.KeyboardModifier.ShiftModifier)
    assert shell.rail.isAncestorOf(annotating.focusWidget())
    annotating.toggle_side()
    press(qtbot, annotating, Key.Key_F6, control)
    press(qtbot, annotating, Key.Key_F6, control)
    assert shell.status.isAncestorOf(annotating.focusWidget())


def test_all_landmarks_are_marked_and_placed_at_once(annotating: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, annotating, Key.Key_Tab)
    press(qtbot, annotating, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    size = len(annotating.annotate.document.garments[0].points)
    assert annotating.annotate.canvas.selection.landmarks == set(range(size))
    press(qtbot, annotating, Key.Key_0)
    assert not stored(annotating).garments[0].visibility.any()
    press(qtbot, annotating, Key.Key_1)
    assert set(stored(annotating).garments[0].visibility.tolist()) == {Visibility.OCCLUDED}


def test_history_and_category_have_keys(annotating: MainWindow, qtbot: QtBot) -> None:
    page = annotating.annotate.page
    press(qtbot, annotating, Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    assert page.history_panel.isVisible()
    press(qtbot, annotating, Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert not page.history_panel.isVisible()
    view = page.facts_panel.category.view()
    qtbot.waitUntil(view.isVisible)
    qtbot.keyClick(view, Key.Key_Escape)
    qtbot.waitUntil(page.canvas.hasFocus)


def test_the_category_of_a_new_garment_is_asked_at_once(annotating: MainWindow, qtbot: QtBot) -> None:
    page, count = annotating.annotate.page, len(stored(annotating).garments)
    press(qtbot, annotating, Key.Key_N)
    view = page.canvas.viewport()
    start, end = (page.canvas.map_from_image(QPointF(*at)).toPoint() for at in ((10, 10), (60, 90)))
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)
    assert len(stored(annotating).garments) == count + 1, "it is kept whatever is chosen"
    rows = page.facts_panel.category.view()
    QTest.keyClicks(rows, "skirt")
    QTest.keyClick(rows, Key.Key_Return)
    new = stored(annotating).garments[-1]
    assert (new.category_id, len(new.points)) == (9, 8)
    assert page.canvas.hasFocus()
    assert (page.canvas.tool, page.canvas.selection.landmark) == ("landmarks", 0)
    annotating.activateWindow()
    press(qtbot, annotating, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    press(qtbot, annotating, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(stored(annotating).garments) == count


def test_shapes_follow_the_settings(annotating: MainWindow) -> None:
    marks = annotating.annotate.canvas._overlays.selected._marks
    before = marks._marks[0].item.boundingRect().width()
    annotating.session.settings.change(large_shapes=True)
    annotating.settings.changed.emit()
    assert marks._marks[0].item.boundingRect().width() > before


def test_digits_set_the_state_of_the_landmark(annotating: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, annotating, Key.Key_Tab)
    for key, state in (
        (Key.Key_1, Visibility.OCCLUDED),
        (Key.Key_3, Visibility.CUT_OFF),
        (Key.Key_0, Visibility.UNLABELLED),
        (Key.Key_2, Visibility.VISIBLE),
    ):
        press(qtbot, annotating, key)
        assert stored(annotating).garments[0].visibility[0] == state


def test_what_is_typed_into_a_field_is_no_command(annotating: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, annotating, Key.Key_Tab)
    before = stored(annotating).garments[0].visibility.copy()
    annotating.go_to("browse")
    field = annotating.browse.page.filter.edit
    field.setFocus()
    qtbot.keyClicks(field, "id = 123 v k r")
    assert field.text() == "id = 123 v k r"
    assert annotating.annotate.canvas.tool == "select"
    assert np.array_equal(stored(annotating).garments[0].visibility, before)


def test_accept_and_go_on(annotating: MainWindow, qtbot: QtBot) -> None:
    first = annotating.annotate.image_id
    press(qtbot, annotating, Key.Key_Return)
    assert annotating.session.needed().images.get(first).review is Review.ACCEPTED
    assert annotating.annotate.image_id == int(annotating.browse.slice.ids[1])
    second = annotating.annotate.image_id
    press(qtbot, annotating, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert annotating.annotate.image_id == second
    assert stored(annotating).image.review is Review.ACCEPTED


def test_page_keys_walk_the_slice_and_stop_at_its_ends(annotating: MainWindow, qtbot: QtBot) -> None:
    ids = [int(i) for i in annotating.browse.slice.ids]
    press(qtbot, annotating, Key.Key_PageUp)
    assert annotating.annotate.image_id == ids[0]
    seen = [ids[0]]
    for _ in range(IMAGES + 1):
        press(qtbot, annotating, Key.Key_PageDown)
        seen.append(annotating.annotate.image_id)
    assert seen == [*ids, ids[-1], ids[-1]]
    assert annotating.browse.page.current_row == IMAGES - 1


def test_accepting_under_a_filter_does_not_lose_the_way(window: MainWindow, qtbot: QtBot) -> None:
    window.browse.page.set_filter('review = "to do"', apply=True)
    qtbot.waitUntil(lambda: not window.session.desk.busy())
    ids = [int(i) for i in window.browse.slice.ids]
    window.open_row(0)
    for expected in ids[1:4]:
        window.annotate.accept(advance=True)
        assert window.annotate.image_id == expected
    window.go_to("browse")
    qtbot.waitUntil(lambda: len(window.browse.slice.ids) == IMAGES - 3)


def test_several_selected_images_are_walked_alone(window: MainWindow, qtbot: QtBot) -> None:
    grid = window.browse.page.grid
    grid.select_rows(np.array([1, 3, 4]))
    grid.set_current_row(3)
    window.annotate_current()
    ids = window.browse.slice.ids
    assert window.annotate.facts()[0] == "2 of 3"
    press(qtbot, window, Key.Key_PageDown)
    assert window.annotate.image_id == ids[4]
    press(qtbot, window, Key.Key_PageDown)
    assert window.annotate.image_id == ids[4]
    window.open_row(0)
    assert window.annotate.facts()[0] == f"1 of {IMAGES}", "one that is not selected"


def test_keys_of_annotate_do_nothing_in_browse(annotating: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, annotating, Key.Key_Tab)
    document = annotating.annotate.document
    annotating.go_to("browse")
    before = document.saved_at
    for key in (Key.Key_1, Key.Key_K, Key.Key_F5):
        press(qtbot, annotating, key)
    press(qtbot, annotating, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert document.saved_at == before
    assert annotating.annotate.canvas.tool == "select"
    assert annotating.annotate.switches()["landmarks"]


def test_layers_and_tools_by_key(annotating: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, annotating, Key.Key_K)
    assert annotating.annotate.canvas.tool == "landmarks"
    press(qtbot, annotating, Key.Key_F6)
    layers = {"landmarks": True, "masks": False, "boxes": True, "predictions": False}
    assert annotating.annotate.switches().items() >= layers.items()
    assert not annotating.actions_["view.masks"].isChecked()
    press(qtbot, annotating, Key.Key_H)
    assert annotating.annotate.canvas.overlays_are_hidden


def test_what_another_program_changes_is_taken_over(
    annotating: MainWindow, store_folder: Path, qtbot: QtBot
) -> None:
    image_id = annotating.annotate.image_id
    with Store.open(store_folder) as other:
        document = Document(other, image_id, author="other")
        document.apply(move_landmarks(document.garments[0], {0: (11.0, 12.0)}))
    qtbot.waitUntil(
        lambda: annotating.annotate.canvas.shown.garments[0].points[0].tolist() == [11, 12], timeout=5000
    )


def test_a_read_only_store_can_be_walked_but_not_changed(
    open_window: Callable[[Path | None], MainWindow],
    store_folder: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("store.db.folder.writable", lambda _folder: False)
    window = open_window(store_folder)
    assert "read-only" in window.shell.status.saved.text()
    window.open_row(0)
    press(qtbot, window, Key.Key_Tab)
    press(qtbot, window, Key.Key_Right)
    press(qtbot, window, Key.Key_Return)
    assert stored(window).image.review is Review.TO_DO
    assert stored(window).saved_at is None
    press(qtbot, window, Key.Key_PageDown)
    assert window.annotate.image_id == int(window.browse.slice.ids[1])


def test_closing_the_store_comes_back_to_welcome(annotating: MainWindow, qtbot: QtBot) -> None:
    annotating.actions_["store.close"].trigger()
    assert annotating.shell.page() == "welcome"
    assert annotating.session.store is None
    assert annotating.annotate.image_id == 0
    assert not annotating.actions_["page.annotate"].isEnabled()


def test_save_says_that_all_is_saved(annotating: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, annotating, Key.Key_Tab)
    press(qtbot, annotating, Key.Key_Right)
    annotating.actions_["file.save"].trigger()
    assert "All is saved" in annotating.shell.status._hint.full_text()


def test_an_image_outside_the_slice_can_be_opened(window: MainWindow, qtbot: QtBot) -> None:
    every = {int(i) for i in window.browse.slice.ids}
    window.browse.page.set_filter("split = train", apply=True)
    qtbot.waitUntil(lambda: len(window.browse.slice.ids) < IMAGES)
    outside = min(every - {int(i) for i in window.browse.slice.ids})
    window.open_image(outside)
    assert window.annotate.image_id == outside
    window.annotate.step(1)
    assert window.annotate.image_id == outside


def test_an_image_that_cannot_be_opened_leaves_the_way_as_it_was(
    annotating: MainWindow, qtbot: QtBot
) -> None:
    annotate = annotating.annotate
    first = annotate.image_id
    with qtbot.waitSignal(annotate.failed):
        assert not annotate.open_image(4711)
    assert annotate.image_id == first
    assert annotate.facts()[0] == f"1 of {IMAGES}"
    press(qtbot, annotating, Key.Key_PageDown)
    assert annotate.facts()[0] == f"2 of {IMAGES}"
    assert annotate.image_id != first
