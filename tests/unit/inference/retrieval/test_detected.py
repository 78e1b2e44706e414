"""Detections of a run as an index, by its own vectors or another model's; the benchmark's figures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inference.data import Slice, select_one
from inference.evaluation.run_predicted import evaluate_predicted
from inference.retrieval.job import index_store
from inference.retrieval.ranking import rank_store
from inference.retrieval.upkeep import IndexConfig
from store.db import Store
from store.errors import StudioError
from store.retrieval.figures import figures
from store.retrieval.index import Rows, VectorIndex, all_indices
from store.retrieval.standing import Standing, exact_places
from store.runs import RunFolder
from store.runs.manifest import ModelSpec
from store.runs.predicted import KIND, PredictedImage, PredictionFacts, Predictions, PredictionWriter
from store.runs.predictions import GarmentPrediction, ImagePrediction
from store.runs.results import read_evaluation
from tests.unit.inference.retrieval.test_job import Listener, model, own

__all__ = ["own"]

SIZE = 12


def drawn(store: Path) -> Slice:
    with Store.open(store, read_only=True) as opened:
        return select_one(opened, "")[0]


def detections(data: Slice, seed: int, *, vectors: bool = True) -> list[ImagePrediction]:
    """Boxes near, off and beside the true ones, some of another category, some garments missed; the vectors
    of one identity are alike."""
    chance = np.random.default_rng(seed)
    kinds = np.unique(data.category_ids)
    middles = chance.normal(size=(int(data.identities.max()) + 2, SIZE))
    found = []
    for image, number in enumerate(data.image_ids.tolist()):
        garments = []
        for garment in data.of_image(image):
            for _ in range(int(chance.integers(0, 3))):
                box = data.boxes[garment] + chance.normal(0, 12, 4)
                box = np.concatenate([np.sort(box[[0, 2]]), np.sort(box[[1, 3]])])[[0, 2, 1, 3]]
                category = data.category_ids[garment] if chance.random() < 0.85 else chance.choice(kinds)
                said = middles[data.identities[garment]] + chance.normal(0, 1.5, SIZE)
                said /= np.linalg.norm(said)
                garments.append(
                    GarmentPrediction(
                        int(category),
                        float(chance.random()),
                        box,
                        embedding=said.astype(np.float32).astype(np.float64) if vectors else None,
                    )
                )
        found.append(ImagePrediction(number, tuple(sorted(garments, key=lambda one: -one.score))))
    return found


def predicted(store: Path, some: list[ImagePrediction], run: RunFolder | None = None) -> RunFolder:
    """A prediction run that says this."""
    folder = run or RunFolder.create(store, KIND, [KIND])
    spec = ModelSpec("match-rcnn", "small", drawn(store).categories(), (), "own", 64, {})
    with PredictionWriter(folder.path, PredictionFacts("matcher", spec, sha256="ab" * 32)) as writer:
        writer.add([PredictedImage(one) for one in some])
    return folder


def indexed(store: Path, run: RunFolder, name: str = "") -> dict[str, object]:
    config = IndexConfig(name, "predicted", device="cpu", workers=0, predictions=run.id)
    return index_store(config, store, Listener())


def held(store: Path) -> tuple[Rows, np.ndarray]:
    with VectorIndex.open(store / "embeddings" / all_indices(store)[0].name) as index:
        rows, vectors = index.read()
        return rows, np.array(vectors[rows.rows])


@pytest.mark.parametrize("seed", range(4))
def test_figures_are_those_of_the_evaluation(own: Path, seed: int) -> None:
    run = predicted(own, detections(drawn(own), seed))
    indexed(own, run)
    wanted = read_evaluation(evaluate_predicted(run, own, ()))
    with Store.open(own) as opened, VectorIndex.open(own / "embeddings" / all_indices(own)[0].name) as index:
        ranked = rank_store(opened, index, "consumer-to-shop", device="cpu", depth=3)
        exact = exact_places(ranked, np.array(index.vectors()))
        found = figures(Standing(ranked, opened.products.table(), exact))
    assert found.queries > 3
    assert found.missed > 0
    assert 0 < found.top[5] < 1
    for k in (1, 5, 10, 20):
        assert found.top[k] == pytest.approx(wanted.metrics[f"retrieval/top{k}"], abs=1e-9), k
    assert found.mean_precision == pytest.approx(wanted.metrics["retrieval/mAP"], abs=1e-6)


def test_a_filter_of_the_queries_leaves_their_neighbours_their_detections(own: Path) -> None:
    data = drawn(own)
    run = predicted(own, detections(data, 1))
    indexed(own, run)
    kind = int(np.bincount(data.category_ids).argmax())
    with Store.open(own) as opened, VectorIndex.open(own / "embeddings" / all_indices(own)[0].name) as index:
        whole = rank_store(opened, index, "consumer-to-shop", device="cpu")
        name = opened.categories.get(kind).name
        some = rank_store(opened, index, "consumer-to-shop", f'category = "{name}"', device="cpu")
    spoken = dict(zip(whole.queries.tolist(), whole.query_rows.tolist(), strict=True))
    assert 0 < len(some) < len(whole)
    assert some.query_rows.tolist() == [spoken[one] for one in some.queries.tolist()]


def test_rows_are_the_detections(own: Path) -> None:
    some = detections(drawn(own), 2)
    found = indexed(own, predicted(own, some))
    rows, vectors = held(own)
    said = {one.image_id: one.garments for one in some}
    assert found["embedded"] == found["garments"] == len(rows) == sum(len(one.garments) for one in some)
    assert (rows.garment_ids == 0).all()
    for image in np.unique(rows.image_ids).tolist():
        mine = rows.image_ids == image
        assert rows.boxes[mine] == pytest.approx(np.stack([one.box for one in said[image]]))
        assert rows.scores[mine] == pytest.approx([one.score for one in said[image]])
        assert vectors[mine] == pytest.approx(np.stack([one.embedding for one in said[image]]), abs=1e-6)


def test_only_images_whose_predictions_changed_are_looked_at_again(own: Path) -> None:
    some = detections(drawn(own), 3)
    run = predicted(own, some)
    before = indexed(own, run)
    again = indexed(own, run)
    assert (again["embedded"], again["gone"]) == (0, 0)
    changed = next(one for one in some if len(one.garments) > 1)
    fewer = replace(changed, garments=changed.garments[1:])
    predicted(own, [fewer], run)
    after = indexed(own, run)
    assert (after["embedded"], after["gone"]) == (len(fewer.garments), len(changed.garments))
    assert after["garments"] == before["garments"] - 1  # type: ignore[operator]
    rows, _ = held(own)
    assert (rows.image_ids == changed.image_id).sum() == len(fewer.garments)


def test_another_model_looks_into_the_boxes(own: Path) -> None:
    some = detections(drawn(own), 4, vectors=False)
    run = predicted(own, some)
    with pytest.raises(StudioError, match="no vectors"):
        indexed(own, run)
    name = model(own, "embedding")
    found = indexed(own, run, name)
    rows, vectors = held(own)
    assert found["garments"] == len(rows) == sum(len(one.garments) for one in some)
    assert vectors.shape[1] == 16
    assert len(np.unique(vectors.round(5), axis=0)) > len(rows) / 2
    assert indexed(own, run, name)["embedded"] == 0


def test_what_cannot_be_indexed_is_said(own: Path) -> None:
    run = predicted(own, [])
    with pytest.raises(StudioError, match="no vectors"):
        indexed(own, run)
    with pytest.raises(StudioError, match="There is no run"):
        index_store(IndexConfig("", "predicted", predictions="nothing"), own, Listener())
    other = RunFolder.create(own, "index", ["index"])
    with pytest.raises(StudioError, match="no prediction run"):
        indexed(own, other)
    given = GarmentPrediction(1, 1.0, np.array([0.0, 0.0, 9.0, 9.0]), garment_id=3, embedding=np.ones(4))
    with pytest.raises(StudioError, match="found no boxes"):
        indexed(own, predicted(own, [ImagePrediction(int(drawn(own).image_ids[0]), (given,))]))
    with Predictions.open(run.path) as kept:
        assert kept.counts().garments == 0


@pytest.mark.parametrize("seed", range(3))
def test_a_garment_that_was_detected_twice_is_no_result_of_itself(own: Path, seed: int) -> None:
    indexed(own, predicted(own, detections(drawn(own), seed)))
    with Store.open(own) as opened, VectorIndex.open(own / "embeddings" / all_indices(own)[0].name) as index:
        ranked = rank_store(opened, index, "in-shop", device="cpu")
        exact = exact_places(ranked, np.array(index.vectors()))
        standing = Standing(ranked, opened.products.table(), exact)
    speaking = np.flatnonzero(ranked.query_rows >= 0)
    twice = 0
    for query in speaking.tolist():
        garment = int(ranked.queries[query])
        itself = [entry for entry in range(len(ranked.entries)) if garment in ranked.showing(entry)]
        twice += len(itself) > 1
        itself.append(int(ranked.own[query]))
        assert ranked.entries[ranked.own[query]] == ranked.query_rows[query]
        assert not set(itself) & set(ranked.top[query].tolist())
        mine = slice(ranked.match_first[query], ranked.match_first[query + 1])
        assert not set(itself) & set(ranked.match_entries[mine].tolist())
        matches = standing.matches(query)
        assert not set(itself) & set(matches.entries.tolist())
        others = np.setdiff1d(np.arange(len(ranked.entries)), itself)
        if len(others) and len(matches.entries):
            places, _ = exact(query, others)
            assert sorted(places.tolist()) == list(range(1, len(others) + 1))
    assert twice > 0
