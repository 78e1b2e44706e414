"""The state of a garment or image as history keeps it: compact JSON that gives back every bit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from math import isfinite
from typing import Any

import numpy as np

from store.db.change import State
from store.db.codec import dump_json, load_json
from store.records import Domain, Garment, Image, ImageState, Origin, Review


def _numbers(values: Any) -> list[Any]:
    """Nested lists of floats; JSON has no word for what is not finite, so that becomes a text."""
    if isinstance(values, list):
        return [_numbers(v) if isinstance(v, list) else v if isfinite(v) else str(v) for v in values]
    return _numbers(values.tolist())


def _points(raw: list[Any]) -> Any:
    return np.array(raw, dtype=np.float64).reshape(-1, 2)


_DUMP: Mapping[str, Callable[[Any], Any]] = {
    "box": lambda box: None if box is None else _numbers(box),
    "points": _numbers,
    "visibility": lambda states: states.tolist(),
    "polygons": lambda polygons: [_numbers(p) for p in polygons],
}
_LOAD: Mapping[str, Callable[[Any], Any]] = {
    "box": lambda raw: None if raw is None else np.array(raw, dtype=np.float64),
    "points": _points,
    "polygons": lambda raw: tuple(_points(p) for p in raw),
    "tags": tuple,
    "origin": Origin,
    "state": ImageState,
    "domain": Domain,
    "review": Review,
}


def dump_state(state: State | None) -> bytes | None:
    """A state as JSON; fields that say nothing are left out; None stays None."""
    if state is None:
        return None
    values: dict[str, Any] = {}
    for field in fields(state):
        value = getattr(state, field.name)
        if field.default is not MISSING and field.name not in _DUMP and value == field.default:
            continue
        dumped = _DUMP[field.name](value) if field.name in _DUMP else value
        if dumped is not None and not (isinstance(dumped, list | Mapping | tuple) and not dumped):
            values[field.name] = dumped
    return dump_json({"image" if isinstance(state, Image) else "garment": values})


def load_state(blob: bytes | None) -> State | None:
    """The state of :func:`dump_state`."""
    if blob is None:
        return None
    (kind, raw), *_ = load_json(blob).items()
    values = {name: _LOAD[name](value) if name in _LOAD else value for name, value in raw.items()}
    return Image(**values) if kind == "image" else Garment(**values)
