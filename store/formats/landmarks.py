"""Landmarks as flat triplets ``x y v``, as DeepFashion2 and COCO write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from store.formats.base import Complaints
from store.formats.values import Style, listed, places
from store.records import Bytes, Floats, Garment, Visibility

Points = Mapping[str, list[float]]

# Looking a member of an enumeration up costs more than comparing with it.
_UNLABELLED = int(Visibility.UNLABELLED)
_OCCLUDED = int(Visibility.OCCLUDED)
_VISIBLE = int(Visibility.VISIBLE)
_LABELLED = bytes((_OCCLUDED, _VISIBLE))


@dataclass(frozen=True, slots=True)
class Triplets:
    """Landmarks that were read.

    ``unlabelled`` holds by landmark number the coordinates that stood beside ``v = 0``. The other two
    list landmark numbers: labelled at exactly (0, 0), and with a ``v`` that is not 0, 1 or 2.
    """

    points: Floats
    visibility: Bytes
    unlabelled: dict[str, list[float]]
    at_origin: tuple[int, ...] = ()
    odd: tuple[int, ...] = ()


def decode(array: Floats) -> Triplets:
    """``(n, 3)`` triplets as landmarks. A strange ``v`` counts as visible where there are coordinates."""
    places, states = array[:, :2].copy(), array[:, 2]
    placed = places.any(axis=1)
    known = (states == 0) | (states == 1) | (states == 2)
    visibility = np.where(known, states, np.where(placed, 2, 0)).astype(np.uint8)
    blank = visibility == _UNLABELLED
    hidden = np.flatnonzero(blank & placed)
    unlabelled = {str(i + 1): listed(places[i], "int") for i in hidden.tolist()}
    places[blank] = 0
    return Triplets(
        places,
        visibility,
        unlabelled,
        tuple((np.flatnonzero(~blank & ~placed) + 1).tolist()),
        tuple((np.flatnonzero(~known) + 1).tolist()),
    )


def complain(marks: Triplets, where: str, told: Complaints) -> None:
    """Lists what is odd about landmarks that were read."""
    if marks.at_origin:
        told.warn("landmark-at-origin", f"Labelled at (0, 0): landmark {_list(marks.at_origin)}.", where)
    if marks.odd:
        told.warn(
            "landmark-visibility",
            f"The visibility is not 0, 1 or 2 on landmark {_list(marks.odd)}; taken as visible.",
            where,
        )
    if marks.unlabelled:
        told.warn(
            "landmark-unlabelled",
            f"Unlabelled but with coordinates, which are kept aside: landmark {_list(marks.unlabelled)}.",
            where,
        )


def _list(values: Iterable[Any]) -> str:
    return ", ".join(str(value) for value in values)


def encode(garment: Garment, unlabelled: Points) -> Floats:
    """The ``(n, 3)`` triplets of a garment: ``0 0 0`` where it is cut off or unlabelled.

    ``unlabelled`` gives back the coordinates that a source had beside ``v = 0``.
    """
    array = np.zeros((len(garment.points), 3))
    if all_labelled(garment):
        array[:, :2] = garment.points
        array[:, 2] = garment.visibility
        return array
    labelled = is_labelled(garment.visibility)
    array[labelled, :2] = garment.points[labelled]
    array[labelled, 2] = garment.visibility[labelled]
    for key, place in unlabelled.items():
        index = index_of(key, len(array))
        if index is not None and garment.visibility[index] == _UNLABELLED:
            values = places(place, 2)
            if values is not None and len(values) == 1:
                array[index, :2] = values[0]
    return array


def all_labelled(garment: Garment) -> bool:
    """Whether both formats can hold each of its landmarks, as nearly always."""
    return not garment.visibility.tobytes().strip(_LABELLED)


def is_labelled(visibility: Bytes) -> NDArray[np.bool_]:
    """``(n,)``: which landmarks both formats can hold, that is visible and occluded ones."""
    labelled: NDArray[np.bool_] = (visibility == _VISIBLE) | (visibility == _OCCLUDED)
    return labelled


def index_of(number: Any, count: int) -> int | None:
    """The index of a landmark number written as a key; None unless it is one of ``count``."""
    if not isinstance(number, str) or not number.isdecimal() or len(number) > 6:
        return None
    index = int(number) - 1
    return index if 0 <= index < count else None


def write(garment: Garment, unlabelled: Points, style: Style) -> list[float]:
    """The flat list of triplets."""
    return listed(encode(garment, unlabelled), style)
