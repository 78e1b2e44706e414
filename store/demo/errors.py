"""Labels that are wrong on purpose, so that correcting has something to find and finding can be scored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from resources.taxonomy import category
from store.cv import cv2
from store.demo.labels import OWN_KEY, Item
from store.demo.plan import generator

Generator = np.random.Generator

SHIFTED = "landmarks shifted"
SWAPPED = "left-right swapped"
CATEGORY = "wrong category"
PAIR = "wrong pair"
MASK = "sloppy mask"
KINDS = (SHIFTED, SWAPPED, CATEGORY, PAIR, MASK)

#: What each category is easily taken for.
_LIKE = {
    1: (2, 5),
    2: (1, 4),
    3: (1, 4),
    4: (3, 2),
    5: (6, 1),
    6: (5,),
    7: (8, 9),
    8: (7,),
    9: (7,),
    10: (11, 12),
    11: (10,),
    12: (13, 10),
    13: (12,),
}
_GOLDEN = 0.6180339887498949
_MOST_ITEMS = 3


@dataclass(frozen=True, slots=True)
class Wrong:
    """One garment that was made wrong: which, how, and what is true."""

    item: str
    kind: str
    true_item: Item
    true_pair_id: int


def spoil(content: dict[str, Any], seed: int, index: int, share: float) -> tuple[dict[str, Any], list[Wrong]]:
    """An annotation with its share of garments made wrong, and what was done; the given one stays as it is.

    Which garments are wrong depends on the seed and the picture's number alone; over many pictures they
    are ``share`` of all.
    """
    wrong: list[Wrong] = []
    result = dict(content)
    keys = [key for key in content if key.startswith("item")]
    start = float(generator(seed, 4).random())
    for place, key in enumerate(keys):
        # Evenly spread instead of drawn, so that a small dataset too has its share.
        chance = (start + (index * _MOST_ITEMS + place) * _GOLDEN) % 1.0
        if chance >= share:
            continue
        rng = generator(seed, 5, index, place)
        kind = _kind(content[key], rng)
        result[key] = _make(kind, result[key], rng)
        if kind == PAIR and len(keys) == 1 and rng.random() < 0.4:
            result[key] = content[key]
            result["pair_id"] = max(1, content["pair_id"] + int(rng.choice([-1, 1, 2])))
            if result["pair_id"] == content["pair_id"]:
                result["pair_id"] += 1
        wrong.append(Wrong(key, kind, content[key], content["pair_id"]))
    return result, wrong


def _kind(item: Item, rng: Generator) -> str:
    """A kind of error that can be seen on this garment."""
    kinds = list(KINDS)
    values = np.array(item["landmarks"]).reshape(-1, 3)
    if int((values[:, 2] > 0).sum()) < 4:
        kinds = [CATEGORY, PAIR, MASK]
    elif _swapped(item)["landmarks"] == item["landmarks"]:
        kinds.remove(SWAPPED)
    return str(rng.choice(kinds))


def _make(kind: str, item: Item, rng: Generator) -> Item:
    if kind == SHIFTED:
        return _shifted(item, rng)
    if kind == SWAPPED:
        return _swapped(item)
    if kind == CATEGORY:
        return _mistaken(item, rng)
    if kind == PAIR:
        return _mispaired(item, rng)
    return _sloppy(item, rng)


def _size(item: Item) -> float:
    x1, y1, x2, y2 = item["bounding_box"]
    return float(np.hypot(x2 - x1, y2 - y1))


def _shifted(item: Item, rng: Generator) -> Item:
    """A run of neighbouring landmarks off by 8 to 20 percent of the box's diagonal."""
    values = np.array(item["landmarks"]).reshape(-1, 3)
    labelled = np.flatnonzero(values[:, 2] > 0)
    count = min(len(labelled), int(rng.integers(2, 6)))
    start = int(rng.integers(len(labelled)))
    chosen = np.roll(labelled, -start)[:count]
    angle, far = rng.uniform(0, 2 * np.pi), rng.uniform(0.08, 0.2) * _size(item)
    x1, y1, x2, y2 = item["bounding_box"]
    jitter = rng.normal(0, 0.1 * far, (count, 2))
    moved = values[chosen, :2] + far * np.array([np.cos(angle), np.sin(angle)]) + jitter
    low, high = np.array([x1, y1]), np.array([x2, y2])
    # Towards the middle where the way out would leave the box, and with it perhaps the picture.
    back = values[chosen, :2] - far * np.array([np.cos(angle), np.sin(angle)]) + jitter
    inside = ((moved >= low) & (moved < high)).all(axis=1, keepdims=True)
    values[chosen, :2] = np.clip(
        np.round(np.where(inside, moved, back)), np.maximum(low, 1), np.maximum(high - 1, 1)
    )
    return item | {"landmarks": values.ravel().tolist()}


def _swapped(item: Item) -> Item:
    """Left landmarks where right ones belong, and the other way round."""
    order = list(category(item["category_id"]).schema.mirrored())
    values = np.array(item["landmarks"]).reshape(-1, 3)[order]
    own = dict(item[OWN_KEY])
    for key in ("visibility", "points"):
        if key in own:
            old = own[key]
            own[key] = {str(new): old[str(at + 1)] for new, at in enumerate(order, 1) if str(at + 1) in old}
    return item | {"landmarks": values.ravel().tolist(), OWN_KEY: own}


def _mistaken(item: Item, rng: Generator) -> Item:
    """Another category, with landmarks that fit it: its mean shape stretched over the box."""
    other = category(int(rng.choice(_LIKE[item["category_id"]])))
    x1, y1, x2, y2 = item["bounding_box"]
    places = np.array(other.schema.template) * [max(x2 - x1 - 1, 1), max(y2 - y1 - 1, 1)] + [x1, y1]
    rounded = np.maximum(np.round(places), [1, 0]).astype(int)
    values = np.column_stack([rounded, np.full(len(rounded), 2)])
    own = {k: v for k, v in item[OWN_KEY].items() if k not in ("visibility", "points")}
    return item | {
        "category_id": other.id,
        "category_name": other.name,
        "landmarks": values.ravel().tolist(),
        OWN_KEY: own,
    }


def _mispaired(item: Item, rng: Generator) -> Item:
    """Another style: as if it were another garment of the pair, or had (no) counterpart."""
    choices = [style for style in (0, 1, 2, 3) if style != item["style"]]
    return item | {"style": int(rng.choice(choices))}


def _sloppy(item: Item, rng: Generator) -> Item:
    """A mask of few corners that is off its garment; landmarks and box stay."""
    outline = np.array(item["segmentation"][0]).reshape(-1, 2)
    size = _size(item)
    shift = rng.uniform(0.025, 0.06) * size * np.array([rng.choice([-1, 1]), rng.choice([-1, 1])])
    rough = outline[:-1].astype(np.int32).reshape(-1, 1, 2)
    for epsilon in (0.05, 0.03, 0.01):
        few = cv2.approxPolyDP(rough, epsilon * size, True).reshape(-1, 2)
        if len(few) >= 5:
            break
    middle = few.mean(axis=0)
    grown = middle + (few - middle) * rng.uniform(0.9, 1.12) + shift
    x1, y1, x2, y2 = item["bounding_box"]
    clipped = np.clip(np.round(grown), [max(x1 - 0, 0), max(y1 - 0, 0)], [x2 - 1, y2 - 1]).astype(int)
    closed = np.concatenate([clipped, clipped[:1]])
    return item | {"segmentation": [closed.ravel().tolist()]}
