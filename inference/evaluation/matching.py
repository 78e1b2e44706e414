"""Which prediction found which garment: pycocotools, for boxes, masks and landmarks."""

from __future__ import annotations

import contextlib
import copy
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from inference.evaluation.ground import ALL_LANDMARKS, Found, Ground
from resources.taxonomy import categories as built_in
from store.runs.measures.boxes import as_width_height
from store.runs.measures.landmarks import similarity
from store.runs.measures.precision import Matches

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Kind = Literal["boxes", "masks", "landmarks"]

#: pycocotools' word for a kind, and how many predictions an image and category may have.
_KINDS: Mapping[str, tuple[str, int]] = {
    "boxes": ("bbox", 100),
    "masks": ("segm", 100),
    "landmarks": ("keypoints", 20),
}
_EVERY_AREA = [0.0, 1e15]


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """What pycocotools found for one kind.

    ``precision`` is ``(T, C)``, average precision by overlap and category, NaN where there is nothing to
    find. ``overlap`` ``(N,)`` is the IoU or OKS of each garment with the prediction that found it at .50,
    else with the nearest one of its category in the image; ``by`` ``(N,)`` is the index in ``ground.found``
    of what found it, -1 for none. ``left_out`` counts garments that cannot be measured (no box, no mask, no
    labelled landmark).
    """

    matches: Matches
    precision: Floats
    overlap: Floats
    by: Ints
    left_out: int


def match(kind: Kind, ground: Ground) -> Matched:
    """Match all predictions of a kind with the garments, as COCO's evaluation does."""
    word, most = _KINDS[kind]
    truths, ignored = _truths(kind, ground)
    found = _predictions(kind, ground)
    with contextlib.redirect_stdout(io.StringIO()):
        work = _Evaluator(_coco(ground, truths), _coco(ground, found), word)
        work.params.imgIds = list(range(1, len(ground.images) + 1))
        work.params.catIds = list(range(1, len(ground.categories) + 1))
        work.params.areaRng, work.params.areaRngLbl = [_EVERY_AREA], ["all"]
        work.params.maxDets = [most]
        work.evaluate()
        work.accumulate()
    precision = work.eval["precision"][:, :, :, 0, 0].mean(axis=1)
    precision = np.where(precision < 0, np.nan, precision)
    matches, by, overlap = _collected(ground, work, ignored)
    return Matched(matches, precision, overlap, by, int(ignored.sum()))


class _Evaluator(COCOeval):  # type: ignore[misc]
    """COCOeval that knows garments to leave out, and has OKS with the sigmas of each category."""

    def _prepare(self) -> None:
        super()._prepare()
        for truths in self._gts.values():
            for truth in truths:
                truth["ignore"] = int(bool(truth["ignore"]) or truth["left_out"])

    def evaluate(self) -> None:
        """As COCOeval's, without asking for every category in every image: nearly all pairs are empty."""
        self._prepare()
        asked = self.params
        compute = self.computeOks if asked.iouType == "keypoints" else self.computeIoU
        there = {key for side in (self._gts, self._dts) for key, found in side.items() if found}
        self.ious = {key: compute(*key) for key in there}
        self.evalImgs = [
            self.evaluateImg(image, category, area, asked.maxDets[-1]) if (image, category) in there else None
            for category in asked.catIds
            for area in asked.areaRng
            for image in asked.imgIds
        ]
        self._paramsEval = copy.deepcopy(asked)

    def computeOks(self, imgId: int, catId: int) -> Any:  # noqa: N802, N803
        """As COCOeval's, with the sigmas of the category; ``(D, G)``, best score first."""
        truths, found = self._gts[imgId, catId], self._dts[imgId, catId]
        if not truths or not found:
            return []
        order = np.argsort([-one["score"] for one in found], kind="mergesort")[: self.params.maxDets[-1]]
        out = np.zeros((len(order), len(truths)))
        for column, truth in enumerate(truths):
            if not truth["num_keypoints"]:
                out[:, column] = [_near_box(found[row]["points"], truth) for row in order]
                continue
            own = np.stack([found[row]["own"] for row in order])
            out[:, column] = similarity(own, truth["points"][None], [truth["area"]], truth["sigmas"])[:, 0]
        return out


