"""Whether two records say the same, in 16 bytes each."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import numpy as np

from store.formats.values import text
from store.records import Garment, ImageRecord

_IMAGE_FIELDS = (
    *("name", "width", "height", "size_known", "split", "role", "domain", "pair_id", "review", "tags"),
)
_GARMENT_FIELDS = (
    *("key", "position", "category_id", "pair_id", "style", "item_id", "scale", "occlusion", "zoom_in"),
    *("viewpoint", "clothes_category", "clothes_type", "origin"),
)


def fingerprint(record: ImageRecord, format: str, unsaid: frozenset[str]) -> bytes:
    """A digest of all that a record says, but for ids, versions, what ``format`` keeps for itself, and
    the image's fields in ``unsaid``.
    """
    image = record.image
    said = [getattr(image, name) for name in _IMAGE_FIELDS if name not in unsaid]
    digest = blake2b(text([said, _others(image.extra, format)]), digest_size=16)
    for garment in record.garments:
        _add(digest, garment, format)
    return digest.digest()


def _others(extra: Mapping[str, Any], format: str) -> list[Any]:
    return [[name, extra[name]] for name in sorted(extra) if name != format]


def _add(digest: Any, garment: Garment, format: str) -> None:
    said: list[Any] = [getattr(garment, name) for name in _GARMENT_FIELDS]
    said += [garment.attributes, garment.rle, _others(garment.extra, format)]
    said += [len(garment.points), garment.box is None, [len(polygon) for polygon in garment.polygons]]
    digest.update(text(said))
    # Adding zero makes -0.0 and 0.0 one.
    for values in (garment.points, *garment.polygons, *(() if garment.box is None else (garment.box,))):
        digest.update((np.asarray(values) + 0.0).tobytes())
    digest.update(garment.visibility.tobytes())
