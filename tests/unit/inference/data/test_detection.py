"""Whole pictures with their targets."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from inference.data import DetectionDataset, Slices, select_one
from inference.data.augment import Augmentation
from inference.data.detection import OCCLUDED, VISIBLE
from inference.data.samples import Draw
from store import masks
from store.db import Store
from store.records import Garment, ImageRecord, Visibility
from store.runs.config import AugmentConfig

MakeStore = Callable[..., Store]
MakeRecord = Callable[..., ImageRecord]
SIZE = 64


def _changes(**values: float) -> Augmentation:
    still = AugmentConfig(flip=0, colour=0, scale=0, rotation=0, erase=0)
    return Augmentation(still.model_copy(update=values), VISIBLE, OCCLUDED)


def test_targets_are_as_promised(drawn: Slices) -> None:
    data = drawn.train
    ids = [one.id for one in data.categories()]
    dataset = DetectionDataset(data, ids, SIZE)
    assert len(dataset) == len(data)
    for index in range(len(dataset)):
        image, target = dataset[index].sample
        assert image.dtype == torch.float32
        assert max(image.shape[1:]) == SIZE
        garments = list(data.of_image(index))
        count, (height, width) = len(garments), image.shape[1:]
        factor = np.array([width, height]) / data.sizes[index]
        assert target["image_id"] == data.image_ids[index]
        assert target["garment_ids"].tolist() == data.garment_ids[garments].tolist()
        assert target["identities"].tolist() == data.identities[garments].tolist()
        assert [ids[label - 1] for label in target["labels"].tolist()] == data.category_ids[garments].tolist()
        assert target["scale"].tolist() == pytest.approx(factor.tolist())
        assert target["masks"].shape == (count, height, width)
        assert target["masks"].dtype == torch.uint8
        assert target["landmarks"].shape == (count, 39, 3)
        assert target["has_mask"].all()
        for row, garment in enumerate(garments):
            polygons = [ring * factor for ring in data.polygons(garment)]
            assert np.array_equal(target["masks"][row], masks.polygons_mask(polygons, height, width))
            points, states = data.landmarks(garment)
            found = target["landmarks"][row].numpy()
            shown = found[: len(points), 2] > 0
            inner = ((points + 0.5) * factor < [width, height]).all(axis=1)
            assert shown.tolist() == (np.isin(states, (1, 2)) & inner).tolist()
            assert found[: len(points)][shown, :2] == pytest.approx(
                ((points + 0.5) * factor)[shown], abs=1e-3
            )
            assert not found[len(points) :].any()


def _marked(make_store: MakeStore, record: MakeRecord) -> DetectionDataset:
    points, states = np.zeros((8, 2)), np.zeros(8, np.uint8)
    points[0], states[0] = (30, 20), Visibility.VISIBLE
    square = np.array([[27.0, 17], [34, 17], [34, 24], [27, 24]])
    pixels = np.zeros((60, 80, 3), np.uint8)
    pixels[17:24, 27:34] = 255
    skirt = Garment(category_id=9, polygons=(square,), points=points, visibility=states)
    data, _ = select_one(make_store([record("a.png", skirt)], {"a.png": pixels}), "")
    return DetectionDataset(data, (9,), 80, _changes(flip=0.5, scale=0.2, rotation=30), seed=2)


def test_picture_box_mask_and_landmark_move_together(make_store: MakeStore, record: MakeRecord) -> None:
    dataset = _marked(make_store, record)
    indices = set()
    for turn in range(30):
        image, target = dataset[Draw(0, 1, turn)].sample
        if not len(target["boxes"]):
            continue
        box, marks = target["boxes"][0], target["landmarks"][0]
        if box.min() < 1 or box[2] > 79 or box[3] > 59:
            continue
        (index,) = marks[:, 2].nonzero()[:, 0].tolist()
        indices.add(index)
        bright = (image[0] > 0.75).nonzero().double().mean(dim=0).flip(0) + 0.5
        assert marks[index, :2].tolist() == pytest.approx(bright.tolist(), abs=0.7)
        ys, xs = target["masks"][0].nonzero(as_tuple=True)
        assert [xs.min(), ys.min(), xs.max() + 1, ys.max() + 1] == box.tolist()
        assert (float(xs.double().mean()) + 0.5, float(ys.double().mean()) + 0.5) == pytest.approx(
            tuple(bright.tolist()), abs=0.9
        )
    assert indices == {0, 2}


def test_what_has_left_the_picture_is_no_example(make_store: MakeStore, record: MakeRecord) -> None:
    corner = Garment(category_id=9, box=np.array([0.0, 0, 12, 12]))
    middle = Garment(category_id=9, box=np.array([20.0, 15, 60, 45]))
    data, _ = select_one(make_store([record("a.png", corner, middle)]), "")
    dataset = DetectionDataset(data, (9,), 80, _changes(scale=0.4), seed=2)
    counts = set()
    for turn in range(40):
        image, target = dataset[Draw(0, 0, turn)].sample
        counts.add(len(target["boxes"]))
        assert all(len(target[name]) == len(target["boxes"]) for name in ("labels", "masks", "landmarks"))
        boxes = target["boxes"]
        assert ((boxes[:, 2:] - boxes[:, :2]) >= 1).all()
        assert (boxes >= 0).all()
        assert (boxes[:, 2] <= image.shape[2]).all()
        assert (boxes[:, 3] <= image.shape[1]).all()
    assert counts == {1, 2}


def test_training_leaves_out_crowds_and_images_without_garments(
    make_store: MakeStore, record: MakeRecord
) -> None:
    box = np.array([10.0, 10, 40, 40])
    crowd = Garment(category_id=9, box=box, extra={"coco": {"iscrowd": 1}})
    records = [
        record("a.png", Garment(category_id=9, box=box), crowd, Garment(category_id=1, box=box)),
        record("b.png", crowd),
        record("c.png"),
    ]
    data, _ = select_one(make_store(records), "")
    training, measured = DetectionDataset(data, (9,), 64, _changes()), DetectionDataset(data, (9,), 64)
    assert len(training) == 1
    assert len(training[0].sample[1]["boxes"]) == 1
    assert not training[0].sample[1]["has_mask"].any()
    assert [len(measured[i].sample[1]["boxes"]) for i in range(3)] == [2, 1, 0]
    assert measured[0].sample[1]["crowd"].tolist() == [False, True]
    assert measured[2].sample[1]["masks"].shape == (0, 48, 64)
