"""Opens what was written with COCO's own tools."""

from __future__ import annotations

import io
import warnings
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from store.errors import FormatError
from store.formats.base import ReadOptions
from store.formats.coco.reader import CocoReader

#: Masks are drawn pixel by pixel for this many only; for all others their area is counted.
_DRAWN = 200
#: Larger ones are not drawn at all.
_MOST_PIXELS = 50_000_000


def open_sample(path: Path, total: int, most: int) -> int:
    """Loads a file with pycocotools and asks for its masks; returns how many annotations were looked at.

    A file of more than ``most`` annotations is sampled evenly over its images. Raises
    :class:`FormatError` naming the annotation that is at fault.
    """
    with redirect_stdout(io.StringIO()):
        coco = COCO(str(path)) if total <= most else _sampled(path, total, most)
    with warnings.catch_warnings():
        # pycocotools has not followed NumPy 2's way of copying yet; its masks are right all the same.
        warnings.simplefilter("ignore", DeprecationWarning)
        for number, annotation in enumerate(coco.anns.values()):
            _check(coco, annotation, draw=number < _DRAWN)
    return len(coco.anns)


def _sampled(path: Path, total: int, most: int) -> Any:
    step = -(-total // most)
    images: list[Any] = []
    annotations: list[Any] = []
    reader = CocoReader(path, ReadOptions(images=path.parent))
    try:
        for number, (image, found) in enumerate(reader.entries()):
            if number % step == 0 and len(annotations) + len(found) <= most:
                images.append(image)
                annotations += found
        categories = reader.extra()["coco"]["categories"]
    finally:
        reader.close()
    coco = COCO()
    coco.dataset = {"images": images, "annotations": annotations, "categories": categories}
    coco.createIndex()
    return coco


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