def _near_box(points: Floats, truth: Mapping[str, Any]) -> float:
    """How near all points ``(n, 2)`` are to the doubled box of a garment without labelled landmarks.

    As COCOeval: such a garment counts neither way, nor do the predictions that lie on it.
    """
    x, y, width, height = truth["bbox"]
    away = np.maximum(0.0, np.array([x - width, y - height]) - points)
    away += np.maximum(0.0, points - np.array([x + 2 * width, y + 2 * height]))
    sigmas = truth["all_sigmas"] if len(points) == ALL_LANDMARKS else truth["sigmas"]
    room = (2 * sigmas) ** 2 * (truth["area"] + np.spacing(1)) * 2
    return float(np.exp(-(away**2).sum(axis=1) / room).mean())


def _coco(ground: Ground, annotations: list[dict[str, Any]]) -> Any:
    coco = COCO()
    coco.dataset = {
        "images": [
            {"id": index, "width": image.width, "height": image.height}
            for index, image in enumerate(ground.images, 1)
        ],
        "annotations": annotations,
        "categories": [{"id": index} for index in range(1, len(ground.categories) + 1)],
    }
    coco.createIndex()
    return coco


def _truths(kind: Kind, ground: Ground) -> tuple[list[dict[str, Any]], NDArray[np.bool_]]:
    """The garments as COCO's annotations, id = row + 1, and which count neither way, ``(N,)``."""
    out, ignored = [], np.zeros(len(ground), bool)
    for row, garment in enumerate(ground.garments):
        box = [0.0, 0.0, 0.0, 0.0] if garment.box is None else as_width_height(garment.box)
        area = box[2] * box[3] if garment.area is None else garment.area
        one = {
            "id": row + 1,
            "image_id": int(ground.image[row]) + 1,
            "category_id": int(ground.category[row]) + 1,
            "bbox": box,
            "area": area,
            "iscrowd": int(garment.crowd),
        }
        extra = _measured(kind, ground, row)
        one |= extra if extra is not None else {"left_out": 1}
        ignored[row] = bool(one.setdefault("left_out", 0)) or garment.crowd
        # A garment that cannot even be ignored in its place is not there at all.
        if extra is not None:
            out.append(one)
    return out, ignored


def _measured(kind: Kind, ground: Ground, row: int) -> dict[str, Any] | None:
    """What a kind of measure reads of a garment; None where there is nothing, not even a box."""
    garment = ground.garments[row]
    if garment.box is None:
        return None
    if kind == "boxes":
        return {}
    if kind == "masks":
        image = ground.images[int(ground.image[row])]
        rle = _run_lengths(garment.mask, image.width, image.height)
        if rle is not None:
            return {"segmentation": rle}
        corners = np.asarray(garment.box)[[0, 1, 2, 1, 2, 3, 0, 3]]
        rle = _run_lengths([corners.tolist()], image.width, image.height)
        return None if rle is None else {"segmentation": rle, "left_out": 1}
    schema = ground.schema(int(ground.category[row]))
    points = garment.landmarks
    if schema is None or not schema.sigmas or points is None or len(points) != schema.size:
        return None
    labelled = int((points[:, 2] > 0).sum())
    return {
        "points": np.asarray(points, np.float64),
        "num_keypoints": labelled,
        "left_out": int(labelled == 0),
        "sigmas": np.array(schema.sigmas),
        "all_sigmas": _ALL_SIGMAS,
    }


_ALL_SIGMAS = np.array([sigma for category in built_in() for sigma in category.schema.sigmas])


