"""Pixels inside polygons, beside what pycocotools counts."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from store import masks
from store.areas import can_count, pixels_inside
from store.records import Floats

several = settings(max_examples=60 if settings.default.derandomize else 2_000, deadline=None)
SIZES = st.tuples(st.integers(1, 60), st.integers(1, 60))
PLACES = st.one_of(
    st.floats(0, 70, allow_subnormal=False), st.integers(0, 700).map(lambda n: n / 10), st.integers(0, 60)
)


@st.composite
def outlines(draw: st.DrawFn) -> Floats:
    count = draw(st.integers(3, 12))
    places = draw(st.lists(PLACES, min_size=2 * count, max_size=2 * count))
    return np.array(places, np.float64).reshape(-1, 2)


@several
@given(found=st.lists(st.tuples(outlines(), SIZES), min_size=1, max_size=8))
@example(found=[(np.zeros((3, 2)), (5, 5)), (np.array([[0, 0], [5, 0], [5, 5], [0, 5.0]]), (5, 5))])
def test_as_many_as_pycocotools_counts(found: list[tuple[Floats, tuple[int, int]]]) -> None:
    polygons, sizes = [one for one, _ in found], [size for _, size in found]
    counted = [masks.polygons_area([one], height, width) for one, (width, height) in found]
    assert pixels_inside(polygons, sizes) == counted


def test_outlines_of_garments_have_the_same_area() -> None:
    rng = np.random.default_rng(3)
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    polygons, sizes = [], []
    for _ in range(100):
        radius = rng.uniform(60, 400, (40, 1)) * rng.uniform(0.8, 1.2, (40, 1))
        outline = np.stack([np.cos(angles), np.sin(angles)], 1) * radius + 480
        polygons.append(np.clip(outline.round(int(rng.integers(0, 4))), 0, None))
        sizes.append((int(rng.integers(300, 1_200)), int(rng.integers(300, 1_200))))
    counted = [masks.polygons_area([one], *size[::-1]) for one, size in zip(polygons, sizes, strict=True)]
    assert pixels_inside(polygons, sizes) == counted


def test_what_is_left_to_pycocotools() -> None:
    square = np.array([[0, 0], [5, 0], [5, 5], [0, 5.0]])
    assert can_count(square, 10, 10)
    assert not can_count(square[:2], 10, 10)
    assert not can_count(square, 0, 10)
    assert not can_count(square - 1, 10, 10)
    assert not can_count(square * np.nan, 10, 10)
    assert not can_count(square * 1e6, 10, 10)
    assert pixels_inside([], []) == []
