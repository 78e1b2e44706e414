"""What networks say comes back in pixels of the image: the truth, said by a network, is right everywhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.models.detection.roi_heads import paste_masks_in_image
from torchvision.ops import roi_align

from inference.data import Slice, crop_loader, detection_loader, select_one
from inference.evaluation.assemble import quick
from inference.models.fashionnet import FashionNetOutput
from inference.prediction import crop_predictions, image_prediction, in_fashion8
from inference.prediction.crops import by_image, embedding_of
from store.db import Store
from store.masks import rle_mask
from store.runs.config import RunConfig
from store.runs.configuring import validated
from store.runs.manifest import ModelSpec


@pytest.fixture(scope="module")
def drawn(drawn_store: Path) -> Slice:
    with Store.open(drawn_store, read_only=True) as store:
        return select_one(store, "")[0]


def config(size: int, crop: str = "square") -> RunConfig:
    data = {"image_size": size, "crop": crop, "workers": 0}
    return validated({"data": data, "training": {"batch": 4}})


def spec(data: Slice, architecture: str, schema: str, size: int) -> ModelSpec:
    return ModelSpec(architecture, "small", data.categories(), data.attribute_names(), schema, size)


# An odd side: the scale is none that hides a shift of half a pixel.
@pytest.mark.parametrize(("size", "crop"), [(64, "square"), (117, "square"), (117, "stretch")])
def test_crops_said_rightly_are_right_in_image_pixels(drawn: Slice, size: int, crop: str) -> None:
    told = spec(drawn, "fashionnet", "fashion8", size)
    ids = [one.id for one in told.categories]
    found = []
    for batch in crop_loader(drawn, config(size, crop), False, ids, told.attributes):
        said = FashionNetOutput(
            batch["landmarks"],
            torch.nn.functional.one_hot(batch["visibility"].clamp(min=0), 3) * 40.0,
            torch.nn.functional.one_hot(batch["category"], len(ids)) * 40.0,
            batch["attributes"].nan_to_num(0.5) * 80.0 - 40.0,
            torch.nn.functional.one_hot(batch["identity"] + 1, 64).float(),
        )
        found += crop_predictions(said, batch, told)
    truths = in_fashion8(drawn.truths(told.attributes), drawn.known)
    figures = quick(truths, by_image(found), categories=told.categories)
    assert figures["landmarks/NE"] < 1e-4
    assert figures["landmarks/detected"] == 1
    assert figures["category/top1"] == 1
    assert figures["retrieval/mAP"] == pytest.approx(1)
    # Of a garment's attributes more than five may be true.
    assert figures["attributes/top5"] > 0.8
    garments = [garment for _, garment in found]
    assert sorted(one.garment_id for one in garments) == sorted(drawn.garment_ids)
    assert embedding_of(garments).shape == (len(garments), 64)


@pytest.mark.parametrize("size", [128, 203])
def test_detections_said_rightly_are_right_in_image_pixels(drawn: Slice, size: int) -> None:
    told = spec(drawn, "match-rcnn", "own", size)
    ids = [one.id for one in told.categories]
    sizes = {int(i): (int(w), int(h)) for i, (w, h) in zip(drawn.image_ids, drawn.sizes, strict=True)}
    predictions = []
    for _, targets in detection_loader(drawn, config(size), False, categories=ids):
        for target in targets:
            regions = [torch.cat([target["boxes"]], dim=0)]
            masks = target["masks"][:, None].float()
            shapes = [
                roi_align(mask[None], [box[None]], 28, aligned=True)
                for mask, box in zip(masks, regions[0], strict=True)
            ]
            said = {
                "boxes": target["boxes"],
                "labels": target["labels"],
                "scores": torch.ones(len(target["boxes"])),
                "landmarks": target["landmarks"],
                "masks": torch.cat(shapes) if shapes else torch.zeros(0, 1, 28, 28),
            }
            image = target["image_id"]
            scale = tuple(target["scale"].tolist())
            predictions.append(image_prediction(said, told, image, sizes[image], scale))
    figures = quick(drawn.truths(), predictions, categories=told.categories)
    assert figures["boxes/AP"] == pytest.approx(1)
    assert figures["landmarks/AP"] == pytest.approx(1)
    assert figures["landmarks/NE"] < 1e-4
    assert figures["masks/AP50"] == pytest.approx(1)
    assert figures["masks/AP"] > 0.7


def test_a_mask_covers_what_is_probable_and_nothing_else(drawn: Slice) -> None:
    told = spec(drawn, "mask-rcnn", "", 64)
    boxes = torch.tensor([[4.0, 6.0, 40.0, 50.0], [30.0, 2.0, 60.0, 30.0]])
    masks = torch.rand(2, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    said = {
        "boxes": boxes * 0.5,
        "labels": torch.tensor([1, 2]),
        "scores": torch.tensor([0.9, 0.04]),
        "masks": masks,
    }
    whole = image_prediction(said, told, 5, (70, 60), (0.5, 0.5))
    expected = paste_masks_in_image(masks, boxes, (60, 70))[:, 0] >= 0.5
    for garment, mask in zip(whole.garments, expected, strict=True):
        assert garment.mask is not None
        runs = {"size": garment.mask["size"], "counts": garment.mask["counts"].decode()}
        assert np.array_equal(rle_mask(runs), mask.numpy())
    kept = image_prediction(said, told, 5, (70, 60), (0.5, 0.5), least_score=0.05)
    assert [one.category_id for one in kept.garments] == [told.categories[0].id]
    assert kept.garments[0].landmarks is None


def test_eight_landmarks_are_the_truths_where_they_mean_the_same(drawn: Slice) -> None:
    own = drawn.truths()
    eight = in_fashion8(own, drawn.known)
    labelled = 0
    for image, other in zip(own, eight, strict=True):
        for garment, same in zip(image.garments, other.garments, strict=True):
            assert (garment.garment_id, garment.category_id) == (same.garment_id, same.category_id)
            if same.landmarks is None:
                continue
            assert same.landmarks.shape == (8, 3)
            assert garment.landmarks is not None
            known = {tuple(row) for row in garment.landmarks}
            there = same.landmarks[same.landmarks[:, 2] > 0]
            assert {tuple(row) for row in there} <= known
            labelled += len(there)
    assert labelled > 50
