"""Whom the pictures of the tools show: a store of the demo or of pictures of one's own, and images in it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtGui import QImageReader

from resources.taxonomy import categories
from store.db import Store
from store.records import Garment, ImageRecord, Visibility

#: Of a demo that is drawn for it.
IMAGES = 80
#: Pictures that no file says anything of get a garment there, as shares of the picture.
BOX = (0.2, 0.12, 0.8, 0.88)
POINTS = 20


@dataclass(frozen=True, slots=True)
class Subject:
    """A garment of an image; ``beside`` are two places of the image between which a box is drawn."""

    image: int
    garment: int
    beside: tuple[tuple[float, float], ...]


def store_of(folder: Path, dataset: Path | None) -> Path:
    """A store in ``folder``: of the demo, or of the pictures below ``dataset``. CalledProcessError if neither
    can be made."""
    if dataset is None:
        _command("demo", "--dir", str(folder / "demo"), "--headless", "--images", str(IMAGES))
        return folder / "demo" / "store"
    store = folder / "samples"
    for number, file in enumerate(sorted(dataset.rglob("*.json"))):
        if _is_coco(file):
            _import(file, file.parent, store, f"{file.parent.name} {number}")
    made = folder / "made.json"
    made.write_text(json.dumps(_stand_ins(dataset)), encoding="utf-8")
    _import(made, dataset, store, "pictures")
    return store


def _import(file: Path, images: Path, store: Path, name: str) -> None:
    options = ("--images", str(images), "--store", str(store), "--name", name)
    _command("import", "coco", str(file), *options)


def _command(*arguments: str) -> None:
    command = [sys.executable, "-P", "-m", "app", *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _is_coco(file: Path) -> bool:
    """Whether a file is of COCO's format, with landmarks, and with its pictures beside it."""
    said = json.loads(file.read_text("utf-8"))
    if not isinstance(said, dict) or not {"images", "annotations", "categories"} <= said.keys():
        return False
    return all((file.parent / one["file_name"]).exists() for one in said["images"])


def _stand_ins(dataset: Path) -> dict[str, list[dict[str, object]]]:
    """Every picture with a garment in its middle: landmarks where the mean shape has them, a round mask."""
    kinds = {one.name: one for one in categories()}
    images: list[dict[str, object]] = []
    garments: list[dict[str, object]] = []
    for number, file in enumerate(sorted(dataset.rglob("*.jpg")), 1):
        size = QImageReader(str(file)).size()
        width, height = size.width(), size.height()
        images.append(
            {"id": number, "file_name": str(file.relative_to(dataset)), "width": width, "height": height}
        )
        word = "trousers" if "lower" in file.name else "long sleeve top"
        kind = kinds["long sleeve dress" if "full" in file.name else word]
        x1, y1, x2, y2 = np.multiply(BOX, (width, height, width, height)).round(1).tolist()
        places = np.array(kind.schema.template) * (x2 - x1, y2 - y1) + (x1, y1)
        garments.append(
            {
                "id": number,
                "image_id": number,
                "category_id": kind.id,
                "bbox": [x1, y1, x2 - x1, y2 - y1],
                "keypoints": [part for x, y in places.round(1).tolist() for part in (x, y, 2)],
                "num_keypoints": len(places),
                "segmentation": [_inset(x1, y1, x2, y2)],
                "area": (x2 - x1) * (y2 - y1),
                "iscrowd": 0,
                "pair_id": (number + 1) // 2,
                "style": 1,
            }
        )
    said = [
        {"id": one.id, "name": one.name, "keypoints": list(one.schema.names), "skeleton": []}
        for one in kinds.values()
    ]
    return {"images": images, "annotations": garments, "categories": said}


def _inset(x1: float, y1: float, x2: float, y2: float) -> list[float]:
    """An outline within a box, round like a garment's."""
    around = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    across, down = (x2 - x1) / 2, (y2 - y1) / 2
    middle = np.array([(x1 + x2) / 2, (y1 + y2) / 2])
    rounded = np.sign(np.stack([np.cos(around), np.sin(around)], 1))
    power = np.abs(np.stack([np.cos(around), np.sin(around)], 1)) ** 0.5
    return (middle + rounded * power * (0.9 * across, 0.95 * down)).round(1).ravel().tolist()  # type: ignore[no-any-return]


def subjects(store: Store) -> dict[str, Subject]:
    """Whom pictures of "landmarks", "masks" and a "product" show, those of them that the store has."""
    # People stand: what is wider than tall is a drawing.
    records = [one for one in store.stream(None) if one.image.width <= one.image.height]
    found: dict[str, Subject] = {}
    full = [one for one in records if any(len(g.points) >= POINTS for g in one.garments)]
    whole = [one for one in full if len(one.garments) == 1 and _all_seen(one.garments[0])] or full
    if whole:
        found["landmarks"] = _subject(max(whole, key=lambda one: max(len(g.points) for g in one.garments)))
    outlined = [one for one in full if any(g.polygons for g in one.garments) and _room(one) > 0.4]
    several = [one for one in outlined if len(one.garments) > 1] or outlined or full
    if several:
        found["masks"] = _subject(several[0])
    counts: dict[tuple[int | None, int | None, str], list[ImageRecord]] = {}
    for one in records:
        for garment in one.garments:
            pair = one.image.pair_id if garment.pair_id is None else garment.pair_id
            if garment.style:
                counts.setdefault((pair, garment.style, one.image.split), []).append(one)
    twins = next((one for one in counts.values() if len({record.image.id for record in one}) > 1), None)
    if twins:
        found["product"] = _subject(twins[0])
    return found


def _all_seen(garment: Garment) -> bool:
    return garment.box is not None and bool((garment.visibility == Visibility.VISIBLE).mean() > 0.8)


def _room(record: ImageRecord) -> float:
    """The share of the image that the largest garment leaves free."""
    areas = [float(np.prod(one.box[2:] - one.box[:2])) for one in record.garments if one.box is not None]
    return 1 - max(areas, default=0.0) / max(record.image.width * record.image.height, 1)


def _subject(record: ImageRecord) -> Subject:
    garment = max(record.garments, key=lambda one: (bool(one.polygons), len(one.points)))
    width, height = record.image.width, record.image.height
    beside = ((0.06 * width, 0.7 * height), (0.15 * width, 0.8 * height), (0.4 * width, 0.95 * height))
    return Subject(record.image.id, garment.id, beside)
