"""Our evaluation of 20,000 garments beside plain pycocotools, in one run: boxes and masks.

Ours also makes the slices, intervals, curves and confusions; plain pycocotools makes its twelve figures. Both
get the same detections in memory, in one thread and without files, so the seconds are the processor's and do
not depend on what else runs. The figures go to benchmarks/RESULTS.md by hand.
"""

from __future__ import annotations

import contextlib
import io
import platform
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from inference.evaluation.assemble import evaluate
from resources.taxonomy import LEVELS, categories
from store.runs.manifest import ModelCategory
from store.runs.measures.slices import USUAL
from store.runs.predictions import GarmentPrediction, GarmentTruth, ImagePrediction, ImageTruth

GARMENTS, IMAGES, SIDE = 20_000, 13_000, 320
TARGET = 1.2

Floats = NDArray[np.float64]


def drawn(seed: int = 7) -> tuple[list[ImageTruth], list[ImagePrediction]]:
    """Garments with facts and outlines; of each some two detections, near or far, sure or not."""
    rng = np.random.default_rng(seed)
    truths: dict[int, list[GarmentTruth]] = {image: [] for image in range(1, IMAGES + 1)}
    said: dict[int, list[GarmentPrediction]] = {image: [] for image in range(1, IMAGES + 1)}
    for number in range(1, GARMENTS + 1):
        image, kind = int(rng.integers(1, IMAGES + 1)), int(rng.integers(1, 14))
        corner = rng.uniform(0, SIDE / 2, 2)
        box = np.concatenate([corner, corner + rng.uniform(40, SIDE / 2, 2)])
        facts = {group: str(rng.choice(list(LEVELS[group].values()))) for group in USUAL}
        truths[image].append(GarmentTruth(number, kind, box, [outline(box)], facts=facts))
        for _ in range(2):
            moved = np.sort((box + rng.normal(0, 12, 4)).clip(0, SIDE).reshape(2, 2), axis=0).reshape(4)
            category = kind if rng.random() < 0.8 else int(rng.integers(1, 14))
            mask = coco_mask.merge(coco_mask.frPyObjects([outline(moved)], SIDE, SIDE))
            said[image].append(GarmentPrediction(category, float(rng.random()), moved, mask))
    return (
        [ImageTruth(image, SIDE, SIDE, tuple(members)) for image, members in truths.items()],
        [ImagePrediction(image, tuple(members)) for image, members in said.items()],
    )


def outline(box: Floats) -> list[float]:
    """A polygon of 24 corners inside a box, flat."""
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    middle, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2
    return (
        np.stack([middle[0] + half[0] * np.cos(angle), middle[1] + half[1] * np.sin(angle)], 1)
        .ravel()
        .tolist()
    )


def plain(truths: list[ImageTruth], said: list[ImagePrediction]) -> dict[str, float]:
    """AP of boxes and masks by pycocotools alone, from its own annotations."""
    annotations, results = [], []
    for image in truths:
        for garment in image.garments:
            assert garment.box is not None
            annotations.append(
                {
                    "id": garment.garment_id,
                    "image_id": image.image_id,
                    "category_id": garment.category_id,
                    "bbox": _xywh(garment.box),
                    "area": float(np.prod(garment.box[2:] - garment.box[:2])),
                    "iscrowd": 0,
                    "segmentation": garment.mask,
                }
            )
    for found in said:
        for one in found.garments:
            assert one.box is not None
            shared = {"image_id": found.image_id, "category_id": one.category_id, "score": one.score}
            results.append({**shared, "bbox": _xywh(one.box), "segmentation": one.mask})
    truth = COCO()
    truth.dataset = {
        "images": [{"id": image.image_id, "width": image.width, "height": image.height} for image in truths],
        "annotations": annotations,
        "categories": [{"id": one.id, "name": one.name} for one in categories()],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
        figures = {}
        for name, kind, key in (("boxes/AP", "bbox", "segmentation"), ("masks/AP", "segm", "bbox")):
            loaded = truth.loadRes([{k: v for k, v in one.items() if k != key} for one in results])
            work = COCOeval(truth, loaded, kind)
            work.evaluate()
            work.accumulate()
            work.summarize()
            figures[name] = float(work.stats[0])
    return figures


def _xywh(box: Floats) -> list[float]:
    return [*box[:2].tolist(), *(box[2:] - box[:2]).tolist()]


def ours(truths: list[ImageTruth], said: list[ImagePrediction]) -> dict[str, Any]:
    """The whole evaluation: figures, four groups of slices, intervals, curves, confusions."""
    kinds = [ModelCategory(one.id, one.name, one.schema.size) for one in categories()]
    found, _ = evaluate(truths, said, by=USUAL, categories=kinds, model="drawn", data="drawn")
    return dict(found.metrics)


def main() -> None:
    """Measure both, twice in turn, and print the ratio of the faster runs."""
    print(f"{platform.processor() or platform.machine()}, {GARMENTS:,} garments in {IMAGES:,} images")
    truths, said = drawn()
    seconds: dict[str, list[float]] = {"pycocotools": [], "ours": []}
    figures: dict[str, dict[str, Any]] = {}
    for _ in range(2):
        for name, work in (("pycocotools", plain), ("ours", ours)):
            start = time.process_time()
            figures[name] = work(truths, said)
            seconds[name].append(time.process_time() - start)
    for name, times in seconds.items():
        print(
            f"{name:12} {min(times):6.1f} s   box AP {figures[name]['boxes/AP']:.6f}, "
            f"mask AP {figures[name]['masks/AP']:.6f}"
        )
    ratio = min(seconds["ours"]) / min(seconds["pycocotools"])
    print(f"evaluation, ours / pycocotools: {ratio:.2f} (target at most {TARGET})")


if __name__ == "__main__":
    main()
