"""Similarity and errors of landmarks equal what the formulas say, landmark by landmark."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.runs.measures.landmarks import by_landmark, detected, normalised_errors, similarity


def case(seed: int, found: int = 3, garments: int = 2, size: int = 5) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    predicted = rng.uniform(0, 100, (found, size, 2))
    true = np.concatenate(
        [rng.uniform(0, 100, (garments, size, 2)), rng.integers(0, 3, (garments, size, 1))], 2
    )
    return predicted, true, rng.uniform(50, 5000, garments), rng.uniform(0.01, 0.07, size)


def naive(predicted: np.ndarray, true: np.ndarray, area: float, sigmas: np.ndarray) -> float:
    parts = []
    for (x, y), (tx, ty, v), sigma in zip(predicted, true, sigmas, strict=True):
        if v > 0:
            parts.append(math.exp(-((x - tx) ** 2 + (y - ty) ** 2) / (2 * area * (2 * sigma) ** 2)))
    return sum(parts) / len(parts) if parts else math.nan


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000))
def test_similarity_equals_the_formula(seed: int) -> None:
    predicted, true, areas, sigmas = case(seed)
    values = similarity(predicted, true, areas, sigmas)
    for i, one in enumerate(predicted):
        for j, garment in enumerate(true):
            assert values[i, j] == pytest.approx(
                naive(one, garment, areas[j], sigmas), nan_ok=True, abs=1e-12
            )


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000))
def test_similarity_ignores_what_is_not_labelled(seed: int) -> None:
    predicted, true, areas, sigmas = case(seed)
    moved = predicted.copy()
    moved[:, true[0, :, 2] == 0] += 1000.0
    before, after = (
        similarity(predicted, true[:1], areas[:1], sigmas),
        similarity(moved, true[:1], areas[:1], sigmas),
    )
    np.testing.assert_allclose(before, after)


def test_errors_divide_by_width_and_height() -> None:
    true = np.array([[[10.0, 10, 2], [0, 0, 0], [20, 20, 1]]])
    said = np.array([[[13.0, 14], [50, 50], [20, 30]]])
    errors = normalised_errors(said, true, [[10.0, 20.0]])
    assert errors[0, 0] == pytest.approx(math.hypot(0.3, 0.2))
    assert math.isnan(errors[0, 1])
    assert errors[0, 2] == pytest.approx(0.5)
    assert detected(errors, 0.4)[0].tolist()[::2] == [1.0, 0.0]


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000), st.floats(0.1, 10))
def test_errors_do_not_depend_on_scale(seed: int, factor: float) -> None:
    predicted, true, _, _ = case(seed, found=2)
    larger = true.copy()
    larger[..., :2] *= factor
    sizes = np.array([[30.0, 70.0], [50.0, 20.0]])
    np.testing.assert_allclose(
        normalised_errors(predicted, true, sizes),
        normalised_errors(predicted * factor, larger, sizes * factor),
        rtol=1e-9,
    )


def test_each_landmark_has_its_own_mean() -> None:
    errors = np.array([[0.05, np.nan, 0.3], [0.15, np.nan, 0.02]])
    mean, share, count = by_landmark(errors)
    assert mean[0] == pytest.approx(0.1)
    assert math.isnan(mean[1])
    assert share[0] == 0.5
    assert share[2] == 0.5
    assert count.tolist() == [2, 0, 2]
