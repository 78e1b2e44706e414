"""A small dataset with everything wrong that comes from real life, made of the demo dataset."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

Item = dict[str, Any]
#: So many images, of which the first few are damaged.
IMAGES = 24


def make_broken(dataset: Path, out: Path) -> Path:
    """Copy the first images of the demo's train split to ``out`` and damage some; gives ``out``."""
    pictures, annotations = out / "train" / "image", out / "train" / "annos"
    pictures.mkdir(parents=True)
    annotations.mkdir()
    chosen = sorted((dataset / "train" / "annos").glob("*.json"))[:IMAGES]
    for path in chosen:
        shutil.copy(path, annotations)
        shutil.copy(dataset / "train" / "image" / f"{path.stem}.jpg", pictures)
    names = [path.stem for path in chosen]
    _cut(annotations / f"{names[1]}.json")
    _cut(pictures / f"{names[3]}.jpg")
    (pictures / f"{names[4]}.jpg").unlink()
    (pictures / f"{names[10]}.jpg").unlink()
    for name, damage in zip(names[5:], (_short, _unknown, _swapped, _outside), strict=False):
        _change(annotations / f"{name}.json", damage)
    return out


def _cut(path: Path) -> None:
    """Only the first third of a file, as a broken download leaves it."""
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 3])


def _change(path: Path, damage: Callable[[Item], None]) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    damage(content["item1"])
    path.write_text(json.dumps(content), encoding="utf-8")


def _short(item: Item) -> None:
    item["landmarks"] = item["landmarks"][:-3]


def _unknown(item: Item) -> None:
    item["category_id"] = 27


def _swapped(item: Item) -> None:
    x1, y1, x2, y2 = item["bounding_box"]
    item["bounding_box"] = [x2, y2, x1, y1]


def _outside(item: Item) -> None:
    item["landmarks"][0] = 4000
