"""Run lengths and unions, held to pycocotools."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco_mask

from store import masks
from store.records import Garment

bits = arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40)), elements=st.integers(0, 1))


@given(bits)
def test_run_lengths_are_read_as_they_are_written(mask: np.ndarray) -> None:
    rle = masks.encode(mask)
    assert np.array_equal(masks.rle_mask(rle), mask)
    assert masks.rle_area(rle) == int(mask.sum()) == int(coco_mask.area(rle))
    plain = {"size": rle["size"], "counts": masks.rle_counts(rle).tolist()}
    assert np.array_equal(masks.rle_mask(plain), mask)


@pytest.mark.parametrize(
    ("rle", "what"),
    [
        ({"size": [3, 3], "counts": [4, 4]}, "8 pixels"),
        ({"size": [3, 3], "counts": [10, -1]}, "negative"),
        ({"size": [3, 3], "counts": "11"}, "pixels"),
        ({"size": [3, 3], "counts": "o"}, "cut short"),
        ({"size": [3, 3], "counts": "é"}, "never use"),
        ({"size": [3, 3], "counts": "oooooooooooooo0"}, "too large"),
        ({"size": [3, 3], "counts": None}, "neither"),
        ({"size": [3], "counts": [9]}, "size"),
        ({"size": [0, 3], "counts": []}, "size"),
        ({"counts": [9]}, "size"),
        ({"size": [3, 3], "counts": [1.5, 7.5]}, "neither"),
    ],
)
def test_damaged_run_lengths_are_refused_with_a_reason(rle: dict[str, object], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        masks.rle_mask(rle)


def test_overlapping_polygons_are_a_union() -> None:
    square = np.array([[1, 1], [11, 1], [11, 11], [1, 11]], float)
    shifted = square + np.array([5, 0])
    assert masks.polygons_area([square], 20, 20) == 100
    assert masks.polygons_area([square, shifted], 20, 20) == 150
    assert int(masks.polygons_mask([square, shifted], 20, 20).sum()) == 150


def test_a_polygon_of_two_points_covers_nothing() -> None:
    assert masks.polygons_mask([np.array([[1.0, 1.0], [5.0, 5.0]])], 9, 9).sum() == 0


def test_the_area_of_a_garment_of_unknown_image_size_is_that_of_its_polygons() -> None:
    square = np.array([[1, 1], [11, 1], [11, 11], [1, 11]], float)
    assert masks.garment_area(Garment(polygons=(square,)), 0, 0) == 100
    assert masks.garment_area(Garment(), 5, 5) is None


def test_the_outlines_of_run_lengths_are_the_largest_first() -> None:
    mask = np.zeros((20, 30), np.uint8)
    mask[2:6, 2:6] = 1
    mask[8:18, 10:25] = 1
    big, small = masks.rle_outlines(masks.encode(mask))
    assert (big.min(axis=0).tolist(), big.max(axis=0).tolist()) == ([10, 8], [24, 17])
    assert small.max() == 5
