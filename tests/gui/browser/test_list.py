"""The images as a list: rows with columns, of the same grid."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from widgets.browser import ThumbnailGrid
from widgets.browser.listhead import COLUMNS, DATASET, IMAGE, PROBLEMS, REVIEW

Key = Qt.Key


def click_head(qtbot: QtBot, grid: ThumbnailGrid, column: int) -> None:
    head = grid.head
    place = QPoint(head.sectionViewportPosition(column) + 20, head.height() // 2)
    qtbot.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=place)


def shown(grid: ThumbnailGrid) -> set[str]:
    places = grid.head.places()
    return {column.title for column, (_, wide) in zip(COLUMNS, places, strict=True) if wide}


def test_rows_lie_below_each_other_as_wide_as_the_view(qtbot: QtBot, grid: ThumbnailGrid) -> None:
    grid.set_listed(True)
    first, second = grid.row_rect(0), grid.row_rect(1)
    assert first.width() == grid.viewport().width()
    assert second.top() == first.bottom() + 1
    assert grid.head.isVisible()
    # All of them can be scrolled to.
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    assert grid.rows_in_view().stop == 800_000


def test_current_and_selected_rows_stay_from_tiles_to_list_and_back(
    qtbot: QtBot, grid: ThumbnailGrid
) -> None:
    columns = grid.places.columns
    grid.set_current_row(5000)
    grid.select_rows(np.array([4999, 5001]))
    for listed in (True, False):
        grid.set_listed(listed)
        assert grid.current_row == 5000
        assert grid.selected_rows().tolist() == [4999, 5001]
        assert 5000 in grid.rows_in_view()
    assert grid.places.columns == columns
    assert not grid.head.isVisible()


def test_keys_and_check_boxes_work_as_on_tiles(qtbot: QtBot, grid: ThumbnailGrid) -> None:
    grid.set_listed(True)
    qtbot.keyClick(grid, Key.Key_Down)
    qtbot.keyClick(grid, Key.Key_Space)
    assert (grid.current_row, grid.selected_rows().tolist()) == (1, [1])
    box = grid.row_rect(3).topLeft() + QPoint(16, 16)
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=box)
    assert grid.selected_rows().tolist() == [1, 3]
    with qtbot.waitSignal(grid.open_wanted) as opened:
        qtbot.keyClick(grid, Key.Key_Return)
    assert opened.args == [3]


def test_columns_that_the_store_sorts_by_ask_for_it(qtbot: QtBot, grid: ThumbnailGrid) -> None:
    grid.set_listed(True)
    wanted: list[str] = []
    grid.head.order_wanted.connect(wanted.append)
    grid.head.order_wanted.connect(grid.head.show_order)
    for column in (IMAGE, REVIEW, PROBLEMS, IMAGE, IMAGE):
        click_head(qtbot, grid, column)
    assert wanted == ["name desc", "review", "problems", "name", "name desc"]
    assert grid.head.sortIndicatorSection() == IMAGE
    click_head(qtbot, grid, DATASET)
    assert len(wanted) == 5
    assert grid.head.sortIndicatorSection() == IMAGE


def test_a_narrow_list_leaves_columns_out(qtbot: QtBot, grid: ThumbnailGrid) -> None:
    grid.set_listed(True)
    grid.resize(1100, 700)
    assert shown(grid) == {column.title for column in COLUMNS}
    grid.resize(600, 700)
    assert {"Image", "Garments", "Review", "Problems"} <= shown(grid)
    assert "Domain" not in shown(grid)
    grid.resize(1100, 700)
    assert "Domain" in shown(grid)


def test_columns_keep_the_width_that_a_person_gives_them(qtbot: QtBot, grid: ThumbnailGrid) -> None:
    grid.resize(1100, 700)
    grid.set_listed(True)
    grid.head.resizeSection(REVIEW, 140)
    widths = grid.head.widths()
    assert widths[REVIEW] == 140
    grid.head.set_widths([column.width for column in COLUMNS])
    assert grid.head.sectionSize(REVIEW) != 140
    grid.head.set_widths(widths)
    assert grid.head.sectionSize(REVIEW) == 140
    # What another version has kept is no reason to fail.
    grid.head.set_widths([1, 2])
    assert grid.head.widths() == widths


def test_a_row_says_what_is_known(qtbot: QtBot, grid: ThumbnailGrid) -> None:
    grid.model().set_datasets({0: "small"})
    grid.set_listed(True)
    qtbot.waitUntil(grid.is_whole)
    before = grid.viewport().grab().toImage()
    grid.model().set_datasets({0: "another name"})
    grid.viewport().update()
    assert grid.viewport().grab().toImage() != before
