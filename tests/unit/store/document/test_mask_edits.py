"""Edits of masks: what each leaves, and that whatever is given never breaks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import masks
from store.document import mask_edits, order_edits
from store.document.edits import Edit
from store.document.mask_edits import Stroke
from store.document.provenance import Said, noted, said_of
from store.errors import StudioError
from store.outlines.rings import has_holes, is_pixels, rings
from store.records import Floats, Garment
from tests.examples import examples

SIZE = (60, 50)


def square(x: float, y: float, side: float) -> Floats:
    return np.array([[x, y], [x + side, y], [x + side, y + side], [x, y + side]], np.float64)


def after(edit: Edit | None) -> Garment:
    assert edit is not None
    garment = edit.changes[0].after
    assert isinstance(garment, Garment)
    return garment


def area(garment: Garment) -> int:
    found = masks.garment_area(garment, *SIZE)
    return 0 if found is None else found


@pytest.fixture
def garment() -> Garment:
    return Garment(id=4, box=[10, 10, 25, 30], polygons=(square(10, 10, 20),))


@pytest.fixture
def pixels() -> Garment:
    mask = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    mask[10:30, 10:30] = 1
    return Garment(id=5, box=[10, 10, 25, 30], rle=masks.encode(mask))


def test_corners_are_moved_inserted_and_deleted(garment: Garment) -> None:
    moved = after(mask_edits.move_corner(garment, 0, 1, (33.333, 9), SIZE))
    assert moved.polygons[0][1].tolist() == [33.33, 9]
    more = after(mask_edits.insert_corner(garment, 0, 3, (8, 20), SIZE))
    assert more.polygons[0][4].tolist() == [8, 20]
    fewer = after(mask_edits.delete_corner(more, 0, 4, SIZE))
    assert np.array_equal(fewer.polygons[0], garment.polygons[0])


def test_a_corner_moves_alone(garment: Garment) -> None:
    two = garment.but(polygons=(*garment.polygons, square(40, 10, 5)), extra={"mine": 1})
    moved = after(mask_edits.move_corner(two, 0, 2, (9.5, 8.5), SIZE))
    assert moved.polygons[0][2].tolist() == [9.5, 8.5]
    assert moved.same_as(two.but(polygons=(moved.polygons[0], two.polygons[1])))


def test_a_triangle_that_loses_a_corner_is_deleted(garment: Garment) -> None:
    triangle = after(mask_edits.delete_corner(garment, 0, 0, SIZE))
    gone = mask_edits.delete_corner(triangle, 0, 0, SIZE)
    assert gone.title == "Delete polygon"
    assert after(gone).polygons == ()


@pytest.mark.parametrize(("ring", "corner"), [(1, 0), (0, 4), (-1, 0), (0, -1)])
def test_corners_that_are_not_there_are_refused(garment: Garment, ring: int, corner: int) -> None:
    with pytest.raises(IndexError):
        mask_edits.move_corner(garment, ring, corner, (0, 0), SIZE)


def test_a_hole_is_cut_and_its_corners_can_be_dragged(garment: Garment) -> None:
    holed = after(mask_edits.cut_hole(garment, square(16, 16, 8), SIZE))
    assert area(holed) == 400 - 64
    assert len(rings(holed)) == 2
    corner = int(np.argmin(rings(holed)[1].sum(axis=1)))
    moved = after(mask_edits.move_corner(holed, 1, corner, (14, 14), SIZE))
    assert area(moved) < area(holed)
    assert has_holes(moved)
    filled = after(mask_edits.fill_gap(moved, (20, 20), SIZE))
    assert filled.rle is None
    assert np.array_equal(np.unique(filled.polygons[0], axis=0), np.unique(square(10, 10, 20), axis=0))


def test_a_second_polygon_is_a_second_part(garment: Garment) -> None:
    two = after(mask_edits.add_polygon(garment, square(40, 10, 5), SIZE))
    assert len(two.polygons) == 2
    assert area(two) == 425
    outside = after(mask_edits.add_polygon(garment, square(55, 45, 20), SIZE))
    assert outside.polygons[1].max(axis=0).tolist() == [60, 50]


def test_pixels_are_painted_pixel_by_pixel(pixels: Garment) -> None:
    painted = after(mask_edits.paint(pixels, Stroke(((30.0, 20.0),), 4), SIZE))
    assert is_pixels(painted)
    assert area(painted) > 400
    erased = after(mask_edits.erase(painted, Stroke(((30.0, 20.0),), 5), SIZE))
    assert area(erased) < 400
    assert mask_edits.paint(pixels, Stroke(((20.0, 20.0),), 2), SIZE) is None


def test_polygons_are_painted_as_polygons(garment: Garment) -> None:
    painted = after(mask_edits.paint(garment, Stroke(((30.0, 20.0), (35.0, 20.0)), 4), SIZE))
    assert len(painted.polygons) == 1
    assert area(painted) == pytest.approx(400 + 8 * 5 + np.pi * 16 / 2, abs=12)
    holed = after(mask_edits.erase(garment, Stroke(((20.0, 20.0),), 4), SIZE))
    assert has_holes(holed)
    assert mask_edits.erase(garment, Stroke(((50.0, 40.0),), 2), SIZE) is None
    assert mask_edits.paint(garment, Stroke(((20.0, 20.0),), 2), SIZE) is None


def test_erasing_everything_leaves_no_mask(garment: Garment) -> None:
    nothing = after(mask_edits.erase(garment, Stroke(((20.0, 20.0),), 40), SIZE))
    assert nothing.polygons == ()
    assert nothing.rle is None


def test_pixels_get_corners_and_back(pixels: Garment) -> None:
    edit, off = mask_edits.to_polygons(pixels, SIZE)
    outlined = after(edit)
    assert len(outlined.polygons) == 1
    assert 0 < off < 1
    again, back = mask_edits.to_pixels(outlined, SIZE)
    assert is_pixels(after(again))
    assert back < 1
    assert abs(area(after(again)) - 400) <= 4
    assert mask_edits.to_polygons(outlined, SIZE) == (None, 0.0)
    assert mask_edits.to_pixels(pixels, SIZE) == (None, 0.0)


def test_the_box_follows_the_mask_and_the_mask_the_box(garment: Garment, pixels: Garment) -> None:
    for one in (garment, pixels):
        boxed = after(mask_edits.box_from_mask(one))
        assert boxed.box is not None
        assert boxed.box.tolist() == [10, 10, 30, 30]
        assert mask_edits.box_from_mask(boxed) is None
        clipped = after(mask_edits.clip_to_box(one, SIZE))
        assert area(clipped) == 15 * 20
        assert mask_edits.clip_to_box(clipped, SIZE) is None
    assert mask_edits.box_from_mask(Garment(id=1)) is None
    assert mask_edits.clip_to_box(garment.but(box=None), SIZE) is None


def test_holes_are_filled(garment: Garment, pixels: Garment) -> None:
    holed = after(mask_edits.cut_hole(garment, square(16, 16, 8), SIZE))
    assert area(after(mask_edits.fill_holes(holed, SIZE))) == 400
    assert mask_edits.fill_holes(garment, SIZE) is None
    dotted = after(mask_edits.erase(pixels, Stroke(((20.0, 20.0),), 3), SIZE))
    assert area(after(mask_edits.fill_holes(dotted, SIZE))) == 400
    assert mask_edits.fill_holes(pixels, SIZE) is None


def test_simplifying_says_how_near_it_is(garment: Garment) -> None:
    busy = np.insert(garment.polygons[0], 1, [[15, 10.1], [20, 9.9], [25, 10]], axis=0)
    edit, off = mask_edits.simplify(garment.but(polygons=(busy,)), 0.5, SIZE)
    assert len(after(edit).polygons[0]) == 4
    assert 0 < off <= 0.5
    assert mask_edits.simplify(garment, 0.5, SIZE) == (None, 0.0)


def test_a_mask_of_pixels_has_no_outline_to_simplify_or_mend(pixels: Garment) -> None:
    assert mask_edits.simplify(pixels, 2.0, SIZE) == (None, 0.0)
    assert mask_edits.mend(pixels, SIZE) is None
    assert mask_edits.simplify(Garment(id=6), 2.0, SIZE) == (None, 0.0)


def test_damaged_run_lengths_are_told_with_the_garment() -> None:
    broken = Garment(id=9, rle={"size": [50, 60], "counts": "~~~"})
    with pytest.raises(StudioError, match="garment 9"):
        mask_edits.paint(broken, Stroke(((20.0, 20.0),), 4), SIZE)
    assert mask_edits.delete_mask(broken) is not None


def test_a_mask_changed_by_hand_is_no_model_s_any_more(garment: Garment) -> None:
    said = garment.but(extra=noted(garment.extra, Said("m", 0.9), ["mask", "box"]))
    erased = after(mask_edits.erase(said, Stroke(((10.0, 10.0),), 4), SIZE))
    assert said_of(erased.extra, "mask") is None
    assert said_of(erased.extra, "box") is not None


@given(
    st.lists(st.lists(st.tuples(st.floats(-50, 120), st.floats(-50, 120)), max_size=7), max_size=4),
    st.sampled_from(["paint", "erase", "cut", "fill", "holes", "clip", "mend", "simplify", "pixels"]),
    st.tuples(st.floats(-20, 80), st.floats(-20, 80)),
)
@examples(80, 2000)
def test_no_polygon_whatever_breaks_an_edit(
    polygons: list[list[tuple[float, float]]], what: str, at: tuple[float, float]
) -> None:
    shapes = tuple(np.array(one, np.float64).reshape(-1, 2) for one in polygons)
    garment = Garment(id=1, box=[5, 5, 30, 30], polygons=shapes)
    stroke = Stroke((at, (at[0] + 9, at[1])), 6)
    done = {
        "paint": lambda: mask_edits.paint(garment, stroke, SIZE),
        "erase": lambda: mask_edits.erase(garment, stroke, SIZE),
        "cut": lambda: mask_edits.cut_hole(garment, square(*at, 9), SIZE),
        "fill": lambda: mask_edits.fill_gap(garment, at, SIZE),
        "holes": lambda: mask_edits.fill_holes(garment, SIZE),
        "clip": lambda: mask_edits.clip_to_box(garment, SIZE),
        "mend": lambda: mask_edits.mend(garment, SIZE),
        "simplify": lambda: mask_edits.simplify(garment, 1.5, SIZE)[0],
        "pixels": lambda: mask_edits.to_pixels(garment, SIZE)[0],
    }[what]()
    if done is not None:
        left = after(done)
        assert left.id == 1
        assert area(left) >= 0


def test_garments_go_forward_and_back() -> None:
    garments = [Garment(id=n, position=n) for n in (1, 2, 3)]
    edit = order_edits.reorder(garments, 1, 1)
    assert edit is not None
    assert edit.title == "Bring forward"
    places = {change.state.id: after(Edit("", (change,))).position for change in edit.changes}
    assert sorted([1, 2, 3], key=lambda n: places.get(n, n)) == [2, 1, 3]
    assert edit.changes[0].state.id == 1
    assert order_edits.reorder(garments, 3, 1) is None
    assert order_edits.reorder(garments, 9, 1) is None


def test_garments_of_one_position_are_told_apart_by_ids() -> None:
    garments = [Garment(id=n, position=0) for n in (1, 2, 3)]
    edit = order_edits.reorder(garments, 3, -2)
    assert edit is not None
    places = {1: 0, 2: 0, 3: 0} | {c.state.id: after(Edit("", (c,))).position for c in edit.changes}
    assert places == {3: 0, 1: 1, 2: 2}


def test_a_lock_is_part_of_the_garment() -> None:
    garment = Garment(id=1)
    locked = after(order_edits.lock(garment, True))
    assert order_edits.is_locked(locked)
    assert order_edits.lock(locked, True) is None
    assert not order_edits.is_locked(after(order_edits.lock(locked, False)))
    assert after(order_edits.lock(locked, False)).extra == {}
