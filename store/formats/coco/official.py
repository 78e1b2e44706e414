"""Opens what was written with COCO's own tools."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from store.errors import FormatError
from store.formats.coco.proof import Span, entries_of
from store.formats.source import Entry

#: Masks are drawn pixel by pixel for this many only; for all others their area is counted.
_DRAWN = 200
#: Larger ones are not drawn at all.
_MOST_PIXELS = 50_000_000


def open_sample(path: Path, spans: Sequence[Span], categories: Sequence[Entry], total: int, most: int) -> int:
    """Loads a file with pycocotools and asks for its masks; returns how many annotations were looked at.

    A file of more than ``most`` annotations is sampled: some of its ``spans``, evenly over the file. Raises
    :class:`FormatError` naming the annotation that is at fault.
    """
    with redirect_stdout(io.StringIO()):
        if total <= most:
            return _looked_at(COCO(str(path)), _DRAWN)
        seen, share = 0, max(1, most * len(spans) // total)
        for number in range(share):
            found = entries_of(path, spans[number * len(spans) // share])
            seen += _looked_at(_alone(*found, categories, most - seen), _DRAWN // share + 1)
    return seen


def _alone(images: list[Entry], annotations: list[Entry], categories: Sequence[Entry], most: int) -> COCO:
    """Some images and at most so many of their annotations as a file of their own."""
    coco = COCO()
    coco.dataset = {"images": images, "annotations": annotations[:most], "categories": list(categories)}
    coco.createIndex()
    return coco


def _looked_at(coco: Any, drawn: int) -> int:
    """How many annotations there are, once all have been looked at."""
    with warnings.catch_warnings():
        # pycocotools has not followed NumPy 2's way of copying yet; its masks are right all the same.
        warnings.simplefilter("ignore", DeprecationWarning)
        for number, annotation in enumerate(coco.anns.values()):
            _check(coco, annotation, draw=number < drawn)
    return len(coco.anns)


def _check(coco: Any, annotation: dict[str, Any], draw: bool) -> None:
    number = annotation["id"]
    if number < 1:
        _fail(number, "ids must start at 1")
    if annotation["category_id"] not in coco.cats or annotation["image_id"] not in coco.imgs:
        _fail(number, "its category or image is not in the file")
    if min(annotation["bbox"][2:]) < 0:
        _fail(number, "its box has a negative side")
    names = coco.cats[annotation["category_id"]].get("keypoints", ())
    if len(annotation.get("keypoints", ())) not in (0, 3 * len(names)):
        _fail(number, "its keypoints are not those of its category")
    if "segmentation" not in annotation:
        return
    image = coco.imgs[annotation["image_id"]]
    if not image["width"] or not image["height"]:
        return
    area = int(coco_mask.area(coco.annToRLE(annotation)))
    draw = draw and image["width"] * image["height"] <= _MOST_PIXELS
    if draw and int(coco.annToMask(annotation).sum()) != area:
        _fail(number, "its mask cannot be drawn")


def _fail(number: Any, what: str) -> None:
    raise FormatError(
        f"pycocotools does not accept annotation {number} of the export: {what}.",
        "Nothing was written. Please report this with the garment.",
    )
