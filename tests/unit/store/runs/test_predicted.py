"""Predictions of a run: written, read while they are written, gone on with."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from threading import Thread

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import StoreError
from store.masks import encode, rle_mask
from store.runs.manifest import ModelCategory, ModelSpec
from store.runs.predicted import (
    FILE,
    SURE_SCORE,
    PredictedImage,
    PredictionFacts,
    Predictions,
    PredictionWriter,
    begun,
)
from store.runs.predictions import GarmentPrediction, ImagePrediction

SPEC = ModelSpec("match-rcnn", "small", (ModelCategory(1, "top", 3), ModelCategory(8, "trousers", 2)))
FACTS = PredictionFacts("m", SPEC, "/models/m", "abc", ("boxes",), "split = test", 0.05)


def garment(category: int = 1, score: float = 0.5, **more: object) -> GarmentPrediction:
    return GarmentPrediction(category, score, box=np.array([1.0, 2.5, 30.25, 44.0]), **more)  # type: ignore[arg-type]


def image(number: int, *garments: GarmentPrediction, **more: object) -> PredictedImage:
    return PredictedImage(ImagePrediction(number, garments), **more)  # type: ignore[arg-type]


def written(folder: Path, *images: PredictedImage) -> None:
    with PredictionWriter(folder, FACTS) as writer:
        writer.add(images)


def test_all_of_a_garment_comes_back(tmp_path: Path) -> None:
    mask = np.zeros((40, 50), np.uint8)
    mask[5:20, 7:30] = 1
    vectors = np.linspace(0, 1, 7, dtype=np.float32).astype(np.float64)
    whole = garment(
        8,
        0.123456789,
        mask=encode(mask),
        landmarks=np.array([[1.5, 2.25, 0.75], [3.1, 4.2, 0.1]]),
        category_scores=vectors,
        attribute_scores=vectors[:3],
        embedding=vectors[::-1],
        garment_id=77,
    )
    written(tmp_path, image(5, whole, garment()))
    with Predictions.open(tmp_path) as found:
        assert found.facts == FACTS
        assert (found.spec, found.model) == (SPEC, "m")
        said = found.of_image(5)
        assert found.of_image(6) is None
    assert said is not None
    first, second = said.garments
    assert (first.category_id, first.score, first.garment_id) == (8, 0.123456789, 77)
    for name in ("box", "landmarks", "category_scores", "attribute_scores", "embedding"):
        assert np.array_equal(getattr(first, name), getattr(whole, name)), name
        assert name == "box" or getattr(second, name) is None
    assert first.mask is not None
    assert np.array_equal(rle_mask(first.mask), mask)
    assert second.mask is None
    assert not (tmp_path / f"{FILE}-wal").exists()


@given(
    scores=st.lists(st.lists(st.floats(0, 1), max_size=4), max_size=6),
    least=st.floats(0, 1),
)
def test_a_list_counts_what_was_asked_for(
    scores: list[list[float]], least: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("run")
    written(folder, *(image(i, *(garment(1 + 7 * (i % 2), s) for s in own)) for i, own in enumerate(scores)))
    with Predictions.open(folder) as found:
        rows = found.rows(least_score=least)
        assert [row.image_id for row in rows] == list(range(len(scores)))
        for row, own in zip(rows, scores, strict=True):
            kept = [score for score in own if score >= least]
            assert row.garments == len(kept)
            assert (row.best, row.lowest) == ((max(kept), min(kept)) if kept else (None, None))
        only = found.rows(least_score=least, category=8)
        odd = [row.image_id for row in rows if row.image_id % 2 and row.garments]
        assert [row.image_id for row in only] == odd
        best = [row.best for row in found.rows(order="score", descending=True) if row.best is not None]
        assert best == sorted(best, reverse=True)
        assert found.counts().garments == sum(map(len, scores))


def test_the_worst_come_first_and_what_has_no_disagreement_last(tmp_path: Path) -> None:
    written(
        tmp_path,
        image(1, disagreement=0.2),
        image(2, disagreement=None),
        image(3, disagreement=0.9),
        image(4, problem="4.jpg: is not a picture."),
    )
    with Predictions.open(tmp_path) as found:
        assert [row.image_id for row in found.rows(order="disagreement", descending=True)] == [3, 1, 2]
        assert found.problems() == [(4, "4.jpg: is not a picture.")]
        assert found.of_image(4) is None
        assert [one.image_id for one in found] == [1, 2, 3]
        counts = found.counts()
    assert (counts.images, counts.broken, counts.empty, counts.garments) == (3, 1, 3, 0)


def test_among_images_that_differ_as_much_the_surest_come_first(tmp_path: Path) -> None:
    written(
        tmp_path,
        image(1, disagreement=1.0),
        image(2, garment(1, 0.3), disagreement=1.0),
        image(3, garment(1, 0.8), disagreement=1.0),
        image(4, garment(1, 0.9), disagreement=0.4),
    )
    with Predictions.open(tmp_path) as found:
        assert [row.image_id for row in found.rows(order="disagreement", descending=True)] == [3, 2, 1, 4]


def test_what_counted_is_kept_and_a_run_that_does_not_say_counted_from_a_half(tmp_path: Path) -> None:
    PredictionWriter(tmp_path, replace(FACTS, counted_from=0.7)).close()
    with Predictions.open(tmp_path) as found:
        assert found.facts.counted_from == 0.7
    with sqlite3.connect(tmp_path / FILE) as connection:
        (facts,) = connection.execute("SELECT value FROM facts WHERE key = 'facts'").fetchone()
        old = orjson.loads(facts)
        del old["counted_from"]
        connection.execute("UPDATE facts SET value = ? WHERE key = 'facts'", (orjson.dumps(old),))
    connection.close()
    with Predictions.open(tmp_path) as found:
        assert found.facts.counted_from == SURE_SCORE == 0.5


def test_it_is_read_while_it_is_written(tmp_path: Path) -> None:
    with PredictionWriter(tmp_path, FACTS) as writer, Predictions.open(tmp_path) as found:
        assert len(found.rows()) == 0
        writer.add([image(1, garment())])
        assert [row.garments for row in found.rows()] == [1]
        writer.settle("cpu", "32")
        seen: list[int] = []
        other = Thread(target=lambda: seen.append(len(found.rows())))
        other.start()
        other.join()
        assert seen == [1]
    with Predictions.open(tmp_path) as found:
        assert (found.facts.device, found.facts.precision) == ("cpu", "32")


def test_a_run_goes_on_and_an_image_is_never_there_twice(tmp_path: Path) -> None:
    written(tmp_path, image(1, garment()), image(2))
    with PredictionWriter(tmp_path, FACTS) as writer:
        assert writer.done() == {1, 2}
        writer.add([image(1, garment(8)), image(3)])
    with Predictions.open(tmp_path) as found:
        assert found.image_ids().tolist() == [1, 2, 3]
        said = found.of_image(1)
        assert said is not None
        assert [one.category_id for one in said.garments] == [8]


def test_a_transaction_is_whole_or_nothing(tmp_path: Path) -> None:
    with PredictionWriter(tmp_path, FACTS) as writer:
        writer.add([image(1)])
        bad = GarmentPrediction(1, 0.5, box=np.zeros(4), category_scores=None, garment_id=2**70)
        with pytest.raises(OverflowError):
            writer.add([image(2, garment()), image(3, bad)])
        assert writer.done() == {1}
        writer.add([image(2)])


def test_other_weights_are_refused(tmp_path: Path) -> None:
    written(tmp_path, image(1))
    with pytest.raises(StoreError, match="other weights"):
        PredictionWriter(tmp_path, PredictionFacts("m", SPEC, sha256="other"))


def test_what_is_no_such_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="has no predictions"):
        Predictions.open(tmp_path)
    (tmp_path / FILE).write_bytes(b"nothing like it" * 100)
    with pytest.raises(StoreError, match="cannot be read"):
        Predictions.open(tmp_path)
    (tmp_path / FILE).unlink()
    other = sqlite3.connect(tmp_path / FILE)
    other.execute("CREATE TABLE facts (key, value)")
    other.close()
    with pytest.raises(StoreError, match="does not say whose"):
        Predictions.open(tmp_path)


def test_a_file_in_which_nothing_is_yet_is_no_trouble(tmp_path: Path) -> None:
    assert not begun(tmp_path)
    # A job that was killed in the moment in which it began.
    sqlite3.connect(tmp_path / FILE).close()
    assert not begun(tmp_path)
    written(tmp_path, image(1))
    assert begun(tmp_path)
    with Predictions.open(tmp_path) as found:
        assert found.counts().images == 1
    (tmp_path / FILE).write_bytes(b"no database at all, and longer than a header of one" * 4)
    assert begun(tmp_path)
    with pytest.raises(StoreError):
        Predictions.open(tmp_path)
