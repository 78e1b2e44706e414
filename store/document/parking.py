"""What becomes of a garment's landmarks when its category changes: those of the same name stay, and those
that the new category has no name for are parked, so that changing back brings them back.

Under :data:`PARKED` in a garment's ``extra`` a landmark's name maps to ``[x, y, state]``; state 0 is one that
was unlabelled and has a last place.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from resources.schemas import Schema
from store.document.provenance import renumbered
from store.notes import renumbered_notes
from store.records import Garment, Visibility

#: Where, in a garment's ``extra``, landmarks are kept that its category has no name for.
PARKED = "parked_landmarks"
#: Where, in a garment's ``extra``, the positions of landmarks are kept that were set to unlabelled.
LAST_POINTS = "last_points"

_Place = tuple[float, float, int]


def rearranged(garment: Garment, schema: Schema, before: Schema | None) -> Garment:
    """The garment with the landmarks of another schema; ``before`` is that of those it has, where known.

    Without ``before`` nothing says what the old landmarks mean: all begin unlabelled.
    """
    places = _parked(garment.extra)
    known = before is not None and before.size == len(garment.points)
    if before is not None and known:
        places |= _named(garment, before)
    points, visibility = np.zeros((schema.size, 2)), np.zeros(schema.size, np.uint8)
    last: dict[str, list[float]] = {}
    for index, name in enumerate(_unique(schema)):
        x, y, state = places.pop(name, (0.0, 0.0, -1))
        if state == Visibility.UNLABELLED:
            last[str(index)] = [x, y]
        elif state > 0:
            points[index], visibility[index] = (x, y), state
    extra = dict(renumbered(garment.extra, _kept(schema, before if known else None)))
    if before is not None and known:
        extra = dict(renumbered_notes(extra, _unique(before), _unique(schema)))
    for key, value in ((LAST_POINTS, last), (PARKED, {name: list(place) for name, place in places.items()})):
        extra.pop(key, None)
        if value:
            extra[key] = value
    return garment.but(points=points, visibility=visibility, extra=extra)


def last_points(extra: Mapping[str, Any]) -> dict[str, list[float]]:
    """Where landmarks were that were set to unlabelled, by index as text; what a file from elsewhere has
    under our key in another form is not believed."""
    value = extra.get(LAST_POINTS)
    places = value.items() if isinstance(value, Mapping) else ()
    return {str(index): found for index, place in places if len(found := _numbers(place)) == 2}


def means_the_same(schema: Schema, before: Schema | None) -> bool:
    """Whether landmarks can stay where they are by number: both have as many, and most by the same names."""
    if before is None or before.names == schema.names:
        return True
    shared = sum(a == b for a, b in zip(schema.names, before.names, strict=False))
    return before.size == schema.size and 2 * shared >= schema.size


def _named(garment: Garment, schema: Schema) -> dict[str, _Place]:
    """The landmarks of a garment that are somewhere, or were, by name."""
    last = last_points(garment.extra)
    found: dict[str, _Place] = {}
    for index, name in enumerate(_unique(schema)):
        x, y = garment.points[index].tolist()
        state = int(garment.visibility[index])
        if state:
            found[name] = (x, y, state)
        elif str(index) in last:
            x, y = last[str(index)]
            found[name] = (x, y, 0)
    return found


def _kept(schema: Schema, before: Schema | None) -> dict[int, int]:
    """The new index of each old one whose name both schemas have."""
    if before is None:
        return {}
    new = {name: index for index, name in enumerate(_unique(schema))}
    return {index: new[name] for index, name in enumerate(_unique(before)) if name in new}


def _unique(schema: Schema) -> list[str]:
    """The names of a schema; one that stands there again is told apart by a number."""
    seen: dict[str, int] = {}
    names = []
    for name in schema.names:
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _parked(extra: Mapping[str, Any]) -> dict[str, _Place]:
    """What is parked; what a file from elsewhere has under our key in another form is not believed."""
    value = extra.get(PARKED)
    found: dict[str, _Place] = {}
    for name, place in value.items() if isinstance(value, Mapping) else ():
        numbers = _numbers(place)
        if len(numbers) == 3 and numbers[2] in set(Visibility):
            found[str(name)] = (numbers[0], numbers[1], int(numbers[2]))
    return found


def _numbers(place: Any) -> list[float]:
    """The finite numbers of a list that has nothing else; none of anything else."""
    if not isinstance(place, list | tuple):
        return []
    numbers = [float(one) for one in place if isinstance(one, int | float) and math.isfinite(one)]
    return numbers if len(numbers) == len(place) else []
