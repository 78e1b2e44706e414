"""How much predictions and annotations of the drawn images disagree."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inference.data import select_one
from inference.data.slice import Slice
from inference.prediction.disagreement import disagreement
from store.db import Store
from store.runs.manifest import ModelSpec
from store.runs.predictions import GarmentPrediction, ImagePrediction


@pytest.fixture(scope="module")
def data(drawn_store: Path) -> Slice:
    with Store.open(drawn_store, read_only=True) as store:
        return select_one(store, "")[0]


def as_annotated(data: Slice, image: int, score: float) -> tuple[GarmentPrediction, ...]:
    """What is annotated in an image, as a model would say it."""
    return tuple(
        GarmentPrediction(int(data.category_ids[g]), score, np.array(data.boxes[g]))
        for g in data.of_image(image)
    )


def found(*garments: GarmentPrediction) -> ImagePrediction:
    return ImagePrediction(1, garments)


@pytest.fixture
def spec(specs: dict[str, ModelSpec]) -> ModelSpec:
    return specs["match-rcnn"]


def test_what_nobody_would_look_at_does_not_count(data: Slice, spec: ModelSpec) -> None:
    own = as_annotated(data, 0, 0.9)
    assert disagreement(found(*own), data, 0, spec) == 0
    other = GarmentPrediction(own[0].category_id, 0.3, np.array([0.0, 0, 3, 3]))
    assert disagreement(found(*own, other), data, 0, spec) == 0
    sure = replace(other, score=0.5)
    alone = disagreement(found(*own, sure), data, 0, spec)
    assert alone == pytest.approx(1 / (len(own) + 1))
    # What counts is asked for.
    assert disagreement(found(*own, other), data, 0, spec, 0.3) == alone
    assert disagreement(found(*own, sure), data, 0, spec, 0.6) == 0


def test_garments_that_are_not_found_and_other_categories_count(data: Slice, spec: ModelSpec) -> None:
    own = as_annotated(data, 0, 0.9)
    assert disagreement(found(), data, 0, spec) == 1
    assert disagreement(found(*as_annotated(data, 0, 0.4)), data, 0, spec) == 1
    kinds = [one.id for one in spec.categories]
    wrong = [replace(one, category_id=kinds[kinds.index(one.category_id) - 1]) for one in own]
    assert disagreement(found(*wrong), data, 0, spec) == 1
    nothing = replace(spec, categories=())
    assert disagreement(found(), data, 0, nothing) == 0
