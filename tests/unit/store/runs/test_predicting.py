"""What a prediction run is asked, and which category of a model is which of a store's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from resources.taxonomy import categories
from store.errors import StudioError
from store.runs.manifest import ModelCategory, ModelSpec
from store.runs.predicting import (
    FILE,
    PredictConfig,
    checked,
    mapping,
    read_predict_config,
    write_predict_config,
)
from store.runs.predictions import GarmentPrediction, ImagePrediction

STORE = categories()


def spec(*names: str, schema: str = "", landmarks: int = 0) -> ModelSpec:
    own = tuple(ModelCategory(number + 1, name, landmarks) for number, name in enumerate(names))
    return ModelSpec("fashionnet", "small", own, schema=schema)


def test_a_configuration_comes_back(tmp_path: Path) -> None:
    config = PredictConfig("m", "split = test", "cpu", 4, 0, 0.25, "32", {"Tee": "vest", "Romper": ""})
    write_predict_config(config, tmp_path)
    assert read_predict_config(tmp_path) == config


@pytest.mark.parametrize("text", ["model = 3 4", 'nothing = "of it"', 'model = "m"\nprecision = "8"'])
def test_a_broken_configuration_is_said(tmp_path: Path, text: str) -> None:
    with pytest.raises(StudioError, match="cannot be read"):
        read_predict_config(tmp_path)
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(StudioError, match=r"predict\.toml|precision"):
        read_predict_config(tmp_path)


def test_a_score_above_one_cannot_be() -> None:
    with pytest.raises(StudioError, match="least score"):
        checked(PredictConfig("m", score=1.5))


def test_categories_go_by_name_whatever_their_number() -> None:
    model = spec("Long-Sleeve_Top", "shorts")
    found = mapping(model, STORE, {})
    assert [one.name for one in found.spec.categories] == ["long sleeve top", "shorts"]
    assert [one.id for one in found.spec.categories] == [2, 7]
    assert found.places == (0, 1)
    assert found.notes == ()


def test_the_stores_own_categories_stay_as_they_are() -> None:
    own = tuple(ModelCategory(one.id, one.name, one.schema.size) for one in STORE)
    model = ModelSpec("match-rcnn", "small", own, schema="own")
    found = mapping(model, STORE, {})
    image = ImagePrediction(1, (GarmentPrediction(3, 0.5),))
    assert found.same(model)
    assert found.applied(image, model) is image


def test_nothing_in_common_names_both_sets() -> None:
    with pytest.raises(StudioError) as caught:
        mapping(spec("Romper", "Onesie"), STORE, {})
    for word in ("Romper, Onesie", "short sleeve top", "sling dress", "--map"):
        assert word in str(caught.value)


def test_what_is_asked_for_must_be_there() -> None:
    with pytest.raises(StudioError, match="The model has no category 'Tee'"):
        mapping(spec("Romper"), STORE, {"Tee": "vest"})
    with pytest.raises(StudioError, match="The store has no category 'tee'"):
        mapping(spec("Romper"), STORE, {"Romper": "tee"})


def test_scores_of_categories_that_become_one_are_added_up() -> None:
    model = spec("Tee", "Top", "Jeans", "Romper")
    found = mapping(model, STORE, {"Tee": "short sleeve top", "Top": "1", "Jeans": "trousers", "Romper": ""})
    assert [one.id for one in found.spec.categories] == [1, 8]
    assert found.places == (0, 0, 1, -1)
    assert found.notes == ("Categories of the model that are left out: Romper.",)
    scores = np.array([0.2, 0.15, 0.3, 0.35])
    asked = GarmentPrediction(4, 0.35, category_scores=scores, garment_id=9)
    (one,) = found.applied(ImagePrediction(1, (asked,)), model).garments
    assert (one.category_id, one.garment_id) == (1, 9)
    assert one.score == pytest.approx(0.35)
    assert one.category_scores == pytest.approx([0.35, 0.3])


def test_detections_without_a_counterpart_and_other_landmarks_are_left_out() -> None:
    model = replace(spec("vest", "Romper", schema="own", landmarks=4), architecture="match-rcnn")
    found = mapping(model, STORE, {})
    points = np.zeros((4, 3))
    image = ImagePrediction(
        1, (GarmentPrediction(1, 0.9, landmarks=points), GarmentPrediction(2, 0.8, landmarks=points))
    )
    (one,) = found.applied(image, model).garments
    assert one.category_id == 5
    assert one.landmarks is None
    assert any("Landmarks are left out" in note and "vest" in note for note in found.notes)
