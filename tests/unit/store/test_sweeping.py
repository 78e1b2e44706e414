"""A sweep: the garments whose landmark lies oddest come first."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from resources.schemas import Schema
from resources.taxonomy import Category, category
from store import sweeping
from store.db import Store
from store.errors import Cancelled
from store.fitting import turned
from store.records import Dataset, Garment, Image, ImageRecord, Visibility
from store.runs.manifest import ModelCategory, ModelSpec
from store.runs.predicted import PredictedImage, PredictionFacts, PredictionWriter
from store.runs.predictions import GarmentPrediction, ImagePrediction

TROUSERS = category(8)
SIZE = TROUSERS.schema.size
SHAPE = np.array(TROUSERS.schema.template) * [TROUSERS.schema.template_aspect, 1.0]


def crowd(count: int, seed: int = 3, noise: float = 1.5) -> sweeping.Shapes:
    """Trousers of all sizes and turns, each a little different."""
    rng = np.random.default_rng(seed)
    points = np.array(
        [
            turned(SHAPE * rng.uniform(150, 400), (0, 0), degrees=rng.uniform(-25, 25))
            + rng.uniform(0, 300, 2)
            + rng.normal(0, noise, (SIZE, 2))
            for _ in range(count)
        ]
    ).reshape(-1, SIZE, 2)
    states = np.full((count, SIZE), Visibility.VISIBLE, np.uint8)
    return sweeping.Shapes(np.arange(1, count + 1), np.arange(101, count + 101), points, states)


def test_the_landmark_that_was_moved_comes_first() -> None:
    shapes = crowd(40)
    right = shapes.points[17, 5].copy()
    shapes.points[17, 5] += [60, -40]
    sweep = sweeping.by_shape(shapes, TROUSERS, 5)
    assert (len(sweep), int(sweep.shapes.garment_ids[0])) == (40, 18)
    assert sweep.worth[0] > 5 * sweep.worth[1]
    assert np.hypot(*(sweep.expected[0] - right)) < 12
    assert sweep.anchors[0].tolist() == shapes.points[17, 5].tolist()
    # What is wrong with one landmark does not make the others odd.
    other = sweeping.by_shape(shapes, TROUSERS, 9)
    assert other.worth[other.row_of(18)] < 0.1


def test_landmarks_without_a_place_are_no_part_of_it() -> None:
    shapes = crowd(12)
    shapes.states[3, 5], shapes.states[4, 5] = Visibility.UNLABELLED, Visibility.CUT_OFF
    shapes.states[6, :] = Visibility.UNLABELLED
    shapes.states[7, :12] = Visibility.UNLABELLED
    shapes.states[8, 5] = Visibility.OCCLUDED
    sweep = sweeping.by_shape(shapes, TROUSERS, 5)
    assert set(sweep.shapes.garment_ids.tolist()) == set(range(1, 13)) - {4, 5, 7, 8}
    # With too few landmarks nothing can be said: it comes last.
    last = sweeping.by_shape(shapes, TROUSERS, 12)
    assert int(last.shapes.garment_ids[-1]) == 8
    assert np.isnan(last.worth[-1])


def test_a_category_without_a_mean_shape_gets_that_of_its_garments() -> None:
    own = Category(1001, "own", "own", Schema("own", TROUSERS.schema.names), "#B9B9B9")
    shapes = crowd(60, noise=1.0)
    shapes.points[31, 2] += 50
    sweep = sweeping.by_shape(shapes, own, 2)
    assert int(sweep.shapes.garment_ids[0]) == 32
    few = sweeping.by_shape(crowd(3), own, 2)
    assert np.isnan(few.worth).all()
    assert len(sweeping.by_shape(crowd(0), TROUSERS, 2)) == 0


def test_a_sweep_follows_what_is_changed() -> None:
    sweep = sweeping.by_shape(crowd(9), TROUSERS, 0)
    garment = Garment(
        id=int(sweep.shapes.garment_ids[4]), points=np.full((SIZE, 2), 7.0), visibility=np.full(SIZE, 1)
    )
    assert sweep.shapes.put(garment)
    assert sweep.shapes.points[4, 0].tolist() == [7.0, 7.0]
    assert not sweep.shapes.put(garment.but(id=999))
    assert not sweep.shapes.put(garment.but(points=np.zeros((3, 2)), visibility=np.zeros(3)))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store.create(tmp_path / "store")
    dataset = made.datasets.add(Dataset(name="d", format="coco", root="/x", images_root="/x"))
    shapes = crowd(12)
    with made.bulk() as bulk:
        for place in range(12):
            garments = (
                Garment(category_id=8, points=shapes.points[place], visibility=shapes.states[place]),
                Garment(category_id=9, points=np.ones((8, 2)), visibility=np.full(8, 2)),
            )
            bulk.add(ImageRecord(Image(dataset_id=dataset.id, name=f"{place}.png"), garments))
    return made


def test_garments_are_read_from_the_store_and_reading_can_be_stopped(store: Store) -> None:
    with store:
        ids = store.images.ids(None, "id")
        told: list[int] = []
        shapes = sweeping.read_shapes(store, ids[:10], TROUSERS, lambda done, _all, _words: told.append(done))
        assert (len(shapes), told) == (10, [0, 10])
        assert set(shapes.image_ids.tolist()) == set(ids[:10].tolist())
        assert shapes.points.shape == (10, TROUSERS.schema.size, 2)
        for row, garment_id in enumerate(shapes.garment_ids.tolist()):
            garment = store.garments.get(garment_id)
            assert garment.category_id == TROUSERS.id
            assert np.array_equal(garment.points, shapes.points[row])
            assert np.array_equal(garment.visibility, shapes.states[row])

        def stop(_done: int, _all: int, _words: str) -> None:
            raise Cancelled("enough")

        with pytest.raises(Cancelled):
            sweeping.read_shapes(store, ids, TROUSERS, stop)
        assert len(sweeping.read_shapes(store, [], TROUSERS)) == 0


def test_a_prediction_run_says_where_a_landmark_should_be(store: Store, tmp_path: Path) -> None:
    kinds = (ModelCategory(8, "trousers", SIZE),)
    facts = PredictionFacts("tiny", ModelSpec("match-rcnn", "small", kinds, schema="own"))
    run = tmp_path / "run"
    run.mkdir()
    with store:
        ids = store.images.ids(None, "id")
        shapes = sweeping.read_shapes(store, ids, TROUSERS)
        with PredictionWriter(run, facts) as writer:
            for row in range(6):
                places = np.column_stack([shapes.points[row], np.ones(SIZE)])
                low, high = shapes.points[row].min(axis=0), shapes.points[row].max(axis=0)
                # By the garment's size, as sigmas are.
                places[5, :2] += row * 0.02 * np.sqrt(np.prod(high - low))
                said = GarmentPrediction(8, 0.9, np.concatenate([low, high]), landmarks=places)
                image = ImagePrediction(int(shapes.image_ids[row]), (said,))
                writer.add([PredictedImage(image)])
        known = {one.id: one for one in store.categories.all()}
        sweep = sweeping.by_predictions(shapes, TROUSERS, 5, store, run, known)
    assert sweep.by_model == "tiny"
    # The furthest first; of the last six the run says nothing.
    assert sweep.shapes.garment_ids[:6].tolist() == shapes.garment_ids[:6][::-1].tolist()
    assert (sweep.expected[0] - shapes.points[5, 5] > 10).all()
    assert np.isnan(sweep.worth[6:]).all()
