"""Shapes, and what lies under the pointer."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.taxonomy import category
from store import geometry
from store.hits import HitKind, hit_box, hit_edge, hit_landmark, hit_vertex
from store.records import Garment, Visibility

coordinates = st.floats(-50, 650, allow_nan=False).map(lambda value: round(value, 3))
places = st.tuples(coordinates, coordinates)
boxes = st.tuples(places, places).map(lambda two: geometry.ordered_box([*two[0], *two[1]]))

SQUARE = np.array([[10.0, 10], [30, 10], [30, 30], [10, 30]])
#: A C whose mouth opens to the right: its middle is not in it.
OPEN = np.array([[0.0, 0], [30, 0], [30, 10], [10, 10], [10, 20], [30, 20], [30, 30], [0, 30]])


def garment(**fields: object) -> Garment:
    return Garment(id=7, category_id=8, **fields)  # type: ignore[arg-type]


@given(st.lists(places, min_size=1, max_size=20))
def test_box_of_holds_every_point_and_touches_all_sides(points: list[tuple[float, float]]) -> None:
    box = geometry.box_of(points)
    assert box is not None
    assert all(geometry.box_contains(box, point) for point in points)
    assert {box[0], box[2]} <= {x for x, _ in points}
    assert {box[1], box[3]} <= {y for _, y in points}


def test_box_of_nothing_is_none() -> None:
    assert geometry.box_of([]) is None


@given(boxes, st.integers(0, 7), places)
def test_a_dragged_handle_is_where_it_was_dragged_to(box: np.ndarray, handle: int, to: tuple) -> None:
    after = geometry.drag_handle(box, handle, to)
    across, down = geometry.HANDLES[handle]
    assert after[0] <= after[2]
    assert after[1] <= after[3]
    if across != 0.5:
        assert to[0] in (after[0], after[2])
    else:
        assert (after[0], after[2]) == (box[0], box[2])
    if down != 0.5:
        assert to[1] in (after[1], after[3])
    else:
        assert (after[1], after[3]) == (box[1], box[3])


@given(boxes, coordinates, coordinates)
def test_a_moved_box_keeps_its_size_and_goes_no_further_out(box: np.ndarray, dx: float, dy: float) -> None:
    moved = geometry.move_box(box, dx, dy, 600, 600)
    assert np.allclose(moved[2:] - moved[:2], box[2:] - box[:2])
    assert np.all(moved[:2] >= np.minimum(box[:2], 0) - 1e-9)
    assert np.all(moved[2:] <= np.maximum(box[2:], 600) + 1e-9)


@given(boxes)
def test_a_clipped_box_is_inside_the_image(box: np.ndarray) -> None:
    clipped = geometry.clip_box(box, 600, 400)
    assert np.all(clipped >= 0)
    assert np.all(clipped <= [600, 400, 600, 400])
    assert np.array_equal(geometry.clip_box(clipped, 600, 400), clipped)


def test_handles_go_clockwise_from_the_top_left() -> None:
    points = geometry.handle_points([0, 0, 10, 20])
    assert points.tolist() == [[0, 0], [5, 0], [10, 0], [10, 10], [10, 20], [5, 20], [0, 20], [0, 10]]


@given(boxes)
def test_the_area_of_a_box_is_that_of_its_polygon(box: np.ndarray) -> None:
    x1, y1, x2, y2 = box
    corners = [[x1, y1], [x2, y1], [x2, y2], [x1, y2]]
    assert math.isclose(geometry.polygon_area(corners), geometry.box_area(box), rel_tol=1e-6, abs_tol=1e-6)
    assert geometry.polygon_area(corners[::-1]) == pytest.approx(geometry.polygon_area(corners))


@pytest.mark.parametrize(
    ("point", "inside"),
    [
        ((5, 15), True),
        ((20, 15), False),
        ((20, 5), True),
        ((20, 25), True),
        ((40, 15), False),
        ((-1, 5), False),
    ],
)
def test_a_polygon_knows_its_inside(point: tuple[float, float], inside: bool) -> None:
    assert geometry.polygon_contains(OPEN, point) is inside


def test_two_points_are_no_polygon() -> None:
    assert not geometry.polygon_contains([[0, 0], [10, 10]], (5, 5))
    assert geometry.polygon_area([[0, 0], [10, 10]]) == 0


@given(places)
def test_the_nearest_border_point_is_on_the_border(point: tuple[float, float]) -> None:
    (x, y), (dx, dy) = geometry.nearest_border(point, 600, 400)
    assert x in (0, 600) or y in (0, 400)
    assert 0 <= x + dx <= 600
    assert 0 <= y + dy <= 400
    clipped = geometry.clip_points(point, 600, 400)
    gap = min(clipped[0], 600 - clipped[0], clipped[1], 400 - clipped[1])
    assert math.dist((x, y), clipped) == pytest.approx(gap, abs=1e-9)


def test_cut_off_landmarks_are_drawn_on_the_border_and_unlabelled_ones_not_at_all() -> None:
    schema = category(8).schema
    visibility = np.full(schema.size, Visibility.VISIBLE)
    points = np.array(schema.template) * 80 + 10
    visibility[0], visibility[1], visibility[2] = (
        Visibility.UNLABELLED,
        Visibility.CUT_OFF,
        Visibility.CUT_OFF,
    )
    points[1], points[2] = (97, 50), (0, 0)
    drawn = geometry.drawn_points(garment(points=points, visibility=visibility), schema, 100, 100)
    assert np.isnan(drawn[0]).all()
    assert drawn[1].tolist() == [100, 50]
    assert np.isfinite(drawn[2]).all(), "a place is taken from its neighbours"
    assert drawn[2][0] in (0, 100) or drawn[2][1] in (0, 100)
    assert np.array_equal(drawn[3:], points[3:])


def test_a_lost_landmark_without_neighbours_is_not_drawn() -> None:
    lost = garment(points=[[0, 0], [5, 5]], visibility=[Visibility.CUT_OFF, Visibility.VISIBLE])
    assert np.isnan(geometry.drawn_points(lost, None, 100, 100)[0]).all()


@given(st.floats(20, 400), st.floats(20, 400), places)
def test_what_is_missing_is_expected_where_the_mean_shape_has_it(
    width: float, height: float, at: tuple[float, float]
) -> None:
    schema = category(2).schema
    points = np.array(schema.template) * [width, height] + np.array(at)
    visibility = np.full(schema.size, Visibility.VISIBLE)
    visibility[5:9] = Visibility.UNLABELLED
    expected = geometry.expected_points(garment(points=points, visibility=visibility), schema)
    assert expected is not None
    assert np.allclose(expected, points)


def test_a_new_garment_expects_its_landmarks_in_its_box() -> None:
    schema = category(8).schema
    empty = {"points": np.zeros((schema.size, 2)), "visibility": np.zeros(schema.size)}
    expected = geometry.expected_points(garment(box=[10, 20, 110, 220], **empty), schema)
    assert expected is not None
    assert expected.min(axis=0).tolist() == pytest.approx([10, 20], abs=1)
    assert expected.max(axis=0).tolist() == pytest.approx([110, 220], abs=1)
    assert geometry.expected_points(garment(**empty), schema) is None
    assert geometry.expected_points(garment(), schema) is None


def test_hits_take_the_nearest_within_reach() -> None:
    drawn = np.array([[10.0, 10], [14, 10], [np.nan, np.nan]])
    hit = hit_landmark(7, drawn, (13, 10), 5)
    assert (hit.kind, hit.garment_id, hit.index, hit.distance) == (HitKind.LANDMARK, 7, 1, 1)
    assert not hit_landmark(7, drawn, (20, 10), 5)
    assert not hit_landmark(7, drawn[2:], (0, 0), 5)


def test_vertices_and_edges_are_found_in_their_polygon() -> None:
    two = garment(polygons=(SQUARE, SQUARE + 100))
    vertex = hit_vertex(two, (131, 129), 3)
    assert (vertex.kind, vertex.polygon, vertex.index) == (HitKind.VERTEX, 1, 2)
    edge = hit_edge(two, (9, 20), 3)
    assert (edge.kind, edge.polygon, edge.index, edge.distance) == (HitKind.EDGE, 0, 3, 1)
    assert not hit_edge(two, (20, 20), 3)


def test_a_box_is_hit_on_its_handles_and_border_but_not_inside() -> None:
    boxed = garment(box=[10, 10, 110, 60])
    assert hit_box(boxed, (110, 60), 4).kind is HitKind.BOX_HANDLE
    assert hit_box(boxed, (110, 60), 4).index == 4
    assert hit_box(boxed, (30, 11), 4).kind is HitKind.BOX
    assert not hit_box(boxed, (40, 30), 4)
    assert not hit_box(garment(), (0, 0), 4)


def test_clicks_on_one_spot_go_round_the_garments_under_it() -> None:
    small = garment(polygons=(SQUARE,))
    large = garment(box=[0, 0, 100, 100]).but(id=8)
    beside = garment(box=[200, 200, 300, 300]).but(id=9)
    all_three = [beside, large, small]
    assert [one.id for one in geometry.garments_at(all_three, (20, 20))] == [7, 8]
    taken, current = [], 9
    for _ in range(3):
        found = geometry.next_garment_at(all_three, (20, 20), current)
        assert found is not None
        taken.append(current := found.id)
    assert taken == [7, 8, 7]
    assert geometry.next_garment_at(all_three, (150, 150), 7) is None


def test_a_garment_without_a_box_has_the_extent_of_what_it_has() -> None:
    points = [[50, 60], [0, 0]]
    some = garment(polygons=(SQUARE,), points=points, visibility=[Visibility.VISIBLE, Visibility.UNLABELLED])
    found = geometry.extent(some)
    assert found is not None
    assert found.tolist() == [10, 10, 50, 60]
    assert geometry.extent(garment()) is None
    assert geometry.garment_area(garment()) == 0
    assert not geometry.covers(garment(), (0, 0))
