"""Ground truths and results in the layouts of COCO and DeepFashion2, read leniently.

What does not matter may differ: extra keys, ids in quotes, results inside an object, landmarks as 882 numbers
or as the category's own. Another layout is a StudioError that says what was expected, and where.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from inference.evaluation.ground import ALL_LANDMARKS
from inference.evaluation.reading import Record, described, read_json, records
from resources.taxonomy import categories as built_in
from resources.taxonomy import category as built_in_category
from store.errors import StudioError
from store.runs.manifest import ModelCategory
from store.runs.measures.slices import WORDS, level
from store.runs.predictions import GarmentPrediction, GarmentTruth, ImagePrediction, ImageTruth

Floats = NDArray[np.float64]
Results = Literal["boxes", "masks", "landmarks"]

GROUND_TRUTH = (
    'a COCO object {"images": [{"id", "width", "height"}], "annotations": [{"id", "image_id", "category_id", '
    '"bbox": [x, y, width, height], ...}], "categories": [{"id", "name"}]}, as `deepfashion-studio '
    "export coco` writes it."
)
EXPECTED: Mapping[Results, str] = {
    "boxes": '{"image_id", "category_id", "bbox": [x, y, width, height], "score"}',
    "masks": '{"image_id", "category_id", "segmentation": {"size": [height, width], "counts"}, "score"}',
    "landmarks": '{"image_id", "category_id", "keypoints": [882 numbers x, y, v as in DeepFashion2, or '
    'three for each landmark of the category], "score"}',
}
_KEYS: Mapping[Results, str] = {"boxes": "bbox", "masks": "segmentation", "landmarks": "keypoints"}
_COMMANDS: Mapping[str, str] = {"bbox": "detection", "segmentation": "segmentation", "keypoints": "landmarks"}
#: Ids of categories that are none of DeepFashion2's, as in a store.
_FOREIGN = 1000


@dataclass(frozen=True, slots=True, eq=False)
class FileTruth:
    """A ground truth of a file. ``ids`` leads from the file's category ids to ours."""

    images: tuple[ImageTruth, ...]
    categories: tuple[ModelCategory, ...]
    ids: Mapping[int, int]
    notes: tuple[str, ...]


def read_ground_truth(path: Path, visibility: str = "all") -> FileTruth:
    """A COCO file with DeepFashion2's or any other categories.

    ``visibility`` "visible": occluded landmarks (v = 1) become unlabelled. Facts (scale, occlusion, zoom_in,
    viewpoint, variation, pose) are read from extra keys. StudioError where the layout is another.
    """
    content = read_json(path)
    if not isinstance(content, dict) or not all(
        isinstance(content.get(key), list) for key in ("images", "annotations", "categories")
    ):
        raise StudioError(f"{path} is {described(content)}.", f"Expected: {GROUND_TRUTH}")
    ids, categories = _categories(path, content)
    sizes = {}
    for index, value in enumerate(content["images"]):
        image = Record(path, index, value, GROUND_TRUTH, "Image")
        sizes[image.whole("id")] = (_side(image, "width"), _side(image, "height"))
    garments, notes = _garments(path, content["annotations"], ids, sizes, visibility)
    images = tuple(
        ImageTruth(image, width, height, tuple(garments.get(image, ())))
        for image, (width, height) in sizes.items()
    )
    return FileTruth(images, categories, ids, tuple(notes))


def _side(image: Record, key: str) -> int:
    return image.whole(key) if image.value.get(key) is not None else 0


def _plain(name: Any) -> str:
    return str(name).casefold().replace("_", " ").strip()


