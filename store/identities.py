"""Which garments are the same product.

An identity is scoped: DeepFashion2 counts the pairs of every split from 1, other formats count through one
dataset, and an item id (in-shop) belongs to its dataset.
"""

from __future__ import annotations

from typing import Any

from store.records import Dataset, Garment, Image

#: What garments or images share: its kind, the dataset, and the numbers there.
Key = tuple[Any, ...]

#: Formats whose pairs are counted anew in every split.
_BY_SPLIT = frozenset({"deepfashion2"})


def pair_key(garment: Garment, image: Image, dataset: Dataset) -> Key | None:
    """The pair of a garment: ("pair", dataset id, split or "", pair id); None where it has none."""
    return _pair(image.pair_id if garment.pair_id is None else garment.pair_id, image.split, dataset)


def identity_key(garment: Garment, image: Image, dataset: Dataset) -> Key | None:
    """What garments of one product share; None where nothing says so.

    ("item", dataset id, item id), or the pair's key with the style. Style 0 says that a garment has no
    counterpart (DeepFashion2); where a pair has no styles, all its garments are one product.
    """
    pair = image.pair_id if garment.pair_id is None else garment.pair_id
    return identity_of(garment.item_id, pair, garment.style, image.split, dataset)


def identity_of(
    item_id: str, pair: int | None, style: int | None, split: str, dataset: Dataset
) -> Key | None:
    """As :func:`identity_key`, of the facts themselves; ``pair`` is the garment's, else its image's."""
    if item_id:
        return "item", dataset.id, item_id
    key = _pair(pair, split, dataset)
    return None if key is None or style == 0 else (*key, style)


def told(key: Key) -> str:
    """A key in words: "pair 12 style 1 (train)", "item id_00000080"."""
    if key[0] == "item":
        return f"item {key[2]}"
    split = f" ({key[2]})" if key[2] else ""
    style = f" style {key[4]}" if len(key) > 4 and key[4] is not None else ""
    return f"pair {key[3]}{style}{split}"


def _pair(pair: int | None, split: str, dataset: Dataset) -> Key | None:
    if pair is None:
        return None
    return "pair", dataset.id, split if dataset.format in _BY_SPLIT else "", pair
