"""Ground truths and predictions made at random, for the tests of this folder."""

from __future__ import annotations

import numpy as np
from pycocotools import mask as coco_mask

from resources.taxonomy import LEVELS, category
from store.runs.manifest import ModelCategory
from store.runs.predictions import GarmentPrediction, GarmentTruth, ImagePrediction, ImageTruth

SIDE = 96
#: Shorts, skirt and vest: the schemas with the fewest landmarks.
KINDS = (5, 7, 9)
CATEGORIES = tuple(ModelCategory(kind, category(kind).name, category(kind).schema.size) for kind in KINDS)


def rectangle(box: np.ndarray) -> list[float]:
    return [float(box[i]) for i in (0, 1, 2, 1, 2, 3, 0, 3)]


def run_length(box: np.ndarray) -> dict[str, object]:
    return dict(coco_mask.merge(coco_mask.frPyObjects([rectangle(box)], SIDE, SIDE)))


def random_box(rng: np.random.Generator) -> np.ndarray:
    corner = rng.uniform(0, SIDE / 2, 2)
    return np.concatenate([corner, corner + rng.uniform(12, SIDE / 2, 2)])


def landmarks(rng: np.random.Generator, box: np.ndarray, kind: int) -> np.ndarray:
    size = category(kind).schema.size
    points = rng.uniform(box[:2], box[2:], (size, 2))
    states = rng.choice([0.0, 1.0, 2.0], size, p=[0.2, 0.2, 0.6])
    return np.column_stack([np.where(states[:, None] > 0, points, 0.0), states])


def random_case(
    seed: int, images: int = 12, *, crowds: bool = False
) -> tuple[list[ImageTruth], list[ImagePrediction]]:
    """Some garments an image, with masks, landmarks and facts; detections near and far, some of nothing."""
    rng = np.random.default_rng(seed)
    truths, said, number = [], [], 1
    for image in range(1, images + 1):
        garments, found = [], []
        for _ in range(int(rng.integers(0, 4))):
            kind, box = int(rng.choice(KINDS)), random_box(rng)
            points = landmarks(rng, box, kind)
            if rng.random() < 0.1:
                points[:] = 0.0
            garments.append(
                GarmentTruth(
                    number,
                    kind,
                    box,
                    [rectangle(box)],
                    points,
                    identity=int(rng.integers(0, 4)),
                    shop=image % 2 == 0,
                    facts={"occlusion": str(rng.choice(list(LEVELS["occlusion"].values())))},
                    crowd=crowds and rng.random() < 0.2,
                )
            )
            number += 1
            for _ in range(int(rng.integers(0, 3))):
                found.append(detection(rng, kind, box, points))  # noqa: PERF401
        for _ in range(int(rng.integers(0, 2))):
            kind, box = int(rng.choice(KINDS)), random_box(rng)
            found.append(detection(rng, kind, box, landmarks(rng, box, kind)))
        truths.append(ImageTruth(image, SIDE, SIDE, tuple(garments)))
        said.append(ImagePrediction(image, tuple(found)))
    return truths, said


def detection(rng: np.random.Generator, kind: int, box: np.ndarray, points: np.ndarray) -> GarmentPrediction:
    """A detection near a garment, mostly of its category; with two decimals some scores are equal."""
    moved = np.sort((box + rng.normal(0, 4, 4)).clip(0, SIDE).reshape(2, 2), axis=0).reshape(4)
    moved[2:] = np.maximum(moved[2:], moved[:2] + 2)
    kind = kind if rng.random() < 0.8 else int(rng.choice(KINDS))
    size = category(kind).schema.size
    near = np.zeros((size, 3))
    near[: min(size, len(points)), :2] = points[:size, :2] + rng.normal(0, 2, (min(size, len(points)), 2))
    return GarmentPrediction(
        kind, round(float(rng.random()), 2), moved, run_length(moved), near, embedding=rng.normal(0, 1, 4)
    )
