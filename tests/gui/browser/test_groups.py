"""The arithmetic of tiles in groups."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect

from widgets.browser.groups import GroupedLayout
from widgets.browser.layout import GridLayout


@st.composite
def layouts(draw: st.DrawFn) -> GroupedLayout:
    sizes = np.array(draw(st.lists(st.integers(1, 30), min_size=1, max_size=12)))
    plain = GridLayout.fitted(draw(st.integers(300, 2500)), draw(st.integers(60, 500)), 44)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    return GroupedLayout(plain, starts, int(sizes.sum()), 30)


@given(layouts())
def test_tiles_and_heads_lie_apart_and_are_found(layout: GroupedLayout) -> None:
    rects = [layout.rect(row) for row in range(layout.count)]
    heads = [layout.head_rect(group) for group in range(len(layout.starts))]
    for row, rect in enumerate(rects):
        assert layout.row_at(rect.center(), layout.count) == row
        assert layout.row_at(rect.topLeft(), layout.count) == row
        assert not any(rect.intersects(head) for head in heads)
    for one, other in pairwise(rects):
        assert not one.intersects(other)
        assert (other.top(), other.left()) > (one.top(), one.left())
    for group, head in enumerate(heads):
        assert layout.row_at(head.center(), layout.count) == -1
        assert head.bottom() < rects[layout.starts[group]].top() + 1
    assert layout.height(layout.count) > rects[-1].bottom()


@given(layouts(), st.integers(0, 6000), st.integers(1, 1500))
def test_the_rows_of_a_band_are_those_that_touch_it(layout: GroupedLayout, top: int, height: int) -> None:
    band = QRect(0, top, 5000, height)
    rows = layout.rows(top, top + height, layout.count)
    touching = [row for row in range(layout.count) if layout.rect(row).intersects(band)]
    assert set(touching) <= set(rows)
    assert len(rows) <= len(touching) + 2 * layout.columns
    heads = [group for group in range(len(layout.starts)) if layout.head_rect(group).intersects(band)]
    assert set(heads) <= set(layout.heads(top, top + height))


@given(layouts(), st.data())
def test_down_and_up_keep_the_column(layout: GroupedLayout, data: st.DataObject) -> None:
    row = data.draw(st.integers(0, layout.count - 1))
    below = layout.step(row, 1, layout.count)
    if below == row:
        assert layout.group_of(row) == len(layout.starts) - 1
    else:
        assert layout.rect(below).top() > layout.rect(row).top()
        assert layout.rect(below).left() <= layout.rect(row).left()
    above = layout.step(row, -1, layout.count)
    assert above == row or layout.rect(above).top() < layout.rect(row).top()
    assert layout.step(row, 1000, layout.count) >= layout.starts[-1]
    assert layout.group_of(layout.step(row, -1000, layout.count)) == 0
