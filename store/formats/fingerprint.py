"""Whether two records say the same, in 16 bytes each.

What is compared is a list of plain values and the bytes of the coordinates, so that what stands in a file can
be compared without making a record of it first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np

from store.formats.values import text
from store.records import Floats, Garment, Image, ImageRecord

SIZE = 16
_IMAGE_FIELDS = (
    *("name", "width", "height", "size_known", "split", "role", "domain", "pair_id", "review", "tags"),
)


class Said(NamedTuple):
    """What a garment says: its values in the order of :func:`values_of`, and the bytes of its arrays."""

    values: list[Any]
    arrays: tuple[bytes, ...]


def fingerprint(record: ImageRecord, format: str, unsaid: frozenset[str]) -> bytes:
    """A digest of all that a record says, but for ids, versions, what ``format`` keeps for itself, and
    the image's fields in ``unsaid``.
    """
    garments = [said_of(garment, format, garment.position) for garment in record.garments]
    return digest(image_values(record.image, format, unsaid), garments)


def digest(image: Sequence[Any], garments: Iterable[Said]) -> bytes:
    """The digest of an image's :func:`image_values` and its garments."""
    said: list[Any] = [image]
    arrays: list[bytes] = []
    for garment in garments:
        said.append(garment.values)
        arrays += garment.arrays
    return blake2b(text(said) + b"".join(arrays), digest_size=SIZE).digest()


def image_values(image: Image, format: str, unsaid: frozenset[str] = frozenset()) -> list[Any]:
    """What an image says, as values that JSON can hold."""
    said = [getattr(image, name) for name in _IMAGE_FIELDS if name not in unsaid]
    return [*said, others(image.extra, format)]


def others(extra: Mapping[str, Any], format: str) -> list[Any]:
    """What other formats than ``format`` have said, by name."""
    return [[name, extra[name]] for name in sorted(extra) if name != format] if extra else []


def said_of(garment: Garment, format: str, position: int) -> Said:
    """What a garment says at a place among those of its image."""
    polygons, box = garment.polygons, garment.box
    values = [
        *(garment.key, position, garment.category_id, garment.pair_id, garment.style, garment.item_id),
        *(garment.scale, garment.occlusion, garment.zoom_in, garment.viewpoint),
        *(garment.clothes_category, garment.clothes_type, garment.origin),
        *(garment.attributes, garment.rle, others(garment.extra, format)),
        *(len(garment.points), box is None, [len(polygon) for polygon in polygons]),
    ]
    arrays = [exact(garment.points), *map(exact, polygons)]
    if box is not None:
        arrays.append(exact(box))
    return Said(values, (*arrays, garment.visibility.tobytes()))


def exact(array: Floats) -> bytes:
    """The bytes of coordinates; -0.0 and 0.0 have the same."""
    return (np.asarray(array) + 0.0).tobytes()
