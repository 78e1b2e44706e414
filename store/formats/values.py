"""Plain JSON values to arrays and back, and no value taken on trust."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import orjson

from store.records import Floats

#: How numbers are written: ``whole`` rounds, ``int`` writes integral values without a point and keeps
#: decimals, ``float`` always writes a point.
Style = Literal["whole", "int", "float"]

_LARGEST_EXACT = 2**53
_LARGEST_STORED = 2**63


def text(value: Any) -> bytes:
    """The JSON text of a value, for comparing: key order and 1 against 1.0 count."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)
    except TypeError:
        return json.dumps(value, default=_plain).encode()


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else dict(value)


def numbers(value: Any, columns: int) -> Floats | None:
    """A flat list of finite numbers as an ``(n, columns)`` array; None if it is not one."""
    if not isinstance(value, list) or len(value) % columns or not set(map(type, value)) <= {int, float}:
        return None
    try:
        array = np.array(value, dtype=np.float64).reshape(-1, columns)
    except OverflowError:
        return None
    return array if np.isfinite(array).all() else None


def listed(array: Floats, style: Style) -> list[Any]:
    """An array as a flat list of JSON numbers."""
    # The lists are short: Python's own loops in C beat a chain of array operations.
    values: list[Any] = array.ravel().tolist()
    if style == "float" or not values:
        return values
    small = max(values) < _LARGEST_EXACT and min(values) > -_LARGEST_EXACT
    if small and all(map(float.is_integer, values)):
        return list(map(int, values))
    if style == "whole":
        return [int(v) if abs(v) < _LARGEST_EXACT else v for v in rounded(array).ravel().tolist()]
    return [int(v) if v.is_integer() and abs(v) < _LARGEST_EXACT else v for v in values]


def number(value: float, style: Style) -> Any:
    """One number in a style."""
    return listed(np.array([value]), style)[0]


def rounded(array: Floats) -> Floats:
    """What ``whole`` numbers read back as."""
    return np.floor(array + 0.5)


def integer(value: Any) -> int | None:
    """A whole number that the store can hold; None for anything else. 8.0 counts as 8."""
    if type(value) is float and value.is_integer():
        value = int(value)
    return value if type(value) is int and abs(value) < _LARGEST_STORED else None


def word(value: Any) -> str:
    """A text, or an empty one for anything else."""
    return value if isinstance(value, str) else ""


def mapping(value: Any) -> Mapping[str, Any]:
    """An object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}