def _run_lengths(mask: Any, width: int, height: int) -> dict[str, Any] | None:
    """Compressed run lengths of polygons or of a run-length dict; None where nothing is drawn."""
    if isinstance(mask, Mapping):
        if isinstance(mask["counts"], list):
            made: dict[str, Any] = coco_mask.frPyObjects(dict(mask), *mask["size"])
            return made
        return dict(mask)
    drawn = [polygon for polygon in mask or [] if len(polygon) >= 6]
    if not drawn:
        return None
    joined: dict[str, Any] = coco_mask.merge(coco_mask.frPyObjects(drawn, height, width))
    return joined


def _predictions(kind: Kind, ground: Ground) -> list[dict[str, Any]]:
    """The predictions that have this kind, as COCO's annotations, id = index in ``ground.found`` + 1."""
    out = []
    for index, one in enumerate(ground.found):
        extra = _said(kind, ground, one)
        if extra is None:
            continue
        out.append(
            {
                "id": index + 1,
                "image_id": one.image + 1,
                "category_id": one.category + 1,
                "score": float(one.garment.score),
                "area": 1.0,
                "iscrowd": 0,
                **extra,
            }
        )
    return out


def _said(kind: Kind, ground: Ground, one: Found) -> dict[str, Any] | None:
    garment = one.garment
    if kind == "boxes":
        told = garment.box is not None and garment.garment_id is None
        return {"bbox": as_width_height(garment.box)} if told and garment.box is not None else None
    if kind == "masks":
        if garment.mask is None or garment.garment_id is not None:
            return None
        return {"segmentation": _run_lengths(garment.mask, *_size_of(garment.mask))}
    schema, points = ground.schema(one.category), ground.own_landmarks(one)
    if garment.garment_id is not None:
        return None
    if schema is None or not schema.sigmas or points is None or len(points) != schema.size:
        return None
    whole = garment.landmarks if garment.landmarks is not None else points
    if len(whole) != ALL_LANDMARKS:
        # Official files have zeros in the blocks of the other categories.
        start = ground.offset(one.category) or 0
        whole = np.zeros((ALL_LANDMARKS, 2))
        whole[start : start + schema.size] = points[:, :2]
    return {"own": np.asarray(points)[:, :2], "points": np.asarray(whole)[:, :2]}


def _size_of(mask: Mapping[str, Any]) -> tuple[int, int]:
    height, width = mask["size"]
    return int(width), int(height)


def _collected(ground: Ground, work: Any, ignored: NDArray[np.bool_]) -> tuple[Matches, Ints, Floats]:
    """The matches of all images and categories in one, with who found each garment at .50."""
    images, kinds, scores, found = [], [], [], []
    by, overlap = np.full(len(ground), -1, np.int64), np.zeros(len(ground))
    for one in work.evalImgs:
        if one is None:
            continue
        if one["dtIds"]:
            images.append(np.full(len(one["dtIds"]), one["image_id"] - 1))
            kinds.append(np.full(len(one["dtIds"]), one["category_id"] - 1))
            scores.append(np.array(one["dtScores"], np.float64))
            found.append(one["dtMatches"].astype(np.int64) - 1)
        values = work.ious[one["image_id"], one["category_id"]]
        if len(values) == 0:
            continue
        rows = [truth["id"] - 1 for truth in work._gts[one["image_id"], one["category_id"]]]
        overlap[rows] = values.max(axis=0)
        for place in np.flatnonzero(one["dtMatches"][0]):
            row = int(one["dtMatches"][0, place]) - 1
            by[row] = one["dtIds"][place] - 1
            overlap[row] = values[place, rows.index(row)]
    levels = len(work.params.iouThrs)
    score = np.concatenate(scores) if scores else np.zeros(0)
    order = np.argsort(-score, kind="mergesort")
    matches = Matches(
        ground.image,
        ground.category,
        ignored,
        score[order],
        (np.concatenate(images) if images else np.zeros(0, np.int64))[order].astype(np.int64),
        (np.concatenate(kinds) if kinds else np.zeros(0, np.int64))[order].astype(np.int64),
        (np.concatenate(found, axis=1) if found else np.zeros((levels, 0), np.int64))[:, order],
    )
    return matches, by, overlap
