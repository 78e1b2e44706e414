"""The grid: what it fetches, how one moves and selects."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from pytestqt.qtbot import QtBot

from store.records import Review
from widgets.browser import ThumbnailGrid

Key = Qt.Key
Shift, Control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def selected(grid: ThumbnailGrid) -> list[int]:
    rows: list[int] = grid.selected_rows().tolist()
    return rows


def click(qtbot: QtBot, grid: ThumbnailGrid, row: int, modifier: Qt.KeyboardModifier | None = None) -> None:
    qtbot.mouseClick(
        grid.viewport(),
        Qt.MouseButton.LeftButton,
        modifier or Qt.KeyboardModifier.NoModifier,
        grid.row_rect(row).center(),
    )


def test_scrolling_anywhere_fetches_only_what_is_in_view(qtbot: QtBot, grid: ThumbnailGrid, tiles) -> None:
    model, bar = grid.model(), grid.verticalScrollBar()
    for share in (0.5, 0.999, 0.1):
        tiles.asked.clear()
        bar.setValue(int(bar.maximum() * share))
        rows = grid.rows_in_view()
        qtbot.waitUntil(lambda rows=rows: None not in (model.tile(rows.start), model.tile(rows.stop - 1)))
        # Pages of 64 that the view touches, no others.
        touched = {row // 64 for row in rows}
        assert {(image_id - 1) // 64 for image_id in tiles.all_asked} <= touched


def test_a_fast_scroll_skips_what_it_passes(qtbot: QtBot, grid: ThumbnailGrid, tiles) -> None:
    tiles.asked.clear()
    tiles.may_answer.clear()
    bar = grid.verticalScrollBar()
    for step in range(1, 200):
        bar.setValue(bar.maximum() // 200 * step)
        qtbot.wait(1)
    tiles.may_answer.set()
    rows = grid.rows_in_view()
    qtbot.waitUntil(lambda: grid.model().complete(rows.start, rows.stop))
    assert len(tiles.asked) < 10


def test_arrows_move_without_selecting(qtbot: QtBot, grid: ThumbnailGrid) -> None:
    columns = grid.places.columns
    qtbot.keyClick(grid, Key.Key_Right)
    qtbot.keyClick(grid, Key.Key_Down)
    assert grid.current_row == 1 + columns
    qtbot.keyClick(grid, Key.Key_Left)
    qtbot.keyClick(grid, Key.Key_Up)
    assert grid.current_row == 0
    qtbot.keyClick(grid, Key.Key_Left)
    qtbot.keyClick(grid, Key.Key_Up)
    assert grid.current_row == 0
    assert selected(grid) == []


def test_home_end_and_pages(qtbot: QtBot, grid: ThumbnailGrid) -> None:
    qtbot.keyClick(grid, Key.Key_End)
    assert grid.current_row == 799_999
    assert 799_999 in grid.rows_in_view()
    qtbot.keyClick(grid, Key.Key_Home)
    assert grid.current_row == 0
    qtbot.keyClick(grid, Key.Key_PageDown)
    lines = grid.current_row // grid.places.columns
    assert lines >= 2
    assert grid.current_row % grid.places.columns == 0
    qtbot.keyClick(grid, Key.Key_PageUp)
    assert grid.current_row == 0


def test_down_reaches_the_end_of_a_short_last_line(qtbot: QtBot, grid: ThumbnailGrid) -> None:
    columns = grid.places.columns
    grid.model().set_ids(np.arange(columns + 1))
    grid.set_current_row(columns - 1)
    qtbot.keyClick(grid, Key.Key_Down)
    assert grid.current_row == columns
    qtbot.keyClick(grid, Key.Key_Down)
    assert grid.current_row == columns


def test_space_selects_and_releases(qtbot: QtBot, grid: ThumbnailGrid) -> None:
    qtbot.keyClick(grid, Key.Key_Space)
    qtbot.keyClick(grid, Key.Key_Right)
    qtbot.keyClick(grid, Key.Key_Right)
    with qtbot.waitSignal(grid.selection_changed):
        qtbot.keyClick(grid, Key.Key_Space)
    assert selected(grid) == [0, 2]
    assert grid.selected_ids() == [1, 3]
    qtbot.keyClick(grid, Key.Key_Space)
    assert selected(grid) == [0]


def test_shift_extends_beside_what_was_selected(qtbot: QtBot, grid: ThumbnailGrid) -> None:
    qtbot.keyClick(grid, Key.Key_Space)
    grid.set_current_row(5)
    click(qtbot, grid, 5, Control)
    for _ in range(3):
        qtbot.keyClick(grid, Key.Key_Right, Shift)
    assert selected(grid) == [0, 5, 6, 7, 8]
    qtbot.keyClick(grid, Key.Key_Left, Shift)
    assert selected(grid) == [0, 5, 6, 7]
    qtbot.keyClick(grid, Key.Key_Right)
    qtbot.keyClick(grid, Key.Key_Right)
    qtbot.keyClick(grid, Key.Key_Right, Shift)
    assert selected(grid) == [0, 5, 6, 7, 9, 10]


def test_a_click_selects_one_control_adds_shift_spans(qtbot: QtBot, grid: ThumbnailGrid) -> None:
    click(qtbot, grid, 1)
    assert (selected(grid), grid.current_row) == ([1], 1)
    click(qtbot, grid, 3, Control)
    assert selected(grid) == [1, 3]
    click(qtbot, grid, 6, Shift)
    assert selected(grid) == [1, 3, 4, 5, 6]
    click(qtbot, grid, 2)
    assert selected(grid) == [2]


def test_the_check_box_adds_to_the_selection(qtbot: QtBot, grid: ThumbnailGrid) -> None:
    click(qtbot, grid, 1)
    corner = grid.row_rect(2).topLeft() + QPoint(16, 16)
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=corner)
    assert selected(grid) == [1, 2]
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=corner)
    assert selected(grid) == [1]


def test_everything_can_be_selected_and_let_go(qtbot: QtBot, grid: ThumbnailGrid) -> None:
    qtbot.keyClick(grid, Key.Key_A, Control)
    assert grid.selected_count() == 800_000
    qtbot.keyClick(grid, Key.Key_Escape)
    assert grid.selected_count() == 0
    assert grid.current_row == 0


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Enter])
def test_enter_opens_the_current(qtbot: QtBot, grid: ThumbnailGrid, key: Qt.Key) -> None:
    grid.set_current_row(7)
    with qtbot.waitSignal(grid.open_wanted) as wanted:
        qtbot.keyClick(grid, key)
    assert wanted.args == [7]


def test_a_double_click_opens(qtbot: QtBot, grid: ThumbnailGrid) -> None:
    with qtbot.waitSignal(grid.open_wanted) as wanted:
        qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.row_rect(4).center())
    assert wanted.args == [4]


def test_a_number_and_g_go_there(qtbot: QtBot, grid: ThumbnailGrid) -> None:
    said: list[str] = []
    grid.typed.connect(said.append)
    qtbot.keyClicks(grid, "40x")
    qtbot.keyClick(grid, Key.Key_Backspace)
    qtbot.keyClicks(grid, "0001")
    qtbot.keyClick(grid, Key.Key_G)
    assert said == ["4", "40", "4", "40", "400", "4000", "40001", ""]
    assert grid.current_row == 40_000
    assert 40_000 in grid.rows_in_view()
    qtbot.keyClicks(grid, "999999999")
    qtbot.keyClick(grid, Key.Key_G)
    assert grid.current_row == 799_999


def test_f_changes_between_filling_and_fitting(qtbot: QtBot, grid: ThumbnailGrid) -> None:
    with qtbot.waitSignal(grid.fill_changed) as changed:
        qtbot.keyClick(grid, Key.Key_F)
    assert changed.args == [False]
    assert not grid.fill


def test_other_columns_keep_the_current_tile_in_view(qtbot: QtBot, grid: ThumbnailGrid) -> None:
    grid.set_current_row(123_456)
    for columns in (4, 8, 5):
        grid.set_columns(columns)
        assert grid.places.columns == columns
        assert 123_456 in grid.rows_in_view()


def test_changed_images_are_fetched_again(qtbot: QtBot, grid: ThumbnailGrid, tiles) -> None:
    tiles.review = Review.ACCEPTED
    assert grid.model().tile(2).image.review is Review.TO_DO
    grid.refresh([3])
    qtbot.waitUntil(lambda: grid.model().tile(2).image.review is Review.ACCEPTED)


def test_a_missing_picture_is_a_tile_like_others(qtbot: QtBot, grid: ThumbnailGrid) -> None:
    shot = grid.viewport().grab().toImage()
    inside = grid.row_rect(1).center()
    ground = shot.pixelColor(grid.row_rect(1).bottomLeft() + QPoint(6, 9))
    assert shot.pixelColor(inside + QPoint(40, -60)) != ground


def test_tiles_say_what_they_are(qtbot: QtBot, grid: ThumbnailGrid) -> None:
    index = grid.model().index(1)
    text = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert text == "image/000002.jpg, to do, 2 garments, shop"
    face = QAccessible.queryAccessibleInterface(grid)
    assert face.role() in (QAccessible.Role.List, QAccessible.Role.Table)
    assert face.text(QAccessible.Text.Name) == "Images"
