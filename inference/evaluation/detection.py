"""Boxes, masks and landmarks as detections: COCO's average precision, curves and confusions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from inference.evaluation.ground import Ground
from inference.evaluation.matching import Kind, Matched, match
from inference.evaluation.tables import Part, precision_table
from store.runs.measures.boxes import as_width_height
from store.runs.measures.precision import RECALLS, Matches, precision_at_recalls, ranked, summary
from store.runs.results import Confusion, Curve

Floats = NDArray[np.float64]

#: Score from which a detection is in the confusion matrix, and overlap from which it is of a garment.
CONFUSED_FROM = 0.5
#: The class that a garment nobody found was said to be, and that of a detection of nothing.
NOTHING = "nothing"

#: The classes of In-shop's segmentation, which MMDetection's public model tells apart.
IN_SHOP = frozenset(
    {"top", "skirt", "leggings", "dress", "outer", "pants", "bag", "neckwear", "headwear", "eyeglass"}
    | {"belt", "footwear", "hair", "skin", "face"}
)

_TITLES = {"boxes": "Box AP", "masks": "Mask AP", "landmarks": "Landmark AP"}
_NOTES = {
    "boxes": "COCO: IoU .50 to .95, 100 detections an image and category.",
    "masks": "COCO: IoU .50 to .95 of the union of the polygons, 100 detections an image and category.",
    "landmarks": "COCO: OKS .50 to .95 with DeepFashion2's 294 sigmas and box areas, 20 predictions an image "
    "and category.",
}


def precision_part(kind: Kind, ground: Ground, matched: Matched | None = None) -> tuple[Part, Matched]:
    """Average precision of one kind, with what was matched; an already made match is taken as it is."""
    done = match(kind, ground) if matched is None else matched
    figures = summary(done.precision)
    names = (f"{kind}/AP", f"{kind}/AP50", f"{kind}/AP75")
    metrics = {name: value for name, value in zip(names, figures, strict=True) if value is not None}
    if not ground.wanted.detailed:
        return Part(metrics, protocols=_protocols(ground)), done
    measured = ~done.matches.ignored
    table = precision_table(ground, done.matches, done.precision, kind, _TITLES[kind], _NOTES[kind])
    notes = []
    if done.left_out:
        lacks = {"boxes": "no box", "masks": "no mask", "landmarks": "no labelled landmark"}[kind]
        notes.append(f"{_TITLES[kind]}: {done.left_out:,} garments count neither way ({lacks}, or a crowd).")
    part = Part(
        metrics,
        (table,),
        _curves(ground, kind, done.matches),
        scores={kind: np.where(measured, done.overlap, np.nan)},
        correct={kind: measured & (done.by >= 0)},
        notes=tuple(notes),
        protocols=_protocols(ground),
    )
    return part, done


def _protocols(ground: Ground) -> tuple[str, ...]:
    if all(category.id <= 13 for category in ground.categories):
        return ("deepfashion2",)
    named = {category.name.casefold() for category in ground.categories}
    return ("in-shop-detection",) if named <= IN_SHOP else ()


def _curves(ground: Ground, kind: Kind, matches: Matches) -> tuple[Curve, ...]:
    """Precision over recall: the mean over the categories at .50 and .75, and each category at .50."""
    categories = np.unique(matches.truth_category[~matches.ignored]).tolist()
    values = [precision_at_recalls(ranked(matches, category)) for category in categories]
    if not values:
        return ()
    lines = [(f"all, {at}", np.mean([one[level] for one in values], axis=0)) for at, level in _LEVELS]
    if len(categories) > 1:
        named = zip(categories, values, strict=True)
        lines += [(f"{ground.categories[category].name}, .50", one[0]) for category, one in named]
    x = _rounded(RECALLS)
    return tuple(Curve(kind, label, "recall", "precision", x, _rounded(line)) for label, line in lines)


def _rounded(values: Floats) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)


_LEVELS = ((".50", 0), (".75", 5))


def confusion(ground: Ground) -> Confusion | None:
    """Which garments were said to be what, by boxes alone: IoU and score at least one half.

    Within an image the pair with the highest overlap goes first; a garment and a detection are in one pair
    at most. The last row and column are "nothing". None without detections that have a box.
    """
    said = [one for one in ground.found if one.garment.box is not None and one.garment.garment_id is None]
    if not said:
        return None
    kept = [one for one in said if one.garment.score >= CONFUSED_FROM]
    size = len(ground.categories) + 1
    counts = np.zeros((size, size), np.int64)
    boxed = np.flatnonzero(~np.isnan(ground.boxes[:, 0]))
    by_image: dict[int, tuple[list[int], list[int]]] = {}
    for row in boxed.tolist():
        by_image.setdefault(int(ground.image[row]), ([], []))[0].append(row)
    for index, one in enumerate(kept):
        by_image.setdefault(one.image, ([], []))[1].append(index)
    for rows, places in by_image.values():
        pairs = _pairs(ground.boxes[rows], [as_width_height(kept[i].garment.box) for i in places])  # type: ignore[arg-type]
        for row, place in pairs:
            counts[ground.category[rows[row]], kept[places[place]].category] += 1
        lone, stray = {row for row, _ in pairs}, {place for _, place in pairs}
        for place, row in enumerate(rows):
            counts[ground.category[row], -1] += place not in lone
        for place, index in enumerate(places):
            counts[-1, kept[index].category] += place not in stray
    names = (*(category.name for category in ground.categories), NOTHING)
    return Confusion(names, tuple(tuple(line) for line in counts.tolist()))


def _pairs(truths: Floats, found: list[list[float]]) -> list[tuple[int, int]]:
    """Pairs of a garment and a detection that overlap by half or more, the most overlapping first."""
    if not len(truths) or not found:
        return []
    there = truths.copy()
    there[:, 2:] -= there[:, :2]
    values = coco_mask.iou(np.array(found), there, [0] * len(there))
    pairs: list[tuple[int, int]] = []
    while values.size and values.max() >= CONFUSED_FROM:
        place, row = np.unravel_index(int(values.argmax()), values.shape)
        pairs.append((int(row), int(place)))
        values[place, :] = values[:, row] = -1.0
    return pairs
