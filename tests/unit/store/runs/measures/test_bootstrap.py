"""Draws keep their sums, intervals hold the truth, pairs are narrower than two."""

from __future__ import annotations

import numpy as np
import pytest

from store.runs.measures.bootstrap import by_image, draws, interval, paired_difference, ratios


def test_every_draw_has_as_many_images_as_there_are() -> None:
    weights = draws(50, seed=3, resamples=20)
    assert weights.shape == (50, 20)
    assert (weights.sum(axis=0) == 50).all()
    assert np.array_equal(weights, draws(50, seed=3, resamples=20))
    assert not np.array_equal(weights, draws(50, seed=4, resamples=20))
    assert draws(0, resamples=10).shape == (0, 10)


def test_very_many_images_are_drawn_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.runs.measures.bootstrap.MOST_NUMBERS", 6000)
    assert draws(100).shape == (100, 60)
    assert draws(1000).shape == (1000, 50)


def test_ratios_equal_the_ratio_of_repeated_images() -> None:
    rng = np.random.default_rng(0)
    parts, wholes = rng.integers(0, 3, 30).astype(float), rng.integers(0, 5, 30).astype(float)
    weights = draws(30, seed=1, resamples=15)
    for column, value in enumerate(ratios(weights, parts, wholes)):
        repeated = np.repeat(np.arange(30), weights[:, column].astype(int))
        assert value == pytest.approx(parts[repeated].sum() / wholes[repeated].sum(), rel=1e-6)
    assert np.isnan(ratios(weights, parts, np.zeros(30))).all()


def test_garments_of_one_image_are_drawn_together() -> None:
    assert by_image(np.array([1.0, np.nan, 2.0]), np.array([1, 1, 0]), 3).tolist() == [2.0, 1.0, 0.0]


def test_the_interval_of_a_share_holds_it_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    held = 0
    for trial in range(60):
        values = (rng.random(150) < 0.3).astype(float)
        low, high = interval(ratios(draws(150, trial), values, np.ones(150)))
        assert low is not None
        assert high is not None
        held += low <= 0.3 <= high
    assert held >= 50


def test_an_interval_needs_ten_numbers() -> None:
    assert interval(np.full(100, np.nan)) == (None, None)
    assert interval(np.array([1.0] * 9)) == (None, None)
    assert interval(np.array([1.0] * 10)) == (1.0, 1.0)


def test_a_paired_difference_is_surer_than_its_sides() -> None:
    rng = np.random.default_rng(2)
    first = rng.normal(0, 1, 300)
    second = first + 0.1 + rng.normal(0, 0.05, 300)
    mean, low, high = paired_difference(first, second, np.arange(300) // 2)
    assert mean == pytest.approx(float((second - first).mean()))
    assert low is not None
    assert high is not None
    assert 0 < low < mean < high < 0.2


def test_only_pairs_count() -> None:
    first, second = np.array([1.0, np.nan, 3.0]), np.array([2.0, 5.0, np.nan])
    assert paired_difference(first, second, np.arange(3))[0] == 1.0
    assert paired_difference(first, np.full(3, np.nan), np.arange(3)) == (None, None, None)
