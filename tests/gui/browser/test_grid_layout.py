"""The arithmetic of the grid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint

from widgets.browser.layout import DEFAULT_TILE, GridLayout

layouts = st.builds(GridLayout.fitted, st.integers(300, 3000), st.integers(40, 600), st.integers(30, 90))


@pytest.mark.parametrize(("window", "columns"), [(1280, 4), (1600, 6)])
def test_columns_of_the_two_usual_windows(window: int, columns: int) -> None:
    # What rail, side panel and scroll bar leave.
    assert GridLayout.fitted(window - 76 - 324 - 12, DEFAULT_TILE, 44).columns == columns


@given(layouts, st.integers(0, 800_000))
def test_a_row_is_found_where_it_lies(layout: GridLayout, row: int) -> None:
    rect = layout.rect(row)
    for point in (rect.topLeft(), rect.center(), rect.bottomRight()):
        assert layout.row_at(point, 800_001) == row
    assert layout.row_at(rect.center(), row) == -1
    assert layout.row_at(rect.topLeft() - QPoint(1, 0), 800_001) == -1


@given(st.integers(300, 3000), st.integers(40, 600), st.integers(30, 90))
def test_tiles_fit_into_the_width(width: int, wanted: int, caption: int) -> None:
    layout = GridLayout.fitted(width, wanted, caption)
    assert layout.rect(layout.columns - 1).right() < width
    assert 1 <= layout.columns <= 10


@given(layouts, st.integers(1, 5000), st.integers(0, 100_000), st.integers(1, 2000))
def test_the_rows_of_a_band_are_those_that_touch_it(
    layout: GridLayout, count: int, top: int, height: int
) -> None:
    rows = layout.rows(top, top + height, count)
    for row in rows:
        rect = layout.rect(row)
        assert rect.bottom() + layout.gap >= top
        assert rect.top() < top + height
    if rows and rows.stop < count:
        assert layout.rect(rows.stop).top() >= top + height


@given(layouts, st.integers(1, 800_000))
def test_the_height_reaches_the_last_tile(layout: GridLayout, count: int) -> None:
    assert 0 < layout.height(count) - layout.rect(count - 1).bottom() < 3 * layout.padding
