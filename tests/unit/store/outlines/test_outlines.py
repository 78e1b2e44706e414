"""Rings, pixels and areas: what is kept, what comes back, and how near it is."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from store import masks
from store.errors import StudioError
from store.outlines import areas, drawing
from store.outlines.rings import (
    RINGS,
    Part,
    flat,
    has_holes,
    is_pixels,
    outline_of,
    place_of,
    rings,
    with_ring,
)
from store.records import Floats, Garment
from tests.examples import examples

SIZE = (60, 50)


def square(x: float, y: float, side: float) -> Floats:
    return np.array([[x, y], [x + side, y], [x + side, y + side], [x, y + side]], np.float64)


def ring_mask() -> Garment:
    """A square of 20 with a hole of 8 in it."""
    return drawing.with_outline(Garment(id=1), (Part(square(10, 10, 20), (square(16, 16, 8),)),), SIZE)


def shape_of(outline: tuple[Part, ...]) -> shapely.Geometry:
    return shapely.union_all([shapely.Polygon(part.outer, part.holes) for part in outline])


def test_a_mask_without_holes_is_kept_as_polygons() -> None:
    garment = drawing.with_outline(Garment(id=1), (Part(square(1, 2, 5)), Part(square(20, 20, 3))), SIZE)
    assert len(garment.polygons) == 2
    assert garment.rle is None
    assert RINGS not in garment.extra


def test_a_mask_with_a_hole_is_run_lengths_with_its_rings() -> None:
    garment = ring_mask()
    assert garment.polygons == ()
    assert garment.rle is not None
    assert masks.rle_area(garment.rle) == 20 * 20 - 8 * 8
    assert has_holes(garment)
    assert not is_pixels(garment)
    assert [ring.tolist() for ring in rings(garment)] == [
        square(10, 10, 20).tolist(),
        square(16, 16, 8).tolist(),
    ]


def test_rings_count_only_for_the_mask_they_were_drawn_for() -> None:
    garment = ring_mask()
    other = garment.but(rle=masks.encode(np.ones((50, 60))))
    assert outline_of(other) == ()
    assert is_pixels(other)


@pytest.mark.parametrize(
    "said", [None, 7, {}, {"of": 1}, {"parts": "x"}, {"parts": [[["a"]]]}, {"parts": [[]]}, {"parts": [7]}]
)
def test_damaged_rings_are_not_believed(said: object) -> None:
    garment = ring_mask()
    if isinstance(said, dict) and "parts" in said:
        said = {**said, "of": garment.extra[RINGS]["of"]}
    assert outline_of(garment.but(extra={RINGS: said})) == ()


def test_a_ring_is_named_by_its_place_among_all() -> None:
    outline = (Part(square(0, 0, 9), (square(1, 1, 2), square(5, 5, 2))), Part(square(20, 0, 9)))
    assert [place_of(outline, n) for n in range(4)] == [(0, 0), (0, 1), (0, 2), (1, 0)]
    with pytest.raises(IndexError):
        place_of(outline, 4)
    with pytest.raises(IndexError):
        place_of(outline, -1)


def test_a_ring_of_two_corners_goes() -> None:
    outline = (Part(square(0, 0, 9), (square(1, 1, 2), square(5, 5, 2))), Part(square(20, 0, 9)))
    few = np.zeros((2, 2))
    assert [len(part.rings) for part in with_ring(outline, 1, few)] == [2, 1]
    assert [len(part.rings) for part in with_ring(outline, 0, few)] == [1]


def test_an_image_too_large_for_run_lengths_says_so() -> None:
    with pytest.raises(StudioError, match="20,000 x 20,000"):
        drawing.with_outline(
            Garment(id=1), (Part(square(10, 10, 20), (square(16, 16, 8),)),), (20_000, 20_000)
        )


def test_a_large_image_keeps_polygons() -> None:
    garment = drawing.with_outline(Garment(id=1), (Part(square(19_000, 10, 20)),), (20_000, 20_000))
    assert len(garment.polygons) == 1


@given(arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=9)))
@examples(60, 2000)
def test_traced_pixels_are_exactly_those_pixels(mask: np.ndarray) -> None:
    outline = drawing.traced(mask, (3, 5))
    for part in outline:
        assert shapely.Polygon(part.outer, part.holes).is_valid
    assert sum(shapely.Polygon(part.outer, part.holes).area for part in outline) == mask.sum()
    there = shape_of(outline)
    for y, x in np.ndindex(*mask.shape):
        assert there.contains(shapely.Point(x + 3.5, y + 5.5)) == mask[y, x]


@given(
    st.integers(3, 9), st.floats(6, 20), st.floats(0, 6.2), st.tuples(st.floats(22, 26), st.floats(22, 26))
)
@examples(40, 2000)
def test_polygon_to_mask_and_back_stays_near(
    corners: int, radius: float, turn: float, middle: tuple[float, float]
) -> None:
    angles = turn + np.arange(corners) / corners * 2 * np.pi
    polygon = np.column_stack([np.cos(angles), np.sin(angles)]) * radius + middle
    outline = (Part(polygon),)
    exact = drawing.traced_runs(drawing.drawn_runs(outline, SIZE))
    back = areas.smoothed(exact)
    # Half a pixel's diagonal and COCO's rounding there; stairs, corners and the tolerance back.
    assert areas.departure(exact, back) <= areas.TOLERANCE + 0.75
    assert shape_of(back).symmetric_difference(shapely.Polygon(polygon)).area <= 2 * shapely.length(
        shapely.Polygon(polygon)
    )


@given(
    st.lists(st.tuples(st.floats(0, 60), st.floats(0, 50)), min_size=1, max_size=8),
    st.floats(0.5, 15),
)
@example([(0.0, 1.625)], 11.625)
@example([(4.0, 0.0), (4.0, 1e-308)], 1.0)
@example([(0.0, 1.0), (0.0, 4e-211), (1.0, 0.0), (0.0, 0.0)], 1.0)
@example([(0.0, 1.0), (1.0, 0.0), (0.0, 2.0), (0.0, 0.0), (0.0, 1.0)], 1.0)
@examples(40, 2000)
def test_what_is_painted_and_erased_again_is_gone(points: list[tuple[float, float]], radius: float) -> None:
    shape = areas.stroke(points, radius)
    painted = areas.added((), shape, SIZE)
    assert all(shapely.Polygon(part.outer, part.holes).is_valid for part in painted)
    assert areas.removed(painted, shape.buffer(0.05)) == ()
    middle = shapely.Point(points[0])
    assert shape.contains(middle)
    # As wide as the brush: a stroke's border is near the circle's.
    assert shape.exterior.distance(middle) >= radius - areas.TOLERANCE if len(points) == 1 else True


def test_corners_that_a_stroke_does_not_touch_stay() -> None:
    far, near = Part(square(2, 2, 5)), Part(square(20, 20, 20))
    after = areas.removed((far, near), areas.stroke([(20.0, 30.0)], 3))
    assert after[0] is far
    assert {tuple(corner) for corner in near.outer.tolist()} <= {tuple(c) for c in after[1].outer.tolist()}


def test_a_stroke_that_cuts_a_part_leaves_two() -> None:
    after = areas.removed((Part(square(10, 10, 20)),), areas.stroke([(5, 20), (40, 20)], 2))
    assert len(after) == 2


def test_what_is_painted_outside_the_image_is_not_kept() -> None:
    assert areas.added((), areas.stroke([(-50.0, 20.0)], 5), SIZE) == ()
    border = areas.added((), areas.stroke([(0.0, 20.0)], 5), SIZE)
    assert border[0].outer.min() >= 0


@given(arrays(np.float64, (7, 2), elements=st.floats(-20, 90).map(lambda value: round(value, 2))))
@example(np.array([[0, 0.01], [0, 1], [3, 0], [0, 0], [0, 0], [0, 1], [4, 0]]))
@examples(60, 2000)
def test_any_ring_can_be_mended_and_is_sound_afterwards(ring: np.ndarray) -> None:
    after = areas.mended((Part(ring),))
    for part in after:
        if part.outer is not ring:
            assert all(areas.crossing(one) is None for one in part.rings)


def test_a_crossing_is_told_where_it_is() -> None:
    tie = np.array([[0.0, 0.0], [10.0, 10.0], [10.0, 0.0], [0.0, 10.0]])
    assert areas.crossing(tie) == (5.0, 5.0)
    assert areas.crossing(square(0, 0, 5)) is None
    assert areas.crossing(np.zeros((2, 2))) is None
    assert len(areas.mended((Part(tie),))) == 2


@given(st.floats(0.2, 4), st.integers(8, 80))
@examples(30, 2000)
def test_simplifying_keeps_its_promise(tolerance: float, corners: int) -> None:
    angles = np.arange(corners) / corners * 2 * np.pi
    outline = (Part(np.column_stack([np.cos(angles), np.sin(angles)]) * 20 + 25),)
    after = areas.simplified(outline, tolerance)
    assert areas.departure(outline, after) <= tolerance + 0.02
    assert len(after[0].outer) <= corners


def test_a_gap_is_what_the_mask_goes_all_round() -> None:
    outline = (Part(square(10, 10, 20), (square(16, 16, 8),)),)
    gap = areas.gap_at(outline, (20, 20))
    assert gap is not None
    assert shapely.Polygon(gap.outer).area == 64
    assert areas.gap_at(outline, (12, 12)) is None
    assert areas.gap_at(outline, (50, 12)) is None


def test_filled_holes_of_several_parts_are_found() -> None:
    sides = (
        Part(np.array([[0, 0], [20, 0], [20, 4], [4, 4], [4, 20], [0, 20]], float)),
        Part(np.array([[20, 0], [24, 0], [24, 24], [0, 24], [0, 20], [20, 20]], float)),
    )
    assert shape_of(areas.filled(sides)).area == 24 * 24


def test_clipping_keeps_what_is_inside_as_it_is() -> None:
    inside, across = Part(square(2, 2, 5)), Part(square(8, 8, 20))
    after = areas.clipped((inside, across), np.array([0.0, 0.0, 18.0, 18.0]))
    assert after[0] is inside
    assert shape_of(after[1:]).area == 100
    assert flat(areas.clipped((across,), np.array([40.0, 40.0, 50.0, 50.0]))) == ()


def test_nothing_is_near_nothing() -> None:
    assert areas.departure((), ()) == 0
    assert areas.departure((), (Part(square(0, 0, 1)),)) == float("inf")


@given(
    arrays(bool, (50, 60), elements=st.booleans(), fill=st.booleans()),
    st.lists(st.tuples(st.floats(-5, 65), st.floats(-5, 55)), min_size=1, max_size=4),
    st.floats(0.6, 9),
    st.booleans(),
)
@examples(60, 2000)
def test_run_lengths_are_painted_as_pixels_are(
    mask: np.ndarray, points: list[tuple[float, float]], radius: float, erases: bool
) -> None:
    area = areas.parts_of(areas.stroke(points, radius))
    rle = drawing.repainted(masks.encode(mask), area, erases=erases)
    here = masks.rle_mask(drawing.drawn_runs(area, SIZE)).astype(bool)
    wanted = mask & ~here if erases else mask | here
    after = mask if rle is None else masks.rle_mask(rle).astype(bool)
    assert (after == wanted).all()
    if rle is not None:
        assert rle == masks.encode(wanted)


@given(arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=12)))
@examples(60, 2000)
def test_pixels_get_corners_near_their_edges_whatever_they_are(mask: np.ndarray) -> None:
    exact = drawing.traced(mask)
    back = areas.smoothed(exact)
    assert bool(back) == bool(exact)
    assert areas.departure(exact, back) <= 1.5 if exact else True


def test_specks_are_left_out() -> None:
    outline = (Part(square(0, 0, 20), (square(2, 2, 1), square(5, 5, 5))), Part(square(40, 0, 2)))
    (kept,) = areas.without_specks(outline, 5.0)
    assert [hole.tolist() for hole in kept.holes] == [square(5, 5, 5).tolist()]


@given(
    st.lists(
        st.tuples(st.floats(-5, 65), st.floats(-5, 55), st.floats(1, 9), st.booleans()),
        min_size=1,
        max_size=6,
    )
)
@examples(40, 1000)
def test_run_lengths_of_an_outline_are_those_of_its_pixels(
    strokes: list[tuple[float, float, float, bool]],
) -> None:
    outline = outline_of(ring_mask())
    for x, y, radius, erases in strokes:
        shape = areas.stroke([(x, y), (x + 7, y + 3)], radius)
        outline = areas.removed(outline, shape) if erases else areas.added(outline, shape, SIZE)
        whole = np.zeros((SIZE[1], SIZE[0]), bool)
        for part in outline:
            holes = masks.polygons_mask(part.holes, *whole.shape)
            whole |= (masks.polygons_mask([part.outer], *whole.shape) & ~holes.astype(bool)) > 0
        assert drawing.drawn_runs(outline, SIZE) == masks.encode(whole)


@given(arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=12)))
@examples(30, 1000)
def test_what_is_looked_at_is_near_what_is_there(mask: np.ndarray) -> None:
    exact = drawing.traced(mask)
    seen = areas.coarse(exact)
    assert [len(part.rings) for part in seen] == [len(part.rings) for part in exact]
    assert areas.departure(exact, seen) <= 1.5 if exact else True
