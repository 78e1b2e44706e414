"""Edits: pure functions from a garment or image and what a person did to what becomes of it.

Coordinates are pixels of the file's own grid, ``(x, y)``; landmarks are named by 0-based index here and
by 1-based number in titles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from resources.schemas import Schema
from resources.taxonomy import LEVELS, Category
from store.db.change import Change
from store.document.parking import LAST_POINTS as LAST_POINTS
from store.document.parking import last_points, means_the_same, rearranged
from store.document.provenance import forgotten
from store.records import REVIEW_WORDS, VISIBILITY_WORDS, Garment, Image, Origin, Review, Visibility

_FACTS = frozenset(
    {
        *("key", "position", "pair_id", "style", "item_id", "scale", "occlusion", "zoom_in", "viewpoint"),
        *("clothes_category", "clothes_type", "attributes"),
    }
)
_FACT_WORDS = {
    "pair_id": "pair",
    "item_id": "item",
    "zoom_in": "zoom-in",
    "clothes_category": "clothes category",
}


@dataclass(frozen=True, slots=True)
class Edit:
    """What is done in one go: saved, undone and redone together.

    ``origin`` becomes that of the garments: a person, or a model whose proposal a person accepted. Which
    part a model said is kept by :mod:`store.document.provenance`; an edit by hand forgets it for its part.
    """

    title: str
    changes: tuple[Change, ...]
    origin: Origin = Origin.PERSON


def move_landmarks(garment: Garment, moves: Mapping[int, tuple[float, float]]) -> Edit:
    """Moves landmarks, by index, to new positions.

    An occluded landmark stays occluded; one that was unlabelled or cut off becomes visible. IndexError
    for an index that the garment has not.
    """
    points, visibility = garment.points.copy(), garment.visibility.copy()
    for index, position in moves.items():
        points[_checked(garment, index)] = position
        if visibility[index] in (Visibility.UNLABELLED, Visibility.CUT_OFF):
            visibility[index] = Visibility.VISIBLE
    extra = forgotten(_forget_points(garment.extra, moves), indices=moves)
    after = garment.but(points=points, visibility=visibility, extra=extra)
    return Edit(f"Move {_landmarks(moves)}", (Change(garment, after),))


def set_visibility(garment: Garment, indices: Iterable[int], visibility: Visibility) -> Edit:
    """Sets the state of landmarks, by index.

    An unlabelled landmark is at (0, 0); its last position is remembered in ``extra`` and comes back with
    its next state. One that never had a position goes to the middle of the garment. IndexError for an
    index that the garment has not.
    """
    chosen = list(dict.fromkeys(indices))
    points, states = garment.points.copy(), garment.visibility.copy()
    kept = last_points(garment.extra)
    for index in chosen:
        was = states[_checked(garment, index)]
        if visibility is Visibility.UNLABELLED:
            if was != Visibility.UNLABELLED:
                kept[str(index)] = points[index].tolist()
            points[index] = 0.0
        elif was == Visibility.UNLABELLED:
            points[index] = kept.pop(str(index), None) or _middle(garment)
        states[index] = visibility
    extra = {**garment.extra, LAST_POINTS: kept} if kept else _without(garment.extra)
    after = garment.but(points=points, visibility=states, extra=forgotten(extra, indices=chosen))
    return Edit(f"Set {_landmarks(chosen)} to {VISIBILITY_WORDS[visibility]}", (Change(garment, after),))


def swap_sides(garment: Garment, schema: Schema) -> Edit:
    """Gives each left landmark what the right one of its pair has, and the other way round.

    The repair for a garment that was labelled as if seen from behind. ValueError for a schema that has
    another number of landmarks.
    """
    if schema.size != len(garment.points):
        raise ValueError(f"garment {garment.id} has {len(garment.points)} landmarks, not {schema.size}")
    order = list(schema.mirrored())
    kept = last_points(garment.extra)
    turned = {str(new): kept[str(old)] for new, old in enumerate(order) if str(old) in kept}
    extra = {**garment.extra, LAST_POINTS: turned} if turned else garment.extra
    extra = forgotten(extra, indices=[index for index, other in enumerate(order) if index != other])
    after = garment.but(points=garment.points[order], visibility=garment.visibility[order], extra=extra)
    return Edit("Swap left and right", (Change(garment, after),))


def set_box(garment: Garment, box: ArrayLike) -> Edit:
    """Sets the box ``x1 y1 x2 y2``; swapped corners are put right. ValueError for another shape."""
    x1, y1, x2, y2 = np.asarray(box, dtype=np.float64).reshape(4).tolist()
    upright = np.array([min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)])
    after = garment.but(box=upright, extra=forgotten(garment.extra, ["box"]))
    return Edit("Change box", (Change(garment, after),))


def set_category(garment: Garment, category: Category, before: Category | None = None) -> Edit:
    """Sets the category.

    Where its schema has as many landmarks as the garment, and most of the same names, they stay. Otherwise
    those stay that have the same name in the schema of ``before``, the category that the garment had; the
    others are parked, and come back with a category that has their name (:mod:`store.document.parking`).
    """
    after = garment.but(category_id=category.id, extra=forgotten(garment.extra, ["category"]))
    schema, old = category.schema, before.schema if before is not None else None
    if old is not None and old.size != len(garment.points):
        old = None
    if len(garment.points) != schema.size or not means_the_same(schema, old):
        after = rearranged(after, schema, old)
    return Edit(f"Change category to {category.name}", (Change(garment, after),))


def set_facts(garment: Garment, **facts: Any) -> Edit:
    """Sets facts by their names in :class:`Garment`: scale, pair_id, attributes and so on.

    TypeError for a name that is no fact; ValueError for a level that does not exist.
    """
    for name, value in facts.items():
        if name not in _FACTS:
            raise TypeError(f"{name} is no fact of a garment")
        if name in LEVELS and value is not None and value not in LEVELS[name]:
            raise ValueError(f"{name} has no level {value!r}")
    words = ", ".join(_FACT_WORDS.get(name, name.replace("_", " ")) for name in facts)
    parts = ["attributes"] if "attributes" in facts else []
    after = garment.but(extra=forgotten(garment.extra, parts), **facts)
    return Edit(f"Change {words}", (Change(garment, after),))


def add_garment(garment: Garment) -> Edit:
    """Adds a garment to the image of its ``image_id``; its id is given when it is saved."""
    return Edit("Add garment", (Change(None, garment.but(id=0)),))


def delete_garment(garment: Garment) -> Edit:
    """Deletes a garment."""
    return Edit("Delete garment", (Change(garment, None),))


def set_review(image: Image, review: Review) -> Edit:
    """Sets how far the review of an image has come."""
    return Edit(f"Set review to {REVIEW_WORDS[review]}", (Change(image, image.but(review=review)),))


def set_tags(image: Image, tags: Iterable[str]) -> Edit:
    """Sets the tags of an image."""
    return Edit("Change tags", (Change(image, image.but(tags=tuple(sorted(set(tags))))),))


def together(title: str, edits: Iterable[Edit]) -> Edit:
    """Several edits of different garments or images as one.

    ValueError when two of them change the same one, or their origins differ.
    """
    parts = tuple(edits)
    changes = tuple(change for edit in parts for change in edit.changes)
    touched = [(type(c.state), c.state.id) for c in changes if c.before is not None]
    if len(set(touched)) < len(touched):
        raise ValueError("two edits of the same garment or image cannot be joined")
    origins = {edit.origin for edit in parts}
    if len(origins) != 1:
        raise ValueError("edits of different origins cannot be joined")
    return Edit(title, changes, origins.pop())


def _checked(garment: Garment, index: int) -> int:
    if not 0 <= index < len(garment.points):
        raise IndexError(f"garment {garment.id} has no landmark index {index}")
    return index


def _landmarks(indices: Iterable[int]) -> str:
    numbers = [index + 1 for index in indices]
    return f"landmark {numbers[0]}" if len(numbers) == 1 else f"{len(numbers)} landmarks"


def _forget_points(extra: Mapping[str, Any], indices: Iterable[int]) -> Mapping[str, Any]:
    kept = last_points(extra)
    for index in indices:
        kept.pop(str(index), None)
    return {**extra, LAST_POINTS: kept} if kept else _without(extra)


def _without(extra: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: value for key, value in extra.items() if key != LAST_POINTS}


def _middle(garment: Garment) -> list[float]:
    if garment.box is not None:
        x1, y1, x2, y2 = garment.box.tolist()
        return [(x1 + x2) / 2, (y1 + y2) / 2]
    labelled = garment.points[garment.visibility != Visibility.UNLABELLED]
    found: list[float] = labelled.mean(axis=0).tolist() if len(labelled) else [0.0, 0.0]
    return found
