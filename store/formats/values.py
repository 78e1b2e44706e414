"""Plain JSON values to arrays and back, and no value taken on trust."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

import numpy as np
import orjson

from store.records import Floats

#: How numbers are written: ``whole`` rounds, ``int`` writes integral values without a point and keeps
#: decimals, ``float`` always writes a point.
Style = Literal["whole", "int", "float"]

Pairs = Callable[[list[tuple[str, Any]]], dict[str, Any]]

#: orjson writes 254 levels; an export puts some round what was read.
DEEPEST = 200
#: No picture is larger, and no coordinate farther away, in pixels.
FARTHEST = 100_000
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_LARGEST_EXACT = 2**53
_LARGEST_STORED = 2**63
_LARGEST_FLOAT = 2**1023


def text(value: Any) -> bytes:
    """The JSON text of a value, for comparing: key order and 1 against 1.0 count."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)
    except TypeError:
        value = _without_large(value)
    try:
        return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)
    except TypeError:
        return json.dumps(value, default=_plain, separators=(",", ":")).encode()


def _without_large(value: Any) -> Any:
    """Integers beyond 64 bits as decimals: what other readers of JSON make of them too."""
    if isinstance(value, Mapping):
        return {key: _without_large(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_without_large(part) for part in value]
    if type(value) is int and not -_LARGEST_STORED <= value < 2 * _LARGEST_STORED:
        return float(value) if abs(value) < _LARGEST_FLOAT else None
    return value


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


def places(value: Any, columns: int) -> Floats | None:
    """As :func:`numbers`, of coordinates: None also where one lies beyond :data:`FARTHEST`.

    Tools that draw masks use memory by the length of an outline, so a wild number must not reach them.
    """
    array = numbers(value, columns)
    return None if array is None or (array.size and np.abs(array).max() > FARTHEST) else array


def described(value: Any) -> str:
    """What a value is that should have been a list of coordinates."""
    if not isinstance(value, list):
        return "no list"
    many = "" if len(value) == 1 else "s"
    if numbers(value, 1) is None:
        return f"{len(value)} value{many}, not all of them numbers"
    if places(value, 1) is None:
        return f"{len(value)} number{many}, some beyond {FARTHEST:,} pixels"
    return f"{len(value)} number{many}"


def listed(array: Floats, style: Style) -> list[Any]:
    """An array as a flat list of JSON numbers."""
    return styled(array.ravel().tolist(), style)


def styled(values: list[Any], style: Style) -> list[Any]:
    """Floats as JSON numbers."""
    # The lists are short: Python's own loops in C beat a chain of array operations.
    if style == "float" or not values:
        return values
    if style == "int" and not any(map(float.is_integer, values)):
        return values
    small = max(values) < _LARGEST_EXACT and min(values) > -_LARGEST_EXACT
    if small and all(map(float.is_integer, values)):
        return list(map(int, values))
    if style == "whole":
        near = rounded(np.array(values)).tolist()
        return [int(v) if abs(v) < _LARGEST_EXACT else v for v in near]
    return [int(v) if v.is_integer() and abs(v) < _LARGEST_EXACT else v for v in values]


def number(value: float, style: Style) -> Any:
    """One number in a style."""
    return styled([float(value)], style)[0]


def rounded(array: Floats) -> Floats:
    """What ``whole`` numbers read back as."""
    return np.floor(array + 0.5)


def integer(value: Any) -> int | None:
    """A whole number that the store can hold; None for anything else. 8.0 counts as 8."""
    if type(value) is float and value.is_integer():
        value = int(value)
    return value if type(value) is int and abs(value) < _LARGEST_STORED else None


def numeral(value: Any) -> int | None:
    """As :func:`integer`, but a text of nothing but digits counts too: some tools write ids so."""
    digits = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 16
    return int(value) if digits else integer(value)


def word(value: Any) -> str:
    """A text, or an empty one for anything else."""
    return printable(value) if isinstance(value, str) else ""


def texts(value: Any) -> list[str]:
    """The texts of a list, none for anything else."""
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def printable(value: str) -> str:
    """A text that can be written: what JSON allows and databases do not, half a surrogate pair and NUL, is
    replaced.
    """
    if "\0" in value:
        value = value.replace("\0", "\ufffd")
    return value if value.isascii() else _HALF_PAIR.sub("\ufffd", value)


def loads(raw: bytes | str, told: Callable[[str], object], pairs: Pairs | None = None) -> Any:
    """The value of a JSON text with everything that Python's own reader takes.

    NaN and Infinity, which are not JSON, become null; ``told`` hears of each kind. ``pairs`` makes the
    objects. ValueError where the text does not parse (JSONDecodeError says where) or is nested more than
    :data:`DEEPEST` deep.
    """
    odd: set[str] = set()

    def constant(name: str) -> None:
        odd.add(name)

    try:
        value = json.loads(raw, parse_constant=constant, object_pairs_hook=pairs)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if too_deep(raw, value):
        raise ValueError("it is nested too deeply")
    for name in sorted(odd):
        told(name)
    return value


def too_deep(raw: bytes | str, value: Any) -> bool:
    """Whether a value, of the JSON text ``raw``, is nested so deeply that it could not be written again."""
    marks = ("[", "{") if isinstance(raw, str) else (b"[", b"{")
    if sum(map(raw.count, marks)) <= DEEPEST:  # type: ignore[arg-type]
        return False
    level = [value]
    for _ in range(DEEPEST):
        level = [part for whole in level for part in _parts(whole)]
        if not level:
            return False
    return True


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def mapping(value: Any) -> Mapping[str, Any]:
    """An object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}
