"""Shapes laid onto others."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.taxonomy import category
from store import fitting
from store.records import Garment, Visibility

SCHEMA = category(8).schema
near = st.floats(-500, 500)
turns = st.floats(-180, 180)
scales = st.floats(0.1, 10)
quick = settings(deadline=None, max_examples=40)


@quick
@given(st.lists(st.tuples(near, near), min_size=1, max_size=8), near, near, turns, scales)
def test_a_turn_keeps_distances_and_its_pivot(
    points: list, x: float, y: float, turn: float, by: float
) -> None:
    moved = fitting.turned(points, (x, y), degrees=turn, scale=(by, by))
    before = np.hypot(*(np.array(points) - (x, y)).T)
    assert np.allclose(np.hypot(*(moved - (x, y)).T), before * by, atol=1e-6)
    back = fitting.turned(fitting.turned(points, (x, y), degrees=turn), (x, y), degrees=-turn)
    assert np.allclose(back, points, atol=1e-6)


def test_a_turn_is_clockwise_on_the_screen() -> None:
    assert np.allclose(fitting.turned([(10, 0)], (0, 0), degrees=90), [[0, 10]])
    assert np.allclose(fitting.turned([(10, 4)], (2, 4), scale=(2, 3)), [[18, 4]])


def test_corners_are_carried_to_corners() -> None:
    assert fitting.carried([(0, 0), (10, 5), (5, 10)], (0, 0, 10, 10), (100, 50, 120, 90)).tolist() == [
        [100, 50],
        [120, 70],
        [110, 90],
    ]
    assert fitting.carried([(3, 4)], (3, 0, 3, 10), (7, 0, 9, 20)).tolist() == [[7, 8]]


def upright(points: np.ndarray) -> Garment:
    return Garment(points=points, visibility=np.full(len(points), Visibility.VISIBLE))


def test_the_axis_of_the_mean_shape_is_upright_and_turns_with_it() -> None:
    points = np.array(SCHEMA.template) * [100, 200]
    axis = fitting.axis_of(upright(points), SCHEMA)
    assert axis is not None
    assert axis.across == pytest.approx((1, 0), abs=0.02)
    assert axis.at[0] == pytest.approx(50, abs=2)
    turned = fitting.axis_of(upright(fitting.turned(points, (0, 0), degrees=30)), SCHEMA)
    assert turned is not None
    assert turned.across == pytest.approx((math.cos(math.pi / 6), math.sin(math.pi / 6)), abs=0.03)


@quick
@given(near, near)
def test_reflecting_twice_changes_nothing(x: float, y: float) -> None:
    axis = fitting.Axis((3.0, 4.0), (0.6, 0.8))
    assert axis.reflected(axis.reflected((x, y))) == pytest.approx((x, y), abs=1e-6)
    assert axis.reflected_step(axis.reflected_step((x, y))) == pytest.approx((x, y), abs=1e-6)


def test_without_pairs_the_axis_is_the_middle_of_the_box() -> None:
    nothing = Garment(points=np.zeros((14, 2)), visibility=np.zeros(14), box=(10, 0, 30, 40))
    assert fitting.axis_of(nothing, SCHEMA) == fitting.Axis((20.0, 20.0), (1.0, 0.0))
    assert fitting.axis_of(nothing.but(box=None), SCHEMA) is None
    assert fitting.frame_of(Garment()) is None
