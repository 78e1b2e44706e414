"""Overlap of boxes equals pycocotools', and the plain definition."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from store.runs.measures.boxes import as_width_height, overlap

NUMBERS = st.floats(0, 100, allow_nan=False, width=32)


@st.composite
def boxes(draw: st.DrawFn) -> np.ndarray:
    count = draw(st.integers(1, 5))
    values = [draw(NUMBERS) for _ in range(4 * count)]
    corners = np.array(values).reshape(count, 2, 2)
    return np.sort(corners, axis=1).reshape(count, 4)


@settings(deadline=None, max_examples=50)
@given(boxes(), boxes())
def test_equals_pycocotools(first: np.ndarray, second: np.ndarray) -> None:
    ours = overlap(first, second)
    theirs = coco_mask.iou(
        np.array([as_width_height(box) for box in first]),
        np.array([as_width_height(box) for box in second]),
        [0] * len(second),
    )
    positive = (np.prod(first[:, 2:] - first[:, :2], axis=1)[:, None] > 0) | (
        np.prod(second[:, 2:] - second[:, :2], axis=1)[None] > 0
    )
    np.testing.assert_allclose(ours[positive], theirs[positive], atol=1e-9)


@settings(deadline=None, max_examples=50)
@given(boxes(), boxes())
def test_is_symmetric_and_between_nothing_and_all(first: np.ndarray, second: np.ndarray) -> None:
    values = overlap(first, second)
    np.testing.assert_allclose(values, overlap(second, first).T)
    assert (values >= 0).all()
    assert (values <= 1 + 1e-12).all()


def test_by_hand() -> None:
    assert overlap([0, 0, 2, 2], [[1, 0, 3, 2], [0, 0, 2, 2], [2, 2, 4, 4]]).tolist() == [[1 / 3, 1.0, 0.0]]
    assert overlap([1, 1, 1, 1], [1, 1, 1, 1]).tolist() == [[0.0]]
    assert as_width_height([1, 2, 4, 8]) == [1.0, 2.0, 3.0, 6.0]
