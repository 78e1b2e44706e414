"""A small DeepFashion2 folder with pictures, for imports and exports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from store.cv import cv2

SIZE = (40, 60)


def skirt(**changes: Any) -> dict[str, Any]:
    """An item."""
    plain = {
        "segmentation": [[1, 2, 30, 2, 30, 40, 1, 2]],
        "scale": 2,
        "viewpoint": 2,
        "zoom_in": 1,
        "landmarks": [10, 20, 2] * 7 + [0, 0, 0],
        "style": 1,
        "bounding_box": [1, 2, 30, 40],
        "category_id": 9,
        "occlusion": 1,
        "category_name": "skirt",
    }
    return {**plain, **changes}


def picture(path: Path, size: tuple[int, int] = SIZE) -> None:
    """A JPEG of a width and height."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    assert cv2.imwrite(str(path), pixels)


def make(folder: Path, images: int = 3, split: str = "train", **items: Any) -> Path:
    """``images`` images with a skirt each; ``items`` add to the first."""
    for number in range(1, images + 1):
        picture(folder / split / "image" / f"{number:06d}.jpg")
        document = {"source": "shop", "pair_id": number, "item1": skirt(), **(items if number == 1 else {})}
        path = folder / split / "annos" / f"{number:06d}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document))
    return folder
