"""A prediction run has the figures that evaluating its model has, and needs no model for them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from inference.evaluation.run import evaluate_run
from inference.prediction.job import Quiet, predict_store
from store.db import Store
from store.errors import StudioError
from store.filters import parse
from store.runs import RunFolder
from store.runs.predicted import FILE, KIND, Predictions, PredictionWriter
from store.runs.predicting import PredictConfig, write_predict_config
from store.runs.results import Evaluation, read_evaluation, read_garments
from tests.unit.inference.evaluation.conftest import MakeModel

BY = ("scale", "category")


def predicted(store: Path, model: str, where: str = "split = test") -> RunFolder:
    run = RunFolder.create(store, KIND, [KIND])
    config = PredictConfig(model, where, "cpu", batch=1, workers=0, precision="32")
    write_predict_config(config, run.path)
    predict_store(config, store, run.path, Quiet())
    run.finish("done")
    return run


def evaluated(subject: str, store: Path, where: str | None = None) -> tuple[Evaluation, Path]:
    folder = evaluate_run(subject, store, BY, where=where, device="cpu", batch=1, workers=0)
    found = read_evaluation(folder)
    assert found is not None
    return found, folder


@pytest.mark.parametrize("architecture", ["match-rcnn", "fashionnet"])
def test_a_run_has_the_figures_of_its_model(
    architecture: str, own_store: Path, make_model: MakeModel
) -> None:
    model = make_model(own_store / "models" / "first", architecture)
    run = predicted(own_store, "first")
    wanted, folder = evaluated("first", own_store)
    truth = read_garments(folder)
    # The model is needed no more.
    shutil.rmtree(model)
    found, folder = evaluated(run.id, own_store)
    assert folder == run.path / "evaluation"
    assert found.metrics.keys() == wanted.metrics.keys()
    for name, value in wanted.metrics.items():
        assert found.metrics[name] == pytest.approx(value, abs=1e-6), name
    assert [table.key for table in found.tables] == [table.key for table in wanted.tables]
    for one, other in zip(found.tables, wanted.tables, strict=True):
        assert (one.rows, one.columns) == (other.rows, other.columns)
        for row, same in zip(one.cells, other.cells, strict=True):
            for cell, twin in zip(row, same, strict=True):
                assert (cell.value is None) == (twin.value is None)
                assert cell.value is None or cell.value == pytest.approx(twin.value, abs=1e-6)
    garments = read_garments(folder)
    assert garments.garment_ids.tolist() == truth.garment_ids.tolist()
    assert found.data == wanted.data
    assert any("The model is not here any more" in note for note in found.notes)


def test_only_what_was_predicted_is_measured(own_store: Path, make_model: MakeModel) -> None:
    make_model(own_store / "models" / "first")
    run = predicted(own_store, "first")
    found, _ = evaluated(run.id, own_store, where="split = test or split = train")
    with Store.open(own_store, read_only=True) as store:
        test, train = (store.images.count(parse(f"split = {name}")) for name in ("test", "train"))
    assert found.images == test
    assert any(note.startswith(f"{train} of the {test + train} images") for note in found.notes)
    with pytest.raises(StudioError, match="was predicted in this run"):
        evaluate_run(run.id, own_store, BY, where="split = train")


def test_a_run_that_was_broken_off_is_measured_as_far_as_it_came(
    own_store: Path, make_model: MakeModel
) -> None:
    make_model(own_store / "models" / "first")
    whole = predicted(own_store, "first", "")
    half = RunFolder.create(own_store, KIND, [KIND])
    with Predictions.open(whole.path) as found:
        facts, kept = found.facts, list(found)[:10]
    with PredictionWriter(half.path, facts) as writer:
        from store.runs.predicted import PredictedImage

        writer.add([PredictedImage(one) for one in kept])
    half.finish("cancelled")
    result, _ = evaluated(half.id, own_store)
    assert result.images == 10
    assert any("cancelled" in note for note in result.notes)
    (half.path / FILE).unlink()
    with pytest.raises(StudioError, match="has no predictions"):
        evaluate_run(half.id, own_store, BY)
