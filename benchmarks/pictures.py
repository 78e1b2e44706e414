"""The pictures that the window and its peers are measured on: 1000x1333, 30 polygons of 20 points each."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from store.cv import cv2

WIDTH, HEIGHT, POLYGONS, POINTS = 1000, 1333, 30, 20


def _picture(rng: np.random.Generator) -> NDArray[np.uint8]:
    """A picture that costs a JPEG decoder about what a street scene does: soft shapes and fine grain."""
    coarse = rng.integers(0, 256, (HEIGHT // 40, WIDTH // 40, 3), dtype=np.uint8)
    picture = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC).astype(np.int16)
    picture += rng.integers(-5, 6, (HEIGHT, WIDTH, 1), dtype=np.int16)
    return np.clip(picture, 0, 255).astype(np.uint8)


def _polygon(rng: np.random.Generator) -> list[list[float]]:
    angles = np.sort(rng.uniform(0, 2 * np.pi, POINTS))
    radius = rng.uniform(40, 160) * rng.uniform(0.8, 1.2, POINTS)
    centre = rng.uniform((170, 170), (WIDTH - 170, HEIGHT - 170))
    points = centre + np.stack([np.cos(angles), np.sin(angles)], axis=1) * radius[:, None]
    return [[round(float(x), 1), round(float(y), 1)] for x, y in points]


def _labelme(name: str, polygons: list[list[list[float]]]) -> dict[str, object]:
    shapes = [
        {"label": f"g{i % 13}", "points": p, "group_id": None, "shape_type": "polygon", "flags": {}}
        for i, p in enumerate(polygons)
    ]
    return {
        "version": "5.0.0",
        "flags": {},
        "shapes": shapes,
        "imagePath": name,
        "imageData": None,
        "imageHeight": HEIGHT,
        "imageWidth": WIDTH,
    }


def write_pictures(folder: Path, count: int, seed: int = 1) -> Path:
    """Writes ``count`` pictures with labelme files beside them and one COCO file; returns the COCO file.

    Does nothing when the folder is already complete.
    """
    target = folder / "instances.json"
    if target.is_file():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    images, annotations = [], []
    distinct = [_picture(rng) for _ in range(12)]
    for number in range(1, count + 1):
        name = f"{number:06d}.jpg"
        cv2.imwrite(str(folder / name), distinct[number % 12], [cv2.IMWRITE_JPEG_QUALITY, 90])
        polygons = [_polygon(rng) for _ in range(POLYGONS)]
        (folder / f"{number:06d}.json").write_text(json.dumps(_labelme(name, polygons)))
        images.append({"id": number, "file_name": name, "width": WIDTH, "height": HEIGHT})
        for index, polygon in enumerate(polygons):
            xs, ys = zip(*polygon, strict=True)
            box = [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)]
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": number,
                    "category_id": index % 13 + 1,
                    "bbox": box,
                    "area": box[2] * box[3],
                    "iscrowd": 0,
                    "segmentation": [[v for point in polygon for v in point]],
                }
            )
    categories = [{"id": i, "name": f"g{i - 1}", "supercategory": "clothes"} for i in range(1, 14)]
    coco = {"images": images, "annotations": annotations, "categories": categories}
    target.write_text(json.dumps(coco))
    return target
