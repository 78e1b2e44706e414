"""The rivals of a model: what they say, and that they are measured as the model is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from inference.data import Slice, select_one
from inference.evaluation.assemble import quick
from inference.evaluation.baselines import (
    FREQUENT,
    RANDOM,
    TEMPLATE,
    baselines,
    frequent,
    shipped_shape,
    template_shapes,
    templates_fitted,
    truths_of,
)
from inference.models import build
from inference.prediction import Predictor
from resources.taxonomy import category
from store.db import Store
from store.runs.manifest import ModelCategory, ModelSpec
from store.runs.predictions import GarmentPrediction, GarmentTruth, ImagePrediction, ImageTruth
from tests.unit.inference.evaluation.conftest import MakeSpec

SKIRT = ModelCategory(9, "skirt", 8)
TROUSERS = ModelCategory(8, "trousers", 14)


@pytest.fixture(scope="module")
def held(drawn_store: Path) -> Slice:
    with Store.open(drawn_store, read_only=True) as store:
        return select_one(store, "split = test")[0]


@pytest.fixture(scope="module")
def taught(drawn_store: Path) -> Slice:
    with Store.open(drawn_store, read_only=True) as store:
        return select_one(store, "split = train")[0]


def detector(*categories: ModelCategory) -> ModelSpec:
    return ModelSpec("match-rcnn", "small", categories, schema="own", input_size=64)


def skirt(number: int, box: tuple[float, ...], shape: np.ndarray, states: int | np.ndarray = 2) -> ImageTruth:
    corner, sides = np.array(box[:2]), np.array(box[2:]) - np.array(box[:2])
    points = np.column_stack([shape * sides + corner, np.broadcast_to(states, len(shape))])
    garment = GarmentTruth(number, SKIRT.id, np.array(box), landmarks=points)
    return ImageTruth(number, 500, 500, (garment,))


boxes = st.tuples(st.floats(0, 200), st.floats(0, 200), st.floats(10, 200), st.floats(10, 200)).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)


@given(st.lists(boxes, min_size=1, max_size=4), boxes)
def test_a_shape_that_is_always_the_same_is_found_in_every_box(
    learnt: list[tuple[float, ...]], there: tuple[float, ...]
) -> None:
    shape = np.random.default_rng(len(learnt)).random((8, 2))
    spec = detector(SKIRT)
    known = {9: category(9)}
    shapes = template_shapes(spec, [skirt(n + 1, box, shape) for n, box in enumerate(learnt)], known)
    assert np.allclose(shapes[9], shape)
    truth = skirt(1, there, shape)
    said = templates_fitted(spec, [truth], shapes)[0].garments[0]
    assert said.landmarks is not None
    assert truth.garments[0].landmarks is not None
    assert np.allclose(said.landmarks[:, :2], truth.garments[0].landmarks[:, :2])
    assert (said.score, said.garment_id) == (1.0, None)


def test_only_labelled_landmarks_are_learnt_from_the_others_are_as_shipped() -> None:
    states = np.array([2, 1, 2, 2, 2, 2, 2, 0])
    shape = np.full((8, 2), 0.25)
    known = {9: category(9)}
    found = template_shapes(detector(SKIRT, TROUSERS), [skirt(1, (0, 0, 100, 100), shape, states)], known)
    shipped = np.array(category(9).schema.template)
    assert np.allclose(found[9][:7], 0.25)
    assert np.allclose(found[9][7], shipped[7])
    # Trousers are not learnt from, and the store has none: their landmarks are in the middle.
    assert np.allclose(found[8], 0.5)
    assert found[8].shape == (14, 2)


def test_the_shipped_template_speaks_fashion8_where_both_mean_the_same() -> None:
    shape = shipped_shape(category(1), 8, "fashion8")
    left, right = shape[0], shape[1]
    assert left[0] < 0.5 < right[0]
    assert left[1] < 0.3
    assert shape[6, 1] > 0.8
    # A vest has no sleeves.
    assert np.allclose(shipped_shape(category(5), 8, "fashion8")[2:4], 0.5)


def test_the_template_of_a_detector_has_an_average_precision(held: Slice, make_spec: MakeSpec) -> None:
    spec = make_spec("match-rcnn")
    truths = truths_of(held, spec)
    rivals = baselines(spec, held, truths, None)
    figures = rivals.figures[TEMPLATE]
    assert set(figures) == {
        "landmarks/AP",
        "landmarks/AP50",
        "landmarks/AP75",
        "landmarks/NE",
        "landmarks/detected",
    }
    assert 0 < figures["landmarks/AP"] < figures["landmarks/AP50"] <= 1
    assert figures["landmarks/NE"] < 0.15
    assert any("comes with the program" in note for note in rivals.notes)
    assert FREQUENT not in rivals.figures


def test_learnt_from_the_measured_garments_the_template_is_the_nearest_there_is(
    held: Slice, taught: Slice, make_spec: MakeSpec
) -> None:
    spec = make_spec("fashionnet")
    truths = truths_of(held, spec)

    def error(learnt: Slice | None) -> float:
        shapes = template_shapes(spec, truths_of(learnt, spec) if learnt else (), held.known)
        said = templates_fitted(spec, truths, shapes)
        assert all(one.garment_id is not None for image in said for one in image.garments)
        return quick(truths, said, categories=spec.categories)["landmarks/NE"]

    assert error(held) < error(taught)
    assert error(held) < error(None)


def test_crops_have_no_average_precision_though_a_skirt_has_eight_landmarks_too() -> None:
    """FashionNet's eight are no skirt's eight, and nothing was detected."""
    shape = np.array(category(9).schema.template)
    truth = skirt(1, (0.0, 0.0, 100.0, 100.0), shape)
    points = truth.garments[0].landmarks
    asked, found = (
        [ImagePrediction(1, (GarmentPrediction(9, 1.0, landmarks=points, garment_id=number),))]
        for number in (1, None)
    )
    assert set(quick([truth], asked, categories=[SKIRT])) == {"landmarks/NE", "landmarks/detected"}
    assert quick([truth], found, categories=[SKIRT])["landmarks/AP"] == pytest.approx(1)


def test_the_untrained_network_has_the_figures_of_the_model_and_is_another(
    held: Slice, taught: Slice, make_spec: MakeSpec
) -> None:
    spec = make_spec("fashionnet")
    truths = truths_of(held, spec)
    first, again, other = (
        baselines(spec, held, truths, taught, seed=seed).figures[RANDOM] for seed in (3, 3, 4)
    )
    assert first == again != other
    torch.manual_seed(3)
    said, _ = Predictor(build(spec), spec).predict(held, workers=0)
    model = quick(truths, said, categories=spec.categories)
    assert set(first) == set(model)
    assert first != model


def test_what_is_frequent_is_said_of_every_garment(held: Slice, taught: Slice, make_spec: MakeSpec) -> None:
    spec = make_spec("fashionnet")
    truths, learnt = truths_of(held, spec), truths_of(taught, spec)
    said = frequent(spec, truths, learnt)
    ids = [one.category_id for image in learnt for one in image.garments]
    commonest = max(spec.categories, key=lambda one: ids.count(one.id)).id
    assert {one.category_id for image in said for one in image.garments} == {commonest}
    figures = quick(truths, said, categories=spec.categories)
    true = [one.category_id for image in truths for one in image.garments]
    assert figures["category/top1"] == pytest.approx(true.count(commonest) / len(true))
    assert {"attributes/top3", "attributes/top5"} <= set(figures)
    rivals = baselines(spec, held, truths, taught)
    assert rivals.figures[FREQUENT] == figures
    assert not rivals.notes


def test_what_the_model_does_not_know_is_not_measured(held: Slice, make_spec: MakeSpec) -> None:
    spec = make_spec("fashionnet")
    fewer = replace(spec, categories=spec.categories[:2])
    known = {one.id for one in fewer.categories}
    truths = truths_of(held, fewer)
    assert len(truths) == len(held)
    assert {one.category_id for image in truths for one in image.garments} <= known
    assert all(one.landmarks is None or len(one.landmarks) == 8 for image in truths for one in image.garments)