def _categories(path: Path, content: dict[str, Any]) -> tuple[dict[int, int], tuple[ModelCategory, ...]]:
    """DeepFashion2's categories are known by their names; by their ids where landmarks have its layout."""
    names = {_plain(name): one for one in built_in() for name in (one.name, one.coco_name)}
    whole = any(
        isinstance(one, dict)
        and isinstance(one.get("keypoints"), list)
        and len(one["keypoints"]) == 3 * ALL_LANDMARKS
        for one in content["annotations"]
    )
    ids: dict[int, int] = {}
    found: dict[int, ModelCategory] = {}
    for index, value in enumerate(content["categories"]):
        record = Record(path, index, value, GROUND_TRUTH, "Category")
        given, name = record.whole("id"), str(record.value.get("name", record.value.get("id")))
        known = names.get(_plain(name))
        if known is None and whole and 1 <= given <= len(built_in()):
            known = built_in_category(given)
        if known is not None and known.id not in found:
            ids[given] = known.id
            found[known.id] = ModelCategory(known.id, known.name, known.schema.size)
        else:
            ids[given] = _FOREIGN + given
            marks = record.value.get("keypoints")
            count = len(marks) if isinstance(marks, list) else 0
            found[_FOREIGN + given] = ModelCategory(_FOREIGN + given, name, count)
    return ids, tuple(found[one] for one in sorted(found))


def _garments(
    path: Path,
    annotations: list[Any],
    ids: Mapping[int, int],
    sizes: Mapping[int, tuple[int, int]],
    visibility: str,
) -> tuple[dict[int, list[GarmentTruth]], list[str]]:
    out: dict[int, list[GarmentTruth]] = {}
    left: Counter[str] = Counter()
    given = [one.get("id") if isinstance(one, dict) else None for one in annotations]
    numbered = all(type(one) is int and one > 0 for one in given) and len(set(given)) == len(given)
    for index, value in enumerate(annotations):
        record = Record(path, index, value, GROUND_TRUTH, "Annotation")
        image, category = record.whole("image_id"), record.whole("category_id")
        if image not in sizes or category not in ids:
            left["an image" if image not in sizes else "a category"] += 1
            continue
        number = given[index] if numbered else index + 1
        out.setdefault(image, []).append(_truth(record, int(number or 0), ids[category], visibility))
    notes = [
        f"{count:,} annotations name {what} that the file does not have; left out."
        for what, count in left.items()
    ]
    if not numbered:
        notes.append(
            "The annotations have no ids of their own, from 1: they are counted in the file's order."
        )
    return out, notes


def _truth(record: Record, number: int, category: int, visibility: str) -> GarmentTruth:
    x, y, width, height = record.numbers("bbox", 4)
    value = record.value
    area = record.number("area") if value.get("area") is not None else None
    segmentation = value.get("segmentation")
    mask: Any = None
    if isinstance(segmentation, dict):
        mask = _run_length(record, segmentation, None)
    elif segmentation:
        if not isinstance(segmentation, list):
            raise record.wrong(f'has a "segmentation" of another kind: {described(segmentation)}')
        mask = [record.checked(polygon, "segmentation") for polygon in segmentation]
    points = None
    if value.get("keypoints"):
        points = _landmarks(record, category, whole=False)
        if visibility == "visible":
            points[points[:, 2] == 1] = 0.0
    return GarmentTruth(
        number,
        category,
        np.array([x, y, x + width, y + height], np.float64),
        mask,
        points,
        facts=facts(record),
        area=area,
        crowd=bool(value.get("iscrowd", 0)),
    )


def facts(record: Record) -> dict[str, str]:
    """The slice levels that a record names, as numbers from 1 or as words."""
    said = {group: level(group, record.value.get(group)) for group in WORDS}
    return {group: word for group, word in said.items() if word}


def _landmarks(record: Record, category: int, *, whole: bool) -> Floats:
    """``(n, 3)`` in the category's own schema; DeepFashion2's whole layout is kept where ``whole``."""
    numbers = record.numbers("keypoints")
    points = np.array(numbers, np.float64)
    own = next((one for one in built_in() if one.id == category), None)
    if len(points) % 3 or (own is not None and len(points) not in (3 * ALL_LANDMARKS, 3 * own.schema.size)):
        fitting = f"{3 * ALL_LANDMARKS} or {3 * own.schema.size}" if own else "a multiple of 3"
        raise record.wrong(f'has {len(points)} numbers in "keypoints", not {fitting}')
    points = points.reshape(-1, 3)
    if whole or own is None or own.offset is None or len(points) == own.schema.size:
        return points
    return points[own.offset : own.offset + own.schema.size].copy()


