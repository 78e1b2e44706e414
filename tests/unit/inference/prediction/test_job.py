"""Batch prediction: the same as evaluation's, whatever is broken, stopped or resumed."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inference.data import select_one
from inference.prediction import Predictor
from store.db import Store
from store.errors import Cancelled, StudioError
from store.filters import parse
from store.records import Dataset, Image, ImageRecord
from store.runs import RunFolder
from store.runs.manifest import ModelCategory, ModelSpec
from store.runs.predicted import KIND, Predictions
from store.runs.predicting import PredictConfig, write_predict_config
from tests.unit.inference import forked
from tests.unit.inference.prediction.conftest import MakeModel, Predicted, predictions, rows

Predict = Callable[..., Predicted]


@pytest.mark.parametrize("architecture", ["match-rcnn", "mask-rcnn", "fashionnet", "embedding"])
def test_a_run_says_what_an_evaluation_hears(
    architecture: str, own_store: Path, make_model: MakeModel, predict: Predict
) -> None:
    folder = make_model(architecture)
    # One picture at a time: what else is in a batch pads it, and that changes the last digits.
    done = predict(architecture, where="split = test", batch=1)
    predictor, _ = Predictor.load(folder, "cpu")
    with Store.open(own_store, read_only=True) as store:
        data, _ = select_one(store, "split = test")
    wanted, _ = predictor.predict(data, batch=1, workers=0)
    found = done.images()
    assert done.result["images"] == len(data)
    assert done.result["garments"] == sum(len(one.garments) for one in wanted) > 0
    for image in wanted:
        assert len(found[image.image_id].garments) == len(image.garments)
        for one, other in zip(found[image.image_id].garments, image.garments, strict=True):
            assert (one.category_id, one.garment_id) == (other.category_id, other.garment_id)
            assert one.score == pytest.approx(other.score, abs=1e-5)
            for name in ("box", "landmarks", "category_scores", "attribute_scores", "embedding"):
                first, second = getattr(one, name), getattr(other, name)
                assert (first is None) == (second is None), name
                assert first is None or np.allclose(first, second, atol=1e-3), name
            assert (one.mask is None) == (other.mask is None)


def test_batches_and_processes_that_decode_change_nothing(make_model: MakeModel, predict: Predict) -> None:
    make_model("fashionnet")
    one, many = predict("fashionnet", batch=1), predict("fashionnet", batch=7, workers=1)
    assert one.images().keys() == many.images().keys()
    for number, image in one.images().items():
        for first, second in zip(image.garments, many.images()[number].garments, strict=True):
            assert first.garment_id == second.garment_id
            assert first.landmarks == pytest.approx(second.landmarks, abs=1e-3)


def test_a_stopped_run_goes_on_where_it_was(make_model: MakeModel, predict: Predict, own_store: Path) -> None:
    make_model("match-rcnn")
    whole = predict("match-rcnn")
    run = RunFolder.create(own_store, KIND, [KIND])
    with pytest.raises(Cancelled):
        predict("match-rcnn", run, stop_at=8)
    with Predictions.open(run.path) as found:
        before = len(found.image_ids())
    assert 8 <= before < whole.result["images"]
    after = predict("match-rcnn", run)
    assert after.result["looked_at"] == whole.result["images"] - before
    assert after.events("started")[-1]["done"] == before
    assert rows(run.path) == rows(whole.run.path)
    again = predict("match-rcnn", run)
    assert again.result["looked_at"] == 0
    assert rows(run.path) == rows(whole.run.path)


def test_a_killed_run_goes_on_where_it_was(make_model: MakeModel, predict: Predict, own_store: Path) -> None:
    make_model("match-rcnn")
    whole = predict("match-rcnn", batch=2)
    run = RunFolder.create(own_store, KIND, [KIND])
    write_predict_config(
        PredictConfig("match-rcnn", device="cpu", batch=2, workers=0, precision="32"), run.path
    )
    (job,) = forked.start("predict", "--store", str(own_store), "--resume", run.id, "--run", str(run.path))
    ends = time.monotonic() + 120
    while time.monotonic() < ends and job.is_alive() and not _done(run.path) >= 4:
        time.sleep(0.02)
    job.kill()
    forked.ended([job])
    before = _done(run.path)
    assert before >= 4
    assert predict("match-rcnn", run, batch=2).result["looked_at"] == whole.result["images"] - before
    assert rows(run.path) == rows(whole.run.path)


def _done(folder: Path) -> int:
    try:
        with Predictions.open(folder) as found:
            return len(found.image_ids())
    except StudioError:
        return 0


def test_broken_and_missing_pictures_stop_nobody(
    make_model: MakeModel, predict: Predict, own_store: Path, tmp_path: Path
) -> None:
    make_model("match-rcnn")
    with Store.open(own_store) as store:
        dataset = store.datasets.all()[0]
        images = list(store.stream(parse("split = train")))[:5]
        root = tmp_path / "pictures"
        for record in images:
            target = root / record.image.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(store.images.path(record.image), target)
        moved = store.datasets.add(replace(dataset, id=0, name="broken", images_root=str(root)))
        with store.bulk() as bulk:
            for record in images:
                bulk.add(ImageRecord(record.image.but(id=0, dataset_id=moved.id), ()))
        ids = [int(i) for i in store.images.ids(parse("dataset = broken"))]
        paths = [store.images.path(store.images.get(i)) for i in ids]
    blob = paths[0].read_bytes()
    paths[0].write_bytes(blob[:20] + b"\x00" * 50)
    paths[1].unlink()
    done = predict("match-rcnn", where="dataset = broken")
    assert (done.result["images"], done.result["broken"]) == (3, 2)
    assert {one["image_id"] for one in done.events("problem")} == set(ids[:2])
    with Predictions.open(done.run.path) as found:
        problems = dict(found.problems())
    assert str(paths[0]) in problems[ids[0]] or paths[0].name in problems[ids[0]]
    assert "missing" in problems[ids[1]]
    assert set(done.images()) == set(ids[2:])
    # Nobody has annotated these: whatever is surely found there disagrees.
    with Predictions.open(done.run.path) as found:
        assert {row.disagreement for row in found.rows()} <= {0.0, 1.0}


def test_images_without_garments_are_counted_for_crops(
    make_model: MakeModel, predict: Predict, own_store: Path
) -> None:
    make_model("fashionnet")
    with Store.open(own_store) as store:
        old = store.datasets.all()[0]
        bare = store.datasets.add(Dataset(name="bare", format="coco", images_root=old.images_root))
        first = next(iter(store.stream(None))).image
        facts = {"id": 0, "dataset_id": bare.id}
        with store.bulk() as bulk:
            bulk.add(ImageRecord(first.but(**facts), ()))
    done = predict("fashionnet", where="dataset = bare")
    assert done.result["without_garments"] == 1
    assert (done.result["images"], done.result["empty"], done.result["garments"]) == (1, 1, 0)
    make_model("match-rcnn")
    assert predict("match-rcnn", where="dataset = bare").result["images"] == 1


def test_an_empty_slice_is_said(make_model: MakeModel, predict: Predict) -> None:
    make_model("fashionnet")
    with pytest.raises(StudioError, match=r"selects no image.*splits of this store"):
        predict("fashionnet", where="split = nothing")


def test_categories_in_common_there_must_be(
    make_model: MakeModel, predict: Predict, specs: dict[str, ModelSpec]
) -> None:
    other = replace(specs["fashionnet"], categories=(ModelCategory(1, "Tee"), ModelCategory(2, "Jeans")))
    make_model("fashionnet", "other", other)
    with pytest.raises(StudioError) as caught:
        predict("other")
    assert "Tee, Jeans" in str(caught.value)
    assert "short sleeve top" in str(caught.value)
    done = predict("other", categories={"Tee": "short sleeve top", "Jeans": "trousers"})
    kinds = {garment.category_id for image in done.images().values() for garment in image.garments}
    assert kinds <= {1, 8}
    with Predictions.open(done.run.path) as found:
        assert [one.name for one in found.spec.categories] == ["short sleeve top", "trousers"]


def test_a_run_waits_while_it_is_paused(make_model: MakeModel, predict: Predict, own_store: Path) -> None:
    make_model("fashionnet")
    run = RunFolder.create(own_store, KIND, [KIND])
    run.pause()
    with pytest.raises(Cancelled):  # who waits can still be stopped
        predict("fashionnet", run, stop_at=1)
    run.go_on()
    assert predict("fashionnet", run).result["images"] == 24


def test_an_image_says_how_much_it_disagrees(
    make_model: MakeModel, predict: Predict, own_store: Path
) -> None:
    make_model("fashionnet")
    done = predict("fashionnet")
    with Predictions.open(done.run.path) as found, Store.open(own_store, read_only=True) as store:
        records = {record.image.id: record for record in store.stream(None)}
        places = {one.id: place for place, one in enumerate(found.spec.categories)}
        for row in found.rows():
            said = found.of_image(row.image_id)
            assert said is not None
            kinds = {one.id: one.category_id for one in records[row.image_id].garments}
            wrong = [
                1 - one.category_scores[places[kinds[one.garment_id or 0]]]
                for one in said.garments
                if one.category_scores is not None
            ]
            assert row.disagreement == pytest.approx(np.mean(wrong), abs=1e-6)


def test_what_is_below_the_score_is_not_kept(make_model: MakeModel, predict: Predict) -> None:
    make_model("match-rcnn")
    few, many = predict("match-rcnn", score=0.5), predict("match-rcnn", score=0.05)
    kept = [one.score for image in predictions(few.run.path).values() for one in image.garments]
    assert min(kept) >= 0.5
    assert len(kept) < many.result["garments"]


def test_an_image_of_unknown_size_is_no_trouble(
    make_model: MakeModel, predict: Predict, own_store: Path
) -> None:
    make_model("match-rcnn")
    with Store.open(own_store) as store:
        old = store.datasets.all()[0]
        dataset = store.datasets.add(Dataset(name="sizeless", format="coco", images_root=old.images_root))
        first = next(iter(store.stream(None))).image
        with store.bulk() as bulk:
            bulk.add(ImageRecord(Image(name=first.name, dataset_id=dataset.id), ()))
    assert predict("match-rcnn", where="dataset = sizeless").result["images"] == 1
