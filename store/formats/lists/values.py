"""Boxes, clothes types and landmarks as the lists write them: numbers in columns, visibility first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from resources.correspondence import pairs, schema_of
from resources.schemas import Schema
from resources.taxonomy import categories, clothes_categories, clothes_types
from store.formats.base import Complaints
from store.formats.lists.style import Value
from store.formats.lists.table import Row
from store.formats.values import FARTHEST, rounded
from store.records import Bytes, Floats, Garment, Visibility

#: Landmarks of each clothes type.
SIZES: Mapping[int, int] = {kind.id: kind.schema.size for kind in clothes_types()}
_TYPES = {size: kind for kind, size in SIZES.items()}
_NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d{1,17})?([eE][+-]?\d{1,3})?")
_WHOLE = re.compile(r"[+-]?\d{1,9}")

#: The benchmarks' visibility to ours, by their value.
_OURS = (Visibility.VISIBLE, Visibility.OCCLUDED, Visibility.CUT_OFF)
_THEIRS = {
    Visibility.VISIBLE: "0",
    Visibility.OCCLUDED: "1",
    Visibility.CUT_OFF: "2",
    Visibility.UNLABELLED: "2",
}


@dataclass(frozen=True, slots=True)
class Marks:
    """Landmarks of a row with its clothes type and variation type, where it has them."""

    clothes_type: int | None
    variation: int | None
    points: Floats
    visibility: Bytes


def where(row: Row) -> str:
    """A row as the place of a problem."""
    return f"line {row.line}"


def whole(text: str) -> int | None:
    """A whole number of a list; ``072`` is 72."""
    return int(text) if _WHOLE.fullmatch(text) else None


def floats(values: Sequence[str]) -> Floats | None:
    """Coordinates as an array; None where one is no number or beyond :data:`FARTHEST`."""
    if not all(_NUMBER.fullmatch(value) for value in values):
        return None
    array = np.array([float(value) for value in values], np.float64)
    return array if not array.size or np.abs(array).max() <= FARTHEST else None


def read_box(row: Row, values: Sequence[str], told: Complaints | None) -> Floats | None:
    """``(4,)`` x1 y1 x2 y2 with corners in order; None where they are not four coordinates."""
    box = floats(values) if len(values) == 4 else None
    if box is None:
        if told:
            told.file = row.file
            what = f"{len(values)} values" if len(values) != 4 else "not four coordinates"
            told.error(
                "box-damaged", f"The box is {what}, not x1 y1 x2 y2; the row is kept aside.", where(row)
            )
        return None
    x1, y1, x2, y2 = box.tolist()
    if told and (x2 < x1 or y2 < y1):
        told.file = row.file
        told.warn(
            "box-corners", f"The corners of the box {' '.join(values)} are swapped; put in order.", where(row)
        )
    return np.array([min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)])


def read_type(row: Row, text: str, told: Complaints | None) -> int | None:
    """A clothes type; None unless it is 1, 2 or 3."""
    found = whole(text)
    if found in SIZES:
        return found
    if told:
        told.file = row.file
        told.error(
            "clothes-type", f"The clothes type is {text}, not 1, 2 or 3; the row is kept aside.", where(row)
        )
    return None


def read_code(row: Row, text: str, what: str, most: int, told: Complaints | None) -> int | None:
    """A code from 1 to ``most``; others are kept and told, what is no number is not kept."""
    found = whole(text)
    if told and (found is None or not 1 <= found <= most):
        told.file = row.file
        told.warn("code-unknown", f"The {what} is {text}, not 1 to {most}.", where(row))
    return found


def read_marks(row: Row, told: Complaints | None, *, varied: bool = True) -> Marks | None:
    """The landmarks of a row: clothes type, perhaps variation type, then 6, 4 or 8 triplets ``v x y``.

    Whether there is a variation type (``varied``: there should be) shows in the number of values. None, with
    a problem, where they do not fit the type.
    """
    values = row.values
    kind = read_type(row, values[0], told) if values else None
    usual, varied = varied, len(values) % 3 == 2
    triplets = values[2 if varied else 1 :]
    # A row that has lost a value must not be taken for one of the other kind.
    shifted = varied is not usual and not set(triplets[::3]) <= {"0", "1", "2"}
    if kind is None or shifted or len(triplets) != 3 * SIZES[kind]:
        if told and (kind is not None or not values):
            told.file = row.file
            wanted = f" {SIZES[kind]} landmarks" if kind is not None else " landmarks"
            told.error(
                "landmarks-length",
                f"The row has {len(values)} values, which are not a clothes type and its{wanted}; the "
                "garment is imported without them, the row is kept aside.",
                where(row),
            )
        return None
    places = floats([value for i, value in enumerate(triplets) if i % 3])
    states = [whole(value) for value in triplets[::3]]
    if places is None:
        if told:
            told.file = row.file
            told.error(
                "landmarks-damaged", "Not all coordinates are numbers; the row is kept aside.", where(row)
            )
        return None
    points = places.reshape(-1, 2)
    visibility = np.array([_ours(state) for state in states], np.uint8)
    if told:
        _complain(row, states, points, visibility, told)
    variation = read_code(row, values[1], "variation type", 5, told) if varied else None
    return Marks(kind, variation, points, visibility)


def _ours(state: int | None) -> Visibility:
    return _OURS[state] if state is not None and 0 <= state <= 2 else Visibility.VISIBLE


def _complain(
    row: Row, states: Sequence[int | None], points: Floats, visibility: Bytes, told: Complaints
) -> None:
    told.file = row.file
    odd = [str(i) for i, state in enumerate(states, 1) if state not in (0, 1, 2)]
    if odd:
        told.warn(
            "landmark-visibility",
            f"The visibility is not 0, 1 or 2 on landmark {', '.join(odd)}; taken as visible.",
            where(row),
        )
    placed = points.any(axis=1) | (visibility == Visibility.CUT_OFF)
    blank = [str(i) for i, found in enumerate(placed.tolist(), 1) if not found]
    if blank:
        told.warn("landmark-at-origin", f"Labelled at (0, 0): landmark {', '.join(blank)}.", where(row))


def type_of(garment: Garment, category: str) -> int | None:
    """The clothes type that a garment is written with; ``category`` is the name of its category.

    What it says itself, else what its category or its DeepFashion category say: the first that has as many
    landmarks as the garment, else the first. Else what the number of its landmarks says.
    """
    said = [garment.clothes_type] if garment.clothes_type in SIZES else []
    if garment.category_id <= len(categories()):
        # DeepFashion2 lists its tops first, then what is worn below, then dresses.
        said += [1 if garment.category_id <= 6 else 2 if garment.category_id <= 9 else 3]
        return said[0]
    said += [kind.id for kind in clothes_types() if kind.name == category]
    said += [known.type for known in clothes_categories() if known.name.casefold() == category.casefold()]
    said += [known.type for known in clothes_categories() if known.id == garment.clothes_category]
    fitting = [kind for kind in said if kind is not None and SIZES[kind] == len(garment.points)]
    return (fitting or said or [_TYPES.get(len(garment.points))])[0]


def type_schema(kind: int) -> Schema:
    """The landmarks of a clothes type."""
    return next(one.schema for one in clothes_types() if one.id == kind)


def converted(garment: Garment, own: Schema | None, kind: int) -> tuple[Floats, Bytes] | None:
    """The landmarks of a garment as a clothes type has them; None where it has none that mean the same.

    ``own`` is the schema of its category. What has no counterpart is unlabelled, at (0, 0).
    """
    if len(garment.points) == SIZES[kind] and (own is None or garment.category_id > len(categories())):
        return garment.points, garment.visibility
    found = schema_of(own, len(garment.points)) if own is not None else None
    same = pairs(found, type_schema(kind)) if found is not None else ()
    if not same:
        return None
    points = np.zeros((SIZES[kind], 2))
    visibility = np.zeros(SIZES[kind], np.uint8)
    for theirs, ours in same:
        points[ours], visibility[ours] = garment.points[theirs], garment.visibility[theirs]
    return points, visibility


def box_values(box: Floats, precise: bool) -> list[Value]:
    """The four numbers of a box."""
    return [*(box if precise else rounded(box)).tolist()]


def mark_values(points: Floats, visibility: Bytes, precise: bool) -> list[Value]:
    """Triplets ``v x y``; an unlabelled landmark, which the lists cannot say, as one that is cut off."""
    places = (points if precise else rounded(points)).tolist()
    values: list[Value] = []
    for state, (x, y) in zip(visibility.tolist(), places, strict=True):
        values += [_THEIRS[Visibility(state)], x, y]
    return values