def _run_length(record: Record, value: dict[str, Any], size: tuple[int, int] | None) -> dict[str, Any]:
    """A checked run-length mask; ``size`` is the height and width that it must have, where they are known."""
    shape, counts = value.get("size"), value.get("counts")
    if not isinstance(shape, list) or len(shape) != 2 or not isinstance(counts, str | list):
        raise record.wrong(f'has a "segmentation" that is no run length: {described(value)}')
    if size is not None and tuple(shape) != size:
        raise record.wrong(
            f"has a mask of {shape[0]} x {shape[1]} for an image of {size[0]} x {size[1]} (height x width)"
        )
    if isinstance(counts, list):
        made: dict[str, Any] = coco_mask.frPyObjects({"size": shape, "counts": counts}, *shape)
        return made
    return {"size": [int(shape[0]), int(shape[1])], "counts": counts}


def read_results(path: Path, truth: FileTruth, kind: Results) -> tuple[list[ImagePrediction], list[str]]:
    """The results of a file for a ground truth, and what must be said of those that were left out.

    StudioError where the layout is another, or where no result is for an image of the ground truth.
    """
    expected = EXPECTED[kind]
    values = records(path, read_json(path), expected, ("annotations", "results", "predictions"))
    sizes = {image.image_id: (image.height, image.width) for image in truth.images}
    out: dict[int, list[GarmentPrediction]] = {}
    strays, others = 0, 0
    for index, value in enumerate(values):
        record = Record(path, index, value, f"a JSON array of {expected}")
        _check_kind(record, kind)
        image, category, score = record.whole("image_id"), record.whole("category_id"), record.number("score")
        if image not in sizes:
            strays += 1
        elif category not in truth.ids:
            others += 1
        else:
            said = _prediction(record, kind, truth.ids[category], score, sizes[image])
            out.setdefault(image, []).append(said)
    if not out:
        raise StudioError(
            f"None of the {len(values):,} results of {path} is for an image and category of the truth.",
            "Check that both files speak of the same images: image_id must be the ground truth's image id.",
        )
    notes = []
    if strays:
        notes.append(
            f"{strays:,} of {len(values):,} results are for images outside the ground truth; left out."
        )
    if others:
        notes.append(
            f"{others:,} of {len(values):,} results have categories outside the ground truth; left out."
        )
    return [ImagePrediction(image, tuple(said)) for image, said in out.items()], notes


def _check_kind(record: Record, kind: Results) -> None:
    """StudioError for results of another command, which are not hard to take for these."""
    wanted = _KEYS[kind]
    if wanted in record.value:
        return
    for key, command in _COMMANDS.items():
        if key in record.value:
            raise record.wrong(f'has "{key}" but no "{wanted}": that is for `evaluate {command}`')
    record.take(wanted)


def _prediction(
    record: Record, kind: Results, category: int, score: float, size: tuple[int, int]
) -> GarmentPrediction:
    if kind == "boxes":
        x, y, width, height = record.numbers("bbox", 4)
        return GarmentPrediction(category, score, np.array([x, y, x + width, y + height], np.float64))
    if kind == "landmarks":
        return GarmentPrediction(category, score, landmarks=_landmarks(record, category, whole=True))
    value = record.take("segmentation")
    known = size if all(size) else None
    if isinstance(value, dict):
        return GarmentPrediction(category, score, mask=_run_length(record, value, known))
    polygons = [record.checked(one, "segmentation") for one in value] if isinstance(value, list) else []
    drawn = [one for one in polygons if len(one) >= 6]
    if not drawn or known is None:
        raise record.wrong(f'has a "segmentation" that is no run length: {described(value)}')
    return GarmentPrediction(category, score, mask=coco_mask.merge(coco_mask.frPyObjects(drawn, *known)))
