"""How arrays and mappings lie in the database.

All numbers are little-endian, so that a store can be copied to any machine.

- **points**: ``n`` pairs of float64 ``x y``, then ``n`` bytes of visibility: ``17 n`` bytes in all.
- **polygons**: uint32 ``k``, then ``k`` uint32 vertex counts, then the vertices as float64 ``x y``.
- **box**: four float64 ``x1 y1 x2 y2``.
- **mapping**: JSON in UTF-8 with the order of the keys; empty is NULL. From 1 KiB on it is
  zlib-compressed (DeepFashion has 1,000 attributes a garment); JSON never starts with zlib's 0x78.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import orjson

from store.records import Bytes, Floats

_F8 = np.dtype("<f8")
_U4 = np.dtype("<u4")
_POINT_BYTES = 17
_COMPRESS_FROM = 1024
#: Begins JSON that orjson cannot read back as it was; blanks before a value are JSON too.
_OTHERS = b" "


def pack_points(points: Floats, visibility: Bytes) -> bytes | None:
    """``(n, 2)`` points and ``(n,)`` states as one BLOB; None where there are none."""
    if not len(points):
        return None
    return points.astype(_F8, copy=False).tobytes() + visibility.tobytes()


def unpack_points(blob: bytes | None) -> tuple[Floats, Bytes]:
    """The ``(n, 2)`` points and ``(n,)`` states of a BLOB. ValueError when its length is impossible."""
    if not blob:
        return np.empty((0, 2), np.float64), np.empty(0, np.uint8)
    count, rest = divmod(len(blob), _POINT_BYTES)
    if rest:
        raise ValueError(f"a landmark BLOB of {len(blob)} bytes is not a multiple of {_POINT_BYTES}")
    points = np.frombuffer(blob, _F8, count * 2).reshape(-1, 2)
    return points.astype(np.float64, copy=False), np.frombuffer(blob, np.uint8, count, count * 16)


def pack_polygons(polygons: tuple[Floats, ...]) -> bytes | None:
    """Polygons of ``(k, 2)`` each as one BLOB; None where there are none."""
    if not polygons:
        return None
    head = np.array([len(polygons), *(len(p) for p in polygons)], _U4)
    return head.tobytes() + b"".join(p.astype(_F8, copy=False).tobytes() for p in polygons)


def unpack_polygons(blob: bytes | None) -> tuple[Floats, ...]:
    """The polygons of a BLOB. ValueError when its length is impossible."""
    if not blob:
        return ()
    count = int.from_bytes(blob[:4], "little")
    if count == 1 and 16 * int.from_bytes(blob[4:8], "little") + 8 == len(blob):
        return (np.frombuffer(blob, _F8, -1, 8).reshape(-1, 2).astype(np.float64, copy=False),)
    sizes = np.frombuffer(blob, _U4, count, 4).astype(np.int64)
    vertices = np.frombuffer(blob, _F8, -1, 4 + 4 * count).reshape(-1, 2)
    if int(sizes.sum()) != len(vertices):
        raise ValueError(f"a polygon BLOB promises {int(sizes.sum())} vertices and holds {len(vertices)}")
    vertices = vertices.astype(np.float64, copy=False)
    return tuple(np.split(vertices, np.cumsum(sizes)[:-1]))


def pack_box(box: Floats | None) -> bytes | None:
    """A ``(4,)`` box as a BLOB."""
    return None if box is None else box.astype(_F8, copy=False).tobytes()


def unpack_box(blob: bytes | None) -> Floats | None:
    """The ``(4,)`` box of a BLOB. ValueError when its length is impossible."""
    if blob is None:
        return None
    return np.frombuffer(blob, _F8).reshape(4).astype(np.float64, copy=False)


def plain(value: Any) -> Any:
    """What JSON has no word for, as something it has: mappings, numpy values, decimals.

    TypeError for anything else.
    """
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and "." not in str(value) else float(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot be stored as JSON")


def dump_json(value: Any) -> bytes:
    """Compact JSON; key order kept. TypeError for values that JSON cannot say."""
    try:
        return orjson.dumps(value, default=plain)
    except TypeError:
        # Integers beyond 64 bits and halves of surrogate pairs are JSON, only not orjson's.
        return _OTHERS + json.dumps(value, default=plain, separators=(",", ":")).encode()


def load_json(blob: bytes | str) -> Any:
    """What :func:`dump_json` wrote."""
    if isinstance(blob, str):
        blob = blob.encode()
    return json.loads(blob) if blob.startswith(_OTHERS) else orjson.loads(blob)


def pack_mapping(values: Mapping[str, Any] | None) -> bytes | None:
    """A mapping as a BLOB; None where it is empty."""
    if not values:
        return None
    blob = dump_json(dict(values))
    return zlib.compress(blob, 1) if len(blob) >= _COMPRESS_FROM else blob


def unpack_mapping(blob: bytes | None) -> dict[str, Any]:
    """The mapping of a BLOB."""
    if not blob:
        return {}
    mapping: dict[str, Any] = load_json(zlib.decompress(blob) if blob[0] == 0x78 else blob)
    return mapping
