"""Edits of many landmarks at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resources.taxonomy import category
from store.document import Edit, edits
from store.document import landmark_edits as many
from store.document.provenance import Said, noted, said_of
from store.outlines import drawing
from store.outlines.rings import Part, rings
from store.records import Garment, Visibility

V = Visibility
SIZE = (400, 500)
TROUSERS, SKIRT = category(8).schema, category(9).schema
quick = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def after(edit: Edit | None) -> Garment:
    assert edit is not None
    (change,) = edit.changes
    assert isinstance(change.after, Garment)
    return change.after


def whole(box: tuple[float, float, float, float] = (100, 100, 200, 300)) -> Garment:
    """Trousers as the mean shape has them in a box."""
    corner, sides = np.array(box[:2]), np.subtract(box[2:], box[:2])
    points = corner + np.array(TROUSERS.template) * sides
    return Garment(id=5, category_id=8, points=points, visibility=np.full(14, V.VISIBLE), box=box)


def test_scaling_and_turning_moves_only_what_is_marked_and_labelled() -> None:
    garment = after(edits.set_visibility(whole(), [1], V.CUT_OFF))
    bigger = many.transform_landmarks(garment, [0, 1, 2], (150.0, 100.0), SIZE, scale=(2.0, 1.0))
    assert bigger is not None
    assert bigger.title == "Scale 2 landmarks"
    places = after(bigger).points
    assert np.allclose(places[0], [150 + 2 * (garment.points[0][0] - 150), garment.points[0][1]], atol=0.01)
    assert (places[1:2] == garment.points[1:2]).all()
    assert (places[3:] == garment.points[3:]).all()
    turned = many.transform_landmarks(garment, [0], (150.0, 100.0), SIZE, degrees=5)
    assert turned is not None
    assert turned.title == "Rotate landmark 1"
    assert many.transform_landmarks(garment, [1], (0.0, 0.0), SIZE, degrees=5) is None
    assert many.transform_landmarks(garment, [0], (0.0, 0.0), SIZE) is None


@quick
@given(st.floats(-180, 180), st.floats(0.2, 5))
def test_nothing_is_turned_out_of_the_image(turn: float, by: float) -> None:
    edit = many.transform_landmarks(whole(), range(14), (0.0, 0.0), SIZE, degrees=turn, scale=(by, by))
    if edit is not None:
        places = after(edit).points
        assert (places >= 0).all()
        assert (places <= SIZE).all()


def test_a_corner_on_a_landmark_goes_along() -> None:
    garment = whole()
    corner = garment.points[0] + [1.0, -1.0]
    outline = np.array([corner, [300.0, 90.0], [300.0, 310.0], garment.points[5] + [2.0, 0.0]])
    extra = noted({}, Said("m", 0.9), ["mask"])
    garment = garment.but(polygons=(outline, outline + 40), extra=extra)
    edit = edits.move_landmarks(garment, {0: (50.0, 60.0), 5: (10.0, 10.0)})
    moved = after(many.with_corners(edit))
    assert moved.polygons[0].tolist() == [[51.0, 59.0], *outline[1:].tolist()]
    assert moved.polygons[1] is after(edit).polygons[1]
    assert said_of(moved.extra, "mask") is None
    still = edits.move_landmarks(garment, {3: (50.0, 60.0)})
    assert many.with_corners(still) is still
    # One that becomes unlabelled goes nowhere.
    gone = edits.set_visibility(garment, [0], V.UNLABELLED)
    assert many.with_corners(gone) is gone


def test_corners_of_holes_go_along_too() -> None:
    garment = whole()
    x, y = garment.points[0].tolist()
    hole = np.array([[x, y], [x + 20, y], [x + 20, y + 20], [x, y + 20]])
    around = np.array([[x - 50, y - 50], [x + 60, y - 50], [x + 60, y + 60], [x - 50, y + 60]])
    garment = drawing.with_outline(garment, (Part(around, (hole,)),), SIZE)
    edit = edits.move_landmarks(garment, {0: (x + 5, y + 7)})
    moved = after(many.with_corners(edit))
    outer, inner = rings(moved)
    assert outer.tolist() == around.tolist()
    assert inner.tolist() == [[x + 5, y + 7], *hole[1:].tolist()]
    assert moved.rle == drawing.drawn_runs((Part(around, (inner,)),), SIZE)
    assert moved.rle != garment.rle
    seen = after(many.with_corners(edit, looks=True))
    assert sorted(map(tuple, seen.polygons[1].tolist())) == sorted(map(tuple, inner.tolist()))
    # Of pixels without corners nothing goes along.
    pixels = garment.but(extra={})
    still = edits.move_landmarks(pixels, {0: (x + 5, y + 7)})
    assert many.with_corners(still) is still


@quick
@given(st.dictionaries(st.integers(0, 13), st.tuples(st.integers(0, 400), st.integers(0, 500)), min_size=1))
def test_corners_keep_their_place_beside_their_landmark(moves: dict[int, tuple[int, int]]) -> None:
    garment = whole()
    garment = garment.but(polygons=(garment.points + 0.5,))
    moved = after(many.with_corners(edits.move_landmarks(garment, moves)))
    assert np.allclose(moved.polygons[0] - moved.points, 0.5)


def test_placing_as_occluded() -> None:
    empty = Garment(points=np.zeros((14, 2)), visibility=np.zeros(14))
    edit = many.place_landmarks(empty, {4: (5.0, 6.0)}, V.OCCLUDED)
    assert edit.title == "Place landmark 5 as occluded"
    assert after(edit).points[4].tolist() == [5.0, 6.0]
    assert after(edit).visibility[4] == V.OCCLUDED
    assert many.place_landmarks(empty, {4: (5.0, 6.0)}, V.VISIBLE).title == "Place landmark 5"


def test_the_other_side_mirrors_a_step() -> None:
    garment = whole()
    left, right = TROUSERS.swaps[0]
    x, y = garment.points[left].tolist()
    found = many.mirrored_moves(garment, TROUSERS, {left: (x - 10, y + 4)}, SIZE)
    assert set(found) == {left, right}
    assert found[right] == pytest.approx((garment.points[right] + [10, 4]).tolist(), abs=1.5)
    both = many.mirrored_moves(garment, TROUSERS, {left: (1.0, 1.0), right: (2.0, 2.0)}, SIZE)
    assert both == {left: (1.0, 1.0), right: (2.0, 2.0)}


def test_the_other_side_without_a_place_is_put_where_the_axis_says() -> None:
    left, right = TROUSERS.swaps[0]
    garment = Garment(points=np.zeros((14, 2)), visibility=np.zeros(14), box=(100, 0, 200, 100))
    found = many.mirrored_moves(garment, TROUSERS, {left: (120.0, 30.0)}, SIZE)
    assert found == {left: (120.0, 30.0), right: (180.0, 30.0)}
    alone = many.mirrored_moves(garment.but(box=None), TROUSERS, {left: (120.0, 30.0)}, SIZE)
    assert alone == {left: (120.0, 30.0)}
    assert many.mirrored_moves(garment, SKIRT, {left: (1.0, 1.0)}, SIZE) == {left: (1.0, 1.0)}


def test_the_template_fills_the_box() -> None:
    goal = whole()
    empty = goal.but(points=np.zeros((14, 2)), visibility=np.zeros(14))
    edit = many.fit_template(empty, TROUSERS, SIZE, empty)
    assert edit is not None
    assert edit.title == "Fit the template to 14 landmarks"
    assert np.allclose(after(edit).points, goal.points, atol=0.01)
    assert (after(edit).visibility == V.VISIBLE).all()
    # The mask's extent, where that is asked for.
    masked = empty.but(box=None, polygons=(np.array([[0.0, 0.0], [50.0, 0.0], [50.0, 60.0]]),))
    assert after(many.fit_template(empty, TROUSERS, SIZE, masked)).points.max() <= 60


def test_the_template_leaves_what_is_labelled_unless_all_is_asked_for() -> None:
    garment = after(edits.move_landmarks(whole(), {0: (10.0, 20.0)}))
    garment = after(edits.set_visibility(garment, [3], V.UNLABELLED))
    some = after(many.fit_template(garment, TROUSERS, SIZE, garment))
    assert some.points[0].tolist() == [10.0, 20.0]
    assert some.visibility[3] == V.VISIBLE
    everything = after(many.fit_template(garment, TROUSERS, SIZE, whole(), everything=True))
    assert np.allclose(everything.points, whole().points, atol=0.01)
    assert many.fit_template(whole(), TROUSERS, SIZE, whole()) is None
    assert many.fit_template(garment, SKIRT, SIZE, garment) is None
    lost = Garment(points=np.zeros((14, 2)), visibility=np.zeros(14))
    assert many.fit_template(lost, TROUSERS, SIZE, lost) is None


@quick
@given(st.tuples(st.floats(0, 100), st.floats(0, 100), st.floats(10, 200), st.floats(10, 200)))
def test_a_copy_lies_in_its_box_as_the_original_in_its(box: tuple[float, float, float, float]) -> None:
    x, y, width, height = box
    source = after(edits.set_visibility(whole(), [2], V.OCCLUDED))
    own = source.but(points=np.zeros((14, 2)), visibility=np.zeros(14), box=(x, y, x + width, y + height))
    copy = after(many.copy_landmarks(own, source, many.same_names(TROUSERS, TROUSERS), (1000, 1000)))
    assert (copy.visibility == source.visibility).all()
    assert np.allclose(
        (copy.points - [x, y]) / [width, height], (source.points - 100) / [100, 200], atol=0.02
    )


def test_only_landmarks_of_the_same_name_are_copied() -> None:
    source = after(edits.set_visibility(whole(), [1], V.UNLABELLED))
    skirt = Garment(
        id=7,
        category_id=9,
        points=np.full((8, 2), 3.0),
        visibility=np.full(8, V.OCCLUDED),
        box=(0, 0, 10, 20),
    )
    same = many.same_names(SKIRT, TROUSERS)
    assert {SKIRT.names[own] for own in same} >= {"left waist", "middle waist", "right waist"}
    edit = many.copy_landmarks(skirt, source, same, SIZE, "the previous image")
    assert edit is not None
    assert edit.title.endswith("landmarks from the previous image")
    changed = (after(edit).visibility == V.VISIBLE).nonzero()[0].tolist()
    assert set(changed) == set(same) - {SKIRT.names.index("middle waist")}
    assert many.copy_landmarks(skirt, source, {}, SIZE) is None


def test_a_pair_is_swapped_by_itself() -> None:
    garment = whole()
    left, right = TROUSERS.swaps[0]
    edit = many.swap_pairs(garment, TROUSERS, [right])
    assert edit is not None
    assert edit.title == f"Swap landmarks {left + 1} and {right + 1}"
    assert (after(edit).points[[left, right]] == garment.points[[right, left]]).all()
    others = [i for i in range(14) if i not in (left, right)]
    assert (after(edit).points[others] == garment.points[others]).all()
    middle = TROUSERS.names.index("middle waist")
    assert many.swap_pairs(garment, TROUSERS, [middle]) is None


def test_a_garment_without_landmarks_and_one_with_294() -> None:
    for count in (0, 294):
        garment = Garment(points=np.ones((count, 2)), visibility=np.full(count, 2), box=(0, 0, 9, 9))
        edit = many.transform_landmarks(garment, range(count), (5.0, 5.0), SIZE, degrees=3)
        assert (edit is None) is (count == 0)
        assert many.fit_template(garment, TROUSERS, SIZE, garment) is None
        assert many.mirrored_moves(garment, TROUSERS, {0: (1.0, 1.0)}, SIZE) == {0: (1.0, 1.0)}
